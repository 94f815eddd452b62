"""Polling: asks the feeds that are due, decides what is new, and commits it together with what is owed.

    store.due -> fetch -> read -> decide -> match -> store.commit_poll

Up to the commit nothing has changed; after it nothing can be lost. Most polls bring nothing, and end as soon as that
is known: not modified, the same body, the same items. Such a poll costs no transaction of its own: its bookkeeping is
written together with that of the others that ended meanwhile.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import structlog

from bot.errors import AddressRefused, FeedError, FetchError, ParseError
from bot.feeds import cadence, decide, rhythm
from bot.model import Feed, FeedFacts, Fetched, NotModified, PollCommit, Reading, Validators, Visit
from bot.ports import Clock, Fetcher, PollStore, Reader
from bot.work.first_poll import body_hash
from bot.work.matching import owed
from bot.work.tasks import Tasks

log = structlog.get_logger(__name__)

NOTHING_TO_DO = timedelta(hours=1)
MOST_UNDER_WAY = 5_000  # most of them wait for their host's turn, which costs 2 kB; the fetcher bounds the requests


@dataclass(frozen=True, slots=True)
class PollResult:
    """For metrics and logs: what one poll came to."""

    feed: Feed
    outcome: str  # "new", "unchanged", "not modified", "failed"
    new: int = 0


class Poller:
    """The service that polls. `wake` is rung when its next step has something to do before the time it named."""

    name = "poll"

    def __init__(
        self,
        store: PollStore,
        fetcher: Fetcher,
        reader: Reader,
        clock: Clock,
        *,
        limits: cadence.Limits,
        flood_limit: int = 10,
        wake: Callable[[], None],
        delivered: Callable[[], None],
        done: Callable[[PollResult], None] = lambda _: None,
    ) -> None:
        """`delivered` is called when a commit made deliveries, `done` after every poll."""
        self._store, self._fetcher, self._reader, self._clock = store, fetcher, reader, clock
        self._limits, self._flood_limit = limits, flood_limit
        self._tasks = Tasks(MOST_UNDER_WAY)
        self._visits: dict[int, Visit] = {}
        self._wake, self._delivered, self._done = wake, delivered, done

    async def step(self, now: datetime) -> datetime:
        """Writes down what ended, begins what is due; returns when the next feed is due."""
        await self._write_visits()
        busy = self._tasks.keys | self._visits.keys()
        if self._tasks.room > 0:
            for feed in await self._store.due(now, self._tasks.room, busy=busy):
                self._tasks.begin(feed.id, self._poll_and_wake(feed))
        return await self._store.next_due(now) or now + NOTHING_TO_DO

    async def finish(self) -> None:
        """Waits for the polls under way and writes down what they came to."""
        await self._tasks.all_done()
        await self._write_visits()

    async def _write_visits(self) -> None:
        visits = dict(self._visits)
        if visits:
            await self._store.record_visits(list(visits.values()))
            for feed_id in visits:
                del self._visits[feed_id]

    async def _poll_and_wake(self, feed: Feed) -> None:
        try:
            result = await self.poll(feed)
        finally:
            self._wake()
        self._done(result)

    async def poll(self, feed: Feed) -> PollResult:
        """One poll of one feed, whatever it comes to."""
        try:
            answer = await self._fetcher.fetch(feed.url, feed.validators)
            if isinstance(answer, NotModified):
                self._unchanged(feed, answer)
                return PollResult(feed, "not modified")
            if body_hash(answer.body) == feed.body_hash:
                self._unchanged(feed, answer)
                return PollResult(feed, "unchanged")
            new = await self._take_in(feed, answer)
        except FeedError as error:
            self._failed(feed, error)
            return PollResult(feed, "failed")
        return PollResult(feed, "new" if new else "unchanged", new)

    def _unchanged(self, feed: Feed, answer: Fetched | NotModified) -> None:
        """A 304 or the same body. Validators are replaced by what came (RFC 9111 4.3.4), the rest stays."""
        kept = feed.validators
        validators = Validators(
            etag=answer.validators.etag or kept.etag,
            last_modified=answer.validators.last_modified or kept.last_modified,
        )
        self._note_visit(feed, answer, validators=validators)

    def _note_visit(self, feed: Feed, answer: Fetched | NotModified, **changed: Any) -> None:
        now = self._clock.now()
        due = self._next_due(feed, now, feed.entry_times, feed.facts, max_age=answer.max_age)
        self._visits[feed.id] = Visit(feed_id=feed.id, at=now, next_due_at=due, **changed)
        log.info("polled", feed=feed.id, new=0)

    def _failed(self, feed: Feed, error: FeedError) -> None:
        """Validators stay as they were: what could not be read has to be fetched again."""
        now = self._clock.now()
        asked = error.retry_after if isinstance(error, FetchError) else None
        due = self._next_due(feed, now, (), feed.facts, failures=feed.failures + 1, retry_after=asked)
        if isinstance(error, AddressRefused):
            due = max(due, now + self._limits.maximum)
        self._visits[feed.id] = Visit(feed_id=feed.id, at=now, next_due_at=due, error=error.reason)
        log.warning("poll failed", feed=feed.id, reason=error.reason, failures=feed.failures + 1)

    async def _take_in(self, feed: Feed, answer: Fetched) -> int:
        """Another body than the last: reads what is unseen of it, and commits what that changes. Counts the new."""
        reading = await self._read(feed, answer, await self._store.recalled(feed.id))
        if reading.feed is None:
            self._same_items(feed, answer, reading)
            return 0
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
        if decision.seen == seen and reading.feed.facts == feed.facts and reading.document_size == feed.document_size:
            self._same_items(feed, answer, reading)
            return 0
        return await self._commit(feed, answer, reading, decision)

    async def _read(self, feed: Feed, answer: Fetched, recalled: bytes) -> Reading:
        where = {"url": answer.url, "content_type": answer.content_type}
        reading = await self._reader.read_unseen(answer.body, recalled, **where)
        unseen = reading.feed.entries if reading.partial and reading.feed else ()
        if not decide.order_stands_alone(unseen, self._clock.now()):
            return await self._reader.read_unseen(answer.body, b"", **where)
        return reading

    def _same_items(self, feed: Feed, answer: Fetched, reading: Reading) -> None:
        """A clock in the head, another order, a text edited: nothing to store but what to compare with next time."""
        self._note_visit(
            feed,
            answer,
            validators=answer.validators,
            body_hash=body_hash(answer.body),
            recalled=reading.recalled,
        )

    async def _commit(self, feed: Feed, answer: Fetched, reading: Reading, decision: decide.Decision) -> int:
        """The one transaction: feed state, entries, search index and deliveries."""
        assert reading.feed is not None
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
                validators=answer.validators,
                body_hash=body_hash(answer.body),
                seen=decision.seen,
                entries=fresh,
                owed=owed(
                    decision.new,
                    targets,
                    keywords,
                    feed_title=facts.title or feed.title,
                    feed_url=feed.url,
                    now=now,
                    flood_limit=self._flood_limit,
                ),
                polled_at=now,
                next_due_at=self._next_due(feed, now, times, facts, max_age=answer.max_age),
                document_size=reading.document_size,
                recalled=reading.recalled,
                entry_times=times,
            )
        )
        log.info("polled", feed=feed.id, new=len(decision.new), deliveries=made)
        if made:
            self._delivered()
        return len(decision.new)

    def _next_due(
        self,
        feed: Feed,
        now: datetime,
        times: Sequence[datetime],
        facts: FeedFacts,
        *,
        failures: int = 0,
        max_age: timedelta | None = None,
        retry_after: timedelta | None = None,
    ) -> datetime:
        return cadence.next_due(
            now=now,
            interval_limits=self._limits,
            entry_times=times,
            failures=failures,
            max_age=max_age,
            facts=facts,
            retry_after=retry_after,
            salt=feed.id,
        )
