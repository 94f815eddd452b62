"""Members who cannot be written to, and members who left."""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta

import pytest

from bot.model import Destination, Keyword, Owed, Refused
from bot.store.store import Store
from bot.work.closed_dms import ClosedDms
from bot.work.members import Members
from tests.store.scene import DAY, NOW, Scene, a_commit, an_entry, channel, member

CLOSED = Refused(status=403, code=50007, reason="Cannot send messages to this user")


async def owe_dms(scene: Scene, *, guild_id: int, user_id: int, keys: list[int]) -> Keyword:
    """The member's keyword there, and entries owed to their DM."""
    feed = await scene.feed(f"https://feeds.example/{guild_id}")
    await scene.follow(feed, channel_id=10 * guild_id, guild_id=guild_id)
    keyword = await scene.watch("word", user_id=user_id, guild_id=guild_id)
    owed = [Owed(entry_key=key, destination=member(user_id, guild_id), keyword_ids=(keyword.id,)) for key in keys]
    await scene.store.commit_poll(a_commit(feed.id, [an_entry(key) for key in keys], owed))
    return keyword


async def test_each_refusal_is_told_once_with_what_waits_in_every_guild(scene: Scene, store: Store) -> None:
    closed = ClosedDms(store)
    await owe_dms(scene, guild_id=1, user_id=7, keys=[1, 2])
    await owe_dms(scene, guild_id=2, user_id=7, keys=[3])
    assert await closed.news_for(7) is None
    await store.hold(member(7, 1), CLOSED, NOW, NOW + 3650 * DAY)
    assert await closed.news_for(7) == 2
    assert await closed.news_for(7) is None
    await store.hold(member(7, 2), CLOSED, NOW + timedelta(hours=1), NOW + 3650 * DAY)
    assert await closed.news_for(7) == 3
    assert [await closed.news_for(user) for user in (7, 8)] == [None, None]


async def test_what_waited_is_sent_when_the_member_says_so_and_a_new_refusal_is_news(
    scene: Scene, store: Store
) -> None:
    rung: list[str] = []
    closed = ClosedDms(store, delivered=lambda: rung.append("rung"))
    await owe_dms(scene, guild_id=1, user_id=7, keys=[1])
    await store.hold(member(7, 1), CLOSED, NOW, NOW + 3650 * DAY)
    assert await closed.news_for(7) == 1
    assert await scene.lease() == []
    assert await closed.try_again(7)
    assert rung == ["rung"]
    assert await closed.news_for(7) is None
    assert len(await scene.lease()) == 1
    await store.hold(member(7, 1), CLOSED, NOW + DAY, NOW + 3650 * DAY)
    assert await closed.news_for(7) == 1


async def test_nobody_else_lets_it_go_on(scene: Scene, store: Store) -> None:
    closed = ClosedDms(store)
    await owe_dms(scene, guild_id=1, user_id=7, keys=[1])
    await store.hold(member(7, 1), CLOSED, NOW, NOW + 3650 * DAY)
    assert not await closed.try_again(8)
    assert await closed.news_for(7) == 1


# --- Who left -------------------------------------------------------------------------------------------------


class Attendance:
    """Membership by a table; what is not in it, Discord does not say."""

    def __init__(self, **there: bool) -> None:
        self.there = there
        self.asked = 0

    async def is_member(self, guild_id: int, user_id: int) -> bool | None:
        self.asked += 1
        return self.there.get(f"g{guild_id}u{user_id}")

    async def hidden(self, guild_id: int, user_id: int, channel_ids: Collection[int]) -> frozenset[int] | None:
        return frozenset()


@pytest.mark.parametrize(("there", "gone"), [(True, False), (None, False), (False, True)])
async def test_only_who_is_known_to_have_left_is_forgotten(
    scene: Scene, store: Store, there: bool | None, gone: bool
) -> None:
    await owe_dms(scene, guild_id=1, user_id=7, keys=[1])
    attendance = Attendance() if there is None else Attendance(g1u7=there)
    assert await Members(attendance, store).gone(member(7, 1)) is gone
    assert (await store.keywords(1) == []) is gone
    assert (await scene.lease() == []) is gone


async def test_who_left_keeps_what_they_have_in_other_guilds_and_made_for_channels(scene: Scene, store: Store) -> None:
    await owe_dms(scene, guild_id=1, user_id=7, keys=[1])
    elsewhere = await owe_dms(scene, guild_id=2, user_id=7, keys=[2])
    neighbour = await scene.watch("theirs", user_id=8)
    shared = await scene.watch("for all", user_id=7, channel_id=10)
    assert await Members(Attendance(g1u7=False), store).gone(member(7, 1))
    assert {one.id for one in await store.keywords(1)} == {neighbour.id, shared.id}
    assert [one.id for one in await store.keywords_of_member(7)] == [elsewhere.id, shared.id]
    assert [posting.destination for posting in await scene.lease()] == [member(7, 2)]


async def test_a_posting_under_way_to_who_left_is_not_opened_again(scene: Scene, store: Store) -> None:
    await owe_dms(scene, guild_id=1, user_id=7, keys=[1])
    (posting,) = await scene.lease()
    assert await Members(Attendance(g1u7=False), store).gone(posting.destination)
    await store.put_off(posting.id, NOW, "the member left")
    assert await scene.lease(NOW + DAY) == []


async def test_nobody_is_asked_about_channels(store: Store) -> None:
    attendance = Attendance()
    assert not await Members(attendance, store).gone(channel(10))
    assert not await Members(attendance, store).gone(Destination(kind="channel", id=7, guild_id=1))
    assert attendance.asked == 0
