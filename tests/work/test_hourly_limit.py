"""A feed that brings a few entries at each poll floods a channel no less than one that brings all at once."""

from __future__ import annotations

from datetime import timedelta

from bot.store.store import Store
from tests.store.scene import Scene
from tests.work.polling import FEED, Desk, document, fetched

MINUTE = timedelta(minutes=1)


async def test_eight_entries_at_each_of_sixty_polls_are_sixty_posts_and_one_summary(store: Store, scene: Scene) -> None:
    desk = Desk(store)
    await desk.follow()
    desk.web.answers[FEED] = fetched(document(0))
    await desk.poll()
    began, posts, summaries = desk.clock.now(), 0, list[int]()
    for minute in range(61):
        desk.clock.set_wall(began + minute * MINUTE)
        if minute < 60:
            desk.web.answers[FEED] = fetched(document(*range(minute * 8 + 8, minute * 8, -1)))
            await desk.poll()
        while postings := await scene.lease(desk.clock.now()):
            for one in postings:
                await scene.send(one, desk.clock.now())
                posts += 0 if one.gist else len(one.deliveries)
                summaries += [one.total] if one.gist else []
    assert (posts, summaries) == (60, [480 - 60])
