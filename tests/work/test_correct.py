"""One edit: what becomes of it for every answer of Discord's."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from bot.model import Correction, Delivery, Destination, Entry, Outcome, Posting, Refused, Sent, StoredEntry, Unknown
from bot.work.correct import AT_A_TIME, Corrector
from tests.clocks import START, ManualClock
from tests.work.fakes import Discord

NEWS = Destination(kind="channel", id=10, guild_id=1)
STORED = StoredEntry(
    id=1, feed_id=1, feed_title="News", feed_url="", entry=Entry(guid="1", aliases=(1,), title="T"), first_seen_at=START
)


def a_correction(number: int = 4, attempts: int = 0) -> Correction:
    posting = Posting(id=number, destination=NEWS, nonce="n", deliveries=(Delivery(id=1, entry=STORED),))
    return Correction(posting=posting, channel_id=10, message_id=90 + number, asked=1, attempts=attempts)


class Lane:
    """Corrections that leases what it was given, once, and writes down every call in order."""

    def __init__(self) -> None:
        self.ready: list[Correction] = []
        self.calls: list[tuple[Any, ...]] = []

    async def lease_corrections(self, now: datetime, limit: int) -> list[Correction]:
        leased, self.ready = self.ready[:limit], self.ready[limit:]
        return leased

    async def next_correction(self, after: datetime) -> datetime | None:
        return None

    async def settle_correction(self, done: Correction) -> None:
        self.calls.append(("settle", done.posting.id))

    async def put_off_correction(self, again: Correction, until: datetime) -> None:
        self.calls.append(("put off", until - START))

    async def put_off_corrections(self, where: Destination, until: datetime) -> None:
        self.calls.append(("put off all", where, until - START))

    async def drop_correction(self, posting_id: int) -> None:
        self.calls.append(("drop", posting_id))


def corrector(outcome: Outcome) -> tuple[Corrector, Lane, list[str]]:
    lane, rung = Lane(), list[str]()
    return Corrector(lane, Discord(lane.calls, outcome, None), ManualClock(), wake=lambda: rung.append("x")), lane, rung


@pytest.mark.parametrize(
    ("outcome", "attempts", "call"),
    [
        (Sent(channel_id=10, message_id=94), 0, ("settle", 4)),
        (Sent(), 0, ("settle", 4)),
        (Unknown(reason="reset"), 0, ("put off", timedelta(seconds=5))),
        (Unknown(reason="reset"), 3, ("put off", timedelta(seconds=40))),
        (Unknown(reason="reset"), 5000, ("put off", timedelta(minutes=30))),
        (Unknown(reason="429", retry_after=timedelta(seconds=90)), 0, ("put off", timedelta(seconds=90))),
        (Refused(status=403, code=50001, reason="Missing Access"), 0, ("put off all", NEWS, timedelta(hours=1))),
        (Refused(status=404, code=10003, reason="Unknown Channel"), 0, ("put off all", NEWS, timedelta(hours=1))),
        (Refused(status=400, code=30046, reason="Too many edits"), 0, ("put off all", NEWS, timedelta(hours=1))),
        (Refused(status=400, code=50035, reason="Invalid Form Body"), 0, ("drop", 4)),
        (Refused(status=403, code=200000, reason="AutoMod"), 0, ("drop", 4)),
    ],
)
async def test_what_becomes_of_an_edit(outcome: Outcome, attempts: int, call: tuple[Any, ...]) -> None:
    service, lane, _ = corrector(outcome)
    await service.correct(a_correction(attempts=attempts))
    assert lane.calls == [("edit", 94), call]


async def test_few_edits_are_made_at_once_and_the_next_step_is_rung_for() -> None:
    service, lane, rung = corrector(Sent())
    lane.ready = [a_correction(number) for number in range(AT_A_TIME + 3)]
    assert await service.step(START) > START
    await service.finish()
    assert len(rung) == AT_A_TIME
    assert [call for call in lane.calls if call[0] == "settle"] == [("settle", number) for number in range(AT_A_TIME)]
    assert len(lane.ready) == 3
