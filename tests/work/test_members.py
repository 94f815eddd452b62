"""What of a posting is its member's: decided once, on disk, before anything of it may be in their inbox."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

import pytest

from bot.model import Feed, Keyword, Owed
from bot.store.store import Store
from bot.work.members import Members
from tests.store.scene import DAY, NOW, Scene, a_commit, an_entry, channel, member, titles

OPEN, MODS = 10, 20


class Sight:
    """Membership of somebody who is there and does not see `hides`; None: nobody can tell."""

    def __init__(self, *hides: int, known: bool = True) -> None:
        self.hides, self.known = frozenset(hides), known

    async def is_member(self, guild_id: int, user_id: int) -> bool | None:
        return True

    async def hidden(self, guild_id: int, user_id: int, channel_ids: Collection[int]) -> frozenset[int] | None:
        return self.hides & frozenset(channel_ids) if self.known else None


class Feeds:
    """A feed that posts to #open, one that posts to #mods, and a keyword of member 7 that looks into both."""

    def __init__(self, scene: Scene, open_feed: Feed, hidden_feed: Feed, word: Keyword) -> None:
        self.scene, self.open, self.hidden, self.word = scene, open_feed, hidden_feed, word

    async def publish(self, feed: Feed, *numbers: int, **changes: object) -> None:
        owed = [Owed(entry_key=one, destination=member(7), keyword_ids=(self.word.id,)) for one in numbers]
        await self.scene.store.commit_poll(a_commit(feed.id, [an_entry(one, **changes) for one in numbers], owed))


@pytest.fixture
async def feeds(scene: Scene) -> Feeds:
    visible, hidden = await scene.feed(), await scene.feed("https://feeds.example/mods", title="Mod log")
    await scene.follow(visible, OPEN)
    await scene.follow(hidden, MODS)
    return Feeds(scene, visible, hidden, await scene.watch("word"))


async def test_what_comes_from_a_hidden_feed_is_left_out_for_good_and_the_rest_is_told(
    feeds: Feeds, scene: Scene, store: Store
) -> None:
    await feeds.publish(feeds.hidden, 1)
    await feeds.publish(feeds.open, 2)
    (posting,) = await scene.lease()
    theirs = await Members(Sight(MODS), store).theirs(posting)
    assert theirs is not None
    assert titles(theirs) == ["Entry 2"]
    # The process dies here; meanwhile the member is given the role.
    await store.free_leases()
    (again,) = await scene.lease()
    assert titles(again) == ["Entry 2"]
    assert await Members(Sight(), store).theirs(again) == again
    kept = await store.kept_of_member(7, messages=10)
    assert [one.title for one in kept.messages] == ["Entry 2"], "/privacy does not tell of it either"


async def test_a_posting_of_nothing_else_ends(feeds: Feeds, scene: Scene, store: Store) -> None:
    await feeds.publish(feeds.hidden, 1)
    (posting,) = await scene.lease()
    theirs = await Members(Sight(MODS), store).theirs(posting)
    assert theirs is not None
    assert theirs.deliveries == ()
    assert await store.free_leases() == 0
    assert await scene.lease(NOW + DAY) == []
    await feeds.publish(feeds.open, 2)
    assert [titles(one) for one in await scene.lease()] == [["Entry 2"]]


async def test_while_it_cannot_be_told_nothing_is_decided(feeds: Feeds, scene: Scene, store: Store) -> None:
    await feeds.publish(feeds.hidden, 1)
    (posting,) = await scene.lease()
    assert await Members(Sight(known=False), store).theirs(posting) is None
    await store.put_off(posting.id, NOW, "not told yet")
    (again,) = await scene.lease()
    assert await Members(Sight(), store).theirs(again) == again


async def test_what_may_be_in_the_inbox_already_is_not_taken_apart(feeds: Feeds, scene: Scene, store: Store) -> None:
    await feeds.publish(feeds.hidden, 1)
    (posting,) = await scene.lease()
    await store.begin_attempt(posting.id, NOW)
    await store.put_off(posting.id, NOW, "HTTP 500")
    (again,) = await scene.lease()
    assert await Members(Sight(MODS), store).theirs(again) == again


async def test_a_feed_that_also_posts_where_the_member_looks_is_theirs(
    feeds: Feeds, scene: Scene, store: Store
) -> None:
    await scene.follow(feeds.hidden, OPEN)
    await feeds.publish(feeds.hidden, 1)
    (posting,) = await scene.lease()
    assert await Members(Sight(MODS), store).theirs(posting) == posting


async def test_a_story_that_a_feed_of_theirs_tells_too_is_told_as_that_ones(
    feeds: Feeds, scene: Scene, store: Store
) -> None:
    await feeds.publish(feeds.hidden, 1, url="https://story.example/2026/raccoon-in-the-park", title="One long story")
    await feeds.publish(feeds.open, 2, url="https://story.example/2026/raccoon-in-the-park", title="One long story")
    (posting,) = await scene.lease()
    theirs = await Members(Sight(MODS), store).theirs(posting)
    assert theirs is not None
    assert theirs.deliveries == ()
    (instead,) = await scene.lease()
    assert instead.deliveries[0].entry.feed_id == feeds.open.id
    assert instead.deliveries[0].also == ()


async def test_a_hidden_feed_is_not_named_beside_the_one_that_told_its_story_first(
    feeds: Feeds, scene: Scene, store: Store
) -> None:
    await feeds.publish(feeds.open, 1, url="https://story.example/2026/raccoon-in-the-park", title="One long story")
    await feeds.publish(feeds.hidden, 2, url="https://story.example/2026/raccoon-in-the-park", title="One long story")
    (posting,) = await scene.lease()
    assert len(posting.deliveries[0].also) == 1
    for tried in (None, False):
        theirs = await Members(Sight(MODS), store).theirs(replace(posting, silent=tried))
        assert theirs is not None
        assert [one.also for one in theirs.deliveries] == [()]


async def test_channels_see_all_that_is_owed_to_them(feeds: Feeds, scene: Scene, store: Store) -> None:
    (subscription,) = await store.subscriptions(1, channel_id=MODS)
    owed = [Owed(entry_key=1, destination=channel(MODS), subscription_id=subscription.id)]
    await store.commit_poll(a_commit(feeds.hidden.id, [an_entry(1)], owed))
    (posting,) = await scene.lease()
    assert await Members(Sight(MODS, known=False), store).theirs(posting) is posting
