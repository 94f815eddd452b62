"""What is written down of each outcome, and who is told."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bot.model import Destination, Note, Outcome, Posting, Refused, Sent, Unknown
from bot.work.refusals import HELD_FOR
from bot.work.settling import Settler, doubled
from tests.clocks import START
from tests.work.fakes import Ledger
from tests.work.test_refusals import (
    BAD_FORM,
    FILTERED,
    NEWS,
    NO_ACCESS,
    POSTING,
    SECOND,
    SEVERAL,
    THIRD,
    noted,
)

SENT = Sent(channel_id=10, message_id=99)
AT_ITS_PLAINEST = replace(POSTING, degraded=4)

WRITTEN = {
    "sent": (POSTING, SENT, [("settle", 4, SENT)]),
    "too rich": (POSTING, BAD_FORM, [("degrade", 4)]),
    "filtered": (POSTING, FILTERED, [("degrade", 4, 4)]),
    "at its plainest": (AT_ITS_PLAINEST, BAD_FORM, [("give up", 4)]),
    "one at fault": (SEVERAL, replace(BAD_FORM, embeds=(1,)), [("split", 4, (8,))]),
    "a place": (
        POSTING,
        NO_ACCESS,
        [("hold", NEWS, START + HELD_FOR), ("put off", 4, START, "Missing Permissions")],
    ),
    "a note": (
        noted(SECOND, THIRD),
        NO_ACCESS,
        [("give up", 4), ("note", SECOND, Note(text="Hello", otherwise=(THIRD,)))],
    ),
    "a note nobody else can read": (noted(), NO_ACCESS, [("give up", 4)]),
}


@pytest.mark.parametrize(("posting", "outcome", "written"), WRITTEN.values(), ids=WRITTEN)
async def test_what_is_written_down(posting: Posting, outcome: Outcome, written: list[tuple[Any, ...]]) -> None:
    outbox = Ledger()
    await Settler(outbox).settle(posting, outcome, START)
    assert outbox.calls == written


@pytest.mark.parametrize(("attempts", "seconds"), [(0, 1), (1, 2), (5, 32), (6, 60), (5000, 60)])
async def test_an_unknown_fate_waits_longer_each_time_up_to_a_minute(attempts: int, seconds: int) -> None:
    outbox = Ledger()
    await Settler(outbox).settle(replace(POSTING, attempts=attempts), Unknown(reason="reset"), START)
    assert outbox.calls == [("put off", 4, START + timedelta(seconds=seconds), "reset")]
    assert doubled(timedelta(seconds=1), attempts, timedelta(minutes=1)) == timedelta(seconds=seconds)


async def test_discords_own_pause_goes_before_ours() -> None:
    outbox = Ledger()
    await Settler(outbox).settle(POSTING, Unknown(reason="429", retry_after=timedelta(seconds=90)), START)
    assert outbox.calls == [("put off", 4, START + timedelta(seconds=90), "429")]


async def test_somebody_is_told_once_of_a_place_that_refuses_and_never_of_words() -> None:
    told: list[tuple[Destination, Refused]] = []

    async def refused(where: Destination, refusal: Refused) -> None:
        told.append((where, refusal))

    settler = Settler(Ledger(), refused)
    for posting, refusal in [(POSTING, FILTERED), (POSTING, NO_ACCESS), (SEVERAL, NO_ACCESS)]:
        await settler.settle(posting, refusal, START)
    assert told == [(NEWS, NO_ACCESS)]
