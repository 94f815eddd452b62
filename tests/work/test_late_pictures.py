"""Pages that were not asked before the post: asked after it, behind everybody else, one of each host at a time."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from datetime import datetime, timedelta
from typing import Any

import pytest

from bot.errors import FetchError, NotAsked
from bot.model import StoredEntry
from bot.net.polite import PoliteFetcher
from bot.work.deliver import NOTHING_TO_DO
from bot.work.late_pictures import AGAIN, AT_ONCE, LatePictures
from bot.work.pages import Pages
from bot.work.pictures import BUDGET, Pictures
from tests.clocks import START, ManualClock, settle
from tests.work.test_pictures import A, Kept, Web, a_delivery, a_posting


class Waiting(Kept):
    """A store whose entries wait for their pictures until their pages were asked."""

    def __init__(self) -> None:
        super().__init__()
        self.entries: list[StoredEntry] = []

    async def awaited_pictures(self, now: datetime, limit: int) -> list[StoredEntry]:
        return [one for one in self.entries if one.id not in self.known][:limit]


class House:
    def __init__(self) -> None:
        self.store, self.web, self.clock = Waiting(), Web(), ManualClock()
        self.late: list[float] = []
        self.pages = Pages(self.store, self.web, self.clock, late=lambda: self.late.append(self.clock.monotonic()))
        self.manners = PoliteFetcher(self.web, self.clock)
        self.service = LatePictures(
            self.store, self.pages, self.manners.behind(self.web), self.clock, wake=self._step_again
        )
        self.again = START
        self._steps: set[asyncio.Task[None]] = set()

    def awaits(self, *numbers: int, host: str = "news.example") -> None:
        self.store.entries += [a_delivery(n, url=f"https://{host}/{n}").entry for n in numbers]

    async def step(self) -> None:
        self.again = await self.service.step(self.clock.now())

    def _step_again(self) -> None:
        step = asyncio.create_task(self.step())
        self._steps.add(step)
        step.add_done_callback(self._steps.discard)


def begin(work: Coroutine[Any, Any, Any]) -> asyncio.Task[Any]:
    return asyncio.create_task(work)


async def test_ten_entries_of_one_host_all_have_their_picture_some_in_time_and_the_others_after_the_post() -> None:
    house = House()
    house.web.pages = {f"https://news.example/{n}": f"https://cdn.example/{n}.jpg" for n in range(1, 11)}
    in_time = Pictures(house.store, house.pages, house.manners.beside(house.web, patience=BUDGET), house.clock)
    posting = a_posting(*(a_delivery(n) for n in range(1, 11)))
    finding = begin(in_time.of(posting))
    await house.clock.advance(BUDGET)
    found = await finding
    early = [url for url in found.values() if url is not None]
    assert (len(found), 1 <= len(early) <= 4) == (10, True)
    house.store.entries = [one.entry for one in posting.deliveries]
    await house.step()
    await house.clock.advance(timedelta(seconds=10))
    assert house.store.known == {n: f"https://cdn.example/{n}.jpg" for n in range(1, 11)}
    assert len(house.web.asked) == 10
    assert len(house.late) == 10, "told of each, be it early: the store knows which are late"


async def test_each_host_is_asked_at_its_own_pace_and_polls_go_first() -> None:
    house = House()
    house.awaits(1, 2, 3)
    house.awaits(11, 12, host="other.example")
    await house.step()
    await house.clock.advance(timedelta(seconds=0.5))
    polls = [begin(house.manners.fetch(f"https://news.example/feed{n}")) for n in (1, 2)]
    await house.clock.advance(timedelta(seconds=2))
    assert all(poll.done() for poll in polls)
    assert set(house.store.known) == {1, 11, 12}
    await house.clock.advance(timedelta(seconds=2))
    assert set(house.store.known) == {1, 2, 3, 11, 12}


@pytest.mark.parametrize("failure", [NotAsked("", "its host has just failed"), "defect"])
async def test_a_page_that_could_not_be_asked_is_tried_again_later_and_not_at_once(failure: Exception | str) -> None:
    house = House()
    house.awaits(1)
    house.web.pages["https://news.example/1"] = failure
    await house.step()
    await house.clock.advance(AGAIN / 2)
    assert (len(house.web.asked), house.again) == (1, START + AGAIN)
    house.web.pages["https://news.example/1"] = A
    await house.clock.advance(AGAIN / 2)
    await house.step()
    await settle()
    assert house.store.known == {1: A}


async def test_a_host_that_fails_is_let_be_for_a_while() -> None:
    house = House()
    house.awaits(1, 2)
    house.web.pages["https://news.example/1"] = FetchError("", "no answer")
    await house.step()
    await house.clock.advance(timedelta(minutes=4))
    await house.step()
    assert house.store.known == {1: None}
    await house.clock.advance(timedelta(minutes=2))
    await house.step()
    await settle()
    assert house.store.known == {1: None, 2: None}


async def test_few_pages_are_asked_at_a_time_and_none_when_none_is_awaited() -> None:
    house = House()
    await house.step()
    assert house.again == START + NOTHING_TO_DO
    for number in range(AT_ONCE + 5):
        house.web.pages[f"https://{number}.example/{number}"] = asyncio.Event()
        house.awaits(number, host=f"{number}.example")
    await house.step()
    await settle()
    assert len(house.web.asked) == AT_ONCE
    await house.pages.close()
