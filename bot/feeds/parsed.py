"""What a document says, before its HTML became Discord markdown: the hand-over from parsing to rendering."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bot.model import Entry, FeedFacts, Media

NOT_WELL_FORMED = "the document is not well-formed XML; it was read as well as possible"


@dataclass(frozen=True, slots=True, kw_only=True)
class ParsedItem:
    """An `Entry` whose body is still HTML. `base_url` is what relative addresses in `html` are relative to."""

    guid: str | None = None
    aliases: tuple[int, ...] = ()
    title: str = ""
    url: str | None = None
    author: str | None = None
    published_at: datetime | None = None
    updated_at: datetime | None = None
    image_url: str | None = None
    html: str = ""
    base_url: str = ""
    categories: tuple[str, ...] = ()
    media: tuple[Media, ...] = ()
    source_title: str | None = None

    def entry(self, *, summary: str, text: str) -> Entry:
        """The finished entry, with what rendering made of `html`."""
        return Entry(
            guid=self.guid,
            aliases=self.aliases,
            title=self.title,
            url=self.url,
            author=self.author,
            published_at=self.published_at,
            updated_at=self.updated_at,
            image_url=self.image_url,
            summary=summary,
            text=text,
            categories=self.categories,
            media=self.media,
            source_title=self.source_title,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ParsedDocument:
    """A document read: items in its own order, all of them (the newest 5,000 at most)."""

    facts: FeedFacts
    items: tuple[ParsedItem, ...] = ()
    problems: tuple[str, ...] = ()  # what was odd but survivable, one line each
