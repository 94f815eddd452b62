"""Polling: asks the feeds that are due, decides what is new, and commits it together with what is owed.

    store.due -> fetch -> read -> decide -> match -> store.commit_poll

Up to the commit nothing has changed; after it nothing can be lost. Most polls bring nothing, and end as soon as that
is known: not modified, the same body, the same items. Such a poll costs no transaction of its own: its bookkeeping is
written together with that of the others that ended meanwhile.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from weakref import WeakValueDictionary

import structlog

from bot.errors import FeedError, ParseError
from bot.feeds import cadence, decide, rhythm
from bot.feeds.story import wording
from bot.model import (
    Entry,
    Feed,
    FeedFacts,
    Fetched,
    NotModified,
    ParsedFeed,
    PollCommit,
    Pushed,
    Reading,
    Subscription,
    Validators,
    Visit,
)
from bot.ports import Fetcher, PollStore, Reader, SteadyClock
from bot.work import failing, moves
from bot.work.first_poll import body_hash, with_links
from bot.work.matching import owed
from bot.work.standing import StandingQueries
from bot.work.starts import Starts
from bot.work.tasks import Tasks
from bot.work.visits import Visits

log = structlog.get_logger(__name__)

NOTHING_TO_DO = timedelta(hours=1)
AFTER_A_FAILURE_S = 5.0
AWHILE = timedelta(milliseconds=250)
MOST_A_STEP = 500  # feeds begun before the loop gets its turn
WHILE_PUSHED = timedelta(hours=24)  # between polls of a feed whose hub tells of its entries
GONE_REASON = "the feed is gone"
MOST_UNDER_WAY = 5_000  # most of them wait for their host's turn, which costs 2 kB; the fetcher bounds the requests


@dataclass(frozen=True, slots=True)
class PollResult:
    """For metrics and logs: what one poll came to."""

    feed: Feed
    outcome: str  # "new", "unchanged", "not modified", "failed"
    new: int = 0
    familiar: bool = True  # the document held something known


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
        wake: Callable[[], None],
        delivered: Callable[[], None],
        done: Callable[[PollResult], None] = lambda _: None,
        ended: Callable[[Feed, Sequence[Subscription]], Awaitable[None]] = _nobody_told,
    ) -> None:
        """`delivered` is called when a commit made deliveries, `done` after every poll, `ended` with what was paused
        when a feed is gone for good."""
        self._store, self._fetcher, self._reader, self._clock = store, fetcher, reader, clock
        self._limits, self._flood_limit = limits, flood_limit
        self._standing = StandingQueries()
        self._tasks = Tasks(MOST_UNDER_WAY)
        self._starts = Starts()
        self._turns: WeakValueDictionary[int, asyncio.Lock] = WeakValueDictionary()
        self._visits = Visits(store)
        self._wake, self._delivered, self._done, self._ended = wake, delivered, done, ended

    async def step(self, now: datetime) -> datetime:
        """Writes down what ended, begins what is due; returns when the next feed is due."""
        await self._visits.write()
        busy = self._tasks.keys | self._visits.feeds
        due = await self._store.due(now, min(self._tasks.room, MOST_A_STEP), busy=busy) if self._tasks.room > 0 else []
        for feed in due:
            if not self._starts.may_start(feed, now):
                return now + AWHILE
            self._tasks.begin(feed.id, self._poll_and_wake(feed))
        if len(due) == MOST_A_STEP:
            return now
        return await self._store.next_due(now) or now + NOTHING_TO_DO

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
            self._wake()
        self._done(result)

    async def poll(self, feed: Feed) -> PollResult:
        """One poll of one feed, whatever it comes to."""
        asked = moves.address(feed, self._clock.now())
        try:
            answer = await self._fetcher.fetch(asked, feed.validators)
            now_there = replace(feed, move=moves.after(feed, asked, answer, self._clock.now()))
            result = await self._take(now_there, answer)
        except FeedError as error:
            await self._failed(feed, error, asked)
            return PollResult(feed, "failed")
        if result.familiar:
            await self._settle_move(now_there)
        return result

    async def _take(self, feed: Feed, answer: Fetched | NotModified) -> PollResult:
        """From the cheapest question to the dearest: was it modified, is it another body, are there other items?"""
        if isinstance(answer, NotModified):
            self._unchanged(feed, answer)
            return PollResult(feed, "not modified")
        if body_hash(answer.body) == feed.body_hash:
            self._unchanged(feed, answer)
            return PollResult(feed, "unchanged")
        async with self._turn(feed.id):
            return await self._take_in(feed, answer)

    async def take_push(self, feed: Feed, pushed: Pushed, until: datetime) -> PollResult:
        """What a hub brought of the feed, taken in like a poll's answer. A hub that tells is relied on `until` then.

        It may be a part of the document, so nothing of it is kept to compare the next poll with.
        """
        if feed.polled_at is None:
            return PollResult(feed, "unchanged")  # its first poll has to come first: all of it would be news
        feed = replace(feed, pushed_until=until)
        try:
            async with self._turn(feed.id):
                result = await self._take_pushed(feed, pushed)
        except FeedError as error:
            log.warning("push not read", feed=feed.id, reason=error.reason)
            return PollResult(feed, "failed")
        self._wake()
        self._done(result)
        return result

    async def _take_pushed(self, feed: Feed, pushed: Pushed) -> PollResult:
        reading = await self._reader.read_unseen(pushed.body, b"", url=feed.url, content_type=pushed.content_type)
        seen = await self._store.seen(feed.id)
        entries = reading.feed.entries if reading.feed else ()
        decision = decide.decide(seen, entries, first_poll=False, now=self._clock.now())
        decision = replace(decision, present=await self._corrected(feed, decision.present))
        if decision.seen == seen and not decision.present:
            if feed.id not in self._visits.feeds:  # a poll that ended just now knows more
                self._note_visit(feed)
            return PollResult(feed, "unchanged")
        kept = Reading(feed=ParsedFeed(facts=feed.facts), document_size=feed.document_size)
        new = await self._commit(feed, None, kept, decision)
        return PollResult(feed, "new" if new else "unchanged", new)

    def _turn(self, feed_id: int) -> asyncio.Lock:
        """A poll and a push of one feed must not both decide on what was seen before either."""
        return self._turns.setdefault(feed_id, asyncio.Lock())

    def _unchanged(self, feed: Feed, answer: Fetched | NotModified) -> None:
        """A 304 or the same body. Validators are replaced by what came (RFC 9111 4.3.4), the rest stays."""
        kept = feed.validators
        validators = Validators(
            etag=answer.validators.etag or kept.etag,
            last_modified=answer.validators.last_modified or kept.last_modified,
        )
        self._note_visit(feed, answer, validators=validators)

    def _note_visit(self, feed: Feed, answer: Fetched | NotModified | None = None, **changed: Any) -> None:
        now = self._clock.now()
        due = self._next_due(feed, now, feed.entry_times, feed.facts, max_age=answer.max_age if answer else None)
        kept: dict[str, Any] = {"move": feed.move, "pushed_until": feed.pushed_until}
        self._visits.note(Visit(feed_id=feed.id, at=now, next_due_at=due, **kept, **changed))
        log.info("polled", feed=feed.id, new=0)

    async def _failed(self, feed: Feed, error: FeedError, asked: str) -> None:
        now = self._clock.now()
        self._visits.note(failing.visit_of(feed, error, asked, now, self._limits))
        log.warning("poll failed", feed=feed.id, reason=error.reason, failures=feed.failures + 1)
        if failing.is_gone_for_good(feed, error, now):
            await self._end(feed)

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

    async def _take_in(self, feed: Feed, answer: Fetched) -> PollResult:
        """Another body than the last: reads what is unseen of it, and commits what that changes."""
        reading = await self._read(feed, answer, await self._store.recalled(feed.id))
        if reading.feed is not None:
            reading = replace(reading, feed=replace(reading.feed, facts=with_links(reading.feed.facts, answer.links)))
        if reading.feed is None:
            return self._same_items(feed, answer, reading)
        if not reading.partial and not reading.feed.entries and feed.document_size > 0:
            raise ParseError(feed.url, "the feed came without a single entry, which it had before")
        seen = await self._store.seen(feed.id)
        decision = decide.decide(
            seen,
            reading.feed.entries,
            first_poll=feed.polled_at is None,
            now=self._clock.now(),
            document_size=reading.document_size,
        )
        decision = replace(decision, present=await self._corrected(feed, decision.present))
        same_feed = reading.feed.facts == feed.facts and reading.document_size == feed.document_size
        if decision.seen == seen and same_feed and not decision.present:
            return self._same_items(feed, answer, reading)
        new = await self._commit(feed, answer, reading, decision)
        familiar = reading.document_size > len(reading.feed.entries) or decision.known > 0
        return PollResult(feed, "new" if new else "unchanged", new, familiar)

    async def _corrected(self, feed: Feed, present: Sequence[Entry]) -> tuple[Entry, ...]:
        """Those that say something else now than what is stored of them."""
        stored = await self._store.wordings(feed.id, [one.key for one in present]) if present else {}
        return tuple(one for one in present if one.key in stored and wording(one) != stored[one.key])

    async def _read(self, feed: Feed, answer: Fetched, recalled: bytes) -> Reading:
        where = {"url": answer.url, "content_type": answer.content_type}
        reading = await self._reader.read_unseen(answer.body, recalled, **where)
        unseen = reading.feed.entries if reading.partial and reading.feed else ()
        if not decide.order_stands_alone(unseen, self._clock.now()):
            return await self._reader.read_unseen(answer.body, b"", **where)
        return reading

    def _same_items(self, feed: Feed, answer: Fetched, reading: Reading) -> PollResult:
        """A clock in the head, another order: nothing to store but what to compare with next time."""
        self._note_visit(
            feed,
            answer,
            validators=answer.validators,
            body_hash=body_hash(answer.body),
            recalled=reading.recalled,
        )
        return PollResult(feed, "unchanged")

    async def _commit(self, feed: Feed, answer: Fetched | None, reading: Reading, decision: decide.Decision) -> int:
        """The one transaction: feed state, entries, search index and deliveries. No `answer`: it was pushed."""
        assert reading.feed is not None
        if answer is not None and decision.new:
            feed = replace(feed, pushed_until=None)  # a hub did not tell, so it is not to be relied on
        now = self._clock.now()
        facts = reading.feed.facts
        targets = await self._store.subscriptions_of(feed.id) if decision.new else []
        keywords = await self._store.keywords_for(feed.id) if decision.new else []
        fresh = (*decision.backlog, *decision.new)
        times = rhythm.appeared(feed.entry_times, fresh, last_poll=feed.polled_at, now=now)
        made = await self._store.commit_poll(
            PollCommit(
                feed_id=feed.id,
                facts=facts,
                validators=answer.validators if answer else feed.validators,
                body_hash=body_hash(answer.body) if answer else feed.body_hash or b"",
                seen=decision.seen,
                entries=fresh,
                backlog=feed.polled_at is None,
                corrected=decision.present,
                owed=owed(
                    decision.new,
                    targets,
                    keywords,
                    feed_title=facts.title or feed.title,
                    feed_url=feed.url,
                    now=now,
                    flood_limit=self._flood_limit,
                    index=await self._standing.index(keywords),
                ),
                polled_at=now,
                next_due_at=self._next_due(feed, now, times, facts, max_age=answer.max_age if answer else None),
                document_size=reading.document_size,
                held=len(decision.held),
                move=feed.move,
                pushed_until=feed.pushed_until,
                recalled=reading.recalled if answer else None,
                entry_times=times,
            )
        )
        log.info("polled", feed=feed.id, new=len(decision.new), deliveries=made)
        if decision.held:
            log.warning("known entries under new identities held", feed=feed.id, entries=len(decision.held))
        if made or decision.present:
            self._delivered()
        return len(decision.new)

    def _next_due(
        self,
        feed: Feed,
        now: datetime,
        times: Sequence[datetime],
        facts: FeedFacts,
        *,
        max_age: timedelta | None,
    ) -> datetime:
        due = cadence.next_due(
            now=now, interval_limits=self._limits, entry_times=times, max_age=max_age, facts=facts, salt=feed.id
        )
        if feed.pushed_until is not None and feed.pushed_until > now:
            due = max(due, min(now + WHILE_PUSHED, feed.pushed_until))
        return due
