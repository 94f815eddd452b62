"""Polls that brought nothing are written down together."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import cast

from bot.model import Visit
from bot.ports import PollStore
from bot.work.visits import TOGETHER, Visits
from tests.clocks import START


class Disk:
    """Which feeds were written by each transaction."""

    def __init__(self) -> None:
        self.written: list[list[int]] = []

    async def record_visits(self, visits: Sequence[Visit]) -> None:
        self.written.append([one.feed_id for one in visits])


def visit(feed_id: int) -> Visit:
    return Visit(feed_id=feed_id, at=START, next_due_at=START)


async def test_the_first_is_written_at_once_and_those_of_the_next_moment_together() -> None:
    disk = Disk()
    visits = Visits(cast(PollStore, disk))
    assert await visits.write_in_time(START) is None
    for number in range(10):
        visits.note(visit(number))
        again = await visits.write_in_time(START + timedelta(milliseconds=number))
        assert again == (START + TOGETHER if number else None)
    assert disk.written == [[0]]
    assert visits.feeds == frozenset(range(1, 10)), "not asked again before it is on disk"
    assert await visits.write_in_time(START + TOGETHER) is None
    assert disk.written == [[0], list(range(1, 10))]


async def test_a_clock_that_is_set_back_keeps_nothing_from_the_disk() -> None:
    disk = Disk()
    visits = Visits(cast(PollStore, disk))
    for now in (START, START - timedelta(days=1)):
        visits.note(visit(1))
        assert await visits.write_in_time(now) is None
    assert disk.written == [[1], [1]]
