"""What the services answer to the commands. Values only; `chat/` turns them into words and embeds."""

from __future__ import annotations

from dataclasses import dataclass

from bot.feeds.discover import Candidate
from bot.model import DeliveryNote, Feed, FeedFacts, Payload, StoredEntry, Subscription


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """The page announces several feeds; somebody has to choose. At least two."""

    page_url: str
    candidates: tuple[Candidate, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Added:
    """A new subscription. `sample` is what a post will look like: the newest entry's, None if the feed is empty."""

    subscription: Subscription
    feed: Feed
    entry_count: int
    sample: Payload | None
    sample_entry: StoredEntry | None = None
    problems: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """What a feed's newest entries would look like, newest first. Nothing was stored or sent."""

    url: str
    facts: FeedFacts
    entry_count: int
    samples: tuple[Payload, ...]
    problems: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """How one subscription is doing. `notes` are its last deliveries, newest first."""

    subscription: Subscription
    feed: Feed
    waiting: int
    notes: tuple[DeliveryNote, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ResultPage:
    """One page of a search. `total` is counted to 1,000; `page` starts at 0."""

    query: str  # as understood, printed back
    hits: tuple[StoredEntry, ...]
    total: int
    page: int
    pages: int
    nearest: str | None = None  # a spelling that would have found something
