"""Correcting: edits messages whose entries were corrected, or whose story another feed tells too.

    outbox.lease_corrections -> render -> edit -> settle_correction

An edit that is repeated after a crash does no harm, so nothing is written down before it. Few are made at a time, in a
service of their own: no new post waits for one.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

import structlog

from bot.model import Correction, Outcome, Posting, Refused, Sent, Unknown
from bot.ports import Clock, Corrections, Sender
from bot.render import embed
from bot.work.deliver import NOTHING_TO_DO
from bot.work.members import NOT_TOLD_YET, UNSEEN, all_of_it
from bot.work.refusals import HELD_FOR, speaks_of_place
from bot.work.settling import doubled
from bot.work.tasks import Tasks

log = structlog.get_logger(__name__)

AT_A_TIME = 2  # some 20 a second; Discord allows a bot 50 requests a second in all, and posts come first
FIRST_RETRY = timedelta(seconds=5)
LONGEST_RETRY = timedelta(minutes=30)


class Corrector:
    """The service that edits, one message at a time in each place."""

    name = "correct"

    def __init__(
        self,
        corrections: Corrections,
        sender: Sender,
        clock: Clock,
        *,
        theirs: Callable[[Posting], Awaitable[Posting | None]] | None = None,
        wake: Callable[[], None],
        done: Callable[[Outcome], None] = lambda _: None,
    ) -> None:
        """`theirs`: as Deliverer's."""
        self._theirs = theirs or all_of_it
        self._corrections, self._sender, self._clock = corrections, sender, clock
        self._tasks = Tasks(AT_A_TIME)
        self._wake, self._done = wake, done

    async def step(self, now: datetime) -> datetime:
        """Begins the edits that are due; returns when another one will be."""
        if self._tasks.room > 0:
            for correction in await self._corrections.lease_corrections(now, self._tasks.room):
                self._tasks.begin(correction.posting.id, self._correct_and_wake(correction))
        return await self._corrections.next_correction(now) or now + NOTHING_TO_DO

    async def finish(self) -> None:
        """Waits for the edits under way."""
        await self._tasks.all_done()

    async def _correct_and_wake(self, correction: Correction) -> None:
        try:
            self._done(await self.correct(correction))
        finally:
            self._wake()

    async def correct(self, correction: Correction) -> Outcome:
        """One edit. If it is refused for what is in it, the message stays as it is: better old than gone."""
        posting = await self._theirs(correction.posting)
        outcome: Outcome
        if posting is None:
            outcome = NOT_TOLD_YET
        elif len(posting.deliveries) < len(correction.posting.deliveries):
            outcome = UNSEEN  # they saw it when it was sent: what they have stays, and says nothing new
        else:
            outcome = await self._sender.edit(correction, embed.message(posting))
        await self._settle(correction, outcome)
        return outcome

    async def _settle(self, correction: Correction, outcome: Outcome) -> None:
        posting, now = correction.posting, self._clock.now()
        match outcome:
            case Sent():
                await self._corrections.settle_correction(correction)
                log.info("corrected", posting=posting.id, message=correction.message_id)
            case Unknown(reason=reason):
                pause = outcome.retry_after or doubled(FIRST_RETRY, correction.attempts, LONGEST_RETRY)
                await self._corrections.put_off_correction(correction, now + pause)
                log.warning("not known to be corrected", posting=posting.id, reason=reason)
            case Refused() if outcome is UNSEEN:
                await self._corrections.drop_correction(posting.id)
            case Refused() if speaks_of_place(outcome):
                # Nobody is told: a post that is refused there will tell them.
                await self._corrections.put_off_corrections(posting.destination, now + HELD_FOR)
                log.info("place refused a correction", posting=posting.id, code=outcome.code)
            case Refused():
                await self._corrections.drop_correction(posting.id)
                log.warning("correction refused", posting=posting.id, code=outcome.code, reason=outcome.reason)
