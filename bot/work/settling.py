"""Settling: writes down what became of an attempt, and tells somebody of a place that refuses."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

import structlog

from bot.model import Destination, Outcome, Posting, Refused, Sent, Unknown
from bot.ports import Outbox
from bot.work.refusals import GiveUp, GoPlainer, HoldPlace, PassOn, TakeApart, reaction

log = structlog.get_logger(__name__)

FIRST_RETRY = timedelta(seconds=1)
LONGEST_RETRY = timedelta(minutes=1)


class Settler:
    """Does with a posting what the outcome of an attempt means for it."""

    def __init__(
        self, outbox: Outbox, refused: Callable[[Destination, Refused], Awaitable[None]] | None = None
    ) -> None:
        """`refused` is told of a place that took messages before and refuses now, once."""
        self._outbox, self._refused = outbox, refused

    async def settle(self, posting: Posting, outcome: Outcome, now: datetime) -> None:
        """Raises StoreError; then it may be called again."""
        match outcome:
            case Sent():
                await self._outbox.settle(posting.id, outcome, now)
                log.info("delivered", posting=posting.id, entries=len(posting.deliveries), message=outcome.message_id)
            case Unknown(reason=reason):
                pause = outcome.retry_after or doubled(FIRST_RETRY, posting.attempts, LONGEST_RETRY)
                await self._outbox.put_off(posting.id, now + pause, reason)
                log.warning("not known to be delivered", posting=posting.id, reason=reason, retry_s=pause.seconds)
            case Refused():
                await self._react(posting, outcome, now)

    async def _react(self, posting: Posting, refusal: Refused, now: datetime) -> None:
        about = {"posting": posting.id, "code": refusal.code, "reason": refusal.reason}
        match reaction(posting, refusal):
            case HoldPlace(pause):
                log.warning("place refused", **about)
                await self._hold(posting, refusal, now, now + pause)
            case PassOn(where, note):
                log.warning("place refused", **about)
                await self._outbox.give_up(posting.id, refusal, now)
                if where is not None:
                    await self._outbox.post_note(where, note, now)
            case TakeApart(guilty):
                await self._outbox.split(posting.id, refusal, guilty)
                log.warning("refused, taken apart", **about)
            case GoPlainer(to):
                await self._outbox.degrade(posting.id, refusal, now, to=to)
                log.warning("refused, plainer next" if to is None else "words refused, without its link next", **about)
            case GiveUp():
                await self._outbox.give_up(posting.id, refusal, now)
                log.error("gave up", **about)

    async def _hold(self, posting: Posting, refusal: Refused, now: datetime, until: datetime) -> None:
        is_news = await self._outbox.hold(posting.destination, refusal, now, until)
        await self._outbox.put_off(posting.id, now, refusal.reason)
        if is_news and self._refused is not None:
            await self._refused(posting.destination, refusal)


def doubled(first: timedelta, attempts: int, longest: timedelta) -> timedelta:
    """The pause after `attempts` earlier attempts."""
    return min(first * (1 << min(attempts, 20)), longest)
