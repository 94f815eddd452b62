"""A feed seen for the first time: its back catalogue is history, not news."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial

from bot.feeds import cadence, decide, rhythm
from bot.model import (
    Delivery,
    Destination,
    Entry,
    FeedFacts,
    ParsedFeed,
    Payload,
    PollCommit,
    Posting,
    StoredEntry,
    Subscription,
)
from bot.render import embed
from bot.work.finding import FoundFeed

LONG_AGO = datetime.min.replace(tzinfo=UTC)
# From here on a thread of its own computes, that the event loop need not wait: 10 ms of hashing, 10 ms of deciding.
LONG_BODY_BYTES, MANY_ENTRIES, MUCH_SEEN_BYTES = 1 << 20, 200, 1 << 18


async def first_commit(found: FoundFeed, now: datetime, limits: cadence.Limits) -> PollCommit:
    """Everything of the document stored and marked as seen, nothing owed."""
    parsed = found.parsed
    decision = await decided(b"", parsed.entries, first_poll=True, now=now)
    times = rhythm.appeared((), decision.backlog, last_poll=None, now=now)
    return PollCommit(
        feed_id=0,  # the store gives it
        facts=with_links(parsed.facts, found.fetched.links),
        validators=found.fetched.validators,
        body_hash=await hash_of(found.fetched.body),
        seen=decision.seen,
        entries=decision.backlog,
        backlog=True,
        owed=(),
        polled_at=now,
        next_due_at=cadence.next_due(
            now=now,
            interval_limits=limits,
            entry_times=times,
            failures=0,
            max_age=found.fetched.max_age,
            facts=parsed.facts,
            retry_after=None,
            salt=int.from_bytes(body_hash(found.url.encode())[:8], "big"),  # it has no id yet; many are added together
        ),
        document_size=len(parsed.entries),
        entry_times=times,
    )


def with_links(facts: FeedFacts, links: Mapping[str, str]) -> FeedFacts:
    """The facts with the hub and the topic of the Link header, if that names a hub: then it comes before the document
    (WebSub, section 4). A `self` alone is no discovery, and gives way to the document's."""
    if "hub" not in links:
        return replace(facts, self_url=facts.self_url or links.get("self"))
    return replace(facts, hub_url=links["hub"], self_url=links.get("self", facts.self_url))


def body_hash(body: bytes) -> bytes:
    """16 bytes that tell one body from another."""
    return hashlib.blake2b(body, digest_size=16).digest()


async def hash_of(body: bytes) -> bytes:
    """`body_hash`, beside the event loop if it takes long."""
    return body_hash(body) if len(body) < LONG_BODY_BYTES else await asyncio.to_thread(body_hash, body)


async def decided(
    seen: bytes, entries: Sequence[Entry], *, first_poll: bool, now: datetime, document_size: int | None = None
) -> decide.Decision:
    """`decide.decide`, beside the event loop if it takes long."""
    asked = partial(decide.decide, seen, entries, first_poll=first_poll, now=now, document_size=document_size)
    few = len(entries) < MANY_ENTRIES and len(seen) < MUCH_SEEN_BYTES
    return asked() if few else await asyncio.to_thread(asked)


def newest_first(entries: Sequence[Entry]) -> list[Entry]:
    """By date where there is one; the rest in the order of the document, which usually is newest first."""
    return sorted(entries, key=lambda entry: entry.published_at or LONG_AGO, reverse=True)


def samples(parsed: ParsedFeed, url: str, subscription: Subscription, now: datetime, limit: int) -> tuple[Payload, ...]:
    """What posts of the feed's newest entries look like under this subscription, newest first."""
    facts = parsed.facts
    stored = (
        StoredEntry(
            id=0,
            feed_id=0,
            feed_title=facts.title,
            feed_url=url,
            feed_author=facts.author,
            entry=entry,
            first_seen_at=now,
        )
        for entry in newest_first(parsed.entries)[:limit]
    )
    return tuple(sample(one, subscription) for one in stored)


def sample(stored: StoredEntry, subscription: Subscription) -> Payload:
    """What a post of this entry looks like under this subscription."""
    channel = Destination(kind="channel", id=subscription.channel_id, guild_id=subscription.guild_id)
    delivery = Delivery(id=0, entry=stored, subscription=subscription)
    return embed.message(Posting(id=0, destination=channel, nonce="", deliveries=(delivery,)))
