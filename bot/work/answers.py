"""What the services answer to the commands. Values only; `chat/` turns them into words and embeds."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from bot.feeds.discover import Candidate
from bot.model import (
    Caught,
    DeliveryNote,
    Digest,
    DigestPage,
    Fate,
    Feed,
    FeedFacts,
    Hold,
    HubSubscription,
    Keyword,
    Payload,
    Reissue,
    StoredEntry,
    Subscription,
)
from bot.work.outlook import Outlook


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """Several feeds may be meant, or one was only guessed; somebody has to choose. At least one.

    `page_url` is the page's address, or the word that was typed.
    """

    page_url: str
    candidates: tuple[Candidate, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOut:
    """An entry that a filter holds back: for the excluded words it has, or the wanted ones it lacks."""

    entry: StoredEntry
    has: tuple[str, ...] = ()
    lacks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class FilterCheck:
    """What a filter does with a feed's present entries. `left_out` are the newest examples."""

    passed: int
    total: int
    left_out: tuple[LeftOut, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Added:
    """A new subscription. `sample` is what a post will look like: the newest entry's, None if the feed is empty or
    kept for digests."""

    subscription: Subscription
    feed: Feed
    entry_count: int
    sample: Payload | None
    sample_entry: StoredEntry | None = None
    problems: tuple[str, ...] = ()
    filtered: FilterCheck | None = None  # None without a filter


@dataclass(frozen=True, slots=True, kw_only=True)
class Editing:
    """A subscription that is being changed. `sample` is its newest entry that passes the filter, as it would look."""

    subscription: Subscription
    sample: Payload | None = None  # None: there is no such entry, or it is kept for digests
    filtered: FilterCheck | None = None  # None without a filter


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """What a feed's newest entries would look like, newest first. Nothing was stored or sent."""

    url: str
    facts: FeedFacts
    entry_count: int
    samples: tuple[Payload, ...]
    problems: tuple[str, ...] = ()


# What keeps a feed to one guild: its login, or its address; or nobody can read which, for want of the key.
Privacy = Literal["login", "address", "unreadable"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """How one subscription is doing. `notes` are its last deliveries, newest first."""

    subscription: Subscription
    feed: Feed
    waiting: int
    notes: tuple[DeliveryNote, ...]
    hold: Hold | None = None  # Discord refuses what is for its channel
    outlook: Outlook | None = None
    hub: HubSubscription | None = None  # that the feed names
    old: int = 0  # entries of the last month that came long after their date: stored, not posted
    held: Reissue | None = None  # re-issued entries, of which this guild has not said what to do with them
    private: Privacy | None = None


NO_FATE = Fate()
WhyKind = Literal[
    "posted",
    "flood",
    "same story",
    "refused",
    "waiting",
    "filtered",
    "held",
    "old",
    "skipped",
    "older",
    "digest",
    "not seen",
    "unknown",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Why:
    """Why an entry was posted, or not. `entry` is None only if it was "not seen", `left_out` set if "filtered".

    A flood and a story told by another feed that still wait have no message yet.
    """

    kind: WhyKind
    subscription: Subscription
    feed: Feed
    entry: StoredEntry | None = None
    fate: Fate = NO_FATE
    hold: Hold | None = None
    left_out: LeftOut | None = None
    skipped_from: datetime | None = None
    skipped_until: datetime | None = None  # None: it is paused still


@dataclass(frozen=True, slots=True, kw_only=True)
class ResultPage:
    """One page of a search. `total` is counted to 1,000; `page` starts at 0."""

    query: str  # as understood, printed back
    hits: tuple[StoredEntry, ...]
    total: int
    page: int
    pages: int
    nearest: str | None = None  # a spelling that would have found something


@dataclass(frozen=True, slots=True, kw_only=True)
class StandingQuery:
    """A keyword as its owner sees it. `feed_title` is "" if it watches every feed of the server."""

    keyword: Keyword
    feed_title: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AddedKeyword:
    """A new keyword, and what it would have caught in the last `days`: some `per_day`.

    `noisy` if that is more than a few a day; `follows_nothing` if the server has no feed that it could watch.
    """

    standing: StandingQuery
    caught: Caught
    days: int
    per_day: float
    noisy: bool
    follows_nothing: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SetDigest:
    """A digest that was ordered, or `replaced` the times of the one that was. `pages` are what it would post now.

    What is followed in the `hidden_channel_ids` is left out: not everybody who reads the digest sees those channels.
    """

    digest: Digest
    replaced: bool
    pages: tuple[DigestPage, ...]
    follows_nothing: bool
    hidden_channel_ids: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """A query that finds `entry` and what is like it. `entries` are all that the post announced, `entry` among them."""

    entry: StoredEntry
    query: str
    caught: Caught
    days: int
    entries: tuple[StoredEntry, ...] = ()
