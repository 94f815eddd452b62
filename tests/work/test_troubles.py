"""Who follows a feed hears once that it cannot be read since a day, and once that it is back."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from bot.errors import FetchError
from bot.model import Sent
from bot.store.store import Store
from bot.work.notices import Notices
from bot.work.troubles import EVERY, NOBODY_THERE, Troubles
from tests.work.polling import FEED, Desk, document, failure, fetched

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
UNREACHABLE = FetchError(FEED, "the host name does not exist")


class Everywhere:
    """Guilds whose channels can all be written to, once their server is known."""

    known = True

    def writable_channels(self, guild_id: int) -> list[int]:
        return [10 * guild_id] if self.known else []

    def owner_of(self, guild_id: int) -> int | None:
        return None


class Scene:
    """A feed that two guilds follow, and what its followers are told."""

    def __init__(self, desk: Desk, places: Everywhere) -> None:
        self.desk, self.places = desk, places
        self.troubles = self.new()

    def new(self) -> Troubles:
        notices = Notices(self.desk.store, self.places, self.desk.clock)
        return Troubles(self.desk.store, failing=notices.about_failing, back=notices.about_back)

    async def told(self) -> list[tuple[int, str]]:
        """(channel, text) of what is owed by now, and is taken as sent."""
        await self.troubles.step(self.desk.clock.now())
        notes = []
        while leased := await self.desk.store.lease(self.desk.clock.now(), 100):
            notes += [(one.destination.id, one.note.text) for one in leased if one.note is not None]
            for number, one in enumerate(leased):
                await self.desk.store.settle(one.id, Sent(message_id=number), self.desk.clock.now())
        return sorted(notes)


@pytest.fixture
async def scene(tmp_path: Path) -> AsyncIterator[Scene]:
    async with await Store.open(f"sqlite+aiosqlite:///{tmp_path}/herald.db") as store:
        desk = Desk(store)
        for guild_id in (1, 2):
            await desk.follow(channel_id=10 * guild_id, guild_id=guild_id)
        desk.web.answers[FEED] = fetched(document(1, 2))
        await desk.poll()
        yield Scene(desk, Everywhere())


@pytest.mark.parametrize("fault", [failure(404), failure(500), UNREACHABLE], ids=str)
async def test_after_a_day_and_not_sooner_each_guild_is_told_once_why_and_what_to_do(
    scene: Scene, fault: FetchError
) -> None:
    scene.desk.web.answers[FEED] = fault
    await scene.desk.run(HOUR)  # the first failure
    for _ in range(23):
        assert await scene.told() == []
        await scene.desk.run(HOUR)
    await scene.desk.run(HOUR)
    first, second = await scene.told()
    assert (first[0], second[0]) == (10, 20)
    for text in ("**News**", "<#10>", fault.reason, "/feed add", "/feed remove", "/feed status", ":R>"):
        assert text in first[1]
    assert "<#10>" not in second[1], "another guild's channel"
    await scene.desk.run(10 * DAY)
    scene.troubles = scene.new()
    assert await scene.told() == []


async def test_when_it_is_back_those_who_heard_of_the_trouble_hear_of_that_once(scene: Scene) -> None:
    scene.desk.web.answers[FEED] = failure(404)
    await scene.desk.run(2 * DAY)
    assert len(await scene.told()) == 2
    scene.desk.web.answers[FEED] = fetched(document(1, 2, 3))
    await scene.desk.run(2 * DAY)
    back = await scene.told()
    assert [channel for channel, _ in back] == [10, 20]
    assert all("**News**" in text and "can be read again" in text for _, text in back)
    assert await scene.told() == []
    scene.desk.web.answers[FEED] = failure(404)
    await scene.desk.run(2 * DAY)
    assert len(await scene.told()) == 2, "another trouble is told anew"


async def test_who_heard_of_no_trouble_hears_of_no_end_of_it(scene: Scene) -> None:
    scene.desk.web.answers[FEED] = failure(500)
    await scene.desk.run(10 * HOUR)
    scene.desk.web.answers[FEED] = fetched(document(1, 2, 3))
    await scene.desk.run(DAY)
    assert await scene.told() == []


async def test_a_feed_that_fails_again_before_it_was_called_back_is_one_trouble(scene: Scene) -> None:
    scene.desk.web.answers[FEED] = failure(404)
    await scene.desk.run(2 * DAY)
    assert len(await scene.told()) == 2
    scene.desk.web.answers[FEED] = fetched(document(1, 2))
    await scene.desk.poll()
    scene.desk.web.answers[FEED] = failure(404)
    await scene.desk.run(2 * DAY)
    assert await scene.told() == []


@pytest.mark.parametrize("status", [429, 503])
async def test_a_server_that_asks_for_patience_is_no_trouble(scene: Scene, status: int) -> None:
    scene.desk.web.answers[FEED] = failure(status)
    await scene.desk.run(5 * DAY)
    assert await scene.told() == []


async def test_while_nobody_can_be_told_it_waits(scene: Scene) -> None:
    """Just after a start the gateway has told of no guild yet."""
    scene.desk.web.answers[FEED] = failure(404)
    await scene.desk.run(2 * DAY)
    scene.places.known = False
    now = scene.desk.clock.now()
    assert await scene.troubles.step(now) == now + NOBODY_THERE
    scene.places.known = True
    assert len(await scene.told()) == 2
    assert await scene.troubles.step(now) == now + EVERY


async def test_what_was_told_is_on_disk_with_the_note_or_not_at_all(scene: Scene) -> None:
    """Two that look at the same time tell it once."""
    scene.desk.web.answers[FEED] = failure(404)
    await scene.desk.run(2 * DAY)
    now = scene.desk.clock.now()
    [(feed, followers)] = await scene.desk.store.failing_untold(now - DAY)
    notes = await Notices(scene.desk.store, scene.places, scene.desk.clock).about_failing(feed, followers)
    assert await scene.desk.store.tell_failing(feed.id, notes, now)
    assert not await scene.desk.store.tell_failing(feed.id, notes, now)
    assert len(await scene.told()) == 2
