"""From an answer to a commit: is it another document, what in it is new, who is owed it, when to ask again.

The questions go from the cheapest to the dearest: was it modified, is it another body, are there other items? Most
answers end early, and are written down with those of other feeds (Visits); the rest is one transaction.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from weakref import WeakValueDictionary

import structlog

from bot.errors import ParseError
from bot.feeds import age, cadence, decide, rhythm
from bot.feeds.story import wording
from bot.model import (
    Entry,
    Feed,
    FeedFacts,
    Fetched,
    NotModified,
    Owed,
    ParsedFeed,
    PollCommit,
    PollOutcome,
    Pushed,
    Reading,
    Validators,
    Visit,
)
from bot.ports import Clock, PollStore, Reader
from bot.slices import batches, each
from bot.work.first_poll import decided, hash_of, with_links
from bot.work.matching import claims, without_floods
from bot.work.private import discreet_facts
from bot.work.standing import StandingQueries
from bot.work.visits import Visits

log = structlog.get_logger(__name__)

AT_ONCE = 20  # entries matched before the loop gets its turn: some 10 ms of long ones
WHILE_PUSHED = timedelta(hours=24)  # between polls of a feed whose hub tells of its entries


@dataclass(frozen=True, slots=True)
class PollResult:
    """For metrics and logs: what one poll came to."""

    feed: Feed
    outcome: PollOutcome
    new: int = 0
    matches: int = 0  # pairs of a new entry and a keyword that finds it
    familiar: bool = True  # the document held something known


class Intake:
    """What becomes of a feed's answers. All of it may raise FeedError kinds, and then has changed nothing."""

    def __init__(
        self,
        store: PollStore,
        reader: Reader,
        clock: Clock,
        visits: Visits,
        *,
        limits: cadence.Limits,
        flood_limit: int,
        hourly_limit: int,
        delivered: Callable[[], None],
        held: Callable[[], None],
    ) -> None:
        self._store, self._reader, self._clock, self._visits = store, reader, clock, visits
        self._limits, self._delivered, self._held = limits, delivered, held
        self._flood_limit, self._hourly_limit = flood_limit, hourly_limit
        self._standing = StandingQueries(store)
        self._turns: WeakValueDictionary[int, asyncio.Lock] = WeakValueDictionary()

    async def polled(self, feed: Feed, answer: Fetched | NotModified) -> PollResult:
        """What was asked for."""
        if isinstance(answer, NotModified):
            self._unchanged(feed, answer)
            return PollResult(feed, "not modified")
        digest = await hash_of(answer.body)
        if digest == feed.body_hash:
            self._unchanged(feed, answer)
            return PollResult(feed, "unchanged")
        async with self._turn(feed.id):
            return await self._another_body(feed, answer, digest)

    async def pushed(self, feed: Feed, pushed: Pushed) -> PollResult:
        """What a hub brought. It may be a part of the document: nothing is kept to compare the next poll with."""
        async with self._turn(feed.id):
            return await self._pushed(feed, pushed)

    def _turn(self, feed_id: int) -> asyncio.Lock:
        """A poll and a push of one feed must not both decide on what was seen before either."""
        return self._turns.setdefault(feed_id, asyncio.Lock())

    # --- Nothing new -----------------------------------------------------------------------------------------

    def _unchanged(self, feed: Feed, answer: Fetched | NotModified) -> None:
        """A 304 or the same body. A 304 changes those validators that it brings (RFC 9111 4.3.4); a 200 has all that
        there are: to send one of an earlier answer beside them would be made up."""
        validators = answer.validators
        if isinstance(answer, NotModified):
            validators = Validators(
                etag=validators.etag or feed.validators.etag,
                last_modified=validators.last_modified or feed.validators.last_modified,
            )
        self._note_visit(feed, answer, validators=validators)

    def _same_items(self, feed: Feed, answer: Fetched, digest: bytes, reading: Reading) -> PollResult:
        """A clock in the head, another order: nothing to store but what to compare with next time."""
        self._note_visit(
            feed,
            answer,
            validators=answer.validators,
            body_hash=digest,
            recalled=reading.recalled,
        )
        return PollResult(feed, "unchanged")

    def _note_visit(self, feed: Feed, answer: Fetched | NotModified | None = None, **changed: Any) -> None:
        now = self._clock.now()
        due = self._next_due(feed, now, feed.entry_times, feed.facts, max_age=answer.max_age if answer else None)
        kept: dict[str, Any] = {"move": feed.move, "detour": feed.detour, "pushed_until": feed.pushed_until}
        self._visits.note(Visit(feed_id=feed.id, at=now, next_due_at=due, **kept, **changed))
        log.info("polled", feed=feed.id, new=0)

    # --- Another document ------------------------------------------------------------------------------------

    async def _another_body(self, feed: Feed, answer: Fetched, digest: bytes) -> PollResult:
        """Reads what is unseen of it, and commits what that changes."""
        reading = await self._read(feed, answer, await self._store.recalled(feed.id))
        if reading.feed is None:
            return self._same_items(feed, answer, digest, reading)
        facts = with_links(reading.feed.facts, answer.links)
        if feed.sealed is not None:
            facts = discreet_facts(facts)
        reading = replace(reading, feed=replace(reading.feed, facts=facts))
        assert reading.feed is not None
        if not reading.partial and not reading.feed.entries and feed.document_size > 0:
            raise ParseError(feed.url, "the feed came without a single entry, which it had before")
        seen, decision = await self._decide(
            feed, reading.feed.entries, first_poll=feed.polled_at is None, document_size=reading.document_size
        )
        same_feed = reading.feed.facts == feed.facts and reading.document_size == feed.document_size
        if decision.seen == seen and same_feed and not decision.present:
            return self._same_items(feed, answer, digest, reading)
        if decision.new:
            feed = replace(feed, pushed_until=None)  # a hub did not tell, so it is not to be relied on
        result = await self._commit(feed, answer, digest, reading, decision)
        return replace(result, familiar=reading.document_size > len(reading.feed.entries) or decision.known > 0)

    async def _pushed(self, feed: Feed, pushed: Pushed) -> PollResult:
        reading = await self._reader.read_unseen(pushed.body, b"", url=feed.url, content_type=pushed.content_type)
        entries = reading.feed.entries if reading.feed else ()
        seen, decision = await self._decide(feed, entries, first_poll=False)
        if decision.seen == seen and not decision.present:
            if feed.id not in self._visits.feeds:  # a poll that ended just now knows more
                self._note_visit(feed)
            return PollResult(feed, "unchanged")
        kept = Reading(feed=ParsedFeed(facts=feed.facts), document_size=feed.document_size)
        return await self._commit(feed, None, feed.body_hash or b"", kept, decision)

    async def _read(self, feed: Feed, answer: Fetched, recalled: bytes) -> Reading:
        where = {"url": answer.url, "content_type": answer.content_type}
        reading = await self._reader.read_unseen(answer.body, recalled, **where)
        unseen = reading.feed.entries if reading.partial and reading.feed else ()
        if not decide.order_stands_alone(unseen, self._clock.now()):
            return await self._reader.read_unseen(answer.body, b"", **where)
        return reading

    async def _decide(
        self, feed: Feed, entries: Sequence[Entry], *, first_poll: bool, document_size: int | None = None
    ) -> tuple[bytes, decide.Decision]:
        """What was seen before, and what is new; of the known entries only those that were corrected."""
        seen = await self._store.seen(feed.id)
        decision = await decided(
            seen, entries, first_poll=first_poll, now=self._clock.now(), document_size=document_size
        )
        decision = await self._without_old(feed, decision)
        return seen, replace(decision, present=await self._corrected(feed, decision.present))

    async def _without_old(self, feed: Feed, decision: decide.Decision) -> decide.Decision:
        """What was dated long before the last poll, and appears only now, is told to nobody."""
        if feed.polled_at is None or not any(age.is_old(one, feed.polled_at - age.OLD) for one in decision.new):
            return decision
        before = age.old_before(await self._store.arrivals(feed.id, age.MOST_ARRIVALS), feed.polled_at)
        return decision if before is None else decide.without_old(decision, before)

    async def _corrected(self, feed: Feed, present: Sequence[Entry]) -> tuple[Entry, ...]:
        """Those that say something else now than what is stored of them."""
        stored = await self._store.wordings(feed.id, [one.key for one in present]) if present else {}
        there = [one for one in present if one.key in stored]
        wordings = await each(wording, there)
        return tuple(one for one, words in zip(there, wordings, strict=True) if words != stored[one.key])

    # --- The one transaction ---------------------------------------------------------------------------------

    async def _commit(
        self, feed: Feed, answer: Fetched | None, digest: bytes, reading: Reading, decision: decide.Decision
    ) -> PollResult:
        """Feed state, entries, search index and deliveries. No `answer`: it was pushed."""
        assert reading.feed is not None
        now, facts = self._clock.now(), reading.feed.facts
        fresh = (*decision.backlog, *decision.new)
        times = rhythm.appeared(feed.entry_times, fresh, last_poll=feed.polled_at, now=now)
        debts = await self._owed(feed, facts, decision.new, now)
        made = await self._store.commit_poll(
            PollCommit(
                feed_id=feed.id,
                facts=facts,
                validators=answer.validators if answer else feed.validators,
                body_hash=digest,
                seen=decision.seen,
                entries=fresh,
                backlog=feed.polled_at is None,
                corrected=decision.present,
                owed=debts,
                polled_at=now,
                next_due_at=self._next_due(feed, now, times, facts, max_age=answer.max_age if answer else None),
                document_size=reading.document_size,
                held=decision.held,
                old=decision.old,
                move=feed.move,
                detour=feed.detour,
                pushed_until=feed.pushed_until,
                recalled=reading.recalled if answer else None,
                entry_times=times,
                hourly_limit=self._hourly_limit,
            )
        )
        log.info("polled", feed=feed.id, new=len(decision.new), old=len(decision.old), deliveries=made)
        if decision.held:
            log.warning("known entries under new identities held", feed=feed.id, entries=len(decision.held))
            self._held()
        if made or decision.present:
            self._delivered()
        new, matches = len(decision.new), sum(len(one.keyword_ids) for one in debts)
        return PollResult(feed, "new" if new else "unchanged", new, matches)

    async def _owed(self, feed: Feed, facts: FeedFacts, new: Sequence[Entry], now: datetime) -> list[Owed]:
        if not new:
            return []
        subscriptions = await self._store.subscriptions_of(feed.id)
        found: list[Owed] = []
        for some in batches(new, AT_ONCE):
            listening = await self._standing.of_feed(feed.id, now)  # the last wait: what is known now is what is asked
            found += claims(
                some,
                subscriptions,
                listening.matching,
                feed_title=facts.title or feed.title,
                feed_url=feed.url,
            )
            await asyncio.sleep(0)
        return without_floods(found, self._flood_limit)

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
