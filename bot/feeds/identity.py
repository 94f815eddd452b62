"""When are two items the same entry? A few 64-bit hashes of each say so.

An item is known if any of its *strong* aliases was seen before. A *weak* alias decides nothing by itself: it is
remembered so that another item may recognise it. The low bit tells them apart: even is strong, odd is weak, and a
strong alias also counts as seen if its weak twin was.

    item with a guid      guid as written · guid without scheme, "www.", tracking · link and title (new guids)
                          · path and title (the site moved) · guid, link and title           weak: link, title
    item without          link · link and title · path and title · link, title and body      weak: title
    neither, or no use    link, title and body · title and exact time                        weak: title

Links that repeat in a document (nixos.org: 99 items, one link), the site's own address, and guids that repeat with
different contents identify nothing, neither now nor later, when the document holds one of them alone: their
`spent` mark is remembered too. The longest alias of each row stays whatever is spent, so what was seen stays known.
"""

from __future__ import annotations

import re
import sys
from array import array
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Sequence, Set
from dataclasses import replace
from datetime import datetime
from hashlib import blake2b
from urllib.parse import urlsplit

from bot.feeds.parsed import ParsedItem

# --- Addresses without what changes -----------------------------------------------------------------------------

# Arguments that say how a reader came, never what is read; whole names, for "pk_id" may well be an entry.
_TRACKING = re.compile(
    r"utm_\w+|mc_[ce]id|mkt_tok|_hsenc|_hsmi|hsa_\w+|vero_id|oly_(?:anon|enc)_id"
    r"|(?:pk|piwik|matomo|mtm)_(?:campaign|kwd|source|medium|content)"
    r"|at_(?:medium|campaign|campaign_type|custom\d|link_\w+|bbc_team|ptr_name|format)"
    r"|ns_(?:mchannel|campaign|source|linkname|fee)"
    r"|fbclid|gclid|dclid|yclid|msclkid|igshid|twclid|wt_mc|xtor|cmpid|maca|ito|ref_src|_ga|smid|ncid",
    re.IGNORECASE,
)
_FEEDISH = re.compile(
    r"(?:source|src|ref|from|via|_location|feature|partner|cmp)=(?:rss|feed|atom)[\w.-]*", re.IGNORECASE
)
_SCHEMES = re.compile(r"(?<=//)www\.|https?:(?=//)")
_ARGUMENTS = re.compile(r"utm_\w{1,20}=[^&\"'<>\s]*|&amp;|[?&]")


def address(url: str) -> str:
    """An http(s) URL without scheme, "www.", default port, tracking arguments and trailing slash; "" for anything else.

    A fragment stays unless it is tracking: scripting.com tells a day's entries apart by nothing else.
    """
    host, rest = _host_and_rest(url)
    return f"{host}{rest}" if host else ""


def _host_and_rest(url: str) -> tuple[str, str]:
    try:
        parts = urlsplit(url.strip())
        port = parts.port
    except ValueError:
        return "", ""
    if parts.scheme.lower() not in {"http", "https"} or not parts.hostname:
        return "", ""
    host = parts.hostname.removeprefix("www.") + (f":{port}" if port and port not in {80, 443} else "")
    kept = [pair for pair in parts.query.split("&") if pair and not _is_tracking(pair)]
    fragment = "" if _is_tracking(parts.fragment) else parts.fragment
    rest = parts.path.rstrip("/") + ("?" + "&".join(kept) if kept else "") + ("#" + fragment if fragment else "")
    return host, _SCHEMES.sub("", rest)  # redirectors and archives have the real address inside


def _is_tracking(pair: str) -> bool:
    return bool(_TRACKING.fullmatch(pair.partition("=")[0]) or _FEEDISH.fullmatch(pair))


# --- Hashes -----------------------------------------------------------------------------------------------------


