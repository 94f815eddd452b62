"""A feed of the site: what it holds, where it moved, who asked for it, and which faults it has.

`WrittenFeed` is written here and can be edited; `FileFeed` serves a document from elsewhere byte for byte.
"""

from __future__ import annotations

import binascii
import itertools
import re
from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Literal

from bot.sandbox.site_cut import CutDocument, cut
from bot.sandbox.site_faults import KINDS, SHAPES, Fault
from bot.sandbox.site_formats import CONTENT_TYPES, Channel, FeedFormat, SiteEntry, write
from bot.sandbox.snowflakes import Clock
from bot.sandbox.stories import Story

Validating = Literal["both", "etag", "last-modified", "none"]
FLOOD = 200  # entries at once, as when a publisher changes its system
SHRUNK_TO = 3
REQUESTS_KEPT = 10_000


@dataclass(slots=True)
class SiteRequest:
    """One request as it came. `status` is None as long as, or if, no answer went out."""

    method: str
    path: str
    headers: Mapping[str, str]
    at: datetime
    status: int | None = None


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What the feed serves now, with the validators that belong to it."""

    body: bytes
    content_type: str
    etag: str | None
    last_modified: datetime | None


class SiteFeed(ABC):
    """What every feed of the site can do. `base_url` ends without a slash; paths begin with one."""

    def __init__(
        self,
        slug: str,
        *,
        base_url: str,
        path: str,
        clock: Clock,
        title: str,
        content_type: str,
        validating: Validating = "both",
    ) -> None:
        self.slug, self.title, self.base_url, self.path = slug, title, base_url, path
        self.content_type, self.validating = content_type, validating
        self.requests: deque[SiteRequest] = deque(maxlen=REQUESTS_KEPT)
        self.moved: dict[str, int] = {}  # former path -> status of the redirect
        self._clock = clock
        self._faults: list[Fault] = []
        self._served = b""
        self._modified: datetime | None = None

    @property
    def url(self) -> str:
        return self.base_url + self.path

    @property
    def page_url(self) -> str:
        """An HTML page that announces this feed with rel=alternate."""
        return f"{self.base_url}/pages/{self.slug}"

    @property
    def behind_url(self) -> str:
        """The same document, never faulty: where redirects lead."""
        return f"{self.base_url}/behind/{self.slug}"

    def answers_at(self, path: str) -> bool:
        """Whether a request for `path` is this feed's: where it is, was, or stands behind its faults."""
        return path == self.path or path in self.moved or path in {f"/behind/{self.slug}", f"/loop/{self.slug}"}

    @property
    @abstractmethod
    def waiting(self) -> int:
        """Entries that `publish_next` still has."""

    @abstractmethod
    def publish_next(self) -> SiteEntry | bytes | None:
        """Publishes the oldest of what waits; None if nothing does."""

    @abstractmethod
    def document(self, shape: str = "") -> bytes:
        """The feed's bytes; `shape` is "", "shrink" or "reversed"."""

    def fault(self, kind: str, times: int | None = None, **options: Any) -> None:
        """Spoils the next `times` requests, or all until `heal`. Faults are used up in the order they were given.

        Kinds: 403 404 410 429 500 503 (`retry_after`), garbage, html, empty, slow (`delay`), drip (`bytes`, `delay`),
        hang, reset, cut-off, endless (`megabytes`), gzip-bomb (`megabytes`), wrong-type (`content_type`), redirect,
        redirect-permanent, redirect-away (each `to`), redirect-loop, shrink, reversed. Raises ValueError for others.
        """
        if kind not in KINDS or kind in {"reissue", "flood"}:
            raise ValueError(f"{self.slug} has no fault {kind!r}; there are {', '.join(sorted(KINDS))}")
        if times is not None and times < 1:
            raise ValueError(f"a fault holds for one request at least, not {times}")
        self._faults.append(Fault(kind, times, options))

    def heal(self) -> None:
        self._faults.clear()

    @property
    def faults(self) -> tuple[Fault, ...]:
        """Faults not used up, the acting one first."""
        return tuple(self._faults)

    def take_fault(self) -> Fault | None:
        """The fault for one request; one that is used up is gone."""
        if not self._faults:
            return None
        fault = self._faults[0]
        fault.use()
        if fault.left == 0:
            self._faults.pop(0)
        return fault

    def move_to(self, path: str, *, permanent: bool = True) -> None:
        """From now on at `path`; the former path redirects there with 301 or 302."""
        if not path.startswith("/"):
            raise ValueError(f"a path begins with a slash: {path!r}")
        self.moved[self.path] = 301 if permanent else 302
        self.moved.pop(path, None)
        self.path = path

    def snapshot(self, shape: str = "") -> Snapshot:
        body = self.document(shape if shape in SHAPES else "")
        if body != self._served:
            now = self._clock.now().replace(microsecond=0)
            # HTTP dates have no fractions: a second change in one second gets a later date, or a reader that
            # only sends If-Modified-Since would never hear of it (RFC 9110, 8.8.2.2).
            self._modified = now if self._modified is None else max(now, self._modified + timedelta(seconds=1))
            self._served = body
        etag = f'"{binascii.crc32(body):08x}-{len(body):x}"' if self.validating in {"both", "etag"} else None
        modified = self._modified if self.validating in {"both", "last-modified"} else None
        return Snapshot(body, self.content_type, etag, modified)


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
        **about: Any,
    ) -> None:
        kind = CONTENT_TYPES[form]
        super().__init__(
            slug, base_url=base_url, path=path, clock=clock, title=title, content_type=kind, validating=validating
        )
        self.form, self.window, self.guids, self.motif, self._about = form, window, guids, motif, about
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
        entry = SiteEntry(
            guid=guid if guid is not None else self._guid(number),
            title=_told(title, story.title if story else f"Entry {number}"),
            url=_told(url, f"{self.base_url}/stories/{slug}"),
            body_html=_told(body_html, story.body_html if story else ""),
            author=_told(author, story.author if story else "") or None,
            image_url=self._picture(_told(image, slug if story else "")),
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
        return image if "://" in image else f"{self.base_url}/pictures/{image}.png"


class FileFeed(SiteFeed):
    """Somebody's document, whole or with its newest `hold_back` entries kept for later.

    The document is taken to be newest first, as feeds are. Raises ValueError if entries are to be held back and the
    document has not that many.
    """

    def __init__(self, slug: str, document: bytes, *, hold_back: int = 0, **common: Any) -> None:
        super().__init__(slug, **common)
        self._cut: CutDocument | None = None
        self.serve_bytes(document, hold_back=hold_back)

    def serve_bytes(self, document: bytes, *, hold_back: int = 0) -> None:
        """From now on this document, at the same address."""
        parts = cut(document) if hold_back else None
        if parts and hold_back > len(parts.entries):
            raise ValueError(f"only {len(parts.entries)} entries are in the document, {hold_back} were to wait")
        self._whole, self._cut, self._held = document, parts, hold_back

    def serve_file(self, path: str | Path, *, hold_back: int = 0) -> None:
        """From now on this file's document, as it is now."""
        self.serve_bytes(Path(path).read_bytes(), hold_back=hold_back)

    @property
    def waiting(self) -> int:
        return self._held

    def publish_next(self) -> bytes | None:
        """Publishes the oldest entry held back; its bytes as they stand in the file, None if there is none."""
        if self._cut is None or self._held == 0:
            return None
        self._held -= 1
        return self._cut.entries[self._held]

    def document(self, shape: str = "") -> bytes:
        if self._held == 0 and not shape:
            return self._whole
        parts = self._cut or cut(self._whole)
        shown = list(range(self._held, len(parts.entries)))
        if shape == "shrink":
            shown = shown[:SHRUNK_TO]
        elif shape == "reversed":
            shown.reverse()
        return parts.with_entries(shown)


def slug_of(path: str | Path) -> str:
    """A name for a file's feed that can stand in an address."""
    kept = (letter if letter.isalnum() and letter.isascii() else "-" for letter in Path(path).stem.lower())
    return "".join(kept).strip("-") or "feed"


def content_type_of(document: bytes) -> str:
    """By the first element, or the first character of a JSON Feed; RSS if nothing speaks against it."""
    beginning = document[:4096].lstrip(b"\xef\xbb\xbf \t\r\n")
    if beginning.startswith(b"{"):
        return CONTENT_TYPES["json"]
    root = re.search(rb"<(?:\w+:)?(feed|rdf|rss)\b", beginning, re.IGNORECASE)
    kinds: dict[bytes, FeedFormat] = {b"feed": "atom", b"rdf": "rdf"}
    return CONTENT_TYPES[kinds.get(root[1].lower(), "rss") if root else "rss"]


def _told(told: str | None, otherwise: str) -> str:
    return otherwise if told is None else told
