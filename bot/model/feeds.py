"""Feeds: what a request brings, what is kept of a feed, and what one poll changes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal

from bot.model.deliveries import Owed
from bot.model.entries import Entry, FeedFacts

# --- What the network gave ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Validators:
    """ETag and Last-Modified as the bytes that came, to be sent back as such (RFC 9110 13.1)."""

    etag: bytes | None = None
    last_modified: bytes | None = None


@dataclass(frozen=True, slots=True, kw_only=True, weakref_slot=True)
class Fetched:
    """A 200 with a whole body, decoded from its Content-Encoding and within the cap.

    `url` is where it was found in the end; `moved_to` is set only if every hop on the way was permanent (301, 308).
    `max_age` is the freshness that Cache-Control or Expires grant, never negative.
    """

    url: str
    body: bytes
    content_type: str = ""
    validators: Validators = field(default_factory=Validators)
    moved_to: str | None = None
    moved_for: timedelta | None = None  # how long `moved_to` may be asked directly; None: nobody said
    max_age: timedelta | None = None
    links: Mapping[str, str] = field(default_factory=dict)  # Link header: rel -> absolute URL (hub, self)


@dataclass(frozen=True, slots=True, kw_only=True)
class NotModified:
    """A 304. Validators on it replace the stored ones (RFC 9111 4.3.4)."""

    url: str
    validators: Validators = field(default_factory=Validators)
    moved_to: str | None = None
    moved_for: timedelta | None = None
    max_age: timedelta | None = None


# --- What is asked for with a login -------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Login:
    """A header that opens a feed, such as Authorization. Its value never shows in `repr`."""

    header: str
    value: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """All that it takes to read a private feed: its real address, without a login in it, and the login, if any."""

    url: str = field(repr=False)
    login: Login | None = None


# --- What the store keeps ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """A feed's address says that the feed lives elsewhere for good, and how often it said so in a row.

    Until `ask_again_at` the new address is asked directly, as HTTP allows for what it lets us remember.
    """

    to: str
    since: datetime
    confirmed: int
    ask_again_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Detour:
    """Where a feed's address leads for the time being: a redirect that says nothing of for good."""

    to: str
    since: datetime


@dataclass(frozen=True, slots=True)
class SitePause:
    """A registrable domain that asked for fewer requests (429). `length` is what the next such answer without a time of
    its own doubles."""

    domain: str
    until: datetime
    length: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """A feed that somebody follows, and where its polling stands.

    `polled_at` is None until a first poll succeeded. `failures` counts failed polls since the last good one;
    `failing_since` is None as well while the server only asks for patience (429, 503).

    A private feed is its `owner_guild_id`'s alone: `sealed` is its Access, encrypted, and `url` only names it.
    """

    id: int
    url: str
    title: str = ""
    link: str | None = None
    format: str = ""
    validators: Validators = field(default_factory=Validators)
    body_hash: bytes | None = None
    polled_at: datetime | None = None
    changed_at: datetime | None = None  # the last poll that brought an entry
    next_due_at: datetime | None = None
    failures: int = 0
    failing_since: datetime | None = None
    last_error: str | None = None
    document_size: int = 0  # entries in the last good document
    facts: FeedFacts = field(default_factory=FeedFacts)
    entry_times: tuple[datetime, ...] = ()  # when its newest entries appeared, oldest first: its rhythm
    move: Move | None = None
    detour: Detour | None = None
    gone_since: datetime | None = None  # the first of the 410s in a row
    ended_at: datetime | None = None  # it was gone for good
    pushed_until: datetime | None = None  # a hub tells of new entries until then
    owner_guild_id: int | None = None
    sealed: bytes | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class HubSubscription:
    """That a hub shall tell us of a feed (WebSub). `token` ends the callback's address; nobody can guess it.

    `pending` while the hub was asked and has not verified it; `lease_until` is when it stops telling us.
    """

    feed_id: int
    hub_url: str
    topic: str
    token: str
    secret: str
    ask_at: datetime
    pending: bool = False
    lease_until: datetime | None = None
    failures: int = 0
    reason: str = ""  # of the last refusal
    callback: str = ""  # where it was told to reach us, without the token; "" if it was not asked yet


@dataclass(frozen=True, slots=True, kw_only=True)
class HubLeaving:
    """That a hub shall tell us no more. `token` ended the callback's address; it is no other subscription's."""

    token: str
    hub_url: str
    topic: str
    ask_at: datetime
    attempts: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Pushed:
    """What a hub brought, its signature checked."""

    body: bytes
    content_type: str = ""


PollOutcome = Literal["new", "unchanged", "not modified", "failed"]


# --- One poll's result, for the one transaction ------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class PollCommit:
    """Everything one poll changed. The store writes all of it or nothing.

    `entries` are the new ones, oldest first; `seen` the feed's whole set of aliases (identity.pack).
    """

    feed_id: int
    facts: FeedFacts
    validators: Validators
    body_hash: bytes
    seen: bytes
    entries: Sequence[Entry]
    owed: Sequence[Owed]
    polled_at: datetime
    next_due_at: datetime
    backlog: bool = False  # the entries were there when the feed was first read: history, not news
    corrected: Sequence[Entry] = ()  # known ones, whose text or picture is another now
    document_size: int = 0  # entries in the document, for status and the flood guard
    held: Sequence[Entry] = ()  # known ones under new identities, oldest first: stored, and owed to nobody
    old: Sequence[Entry] = ()  # they appeared long after their date, oldest first: stored, and owed to nobody
    move: Move | None = None
    detour: Detour | None = None
    pushed_until: datetime | None = None
    recalled: bytes | None = b""  # Reading.recalled; None: keep what is stored
    entry_times: tuple[datetime, ...] = ()  # Feed.entry_times from now on
    hourly_limit: int | None = None  # posts of the feed in a channel an hour; what is more is told when that is over


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """A poll that changed no entry: a 304, the same body, or a failure. Written in batches.

    With an `error`, `counted` says whether it makes the next pause longer, `blamed` whether it speaks against the feed.
    """

    feed_id: int
    at: datetime
    next_due_at: datetime
    validators: Validators | None = None  # None: keep the stored ones
    body_hash: bytes | None = None  # None: keep the stored one
    recalled: bytes | None = None  # None: keep what is stored
    error: str | None = None  # None: it went well
    counted: bool = True
    blamed: bool = True
    move: Move | None = None
    detour: Detour | None = None
    gone_since: datetime | None = None
    pushed_until: datetime | None = None
