"""Which addresses a message may link to, and what to call them."""

from __future__ import annotations

import functools
import ipaddress
import re
import unicodedata
from urllib.parse import parse_qsl, quote, urljoin, urlsplit, urlunsplit

from publicsuffixlist import PublicSuffixList

from bot.render import limits

_LONGEST_HOST = 253  # RFC 1035 2.3.4, without the final dot
_LEGAL = "%!#$&'()*+,/:;=?@[]~-._"  # RFC 3986 2.2 and 2.3: what a written URL may hold besides letters and digits
_LABEL = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)", re.IGNORECASE)
_INNER_NAMES = ("localhost", "local", "internal", "intranet", "lan", "home.arpa")
_LOOKS_LIKE_ADDRESS = re.compile(r"\w:/|\bwww\.|\d\.\d{1,3}\.\d{1,3}\.\d", re.IGNORECASE)
_DOTTED = re.compile(r"\w\.([^\W\d_]{2,63}|xn--[a-z0-9-]{1,59})(?!\w)", re.IGNORECASE)
_FULL_STOPS = str.maketrans("\u3002\uff61", "..")  # RFC 3490 3.1: dots to a browser
_SECRET_NAME = re.compile(
    r"(?:.*[_-])?(?:api)?(?:token|key|secret|auth|sig|signature|pass|passwd|password|pwd|user|login|session|sid|code)",
    re.IGNORECASE,
)
_SECRET_VALUE = re.compile(
    r"(?=\w*\d)(?=\w*[a-z])\w{20,}|[0-9a-f]{16,}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE
)
_SECRET_FOLDERS = frozenset({"private", "secret", "token"})


def safe_link(url: str | None, base_url: str | None = None) -> str | None:
    """The absolute http or https URL that a message can carry, or None.

    None for other schemes, credentials, a host without a dot (Discord refuses "localhost") and over 2,048 characters.
    """
    if not url or len(url) > limits.URL * 2 or (base_url and len(base_url) > limits.URL * 2):
        return None
    try:
        parts = urlsplit(urljoin(base_url or "https:", url.strip()))
        name = _network_name(parts.hostname or "")
        port = parts.port
    except ValueError:
        return None
    if parts.scheme not in ("http", "https") or name is None or "@" in parts.netloc or "\\" in parts.netloc:
        return None
    netloc = parts.netloc if parts.netloc.isascii() else name if port is None else f"{name}:{port}"
    whole = quote(urlunsplit(parts._replace(netloc=netloc)), safe=_LEGAL, errors="replace")
    return whole if len(whole) <= limits.URL else None


def safe_image(url: str | None) -> str | None:
    """As `safe_link`, and None for hosts where Discord cannot fetch a picture: private addresses and names."""
    link = safe_link(url)
    name = host(link)
    if link is None or any(f".{name}".endswith("." + inner) for inner in _INNER_NAMES):
        return None
    try:
        return link if ipaddress.ip_address(name).is_global else None
    except ValueError:  # a name
        return link


def host(url: str | None) -> str:
    """The host that a browser would go to, in ASCII, without "www."; "" if there is none."""
    try:
        # A browser takes "\\" for "/" (WHATWG URL 4.4), so what follows it is no host.
        name = urlsplit((url or "")[: limits.URL * 2].strip().replace("\\", "/")).hostname or ""
    except ValueError:
        return ""
    return (_ascii(name) or "").removeprefix("www.")


def looks_like_address(label: str) -> bool:
    """Whether a reader may take the text of a link for an address: it names a scheme, a domain or an IP address.

    "google.com" is one; "Node.js" and "notes.txt" are none, for no domain ends so.
    """
    folded = unicodedata.normalize("NFKC", label).translate(_FULL_STOPS)
    if _LOOKS_LIKE_ADDRESS.search(folded):
        return True
    return any(_top_level().publicsuffix(match[1].lower()) for match in _DOTTED.finditer(folded))


def redact_url(url: str) -> str:
    """The URL for logs and other people's eyes: host + "…" if it may carry a secret, else the URL as it is."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return "…"
    folders = re.split(r"[/.]", parts.path)
    secret = (
        "@" in parts.netloc
        or any(folder.lower() in _SECRET_FOLDERS or _SECRET_VALUE.fullmatch(folder) for folder in folders)
        or any(_is_secret(*pair) for pair in parse_qsl(f"{parts.query}&{parts.fragment}", keep_blank_values=True))
    )
    return f"{host(url)}…" if secret else url


@functools.cache
def _top_level() -> PublicSuffixList:
    return PublicSuffixList(accept_unknown=False)


def _is_secret(name: str, value: str) -> bool:
    if _SECRET_NAME.fullmatch(name):
        return True
    # YouTube's channel_id and its like are long, and public.
    return not name.endswith("_id") and any(_SECRET_VALUE.fullmatch(part) for part in (name, value))


def _network_name(name: str) -> str | None:
    """The name as the network sees it, None unless it is an address or has a dot between two labels."""
    if ":" in name:
        return str(ipaddress.ip_address(name))
    plain = _ascii(name)
    if plain is None:
        return None
    labels = plain.removesuffix(".").split(".")
    if labels[-1].isdigit() or labels[-1].startswith("0x"):
        # "127.1" and "0177.0.0.1" are addresses to a browser; ip_address() takes only the plain form.
        return str(ipaddress.ip_address(plain))
    return plain if len(labels) > 1 and all(_LABEL.fullmatch(label) for label in labels) else None


def _ascii(name: str) -> str | None:
    """The host name after IDNA, which also folds full-width digits and full stops (RFC 3490 3.1)."""
    if len(name) > _LONGEST_HOST:
        return None
    try:
        return name.encode("idna").decode("ascii").lower()
    except UnicodeError:
        return None
