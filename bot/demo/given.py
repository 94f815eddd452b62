"""A feed that the visitor brings: a file, or one fetch of an address, whose last entries are published one by one.

An address is asked once and never polled by the demo: its poll a second is for feeds of this machine.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from urllib.error import URLError
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

from bot.errors import SetupError
from bot.sandbox.site.cut import cut
from bot.sandbox.site.file import slug_of

HELD_BACK = 5
PATIENCE_SECONDS = 10
LIMIT_BYTES = 10 * 1024 * 1024


class OutOfReach(Exception):
    """The address did not answer; `str(error)` is a sentence."""


@dataclass(frozen=True, slots=True)
class Given:
    """The document as it came; `held_back` of its newest entries are to be published one by one."""

    slug: str
    document: bytes
    held_back: int


def read(source: str) -> Given:
    """What the visitor named. Blocks. Raises SetupError for a file that cannot be read, OutOfReach for an address."""
    if urlsplit(source).scheme in {"http", "https"}:
        return given(slug_of(urlsplit(source).hostname or "feed"), _fetched(source))
    path = Path(source).expanduser()
    try:
        return given(slug_of(path), path.read_bytes())
    except OSError as error:
        raise SetupError(f"{source} cannot be read: {error.strerror}", "--feed takes a file or an address.") from error


def given(slug: str, document: bytes) -> Given:
    """With as many entries held back as leave one to begin with."""
    return Given(slug, document, max(0, min(HELD_BACK, _entry_count(document) - 1)))


def _entry_count(document: bytes) -> int:
    try:
        return len(cut(document).entries)
    except ValueError:
        return 0  # what it is instead, the bot will say


def _fetched(url: str) -> bytes:
    request = Request(url, headers={"User-Agent": "Herald demo"})  # noqa: S310  (http and https only, see `read`)
    try:
        with urlopen(request, timeout=PATIENCE_SECONDS) as answer:  # noqa: S310
            document: bytes = answer.read(LIMIT_BYTES)
    except (URLError, OSError, ValueError) as error:
        reason = error.reason if isinstance(error, URLError) else error
        raise OutOfReach(f"{url} could not be reached ({reason}); the demo goes on without it.") from error
    return document
