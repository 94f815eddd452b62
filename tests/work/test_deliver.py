"""One attempt at a posting: what is written down before and after, for every answer of Discord's."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from bot.errors import StoreError
from bot.model import (
    Delivery,
    Destination,
    Entry,
    GuildSettings,
    Outcome,
    Payload,
    Posting,
    Refused,
    Sent,
    StoredEntry,
    Unknown,
)
from bot.ports import NO_PICTURES
from bot.work.deliver import NONCE_MEMORY, Deliverer
from tests.clocks import START, ManualClock, settle
from tests.work.fakes import Discord, Ledger

NEWS = Destination(kind="channel", id=10, guild_id=1)
STORED = StoredEntry(
    id=1, feed_id=1, feed_title="News", feed_url="", entry=Entry(guid="1", aliases=(1,), title="T"), first_seen_at=START
)
POSTING = Posting(id=4, destination=NEWS, nonce="n", deliveries=(Delivery(id=1, entry=STORED),))
SENT = Sent(channel_id=10, message_id=99)
NO_ACCESS = Refused(status=403, code=50013, reason="Missing Permissions")


class Delivering:
    """A deliverer whose Discord answers one thing."""

    def __init__(self, outcome: Outcome, *, found: Any = None) -> None:
        self.outbox = Ledger()
        self.rung: list[str] = []
        self.told: list[Destination] = []
        sender = Discord(self.outbox.calls, outcome, found)
        self.deliverer = Deliverer(
            self.outbox, sender, ManualClock(), refused=self._refused, wake=lambda: self.rung.append("wake")
        )

    async def _refused(self, where: Destination, _: Refused) -> None:
        self.told.append(where)

    async def calls(self, posting: Posting = POSTING) -> list[tuple[Any, ...]]:
        await self.deliverer.deliver(posting)
        return self.outbox.calls


async def test_the_attempt_is_on_disk_before_the_send_and_the_outcome_after_it() -> None:
    assert await Delivering(SENT).calls() == [("begin", 4), ("send", 4), ("settle", 4, SENT)]


async def test_what_discord_may_have_forgotten_is_looked_for_first() -> None:
    old = replace(POSTING, attempts=1, first_attempt_at=START - NONCE_MEMORY - timedelta(seconds=1))
    assert await Delivering(SENT, found=SENT).calls(old) == [("find", 4), ("settle", 4, SENT)]
    assert await Delivering(SENT).calls(old) == [("find", 4), ("begin", 4), ("send", 4), ("settle", 4, SENT)]


async def test_what_discord_still_remembers_is_sent_again_with_its_nonce() -> None:
    delivering = Delivering(Unknown(reason="reset"))
    await delivering.calls()
    again = await delivering.calls(replace(POSTING, attempts=1, first_attempt_at=START))
    assert [call[0] for call in again] == ["begin", "send", "put off"] * 2


async def test_what_a_former_process_tried_is_looked_for_whatever_the_wall_clock_says() -> None:
    for begun in (START - timedelta(seconds=5), START + timedelta(hours=1), START - timedelta(days=1)):
        former = replace(POSTING, attempts=1, first_attempt_at=begun)
        assert await Delivering(SENT, found=SENT).calls(former) == [("find", 4), ("settle", 4, SENT)]


async def test_a_look_that_fails_is_not_followed_by_a_send() -> None:
    old = replace(POSTING, attempts=1, first_attempt_at=START - timedelta(hours=1))
    calls = await Delivering(SENT, found=Unknown(reason="HTTP 500")).calls(old)
    assert [call[0] for call in calls] == ["find", "put off"]


async def test_unless_the_nonce_is_still_enough() -> None:
    fresh = replace(POSTING, attempts=1, first_attempt_at=START - timedelta(seconds=5))
    calls = await Delivering(SENT, found=Unknown(reason="HTTP 500")).calls(fresh)
    assert [call[0] for call in calls] == ["find", "begin", "send", "settle"]


async def test_what_discord_refuses_is_settled_after_the_send_and_somebody_is_told_once() -> None:
    delivering = Delivering(NO_ACCESS)
    calls = await delivering.calls()
    assert [call[0] for call in calls] == ["begin", "send", "hold", "put off"]
    await delivering.deliverer.deliver(POSTING)
    assert delivering.told == [NEWS]


ALWAYS_QUIET = GuildSettings(guild_id=1, quiet_from=0, quiet_until=23 * 60 + 59)


async def test_in_quiet_hours_it_is_on_disk_that_a_posting_is_silent_before_it_is_sent() -> None:
    quiet = replace(POSTING, settings=ALWAYS_QUIET)
    assert await Delivering(SENT).calls(quiet) == [("begin", 4, "silent"), ("send", 4), ("settle", 4, SENT)]


async def test_a_second_attempt_is_as_loud_as_the_first() -> None:
    tried = replace(POSTING, settings=ALWAYS_QUIET, silent=False, attempts=1, first_attempt_at=START)
    assert (await Delivering(SENT).calls(tried))[-3] == ("begin", 4)


async def test_a_step_sends_what_is_ready_and_rings_when_it_is_done() -> None:
    delivering = Delivering(SENT)
    delivering.outbox.ready = [replace(POSTING, id=number) for number in (1, 2, 3)]
    assert await delivering.deliverer.step(START) > START
    await delivering.deliverer.finish()
    assert sorted(call[1] for call in delivering.outbox.calls if call[0] == "settle") == [1, 2, 3]
    assert len(delivering.rung) == 3


class FullDisk(Ledger):
    """Refuses to write for a while."""

    def __init__(self, refusals: int, *, of: str) -> None:
        super().__init__()
        self._left, self._of = refusals, of

    async def begin_attempt(
        self,
        posting_id: int,
        now: datetime,
        *,
        silent: bool = False,
        server: str = "",
        pictures: Mapping[int, str | None] = NO_PICTURES,
    ) -> None:
        self._refuse("begin")
        await super().begin_attempt(posting_id, now, silent=silent, server=server, pictures=pictures)

    async def settle(self, posting_id: int, outcome: Sent, now: datetime) -> None:
        self._refuse("settle")
        await super().settle(posting_id, outcome, now)

    def _refuse(self, what: str) -> None:
        if what == self._of and self._left > 0:
            self._left -= 1
            raise StoreError("the disk is full")


@pytest.mark.parametrize("call", ["begin", "settle"])
async def test_what_cannot_be_recorded_is_recorded_later_and_sent_once(call: str) -> None:
    clock, outbox = ManualClock(), FullDisk(3, of=call)
    deliverer = Deliverer(outbox, Discord(outbox.calls, SENT, None), clock, wake=lambda: None)
    delivering = asyncio.create_task(deliverer.deliver(POSTING))
    await clock.advance(timedelta(seconds=6))
    assert outbox.calls == ([] if call == "begin" else [("begin", 4), ("send", 4)])
    await clock.advance(timedelta(seconds=1))
    assert await delivering == SENT
    assert outbox.calls == [("begin", 4), ("send", 4), ("settle", 4, SENT)]


async def test_a_defect_of_ours_costs_a_posting_time_and_not_its_place() -> None:
    class Defective(Discord):
        async def send(self, posting: Posting, payload: Payload) -> Outcome:
            raise ZeroDivisionError

    outbox = Ledger(ready=[POSTING])
    deliverer = Deliverer(outbox, Defective(outbox.calls, SENT, None), ManualClock(), wake=lambda: None)
    await deliverer.step(START)
    await deliverer.finish()
    assert outbox.calls[-1] == ("put off", 4, START + timedelta(minutes=1), "something went wrong on my side")


# --- Which server a direct message comes from -----------------------------------------------------------------

ALERT = replace(POSTING, destination=Destination(kind="user", id=7, guild_id=1))


@pytest.mark.parametrize(
    ("posting", "name"),
    [
        (ALERT, "Reading room"),
        (replace(ALERT, silent=False, attempts=1, server="Its old name"), "Its old name"),
        (replace(ALERT, silent=False, attempts=1), ""),
        (replace(ALERT, attempts=1, server="Its old name"), "Reading room"),
        (POSTING, ""),
    ],
    ids=["first try", "tried under its old name", "tried without", "refused under its old name", "in a channel"],
)
async def test_a_direct_message_names_its_server_as_it_was_called_when_it_was_first_tried(
    posting: Posting, name: str
) -> None:
    begun: list[str] = []

    class Begun(Ledger):
        async def begin_attempt(
            self,
            posting_id: int,
            now: datetime,
            *,
            silent: bool = False,
            server: str = "",
            pictures: Mapping[int, str | None] = NO_PICTURES,
        ) -> None:
            begun.append(server)

    outbox = Begun()
    names = {1: "Reading room"}
    deliverer = Deliverer(
        outbox, Discord(outbox.calls, SENT, None), ManualClock(), server_name=names.get, wake=lambda: None
    )
    await deliverer.deliver(posting)
    assert begun == [name]


# --- Pictures of pages ---------------------------------------------------------------------------------------

PAGED = replace(STORED, entry=replace(STORED.entry, url="https://news.example/1"))
WITHOUT_PICTURE = replace(POSTING, deliveries=(Delivery(id=1, entry=PAGED),))
PICTURE = "https://cdn.example/a.jpg"


class Painter:
    """Says what pages show when it is let go."""

    def __init__(self) -> None:
        self.asked: list[int] = []
        self.go = asyncio.Event()

    async def __call__(self, posting: Posting) -> dict[int, str]:
        self.asked.append(posting.id)
        await self.go.wait()
        return {one.id: PICTURE for one in posting.deliveries}


class Canvas(Discord):
    """Keeps what it was sent."""

    sent: list[Payload]

    async def send(self, posting: Posting, payload: Payload) -> Outcome:
        self.sent = [*getattr(self, "sent", []), payload]
        return await super().send(posting, payload)


def illustrating(concurrency: int = 50) -> tuple[Deliverer, Ledger, Canvas, Painter]:
    outbox, painter = Ledger(), Painter()
    canvas = Canvas(outbox.calls, SENT, None)
    deliverer = Deliverer(outbox, canvas, ManualClock(), pictures=painter, concurrency=concurrency, wake=lambda: None)
    return deliverer, outbox, canvas, painter


async def test_a_picture_is_on_disk_before_the_send_and_in_the_message() -> None:
    deliverer, outbox, canvas, painter = illustrating()
    painter.go.set()
    await deliverer.deliver(WITHOUT_PICTURE)
    assert outbox.pictures == {1: PICTURE}
    assert canvas.sent[0].embeds[0]["image"] == {"url": PICTURE}


async def test_a_second_attempt_looks_for_no_picture() -> None:
    deliverer, outbox, _, painter = illustrating()
    await deliverer.deliver(replace(WITHOUT_PICTURE, attempts=1, first_attempt_at=START))
    assert (painter.asked, outbox.pictures) == ([], {})


async def test_who_waits_for_a_picture_keeps_nobody_else_from_sending() -> None:
    deliverer, outbox, _, painter = illustrating(concurrency=2)
    waiting = [replace(WITHOUT_PICTURE, id=number) for number in (1, 2, 3)]
    outbox.ready = [*waiting, *(replace(POSTING, id=number) for number in (4, 5, 6))]
    for _ in range(4):
        await deliverer.step(START)
        await settle()
    assert painter.asked == [1, 2, 3]
    assert [call[1] for call in outbox.calls if call[0] == "settle"] == [4, 5, 6]
    painter.go.set()
    await deliverer.finish()
    assert [call[1] for call in outbox.calls if call[0] == "settle"] == [4, 5, 6, 1, 2, 3]
