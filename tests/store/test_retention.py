"""What is forgotten, and what must not be."""

from __future__ import annotations

from sqlalchemy import func, select, text

from bot.model import Note, Owed, Refused
from bot.query.language import parse
from bot.store.schema import entry_fts
from bot.store.store import Store
from tests.store.scene import DAY, NOW, Scene, a_commit, an_entry, channel, member


async def count(store: Store, table: str) -> int:
    async with store._database.read() as connection:
        return int(await connection.scalar(text(f"SELECT count(*) FROM {table}")))


async def indexed(store: Store, word: str) -> int:
    async with store._database.read() as connection:
        found = connection.index.finding(parse(word).root).asked
        assert found is not None
        return int(await connection.scalar(select(func.count()).select_from(entry_fts).where(found)))


async def test_old_entries_go_with_their_index_and_history_but_stay_seen(store: Store, scene: Scene) -> None:
    sub = await scene.follow(await scene.feed())
    await scene.publish(sub, range(1, 1201))
    await scene.drain()
    await scene.publish(sub, [9000], at=NOW + 5 * DAY)
    await scene.drain(NOW + 5 * DAY)
    seen = await store.seen(sub.feed_id)
    assert await indexed(store, "body") == 1201
    assert await store.prune(NOW + 11 * DAY, 10 * DAY) == 1200
    assert await indexed(store, "body") == 1
    assert {table: await count(store, table) for table in ("entry", "delivery", "posting", "entry_fts")} == {
        "entry": 1,
        "delivery": 1,
        "posting": 1,
        "entry_fts": 1,
    }
    assert await store.seen(sub.feed_id) == seen


async def test_what_is_still_owed_is_not_forgotten(store: Store, scene: Scene) -> None:
    sub = await scene.follow(await scene.feed())
    await scene.publish(sub, [1])
    assert await store.prune(NOW + 999 * DAY, DAY) == 0
    assert await scene.drain() == ["Entry 1"]
    assert await store.prune(NOW + 999 * DAY, DAY) == 1


async def test_a_feed_nobody_follows_goes_after_a_week(store: Store, scene: Scene) -> None:
    sub = await scene.follow(await scene.feed())
    await scene.publish(sub, [1])
    await store.remove_subscription(1, sub.id)
    year = 365 * DAY
    assert await store.prune(NOW, year) == 0
    assert await store.prune(NOW + 7 * DAY, year) == 0
    assert await store.prune(NOW + 8 * DAY, year) == 1
    assert {table: await count(store, table) for table in ("feed", "feed_seen", "entry", "entry_fts")} == dict.fromkeys(
        ("feed", "feed_seen", "entry", "entry_fts"), 0
    )


async def test_a_feed_followed_again_within_the_week_stays(store: Store, scene: Scene) -> None:
    feed = await scene.feed()
    await store.commit_poll(a_commit(feed.id, [an_entry(1)]))
    await store.prune(NOW, 365 * DAY)
    await scene.follow(feed)
    assert await store.prune(NOW + 30 * DAY, 365 * DAY) == 0
    assert await count(store, "entry") == 1


async def test_a_keyword_bound_to_a_feed_goes_with_it(store: Store, scene: Scene) -> None:
    feed = await scene.feed()
    await scene.watch("bound", feed=feed)
    free = await scene.watch("free")
    await store.prune(NOW, 365 * DAY)
    await store.prune(NOW + 8 * DAY, 365 * DAY)
    assert await store.keywords(1) == [free]


async def test_a_note_is_not_swept_away_before_it_is_told(store: Store, scene: Scene) -> None:
    await store.post_note(channel(10), Note(text="The feed fails."), NOW)
    await store.prune(NOW + DAY, DAY)
    [posting] = await scene.lease()
    await scene.send(posting)
    await store.prune(NOW + DAY, DAY)
    assert await count(store, "posting") == 0


async def test_a_members_number_goes_with_the_last_of_their_messages(store: Store, scene: Scene) -> None:
    sub, word = await scene.follow(await scene.feed()), await scene.watch("body", user_id=7)
    owed = Owed(entry_key=1, destination=member(7), keyword_ids=(word.id,))
    await store.commit_poll(a_commit(sub.feed_id, [an_entry(1)], [owed]))
    await scene.drain()
    await store.prune(NOW, DAY)
    assert await count(store, "destination") == 1
    await store.hold(member(7), Refused(status=403, code=50007, reason="Closed"), NOW, NOW)
    await store.prune(NOW + 2 * DAY, DAY)
    assert await count(store, "destination") == 1, "who waits for alerts is still told that they cannot come"
    await store.remove_keyword(1, word.id)
    await store.prune(NOW + 2 * DAY, DAY)
    assert await count(store, "destination") == 0


async def test_a_channel_goes_with_the_last_of_its_messages_once_nothing_is_to_come_there(
    store: Store, scene: Scene
) -> None:
    sub = await scene.follow(await scene.feed())
    await scene.publish(sub, [1])
    await scene.drain()
    await store.prune(NOW + 2 * DAY, DAY)
    assert await count(store, "delivery") == 0
    assert await count(store, "destination") == 1, "the feed goes on there"
    await store.remove_subscription(1, sub.id)
    await store.prune(NOW + 2 * DAY, DAY)
    assert await count(store, "destination") == 0
