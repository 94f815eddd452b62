"""Polling: asks the feeds that are due, and has what they answer taken in.

    store.due -> fetch -> Intake: read -> decide -> match -> store.commit_poll

Up to the commit nothing has changed; after it nothing can be lost. Most polls bring nothing, and end as soon as that
is known. Such a poll costs no transaction of its own: its bookkeeping is written together with that of the others
that ended meanwhile.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import structlog

from bot.errors import FeedError, FetchError
from bot.feeds import cadence
from bot.model import Feed, Pushed, Subscription
from bot.ports import Fetcher, PollStore, Reader, SteadyClock, Vault
from bot.work import failing, moves, private
from bot.work.intake import Intake, PollResult
from bot.work.shares import Shares
from bot.work.starts import Starts
from bot.work.tasks import Tasks
from bot.work.visits import Visits

log = structlog.get_logger(__name__)

NOTHING_TO_DO = timedelta(hours=1)
AFTER_A_FAILURE_S = 5.0
AWHILE = timedelta(milliseconds=250)
MOST_A_STEP = 500  # feeds begun before the loop gets its turn
GONE_REASON = "the feed is gone"
MOST_OF_ONE_SITE = 500  # under way; at a request a second that is eight minutes of them
MOST_UNDER_WAY = 5_000  # most of them wait for their host's turn, which costs 2 kB; the fetcher bounds the requests


async def _nobody_told(_feed: Feed, _paused: Sequence[Subscription]) -> None:
    pass


class Poller:
    """The service that polls. `wake` is rung when its next step has something to do before the time it named."""

    name = "poll"

    def __init__(
        self,
        store: PollStore,
        fetcher: Fetcher,
        reader: Reader,
        clock: SteadyClock,
        *,
        limits: cadence.Limits,
        flood_limit: int = 10,
        hourly_limit: int = 60,
        vault: Vault | None = None,
        wake: Callable[[], None],
        delivered: Callable[[], None],
        held: Callable[[], None] = lambda: None,
        done: Callable[[PollResult], None] = lambda _: None,
        ended: Callable[[Feed, Sequence[Subscription]], Awaitable[None]] = _nobody_told,
        login_refused: Callable[[Feed, Sequence[Subscription]], Awaitable[None]] = _nobody_told,
    ) -> None:
        """`delivered` is called when a commit made deliveries, `held` when it held back a re-issue, `done` after every
        poll, `ended` with what was paused when a feed is gone for good, `login_refused` once when a private feed does
        not take its login."""
        self._store, self._fetcher, self._clock, self._limits = store, fetcher, clock, limits
        self._vault = vault or private.Locked()
        self._visits, self._tasks, self._starts = Visits(store), Tasks(MOST_UNDER_WAY), Starts()
        self._shares = Shares(MOST_OF_ONE_SITE)
        self._intake = Intake(
            store,
            reader,
            clock,
            self._visits,
            limits=limits,
            flood_limit=flood_limit,
            hourly_limit=hourly_limit,
            delivered=delivered,
            held=held,
        )
        self._wake, self._done, self._ended, self._login_refused = wake, done, ended, login_refused

    async def step(self, now: datetime) -> datetime:
        """Writes down what ended, begins what is due; returns when the next feed is due."""
        unwritten = await self._visits.write_in_time(now)
        due = await self._due(now)
        for feed in due:
            if not self._shares.has_room(feed):
                continue
            if not self._starts.may_start(feed, now):
                return now + AWHILE
            self._shares.begin(feed)
            self._tasks.begin(feed.id, self._poll_and_wake(feed))
        if len(due) == MOST_A_STEP:
            return now
        again = await self._store.next_due(now) or now + NOTHING_TO_DO
        return min(again, unwritten) if unwritten is not None else again

    async def _due(self, now: datetime) -> list[Feed]:
        """None of a site that has its share: who waits there would keep everybody behind waiting."""
        room = min(self._tasks.room, MOST_A_STEP)
        if room <= 0:
            return []
        busy = self._tasks.keys | self._visits.feeds
        return await self._store.due(now, room, busy=busy, full=self._shares.full)

    async def finish(self) -> None:
        """Waits for the polls under way and writes down what they came to."""
        await self._tasks.all_done()
        await self._visits.write()

    async def _poll_and_wake(self, feed: Feed) -> None:
        try:
            result = await self.poll(feed)
        except Exception:
            # Whatever it is (a full disk, a defect), the feed is still due: not at once again, or this would spin.
            await self._clock.sleep(AFTER_A_FAILURE_S)
            raise
        finally:
            self._shares.end(feed)
            self._wake()
        self._done(result)

    async def poll(self, feed: Feed) -> PollResult:
        """One poll of one feed, whatever it comes to."""
        asked = moves.address(feed, self._clock.now())
        try:
            if feed.sealed is None:
                answer = await self._fetcher.fetch(asked, feed.validators)
            else:
                answer = await private.ask(self._fetcher, self._vault, feed)
            now = self._clock.now()
            move, detour = moves.after(feed, asked, answer, now), moves.detour(feed, asked, answer, now)
            now_there = replace(feed, move=move, detour=detour)
            result = await self._intake.polled(now_there, answer)
        except FeedError as error:
            await self._failed(feed, error, asked)
            return PollResult(feed, "failed")
        if result.familiar:
            await self._settle_move(now_there)
        return result

    async def take_push(self, feed: Feed, pushed: Pushed, until: datetime) -> PollResult:
        """What a hub brought of the feed, taken in like a poll's answer. A hub that tells is relied on `until` then."""
        if feed.polled_at is None:
            return PollResult(feed, "unchanged")  # its first poll has to come first: all of it would be news
        try:
            result = await self._intake.pushed(replace(feed, pushed_until=until), pushed)
        except FeedError as error:
            log.warning("push not read", feed=feed.id, reason=error.reason)
            return PollResult(feed, "failed")
        self._wake()
        self._done(result)
        return result

    async def _failed(self, feed: Feed, error: FeedError, asked: str) -> None:
        now = self._clock.now()
        self._visits.note(failing.visit_of(feed, error, asked, now, self._limits))
        log.warning("poll failed", feed=feed.id, reason=error.reason, failures=feed.failures + 1)
        if failing.is_gone_for_good(feed, error, now):
            await self._end(feed)
        if feed.sealed is not None and isinstance(error, FetchError) and error.status in private.LOGIN_REFUSED:
            await self._visits.write_one(feed.id)
            for refused, followers in await self._store.logins_refused_untold(now):
                await self._login_refused(refused, followers)

    async def _end(self, feed: Feed) -> None:
        """Gone, and gone still a day later."""
        await self._visits.write_one(feed.id)
        paused = await self._store.end_feed(feed.id, GONE_REASON, self._clock.now())
        log.warning("feed ended", feed=feed.id, paused=len(paused))
        await self._ended(feed, paused)

    async def _settle_move(self, feed: Feed) -> None:
        """The feed has lived elsewhere for long enough: that is its address now, or it joins the feed that has it."""
        now = self._clock.now()
        if feed.move is None or not moves.is_settled(feed.move, now):
            return
        await self._visits.write_one(feed.id)
        if await self._store.move_feed(feed.id, feed.move.to, now, busy=self._tasks.keys - {feed.id}):
            log.info("feed moved", feed=feed.id)
