"""One story of two feeds in one place: told once, both named, and never lost."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest

from bot.model import Entry, Refused, Subscription
from bot.store.store import Store
from tests.store.scene import DAY, HOUR, NOW, Scene, a_commit, an_entry, owed_to, titles

REFUSED = Refused(status=400, code=50035, reason="Invalid Form Body")


class Two:
    """Two feeds, in one channel unless told otherwise."""

    def __init__(self, scene: Scene, store: Store) -> None:
        self.scene, self.store = scene, store

    async def begin(self, *, second_channel: int = 10, mention: int | None = None) -> None:
        post = await self.scene.feed("https://post.example/feed", title="The Post")
        courier = await self.scene.feed("https://courier.example/feed", title="The Courier")
        self.post = await self.scene.follow(post)
        self.courier = await self.scene.follow(courier, second_channel, mention=mention)

    async def tell(self, sub: Subscription, *entries: Entry, at: datetime = NOW) -> None:
        titled = replace(a_commit(sub.feed_id, entries, [owed_to(sub, one.key) for one in entries], at=at))
        await self.store.commit_poll(replace(titled, facts=replace(titled.facts, title="")))


@pytest.fixture
async def two(scene: Scene, store: Store) -> Two:
    made = Two(scene, store)
    await made.begin()
    return made


def story(number: int, title: str = "", link: str = "https://story.example/7") -> Entry:
    return an_entry(number, title=title or f"Told {number}", url=link)


async def test_a_story_that_waits_is_sent_once_and_names_both(store: Store, scene: Scene, two: Two) -> None:
    await two.tell(two.post, story(1))
    await two.tell(two.courier, story(2, link="http://www.story.example/7/?utm_source=x"))
    [posting] = await scene.lease()
    assert (titles(posting), posting.deliveries[0].also) == (["Told 1"], ("The Courier",))
    await scene.send(posting)
    assert await scene.drain() == []
    assert await store.lease_corrections(NOW, 10) == []
    [note] = await store.recent_deliveries(1, two.courier.id, 5)
    assert (note.state, note.message_id) == ("same story", posting.id)


async def test_a_story_that_was_sent_is_edited_once_to_name_both(store: Store, scene: Scene, two: Two) -> None:
    await two.tell(two.post, story(1))
    await scene.drain()
    await two.tell(two.courier, story(2), at=NOW + HOUR)
    assert await scene.drain(NOW + HOUR) == []
    [edit] = await store.lease_corrections(NOW + HOUR, 10)
    assert edit.posting.deliveries[0].also == ("The Courier",)
    await store.settle_correction(edit)
    assert await store.lease_corrections(NOW + HOUR, 10) == []


@pytest.mark.parametrize(
    ("first", "second", "told"),
    [
        (story(1, "Minister resigns after vote", ""), story(2, "MINISTER RESIGNS, after vote!", ""), 1),
        (story(1, "Weekly open thread", ""), story(2, "Weekly open thread", ""), 2),
        (story(1, link="https://story.example"), story(2, link="https://story.example/"), 2),
        (story(1), story(2, link="https://story.example/8"), 2),
    ],
)
async def test_what_makes_two_entries_one_story(scene: Scene, two: Two, first: Entry, second: Entry, told: int) -> None:
    await two.tell(two.post, first)
    await two.tell(two.courier, second)
    assert len(await scene.drain()) == told


async def test_after_a_day_it_is_another_story(scene: Scene, two: Two) -> None:
    await two.tell(two.post, story(1))
    await scene.drain()
    await two.tell(two.courier, story(2), at=NOW + DAY)
    assert await scene.drain(NOW + DAY) == ["Told 2"]


async def test_one_feed_may_tell_one_link_often_and_then_it_names_no_story(scene: Scene, two: Two) -> None:
    await two.tell(two.post, story(1), story(2))
    await two.tell(two.courier, story(3))
    assert sorted(await scene.drain()) == ["Told 1", "Told 2", "Told 3"]
    await two.tell(two.courier, story(4))
    await two.tell(two.post, story(5))
    assert sorted(await scene.drain()) == ["Told 4", "Told 5"]


@pytest.mark.parametrize("whose", ["post", "courier"])
async def test_either_subscription_may_want_its_own_posts(store: Store, scene: Scene, two: Two, whose: str) -> None:
    await store.update_subscription(replace(getattr(two, whose), merge_stories=False))
    await two.tell(two.post, story(1))
    await two.tell(two.courier, story(2))
    assert await scene.drain() == ["Told 1", "Told 2"]


async def test_another_place_hears_it_too(store: Store, scene: Scene) -> None:
    two = Two(scene, store)
    await two.begin(second_channel=11)
    await two.tell(two.post, story(1))
    await two.tell(two.courier, story(2))
    assert await scene.drain() == ["Told 1", "Told 2"]


async def test_a_role_that_the_first_did_not_mention_is_mentioned(store: Store, scene: Scene) -> None:
    two = Two(scene, store)
    await two.begin(mention=5)
    await two.tell(two.post, story(1))
    await two.tell(two.courier, story(2))
    assert await scene.drain() == ["Told 1", "Told 2"]


@pytest.mark.parametrize("why", ["removed", "paused", "refused"])
async def test_a_story_whose_first_teller_does_not_come_is_told_by_the_next(
    store: Store, scene: Scene, two: Two, why: str
) -> None:
    third = await scene.follow(await scene.feed("https://herold.example/feed", title="The Herold"))
    await two.tell(two.post, story(1))
    await two.tell(two.courier, story(2))
    await two.tell(third, story(3))
    if why == "removed":
        await store.remove_subscription(1, two.post.id)
    elif why == "paused":
        await store.pause_subscription(1, two.post.id, "by hand", NOW)
    else:
        [posting] = await scene.lease()
        await store.give_up(posting.id, REFUSED, NOW)
    [posting] = await scene.lease()
    assert (titles(posting), posting.deliveries[0].also) == (["Told 2"], ("The Herold",))


async def test_a_paused_feed_holds_back_no_others_story(store: Store, scene: Scene, two: Two) -> None:
    await store.pause_subscription(1, two.post.id, "by hand", NOW, catch_up=True)
    await two.tell(two.post, story(1))
    await two.tell(two.courier, story(2))
    assert await scene.drain() == ["Told 2"]


async def test_the_newest_may_be_posted_by_hand_although_it_was_told(store: Store, scene: Scene, two: Two) -> None:
    await two.tell(two.post, story(1))
    await two.tell(two.courier, story(2))
    await scene.drain()
    [newest] = await store.latest(1, feed_id=two.courier.feed_id, limit=1)
    assert await store.owe([(newest.id, two.courier)], NOW) == 1
    assert await scene.drain() == ["Told 2"]


async def test_fate_tells_who_told_it_and_where(store: Store, scene: Scene, two: Two) -> None:
    await two.tell(two.post, story(1))
    [posting] = await scene.lease()
    await two.tell(two.courier, story(2))
    entry = await store.find_entry(1, two.courier.feed_id, "https://story.example/7")
    assert entry is not None
    assert entry.entry.title == "Told 2"
    fate = await store.fate(1, two.courier.id, entry.id)
    assert (fate.state, fate.told_by, fate.message_id) == ("same story", "The Post", None)
    await scene.send(posting)
    fate = await store.fate(1, two.courier.id, entry.id)
    assert (fate.channel_id, fate.message_id) == (10, posting.id)


async def test_an_entry_is_found_by_id_link_and_title_and_only_where_it_is_followed(
    store: Store, scene: Scene, two: Two
) -> None:
    await two.tell(two.post, story(1, "Minister resigns"), story(2, "Minister stays", "https://story.example/8"))
    feed_id = two.post.feed_id
    for text, title in [
        ("minister RESIGNS", "Minister resigns"),
        ("minister", "Minister stays"),
        ("https://www.story.example/7?utm_source=x", "Minister resigns"),
    ]:
        found = await store.find_entry(1, feed_id, text)
        assert found is not None
        assert found.entry.title == title
        assert await store.find_entry(1, feed_id, str(found.id)) == found
        assert await store.find_entry(2, feed_id, text) is None
        assert await store.find_entry(1, two.courier.feed_id, text) is None
    assert await store.find_entry(1, feed_id, "") is None
    assert await store.find_entry(1, feed_id, "9" * 30) is None


async def test_a_pause_that_is_over_is_remembered_if_it_skipped(store: Store, scene: Scene, two: Two) -> None:
    await two.tell(two.post, story(1))
    entry = await store.find_entry(1, two.post.feed_id, "Told 1")
    assert entry is not None
    await store.pause_subscription(1, two.post.id, "by hand", NOW)
    await store.resume_subscription(1, two.post.id, NOW + HOUR)
    fate = await store.fate(1, two.post.id, entry.id)
    assert (fate.skipped_from, fate.skipped_until) == (NOW, NOW + HOUR)
    await store.pause_subscription(1, two.post.id, "by hand", NOW + DAY, catch_up=True)
    await store.resume_subscription(1, two.post.id, NOW + 2 * DAY)
    assert (await store.fate(1, two.post.id, entry.id)).skipped_until == NOW + HOUR
