"""Delivering: leases postings, sends them with their nonce, and settles what became of them.

    outbox.lease -> pictures -> render -> begin_attempt -> send (nonce) -> settle        any line may be the last

- Killed before the send: nothing was posted; the next start sends it.
- Killed after it: the next start sends the same nonce, and Discord answers with the message it has.
- Older than Discord's memory of nonces, or begun by a former process: a look into the channel's history comes first.

A send is never cancelled (chat/sender says why): stopping means to lease nothing more and wait.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta

import structlog

from bot.errors import StoreError
from bot.model import Destination, Outcome, Payload, Posting, Refused, Sent, Unknown
from bot.ports import NO_PICTURES, Outbox, Sender, SteadyClock
from bot.render import embed
from bot.work.members import LEFT, NOT_TOLD_YET, UNSEEN, all_of_it, nobody_left
from bot.work.pictures import wants_picture
from bot.work.quiet import posted_silently
from bot.work.settling import FIRST_RETRY, LONGEST_RETRY, Settler
from bot.work.tasks import Tasks

log = structlog.get_logger(__name__)

# Discord checks a nonce's uniqueness "in the past few minutes" (Create Message, enforce_nonce) and says no more.
NONCE_MEMORY = timedelta(minutes=1)
NOTHING_TO_DO = timedelta(hours=1)
WAITING_AT_ONCE = 200  # postings that wait for a picture, beside those being sent
WAIT_FOR_SIGHT = timedelta(seconds=2)


class Deliverer:
    """The service that delivers, one posting at a time for each destination, destinations beside one another."""

    name = "deliver"

    def __init__(
        self,
        outbox: Outbox,
        sender: Sender,
        clock: SteadyClock,
        *,
        batch_window: timedelta = timedelta(0),
        concurrency: int = 50,
        pictures: Callable[[Posting], Awaitable[Mapping[int, str | None]]] | None = None,
        refused: Callable[[Destination, Refused], Awaitable[None]] | None = None,
        gone: Callable[[Destination], Awaitable[bool]] | None = None,
        theirs: Callable[[Posting], Awaitable[Posting | None]] | None = None,
        server_name: Callable[[int], str | None] = lambda _: None,
        wake: Callable[[], None],
        done: Callable[[Posting, Outcome], None] = lambda *_: None,
    ) -> None:
        """`concurrency`: Discord allows a bot 50 requests a second in all (Rate Limits, Global).

        `pictures` finds some for entries that have none (Pictures.of), and takes its time.
        `refused` is told of a place that took messages before and refuses now, once. `gone` says, and sees to it,
        that nothing is owed to a member who left; `theirs` gives the posting without what its member may not see, and
        None while that cannot be told (work/members). `server_name` is what a guild is called.
        """
        self._theirs, self._server_name = theirs or all_of_it, server_name
        self._gone = gone or nobody_left
        self._pictures = pictures or _no_pictures
        self._window, self._settler = batch_window, Settler(outbox, refused)
        self._outbox, self._sender, self._clock = outbox, sender, clock
        self._tasks = Tasks(concurrency + WAITING_AT_ONCE)
        self._turns = asyncio.Semaphore(concurrency)  # who waits for a picture keeps nobody else from sending
        self._concurrency, self._waiting = concurrency, 0
        self._begun: dict[int, float] = {}  # posting -> when this process first tried it, in steady seconds
        self._wake, self._done = wake, done

    async def step(self, now: datetime) -> datetime:
        """Leases what is ready and begins to send it; returns when something else will be."""
        if self._room > 0:
            for posting in await self._outbox.lease(now, self._room, window=self._window):
                self._tasks.begin(posting.id, self._deliver_and_wake(posting))
        return await self._outbox.next_ready(now, window=self._window) or now + NOTHING_TO_DO

    @property
    def _room(self) -> int:
        """How many postings may be leased."""
        return min(self._tasks.room, self._concurrency + self._waiting - len(self._tasks.keys))

    async def finish(self) -> None:
        """Waits for the sends under way."""
        await self._tasks.all_done()

    async def _deliver_and_wake(self, posting: Posting) -> None:
        try:
            outcome = await self.deliver(posting)
        except Exception:  # a defect of ours must cost this posting time, not its place in the channel for ever
            log.exception("delivery failed", posting=posting.id)
            later = self._clock.now() + LONGEST_RETRY
            await self._recorded(lambda: self._outbox.put_off(posting.id, later, "something went wrong on my side"))
        else:
            self._done(posting, outcome)
        finally:
            self._wake()

    async def _recorded(self, write: Callable[[], Awaitable[None]]) -> None:
        """Writes until it is written: a full disk or a locked database must not make us forget what was sent."""
        pause = FIRST_RETRY
        while True:
            try:
                return await write()
            except StoreError as error:
                log.error("not recorded yet", reason=str(error), retry_s=pause.seconds)
                await self._clock.sleep(pause.total_seconds())
                pause = min(pause * 2, LONGEST_RETRY)

    async def deliver(self, posting: Posting) -> Outcome:
        """One attempt, from rendering to the outcome on disk."""
        pictures = await self._found_pictures(posting)  # first, for it may take its time
        if posting.note is None and await self._gone(posting.destination):
            await self._outbox.put_off(posting.id, self._clock.now(), LEFT.reason)  # nothing in it is owed any more
            return LEFT
        theirs = await self._theirs(posting)
        if theirs is None:
            await self._outbox.put_off(posting.id, self._clock.now() + WAIT_FOR_SIGHT, NOT_TOLD_YET.reason)
            return NOT_TOLD_YET
        if posting.deliveries and not theirs.deliveries:
            return UNSEEN  # nothing of it is owed any more
        async with self._turns:
            return await self._deliver_theirs(illustrated(theirs, pictures), pictures)

    async def _deliver_theirs(self, posting: Posting, pictures: Mapping[int, str | None]) -> Outcome:
        server = self._server(posting)
        posting = replace(posting, silent=posted_silently(posting, self._clock.now()), server=server)
        outcome = await self._look_or_send(posting, embed.message(posting), pictures)
        if not isinstance(outcome, Unknown):
            self._begun.pop(posting.id, None)
        await self._recorded(lambda: self._settler.settle(posting, outcome, self._clock.now()))
        return outcome

    async def _found_pictures(self, posting: Posting) -> Mapping[int, str | None]:
        """They are looked for before the first attempt only: a message that may be there already stays as it is."""
        if posting.attempts or not any(wants_picture(posting, one) for one in posting.deliveries):
            return NO_PICTURES
        self._waiting += 1
        if self._room == 1:  # there was none: somebody may wait for it
            self._wake()
        try:
            return await self._pictures(posting)
        finally:
            self._waiting -= 1

    async def _look_or_send(self, posting: Posting, payload: Payload, pictures: Mapping[int, str | None]) -> Outcome:
        now = self._clock.now()
        if posting.attempts > 0 and not self._is_young(posting):
            found = await self._sender.find(posting, payload)
            trusted = isinstance(found, Sent) or not self._seems_young(posting, now)
            if found is not None and trusted:
                return found
        self._begun.setdefault(posting.id, self._clock.monotonic())
        await self._recorded(
            lambda: self._outbox.begin_attempt(
                posting.id, now, silent=payload.silent, server=posting.server, pictures=pictures
            )
        )
        return await self._sender.send(posting, payload)

    def _server(self, posting: Posting) -> str:
        """As it was called when it was first tried, if it may be there already."""
        if posting.silent is not None or posting.destination.kind != "user":
            return posting.server
        return self._server_name(posting.destination.guild_id) or ""

    def _is_young(self, posting: Posting) -> bool:
        """This process began it, so recently that Discord knows its nonce; the wall clock is not asked."""
        begun = self._begun.get(posting.id)
        return begun is not None and self._clock.monotonic() - begun <= NONCE_MEMORY.total_seconds()

    def _seems_young(self, posting: Posting, now: datetime) -> bool:
        """The same for a former process, by the wall clock: if the history cannot be read, the nonce has to do."""
        begun = posting.first_attempt_at
        return begun is not None and timedelta(0) <= now - begun <= NONCE_MEMORY


async def _no_pictures(_posting: Posting) -> Mapping[int, str | None]:
    return NO_PICTURES


def illustrated(posting: Posting, pictures: Mapping[int, str | None]) -> Posting:
    """The posting with these pictures (by delivery id) for those of its entries that have none."""
    if not pictures:
        return posting
    with_them = (replace(one, entry=one.entry.with_picture(pictures.get(one.id))) for one in posting.deliveries)
    return replace(posting, deliveries=tuple(with_them))
