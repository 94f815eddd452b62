"""Who was told of a feed in trouble, and of its end."""

from __future__ import annotations

from bot.model import Note, Visit
from bot.store.store import Store
from tests.store.scene import HOUR, NOW, Scene, a_commit, channel


async def test_that_somebody_was_told_is_written_with_what_they_are_told_and_once(store: Store, scene: Scene) -> None:
    feed = await scene.feed()
    followed = await scene.follow(feed)
    told = [(channel(followed.channel_id), Note(text="It fails."))]
    failed = Visit(feed_id=feed.id, at=NOW, next_due_at=NOW + HOUR, error="HTTP 404: not found")
    await store.record_visits([failed])
    assert await store.failing_untold(NOW - HOUR) == []
    [(failing, followers)] = await store.failing_untold(NOW)
    assert (failing.id, [one.id for one in followers]) == (feed.id, [followed.id])
    assert await store.tell_failing(feed.id, told, NOW)
    assert not await store.tell_failing(feed.id, told, NOW)
    assert (await store.failing_untold(NOW), await store.back_untold()) == ([], [])
    await store.commit_poll(a_commit(feed.id, at=NOW + HOUR))
    assert [one.id for one, _ in await store.back_untold()] == [feed.id]
    assert await store.tell_back(feed.id, told, NOW + HOUR)
    assert not await store.tell_back(feed.id, told, NOW + HOUR)
    assert await store.back_untold() == []
