"""A feed that is somebody's document, served byte for byte, whole or one entry after the other."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from bot.sandbox.site.cut import CutDocument, cut
from bot.sandbox.site.feed import SHRUNK_TO, SiteFeed
from bot.sandbox.site.formats import CONTENT_TYPES, FeedFormat


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