def _strong(kind: str, *parts: str) -> int:
    """Signed 64 bits, even. The parts cannot run into one another."""
    text = "\x1f".join((kind, *parts)).encode("utf-8", "surrogatepass")
    return int.from_bytes(blake2b(text, digest_size=8).digest(), "little", signed=True) & ~1


def weak(alias: int) -> int:
    """The twin that decides nothing by itself."""
    return alias | 1


def is_strong(alias: int) -> bool:
    return not alias & 1


def spent(alias: int) -> int:
    """The mark that says: this alias was found on different entries and identifies nothing any more."""
    return _strong("spent", str(alias)) | 1


def title_alias(title: str) -> int | None:
    """Weak; None without a title. Re-issued archives are recognised by these (decide.is_reissue)."""
    folded = _folded(title)
    return weak(_strong("title", folded)) if folded else None


def link_alias(url: str) -> int | None:
    """Strong; None for what is no link."""
    link = address(url)
    return _strong("address", link) if link else None


def _folded(text: str) -> str:
    return " ".join(text.casefold().split())


# --- A document's items -----------------------------------------------------------------------------------------


class _Reading:
    """One item with what its identity may rest on."""

    def __init__(self, item: ParsedItem, site: str) -> None:
        self.item = item
        self.guid = item.guid or ""
        self.guid_address = address(self.guid)
        self.link = address(item.url or "")
        self.is_home = self.link == site or not _host_and_rest(item.url or "")[1]
        self.title = _folded(item.title)
        self.content = _content(item)
        # What tells two items with one guid, or one link, apart. Under one guid an edited body does not.
        self.words = (self.guid and self.title) or self.content
        self.variant = (self.guid, self.link, self.words)

    @property
    def whole(self) -> int:
        """The alias that holds everything: what it calls the same is the same."""
        return _strong("whole", self.guid_address or self.guid, self.link, self.words)


def with_aliases(items: Sequence[ParsedItem], *, site: str | None = None) -> tuple[ParsedItem, ...]:
    """The items with their aliases, strongest first. Only true repetitions of one item share their first alias.

    `site` is the feed's own link: an item that points there points nowhere in particular.
    """
    readings = [_Reading(item, address(site or "")) for item in items]
    by_guid, by_link = defaultdict(set), defaultdict(set)
    for reading in readings:
        by_guid[reading.guid].add(reading.variant)
        by_guid[reading.guid_address].add(reading.variant)
        by_link[reading.link].add(reading.variant)
    shared_guids = {guid for guid, variants in by_guid.items() if len(variants) > 1}
    shared_links = {link for link, variants in by_link.items() if len(variants) > 1}
    return tuple(replace(r.item, aliases=_aliases(r, shared_guids, shared_links)) for r in readings)


def names(item: ParsedItem) -> tuple[int, ...]:
    """Hashes of what `with_aliases` compares between the items of a document: guid, its address, and link, if any."""
    written = (("guid", item.guid), ("guid", address(item.guid or "")), ("link", address(item.url or "")))
    return tuple(dict.fromkeys(_strong("name", kind, text) for kind, text in written if text))


def _aliases(reading: _Reading, shared_guids: set[str], shared_links: set[str]) -> tuple[int, ...]:
    guid, link = reading.guid, reading.link
    usable_link = bool(link) and not reading.is_home and link not in shared_links
    found: list[int] = []
    if guid and guid not in shared_guids:
        found.append(_strong("guid", guid))
        if reading.guid_address and reading.guid_address not in shared_guids:
            found.append(_strong("address", reading.guid_address))
    elif guid:
        found.append(reading.whole)
        found += [spent(_strong("guid", guid)), spent(_strong("address", reading.guid_address))]
    elif usable_link:
        found.append(_strong("address", link))
    else:
        found += [reading.whole, *_title_and_time(reading)]
    words = reading.title or reading.content
    if usable_link:
        found += [_strong("link+title", link, words), weak(_strong("address", link))]
    elif link:
        found.append(spent(_strong("address", link)))
    if (moved := _moved(reading, usable_link, shared_guids)) is not None:
        found.append(moved)
    found.append(reading.whole)
    if (title := title_alias(reading.item.title)) is not None:
        found.append(title)
    return tuple(dict.fromkeys(found))


