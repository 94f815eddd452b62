"""What every feed of the site is: an address that can move, a log of who asked, faults, and a document.

The documents come from `written` (published and edited here) and `file` (from elsewhere, byte for byte).
"""

from __future__ import annotations

import binascii
from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from bot.sandbox.site.faults import KINDS, SHAPES, Fault
from bot.sandbox.site.formats import SiteEntry
from bot.sandbox.snowflakes import Clock

Validating = Literal["both", "etag", "last-modified", "none"]
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
