"""A feed whose entries are ours: published, edited, withdrawn, renamed."""

from __future__ import annotations

import itertools
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime
from typing import Any

from bot.sandbox.site.feed import SHRUNK_TO, SiteFeed, Validating
from bot.sandbox.site.formats import CONTENT_TYPES, Channel, FeedFormat, SiteEntry, write
from bot.sandbox.site.stories import Story
from bot.sandbox.snowflakes import Clock

FLOOD = 200  # entries at once, as when a publisher changes its system


class WrittenFeed(SiteFeed):
    """A feed whose entries are ours: published, edited, withdrawn, renamed. The newest `window` show, newest first."""

    def __init__(
        self,
        slug: str,
        *,
        form: FeedFormat,
        base_url: str,
        path: str,
        clock: Clock,
        title: str,
        validating: Validating = "both",
        window: int = 50,
        guids: bool = True,
        motif: str = "tea",
        pictures_url: str = "",
        pictures_on_pages: bool = False,
        **about: Any,
    ) -> None:
        kind = CONTENT_TYPES[form]
        super().__init__(
            slug, base_url=base_url, path=path, clock=clock, title=title, content_type=kind, validating=validating
        )
        self.form, self.window, self.guids, self.motif, self._about = form, window, guids, motif, about
        self.pictures_url = pictures_url or f"{base_url}/pictures"
        self.pictures_on_pages = pictures_on_pages
        self.entries: dict[str, SiteEntry] = {}  # by guid, oldest first
        self._numbers = itertools.count(1)
        self._generation = 1
        self._held: deque[Story] = deque()
        self._written = b""
        self._written_as: tuple[object, ...] = ()

    @property
    def waiting(self) -> int:
        return len(self._held)

    def hold(self, stories: Iterable[Story]) -> None:
        """Keeps `stories`, oldest first, for `publish_next`."""
        self._held.extend(stories)

    def publish_next(self) -> SiteEntry | None:
        """Publishes the next story held back; None if there is none."""
        return self.publish(self._held.popleft()) if self._held else None

    def publish(
        self,
        story: Story | None = None,
        *,
        guid: str | None = None,
        title: str | None = None,
        body_html: str | None = None,
        author: str | None = None,
        image: str | None = None,
        url: str | None = None,
        categories: Iterable[str] = (),
        published_at: datetime | None = None,
    ) -> SiteEntry:
        """Adds an entry on top: a story, or what is told; what is told goes before what the story says.

        `image` is an address, or a name under which the site paints one (a story has one of its own); "" is none.
        `published_at` is the clock's time unless told.
        """
        number = next(self._numbers)
        slug = story.slug if story else f"{self.slug}-{number}"
        when = published_at or self._clock.now()
        picture = self._picture(_told(image, slug if story else ""))
        entry = SiteEntry(
            guid=guid if guid is not None else self._guid(number),
            title=_told(title, story.title if story else f"Entry {number}"),
            url=_told(url, f"{self.base_url}/stories/{slug}"),
            body_html=_told(body_html, story.body_html if story else ""),
            author=_told(author, story.author if story else "") or None,
            image_url=None if self.pictures_on_pages else picture,
            page_image_url=picture if self.pictures_on_pages else None,
            published_at=when,
            updated_at=when,
            categories=tuple(categories) or (story.categories if story else ()),
        )
        if entry.guid in self.entries:
            raise ValueError(f"{self.slug} has an entry {entry.guid!r} already")
        self.entries[str(entry.guid)] = entry
        return entry

    def flood(self, count: int = FLOOD) -> list[SiteEntry]:
        """Publishes `count` entries at once."""
        return [self.publish(title=f"One of {count}: number {number}") for number in range(1, count + 1)]

    def edit(self, guid: str, **changes: Any) -> SiteEntry:
        """Changes fields of an entry in its place: title, body_html, author, url, image_url, categories, dates.

        Raises KeyError if there is no such entry. `updated_at` is the clock's time unless told.
        """
        changes.setdefault("updated_at", self._clock.now())
        self.entries[guid] = replace(self.entries[guid], **changes)
        return self.entries[guid]

    def withdraw(self, guid: str) -> SiteEntry:
        """Takes an entry out. Raises KeyError if there is no such entry."""
        return self.entries.pop(guid)

    def reissue_guids(self) -> None:
        """Every entry gets a new guid, as when a publisher moves to another system: all else stays."""
        self._generation += 1
        entries = [replace(entry, guid=f"{entry.guid};v{self._generation}") for entry in self.entries.values()]
        self.entries = {str(entry.guid): entry for entry in entries}

    def fault(self, kind: str, times: int | None = None, **options: Any) -> None:
        """As for every feed, and two that happen once: reissue (all guids renamed) and flood (`count`, 200)."""
        once: dict[str, Callable[[], object]] = {
            "reissue": self.reissue_guids,
            "flood": lambda: self.flood(int(options.get("count", FLOOD))),
        }
        if kind in once:
            once[kind]()
        else:
            super().fault(kind, times, **options)

    def document(self, shape: str = "") -> bytes:
        # Written again only after a change: a reader's benchmark asks for the same feed thousands of times.
        state = (shape, self.url, self.title, self.guids, self.window, tuple(self.entries.values()))
        if state != self._written_as:
            self._written, self._written_as = self._write(shape), state
        return self._written

    def _write(self, shape: str) -> bytes:
        shown = list(self.entries.values())[::-1][: SHRUNK_TO if shape == "shrink" else self.window]
        if shape == "reversed":
            shown.reverse()
        if not self.guids:
            shown = [replace(entry, guid=None) for entry in shown]
        channel = Channel(title=self.title, url=self.url, page_url=self.page_url, **self._about)
        return write(self.form, channel, shown)

    def _guid(self, number: int) -> str:
        return f"tag:sandbox.example,2026:{self.slug}/{number}" + (
            f";v{self._generation}" if self._generation > 1 else ""
        )

    def _picture(self, image: str) -> str | None:
        if not image:
            return None
        return image if "://" in image else f"{self.pictures_url}/{image}.png"


def _told(told: str | None, otherwise: str) -> str:
    return otherwise if told is None else told
