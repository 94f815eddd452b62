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
    Note,
    Outcome,
    Payload,
    Posting,
    Refused,
    Sent,
    StoredEntry,
    Unknown,
)
from bot.ports import NO_PICTURES
from bot.render.embed import WITHOUT_LINKS
from bot.work.deliver import NONCE_MEMORY, PLAINEST, Deliverer, doubled
from tests.clocks import START, ManualClock, settle
from tests.work.fakes import Discord, Ledger

NEWS = Destination(kind="channel", id=10, guild_id=1)
STORED = StoredEntry(
    id=1, feed_id=1, feed_title="News", feed_url="", entry=Entry(guid="1", aliases=(1,), title="T"), first_seen_at=START
)
POSTING = Posting(id=4, destination=NEWS, nonce="n", deliveries=(Delivery(id=1, entry=STORED),))
SENT = Sent(channel_id=10, message_id=99)
BAD_FORM = Refused(status=400, code=50035, reason="Invalid Form Body")
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


@pytest.mark.parametrize(("attempts", "seconds"), [(0, 1), (1, 2), (5, 32), (6, 60), (5000, 60)])
async def test_an_unknown_fate_waits_longer_each_time_up_to_a_minute(attempts: int, seconds: int) -> None:
    calls = await Delivering(Unknown(reason="reset")).calls(replace(POSTING, attempts=attempts))
    assert calls[-1] == ("put off", 4, START + timedelta(seconds=seconds), "reset")
    assert doubled(timedelta(seconds=1), attempts, timedelta(minutes=1)) == timedelta(seconds=seconds)


async def test_discords_own_pause_goes_before_ours() -> None:
    calls = await Delivering(Unknown(reason="429", retry_after=timedelta(seconds=90))).calls()
    assert calls[-1] == ("put off", 4, START + timedelta(seconds=90), "429")


async def test_a_refused_form_gets_plainer_step_by_step_and_is_given_up_only_at_its_plainest() -> None:
    last = [(await Delivering(BAD_FORM).calls(replace(POSTING, degraded=step)))[-1] for step in range(PLAINEST + 1)]
    assert last == [("degrade", 4)] * PLAINEST + [("give up", 4)]


SEVERAL = replace(POSTING, deliveries=tuple(Delivery(id=number, entry=STORED) for number in (7, 8, 9)))


@pytest.mark.parametrize(("embeds", "guilty"), [((1,), (8,)), ((0, 2), (7, 9)), ((), ()), ((9,), ())])
async def test_of_several_entries_only_those_at_fault_get_plainer(
    embeds: tuple[int, ...], guilty: tuple[int, ...]
) -> None:
    calls = await Delivering(replace(BAD_FORM, embeds=embeds)).calls(SEVERAL)
    assert calls[-1] == ("split", 4, guilty)


async def test_the_rest_of_a_flood_is_one_message_and_not_taken_apart() -> None:
    flood = replace(SEVERAL, deliveries=tuple(replace(one, gist=True) for one in SEVERAL.deliveries))
    assert (await Delivering(BAD_FORM).calls(flood))[-1] == ("degrade", 4)


@pytest.mark.parametrize("code", [200000, 200001, 240000])
async def test_filtered_words_are_tried_without_a_link_and_then_given_up_and_nothing_is_held(code: int) -> None:
    filtered = Refused(status=403, code=code, reason="blocked")
    for step in range(WITHOUT_LINKS):
        assert (await Delivering(filtered).calls(replace(POSTING, degraded=step)))[-1] == ("degrade", 4, WITHOUT_LINKS)
    delivering = Delivering(filtered)
    assert (await delivering.calls(replace(POSTING, degraded=WITHOUT_LINKS)))[-1] == ("give up", 4)
    assert (await Delivering(filtered).calls(SEVERAL))[-1] == ("split", 4, ())
    assert delivering.told == []


@pytest.mark.parametrize(
    ("status", "code"), [(400, 40067), (403, 50278), (400, 160006), (403, 999_999), (404, 999_999), (403, 20026)]
)
async def test_a_refusal_of_the_place_or_an_unknown_one_of_us_costs_no_entry(status: int, code: int) -> None:
    calls = await Delivering(Refused(status=status, code=code, reason="No")).calls(SEVERAL)
    assert [call[0] for call in calls[2:]] == ["hold", "put off"]


async def test_a_place_that_refuses_is_held_its_posting_kept_and_somebody_told_once() -> None:
    delivering = Delivering(NO_ACCESS)
    calls = await delivering.calls()
    assert [call[0] for call in calls[2:]] == ["hold", "put off"]
    await delivering.deliverer.deliver(POSTING)
    assert delivering.told == [NEWS]


async def test_a_note_that_is_refused_goes_to_the_next_place() -> None:
    second, third = (Destination(kind="channel", id=number, guild_id=1) for number in (11, 12))
    note = replace(POSTING, deliveries=(), note=Note(text="Hello", otherwise=(second, third)))
    calls = await Delivering(NO_ACCESS).calls(note)
    assert calls[-2:] == [("give up", 4), ("note", second, Note(text="Hello", otherwise=(third,)))]


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
        pictures: Mapping[int, str] = NO_PICTURES,
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
            pictures: Mapping[int, str] = NO_PICTURES,
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
