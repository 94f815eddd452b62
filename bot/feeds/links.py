"""Addresses as documents write them, made absolute or refused."""

from __future__ import annotations

import ipaddress
import re
from urllib.parse import quote, urljoin, urlsplit

URL_LIMIT = 2_048  # Discord: an embed's url and image.url

_NOT_SHOWN = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
_ILLEGAL = re.compile(r"""[\s"<>\\^`{|}]""")  # RFC 3986 appendix A has none of these


def absolute(reference: str | None, *bases: str | None) -> str | None:
    """`reference` as an absolute http(s) URL, resolved against the first base that makes it one; None if none does.

    Blanks inside are percent-encoded, those around dropped. Other schemes, and what no parser takes, give None.
    """
    reference = (reference or "").strip()
    if not reference or len(reference) > URL_LIMIT:
        return None
    for base in ("", *bases):
        try:
            joined = urljoin(base, reference) if base else reference
            parts = urlsplit(joined)
            host = parts.hostname
        except ValueError:
            continue
        if parts.scheme.lower() in {"http", "https"} and host:
            return _tidy(joined)
        if parts.scheme and parts.scheme.lower() not in {"http", "https"} and not base:
            return None
    return None


def site_of(url: str) -> str:
    """Host and port, "" if there is none: what a request burdens."""
    try:
        parts = urlsplit(url)
        return f"{parts.hostname or ''}:{parts.port or ''}".rstrip(":")
    except ValueError:
        return ""


def is_public(url: str) -> bool:
    """False for addresses that plainly lead nowhere for others: localhost, private networks, names without a dot."""
    host = (urlsplit(url).hostname or "").rstrip(".")
    if host.endswith((".localhost", ".local", ".internal")):
        return False
    if ":" not in host and not host[-1:].isdigit():
        return "." in host
    try:
        return ipaddress.ip_address(host).is_global
    except ValueError:
        return False


def _tidy(url: str) -> str | None:
    url = _NOT_SHOWN.sub("", url)
    if _ILLEGAL.search(url):
        url = _ILLEGAL.sub(lambda found: quote(found[0]), url)
    return url if len(url) <= URL_LIMIT else None
