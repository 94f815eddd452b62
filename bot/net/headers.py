"""What the header fields of an answer mean to a poller. Pure, and safe with whatever a server writes into them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from yarl import URL

from bot.model import Validators
from bot.net.guard import parse

LONGEST_VALIDATOR_BYTES = 1024
LONGEST_RETRY_AFTER = timedelta(hours=72)
LONGEST_MAX_AGE = timedelta(days=365)

RawHeaders = Iterable[tuple[bytes, bytes]]

# RFC 9110 5.5: a field value has no control characters but the tab; bytes above 0x7F are opaque.
_LEGAL_VALUE = re.compile(rb"[\t\x20-\x7e\x80-\xff]+")
# More digits than any sane number has, few enough for int().
_SECONDS = re.compile(r"\d{1,18}")
_LINK = re.compile(r"<([^<>]{1,4096})>((?:\s*;\s*[\w*-]+\s*(?:=\s*(?:\"[^\"]*\"|[^\s\",;]*))?)*)")
_REL = re.compile(r";\s*rel\s*=\s*(?:\"([^\"]*)\"|([^\s\",;]*))", re.IGNORECASE)


def validators(raw: RawHeaders) -> Validators:
    """ETag and Last-Modified, byte for byte; one that is over 1 kB or could not legally be sent back is left out."""
    found: dict[bytes, bytes] = {}
    for name, value in raw:
        if is_sendable(value):
            found.setdefault(name.lower(), value)
    return Validators(etag=found.get(b"etag"), last_modified=found.get(b"last-modified"))


def is_sendable(value: bytes) -> bool:
    """Whether a validator may stand in a request: neither giant nor able to break out of its line."""
    return len(value) <= LONGEST_VALIDATOR_BYTES and _LEGAL_VALUE.fullmatch(value) is not None


def renewed(old: Validators, new: Validators) -> Validators:
    """What to keep after a 304: its own validators where it has some (RFC 9111 4.3.4)."""
    return Validators(etag=new.etag or old.etag, last_modified=new.last_modified or old.last_modified)


def retry_after(values: Sequence[str], *, date: str | None, now: datetime) -> timedelta | None:
    """How long to stay away (RFC 9110 10.2.3), the longest if there are several; 0 to 72 h, None if none is sane."""
    waits = []
    for value in values:
        text = value.strip()
        if text.isascii() and text.isdigit():
            waits.append(_seconds(text, LONGEST_RETRY_AFTER))
        elif (moment := _moment(text)) is not None:
            waits.append(min(max(moment - (_moment(date) or now), timedelta(0)), LONGEST_RETRY_AFTER))
    return max(waits, default=None)


def max_age(headers: Mapping[str, str], cache_control: Sequence[str], *, now: datetime) -> timedelta | None:
    """How long the answer stays fresh (RFC 9111 4.2.1): max-age before Expires, less Age; None if nothing says so.

    `Expires` counts from the server's own `Date`, so that its clock may be years off.
    """
    directives = [directive.strip().lower() for line in cache_control for directive in line.split(",")]
    if "no-store" in directives or "no-cache" in directives:
        return None
    ages = [text.removeprefix("max-age=").strip('"') for text in directives if text.startswith("max-age=")]
    if ages:
        # Given twice, the shorter counts; what is no number counts as stale (RFC 9111 4.2.1).
        granted = min(_seconds(text, LONGEST_MAX_AGE) for text in ages)
        return max(timedelta(0), granted - _seconds(headers.get("Age", ""), LONGEST_MAX_AGE))
    if "Expires" not in headers:
        return None
    expires = _moment(headers["Expires"])
    if expires is None:
        return timedelta(0)  # "0" and other nonsense mean: stale already (RFC 9111 5.3)
    return min(max(timedelta(0), expires - (_moment(headers.get("Date")) or now)), LONGEST_MAX_AGE)


def kept_for(headers: Mapping[str, str], cache_control: Sequence[str], *, now: datetime) -> timedelta | None:
    """How long a permanent redirect may be remembered without asking again; None if the server leaves it to us."""
    directives = {directive.strip().lower() for line in cache_control for directive in line.split(",")}
    if directives & {"no-store", "no-cache"}:
        return timedelta(0)
    return max_age(headers, cache_control, now=now)


def links(values: Iterable[str], base: URL) -> dict[str, str]:
    """Link header (RFC 8288): the first absolute web address of each relation, for `hub` and `self`."""
    found: dict[str, str] = {}
    for relation, target in _links(values):
        if relation not in {"hub", "self"} or relation in found:
            continue
        try:
            url = base.join(parse(target))
        except ValueError:
            continue
        if url.scheme in {"http", "https"} and url.raw_host:
            found[relation] = str(url)
    return found


def _links(values: Iterable[str]) -> Iterator[tuple[str, str]]:
    for value in values:
        for link in _LINK.finditer(value):
            if rel := _REL.search(link[2]):
                for relation in (rel[1] or rel[2] or "").lower().split():
                    yield relation, link[1]


def _seconds(text: str, most: timedelta) -> timedelta:
    """0 for what is no number, `most` for what is beyond it, 400 digits included."""
    text = text.strip()
    if not (text.isascii() and text.isdigit()):
        return timedelta(0)
    if not _SECONDS.fullmatch(text.lstrip("0") or "0"):
        return most
    return timedelta(seconds=min(int(text), int(most.total_seconds())))


def _moment(text: str | None) -> datetime | None:
    """An HTTP date as aware UTC; None for anything else."""
    if not text or len(text) > 64:
        return None
    try:
        moment = parsedate_to_datetime(text)
        return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    except (ValueError, TypeError, OverflowError, IndexError):
        return None
