"""What documents hold: entries, what a feed says of itself, and an entry as it is stored."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class Media:
    """An enclosure or media object that is no picture: the audio of a podcast, a video."""

    url: str
    type: str = ""
    length_bytes: int | None = None
    duration: timedelta | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One item of a feed, cleaned and bounded, ready to be stored, searched and shown.

    `guid` is the identity as written in the document, None if it has none. `aliases` are 64-bit hashes
    of everything that identifies the entry (feeds/identity), the strongest first; `key` is that first one.
    `title` and `author` are plain text. `summary` is Discord markdown, `text` plain text for the search.
    """

    guid: str | None
    aliases: tuple[int, ...] = ()
    title: str = ""
    url: str | None = None
    author: str | None = None
    published_at: datetime | None = None
    updated_at: datetime | None = None
    image_url: str | None = None
    summary: str = ""
    text: str = ""
    categories: tuple[str, ...] = ()
    media: tuple[Media, ...] = ()
    source_title: str | None = None  # a planet's entry names the feed it came from

    @property
    def key(self) -> int:
        """What makes the entry unique in its feed; signed 64 bits, so that SQLite keeps it as an INTEGER."""
        return self.aliases[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedFacts:
    """What a document says of the feed itself. `format` is e.g. "rss2.0", "atom1.0", "jsonfeed1.1"."""

    title: str = ""
    link: str | None = None
    format: str = ""
    language: str | None = None
    author: str | None = None
    image_url: str | None = None
    ttl: timedelta | None = None  # RSS ttl, sy:updatePeriod and -Frequency: the publisher's wish
    skip_hours: frozenset[int] = frozenset()  # 0..23, UTC
    skip_days: frozenset[int] = frozenset()  # 0 = Monday, UTC
    hub_url: str | None = None
    self_url: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ParsedFeed:
    """A document read: entries in the order of the document, all of them."""

    facts: FeedFacts
    entries: tuple[Entry, ...] = ()
    problems: tuple[str, ...] = ()  # what was odd but survivable, one line each


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What a document holds beyond the one before it.

    `feed` is the whole document, or, if `partial`, has only the entries that were not in the last one; None: there
    are none. `recalled` is to be given back with the next document; empty if nothing can be told from it.
    """

    feed: ParsedFeed | None
    document_size: int  # entries in the whole document
    partial: bool = False
    recalled: bytes = b""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredEntry:
    """An entry with its place in the database, its feed, and, if one was sent, the message that announced it here."""

    id: int
    feed_id: int
    feed_title: str
    feed_url: str
    entry: Entry
    first_seen_at: datetime
    feed_author: str | None = None  # FeedFacts.author: shown where the entry names nobody
    channel_id: int | None = None
    message_id: int | None = None

    @property
    def dated_at(self) -> datetime:
        """Its date; if that is none, over a day ahead, or from before RSS, when it was first seen."""
        published = self.entry.published_at
        if published is None or published.year < 1995 or published > self.first_seen_at + timedelta(days=1):
            return self.first_seen_at
        return published

    def with_picture(self, url: str | None) -> StoredEntry:
        """The same with this picture, unless it has one of its own."""
        if url is None or self.entry.image_url is not None:
            return self
        return replace(self, entry=replace(self.entry, image_url=url))


@dataclass(frozen=True, slots=True, kw_only=True)
class Caught:
    """What a query would have caught of late: how many (counted to 1,000), the newest of them, and since when."""

    total: int = 0
    newest: tuple[StoredEntry, ...] = ()
    oldest_at: datetime | None = None  # of those counted