def _title_and_time(reading: _Reading) -> list[int]:
    """Helps when the body of an item without guid and link is edited. A mere day is no time: many entries have that."""
    when = reading.item.published_at
    if when is None or not reading.title or (when.hour, when.minute, when.second) == (0, 0, 0):
        return []
    return [_strong("title+time", reading.title, _stamp(when))]


def _moved(reading: _Reading, usable_link: bool, shared_guids: set[str]) -> int | None:
    """Path and title: what stays when a site changes its host. Title and source keep the blogs of a planet apart."""
    guid_is_usable = reading.guid_address and reading.guid not in shared_guids
    url = reading.guid if guid_is_usable else (reading.item.url or "") if usable_link else ""
    rest = _host_and_rest(url)[1]
    source = _folded(reading.item.source_title or "")
    return _strong("path+title", rest, reading.title or reading.content, source) if rest else None


def _content(item: ParsedItem) -> str:
    words = [item.title, item.html]
    if not any(words):  # nothing but an enclosure or a picture
        words += [*(medium.url for medium in item.media), item.image_url or "", item.url or ""]
    if not any(words) and item.published_at:  # nothing but a date
        words.append(_stamp(item.published_at))
    # A site that changes to https changes the addresses in its old texts, too.
    return "\x1e".join(_ARGUMENTS.sub("", _SCHEMES.sub("", _folded(text))) for text in words)


def _stamp(when: datetime) -> str:
    return when.strftime("%Y%m%d%H%M%S")


# --- The set of everything seen ---------------------------------------------------------------------------------


# Aliases of one feed: 2 MiB, some 60,000 entries, 30 ms each time that one is added. Beyond are feeds that name
# everything anew each time; what an honest one shows again after so many is old by its date (age.py): nobody is told.
MOST_SEEN = 1 << 18


class Seen:
    """Aliases of a feed, as the sorted blob of 8-byte hashes that the store keeps (perf.md 5: 82 MB for 10 million)."""

    def __init__(self, blob: bytes = b"") -> None:
        self._hashes = array("q")
        self._hashes.frombytes(blob[: len(blob) // 8 * 8])
        if sys.byteorder == "big":
            self._hashes.byteswap()

    def __contains__(self, alias: int) -> bool:
        place = bisect_left(self._hashes, alias)
        return place < len(self._hashes) and self._hashes[place] == alias

    def __len__(self) -> int:
        return len(self._hashes)

    def knows(self, aliases: Iterable[int]) -> bool:
        """Whether an item with these aliases was seen before, under any of its names."""
        return any(
            is_strong(alias) and (alias in self or weak(alias) in self) and spent(alias) not in self
            for alias in aliases
        )

    def with_(self, more: Iterable[int], *, most: int = MOST_SEEN) -> bytes:
        """The blob that also holds `more`, and of the rest what there is room for."""
        named = set(more)
        added = {alias for alias in named if alias not in self}
        if len(self) + len(added) > most:
            return _packed(sorted((*self._some_but(named, most - len(named)), *named)))
        return _packed(sorted((*self._hashes, *sorted(added))))  # two sorted rows are merged, not sorted anew

    def _some_but(self, named: Set[int], room: int) -> list[int]:
        """As many of the others as there is room for. Which ones is left to the hashes: nothing tells their age."""
        others = [alias for alias in self._hashes if alias not in named]
        start = sum(named) % max(1, len(others))
        return (others[start:] + others[:start])[: max(0, room)]


def pack(aliases: Iterable[int]) -> bytes:
    """Sorted, little-endian, each once."""
    return _packed(sorted(set(aliases)))


def _packed(aliases: Sequence[int]) -> bytes:
    hashes = array("q", aliases)
    if sys.byteorder == "big":
        hashes.byteswap()
    return hashes.tobytes()
