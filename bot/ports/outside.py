"""What is not ours: time, the web, documents from strangers, Discord."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Protocol

from bot.feeds.discover import Candidate
from bot.feeds.opml import FeedList
from bot.model import (
    Access,
    Correction,
    Fetched,
    HubLeaving,
    HubSubscription,
    Login,
    NotModified,
    Outcome,
    ParsedFeed,
    Payload,
    Posting,
    Reading,
    Refused,
    Sent,
    Unknown,
    Validators,
)

NO_VALIDATORS = Validators()


class Clock(Protocol):
    """The only source of the time of day."""

    def now(self) -> datetime:
        """Aware, UTC."""


class SteadyClock(Clock, Protocol):
    """A clock that also measures lengths of time."""

    def monotonic(self) -> float:
        """Seconds since some moment; never goes back, whatever happens to the wall clock."""

    async def sleep(self, seconds: float) -> None:
        """Returns after so long by the same measure."""


class Fetcher(Protocol):
    """One conditional GET, polite and guarded."""

    async def fetch(
        self, url: str, validators: Validators = NO_VALIDATORS, *, login: Login | None = None
    ) -> Fetched | NotModified:
        """Raises FetchError or AddressRefused. Redirects are followed, each hop under the guard.

        `login` is sent to the origin of `url` alone, and no more once a redirect has left it.
        """


class Vault(Protocol):
    """Keeps what it takes to read a private feed from whoever reads the disk."""

    def seal(self, access: Access) -> bytes:
        """Encrypts it. Raises UsageError if there is no key."""

    def open(self, sealed: bytes, *, name: str) -> Access:
        """Raises FetchError, about the feed called `name`, if there is no key or another one."""

    def mark(self, guild_id: int, url: str) -> str:
        """The same for the same address in the same guild, and tells nothing of it. Raises UsageError without a key."""


class Reader(Protocol):
    """Turns bytes into entries somewhere a hostile document can be killed."""

    async def read_unseen(self, body: bytes, recalled: bytes, *, url: str, content_type: str = "") -> Reading:
        """What `recalled` (an earlier Reading's; may be empty) does not know. Raises ParseError: no feed, or over the
        limits of time and memory."""


class Discoverer(Protocol):
    """Reads a whole document, and looks for the feeds that a web page announces."""

    async def read(self, body: bytes, *, url: str, content_type: str = "") -> ParsedFeed:
        """Raises ParseError: no feed, or over the limits of time and memory."""

    async def discover(self, body: bytes, *, url: str, content_type: str = "") -> tuple[Candidate, ...]:
        """In the page's order, none twice; empty if it announces none."""


class ListReader(Protocol):
    """Reads lists of feeds somewhere a hostile one can be killed."""

    async def outlines(self, body: bytes) -> FeedList:
        """The feeds of an OPML file. Raises UsageError, with one line for the person, if it cannot be read."""


class Hubs(Protocol):
    """The way to a hub."""

    async def subscribe(self, asked: HubSubscription, callback: str, lease: timedelta) -> None:
        """Raises FetchError or AddressRefused unless the hub takes the request. It may verify it meanwhile."""

    async def unsubscribe(self, leaving: HubLeaving, callback: str) -> None:
        """As `subscribe`."""


class PageReader(Protocol):
    """Looks for a web page's picture somewhere a hostile page can be killed."""

    async def picture(self, body: bytes, *, url: str, content_type: str = "") -> str | None:
        """What the page names for itself, if that can be shown. Raises ParseError."""


class Sender(Protocol):
    """The one door to Discord for postings."""

    async def send(self, posting: Posting, payload: Payload) -> Outcome:
        """Post it. Discord's refusals are outcomes, not exceptions. Must never be cancelled (see chat/sender)."""

    async def edit(self, correction: Correction, payload: Payload) -> Outcome:
        """Make its message say what the payload says. Sent also if nothing had to change. Never cancelled either."""

    async def find(self, posting: Posting, payload: Payload) -> Sent | Refused | Unknown | None:
        """Looks in the destination's history for a posting whose nonce Discord has forgotten. None: it is not there."""


class Viewer(Protocol):
    """A member who looks."""

    def sees(self, channel_id: int) -> bool:
        """Whether they may view the guild's channel or thread."""


class Membership(Protocol):
    """Who belongs to a guild, and what they see there."""

    async def is_member(self, guild_id: int, user_id: int) -> bool | None:
        """None: Discord does not say now. What it said may be some hours old."""

    async def hidden(self, guild_id: int, user_id: int, channel_ids: Collection[int]) -> frozenset[int] | None:
        """Those of the guild's channels and threads that the member cannot see as they are now; none for who has
        Manage Server. None: it cannot be told now."""


class Audiences(Protocol):
    """Who sees what is posted where."""

    def sees_all(self, guild_id: int, place_id: int, channel_id: int) -> bool | None:
        """Whether everybody who sees the place sees the channel too; None: Discord has not told us of the guild."""


class Places(Protocol):
    """What Discord's gateway told of a guild. Guesses: a channel may refuse all the same."""

    def writable_channels(self, guild_id: int) -> list[int]:
        """Where Herald may post, the guild's own system channel first."""

    def owner_of(self, guild_id: int) -> int | None:
        """The guild's owner."""
