from __future__ import annotations

from datetime import timedelta

from bot.work import rests
from bot.work.rests import Rests
from tests.clocks import ManualClock

MINUTE = timedelta(minutes=1)


async def test_the_rest_begins_after_so_many_useless_answers_and_doubles_up_to_the_longest() -> None:
    clock = ManualClock()
    some = Rests(clock.monotonic, after=2, first=MINUTE, longest=3 * MINUTE)
    some.useless("a")
    assert not some.resting("a")
    for length in (1, 2, 3, 3):
        some.useless("a")
        await clock.advance(length * MINUTE - timedelta(seconds=1))
        assert some.resting("a")
        assert not some.resting("b")
        await clock.advance(timedelta(seconds=1))
        assert not some.resting("a")


async def test_one_useful_answer_makes_all_good() -> None:
    some = Rests(ManualClock().monotonic, after=2, first=MINUTE, longest=MINUTE)
    some.useless(7)
    some.useful(7)
    some.useless(7)
    assert not some.resting(7)


def test_only_so_many_are_remembered() -> None:
    some = Rests(ManualClock().monotonic, after=1, first=MINUTE, longest=MINUTE)
    for name in range(rests.MOST_REMEMBERED + 1):
        some.useless(name)
    assert [some.resting(name) for name in (0, 1, rests.MOST_REMEMBERED)] == [False, True, True]
