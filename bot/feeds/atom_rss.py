"""What an RSS, RDF or Atom document means: which of its many elements is the title, the author, the picture."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Sequence
from datetime import datetime
from posixpath import splitext
from typing import Any
from urllib.parse import urlsplit

from bot.errors import ParseError
from bot.feeds.dates import moment
from bot.feeds.images import body_image, declared_image, pixels
from bot.feeds.links import absolute
from bot.feeds.parse_xml import Raw, RawFeed, read_xml
from bot.feeds.parsed import ParsedDocument, ParsedItem
from bot.feeds.wishes import period, skipped_days, skipped_hours, spoken_length
from bot.feeds.words import HTML_LIMIT, NAME_LIMIT, TITLE_LIMIT, cleaned, clipped, plain
from bot.model import FeedFacts, Media

CATEGORIES_LIMIT = 20
MEDIA_LIMIT = 10

_FORMATS = {
    "rss090": "rss0.90",
    "rss091n": "rss0.91",
    "rss091u": "rss0.91",
    "rss092": "rss0.92",
    "rss093": "rss0.93",
    "rss094": "rss0.94",
    "rss10": "rss1.0",
    "rss20": "rss2.0",
    "rss": "rss",
    "atom03": "atom0.3",
    "atom10": "atom1.0",
    "atom": "atom",
}
_PICTURE_SUFFIXES = (".jpg", ".jpeg", ".png", ".gif", ".webp", ".avif")
_RECORDINGS = {
    **dict.fromkeys((".mp3", ".m4a", ".aac", ".ogg", ".oga", ".opus", ".flac", ".wav"), "audio/"),
    **dict.fromkeys((".mp4", ".m4v", ".mov", ".webm", ".ogv"), "video/"),
}
_MARKUP_TYPES = {"text/html", "application/xhtml+xml"}


def read_feed(text: bytes, *, url: str) -> ParsedDocument:
    """From UTF-8. Raises ParseError. Aliases are not set yet: they need the whole document."""
    raw = read_xml(text, url=url)
    if not raw.entries and not raw.feed.get("title") and not raw.version:
        raise ParseError(url, "that is not a feed")
    facts = _facts(raw, url)
    # Publishers with relative links mean their site; then where the feed says it lives; then where it was found.
    bases = (_link(raw.feed), facts.self_url, url)
    items = tuple(_item(entry, raw, tuple(base for base in bases if base and absolute(base))) for entry in raw.entries)
    return ParsedDocument(facts=facts, items=items, problems=raw.problems)


def _facts(raw: RawFeed, url: str) -> FeedFacts:
    feed = raw.feed
    self_reference = _linked(feed, "self")
    link = absolute(_link(feed), self_reference, url)
    image = feed.get("image") or {}
    picture = image.get("href") or feed.get("logo") or feed.get("icon")
    return FeedFacts(
        title=_title(feed, raw),
        link=link,
        format=_FORMATS.get(raw.version, raw.version),
        language=clipped(cleaned(str(feed.get("language") or "")), 35) or None,
        author=_author(feed) or plain(str(feed.get("author") or ""), NAME_LIMIT) or None,
        image_url=absolute(picture, link, url) if isinstance(picture, str) else None,
        ttl=period(_text(feed, "ttl"), _text(feed, "sy_updateperiod"), _text(feed, "sy_updatefrequency")),
        skip_hours=skipped_hours(feed.get("skip_hours") or ()),
        skip_days=skipped_days(feed.get("skip_days") or ()),
        hub_url=absolute(_linked(feed, "hub"), link, url),
        self_url=absolute(self_reference, link, url),
    )


def _item(entry: Raw, raw: RawFeed, bases: Sequence[str]) -> ParsedItem:
    markup, base, teaser = _body(entry)
    published = _first_moment(entry, "published", "created", "updated")
    updated = _first_moment(entry, "updated")
    guid = cleaned(_text(entry, "id")).strip() or None
    html_base = absolute(base, *bases) or (bases[0] if bases else "")
    return ParsedItem(
        guid=guid,
        title=_title(entry, raw) or plain(_text(entry, "itunes_title"), TITLE_LIMIT),
        url=_url(entry, guid, bases),
        author=_author(entry)
        or _author(entry.get("source") or {}),  # a planet's entry is its source's (RFC 4287 4.2.1)
        published_at=published,
        updated_at=updated if updated != published else None,
        image_url=_declared_image(entry, bases) or body_image(markup, html_base) or body_image(teaser, html_base),
        html=markup,
        base_url=html_base,
        categories=_categories(entry),
        media=tuple(_media(entry, bases))[:MEDIA_LIMIT],
        source_title=plain(_text(entry.get("source") or {}, "title"), NAME_LIMIT) or None,
    )


def _text(element: Raw, name: str) -> str:
    value = element.get(name)
    return value if isinstance(value, str) else ""


def _title(element: Raw, raw: RawFeed) -> str:
    """Plain text. In Atom's type="text" a "<b>" is three characters (RFC 4287 3.1.1.1); RSS never says."""
    literal = raw.version.startswith("atom") and (element.get("title_detail") or {}).get("type") == "text/plain"
    return plain(_text(element, "title"), TITLE_LIMIT, literal_tags=literal)


def _first_moment(entry: Raw, *names: str) -> datetime | None:
    return next((when for name in names if (when := moment(_text(entry, name)))), None)


# --- Links ---------------------------------------------------------------------------------------------------


def _linked(element: Raw, rel: str) -> str | None:
    links = element.get("links") or []
    return next((link["href"] for link in links if link.get("rel") == rel and link.get("href")), None)


def _link(element: Raw) -> str | None:
    """The page: the first alternate that is HTML or says no type, else the first alternate of any kind."""
    alternates = [link for link in element.get("links") or [] if link.get("rel") == "alternate" and link.get("href")]
    pages = [link for link in alternates if link.get("type") in _MARKUP_TYPES]
    return next((str(link["href"]) for link in pages or alternates), None)


def _url(entry: Raw, guid: str | None, bases: Sequence[str]) -> str | None:
    if url := absolute(_link(entry), *bases):
        return url
    if url := absolute(_linked(entry, "via"), *bases):
        return url
    # RSS 2.0: a guid is a permalink unless it says otherwise. An Atom id need not be one, but if it looks like an
    # address and there is no other, it nearly always is.
    return absolute(guid) if entry.get("guid_is_permalink", True) else None


# --- Names ---------------------------------------------------------------------------------------------------


def _author(element: Raw) -> str | None:
    """The names, joined. dc:creator holds names and beats RSS's <author>, which is an e-mail address by the book."""
    written = [(kind, plain(str(name), NAME_LIMIT)) for kind, name in (element.get("written_authors") or ())[:200]]
    for kinds in ({"dc:creator"}, {"author"}, {"itunes:author"}):
        names = list(dict.fromkeys(name for kind, name in written if kind in kinds and name))
        named = [name for name in names if "@" not in name]
        if names:
            return clipped(", ".join((named or names)[:20]), NAME_LIMIT)
    return None


def _categories(entry: Raw) -> tuple[str, ...]:
    terms = (tag.get("label") or tag.get("term") for tag in (entry.get("tags") or [])[:200])
    names = (plain(str(term or ""), NAME_LIMIT) for term in terms)
    return tuple(dict.fromkeys(name for name in names if name))[:CATEGORIES_LIMIT]


# --- Body ----------------------------------------------------------------------------------------------------


def _body(entry: Raw) -> tuple[str, str, str]:
    """(body as HTML, what its addresses are relative to, the teaser beside it)."""
    texts = [_as_markup(text) for text in entry.get("content") or [] if _is_text(text)]
    detail = entry.get("summary_detail") or {"type": "text/html", "value": _text(entry, "summary")}
    teaser = _as_markup(detail)
    best = max(texts, key=len, default="") or teaser
    if not best:
        best = _as_markup({"type": "text/plain", "value": _text(entry, "media_description")})
    base = next((text.get("base") for text in (*(entry.get("content") or []), detail) if text.get("base")), "")
    return best, str(base), teaser


def _is_text(text: Raw) -> bool:
    return text.get("type", "text/plain") in _MARKUP_TYPES | {"text/plain"}


def _as_markup(text: Raw) -> str:
    value = cleaned(str(text.get("value") or "")[:HTML_LIMIT])
    if text.get("type") == "text/plain":
        return html.escape(value, quote=False).replace("\n", "<br>\n")[:HTML_LIMIT]
    return value


# --- Pictures and media --------------------------------------------------------------------------------------


def _declared_image(entry: Raw, bases: Sequence[str]) -> str | None:
    contents = [
        c for c in entry.get("media_content") or [] if _is_picture(c.get("type"), c.get("url"), c.get("medium"))
    ]
    enclosures = [e for e in _enclosures(entry) if _is_picture(e.get("type"), e.get("href"))]
    itunes = entry.get("image") or {}
    resource = entry.get("enc_enclosure") or {}
    written = entry.get("written_image")
    return (
        declared_image([(c.get("url"), pixels(c)) for c in contents], *bases)
        or declared_image([(t.get("url"), pixels(t)) for t in entry.get("media_thumbnail") or []], *bases)
        or declared_image([(e.get("href"), 0) for e in enclosures], *bases)
        or declared_image([(itunes.get("href"), 0)], *bases)
        or declared_image([(resource.get("rdf:resource") or resource.get("resource"), 0)], *bases)
        or declared_image([(written if isinstance(written, str) else None, 0)], *bases)
    )


def _enclosures(entry: Raw) -> list[Raw]:
    return [link for link in entry.get("links") or [] if link.get("rel") == "enclosure" and link.get("href")]


def _is_picture(mime: str | None, url: str | None, medium: str | None = None) -> bool:
    if mime or medium:
        return medium == "image" or (mime or "").startswith("image/")
    try:
        return urlsplit(url or "").path.lower().endswith(_PICTURE_SUFFIXES)
    except ValueError:
        return False


def _media(entry: Raw, bases: Sequence[str]) -> Iterator[Media]:
    duration = spoken_length(_text(entry, "itunes_duration"))
    contents = [c for c in entry.get("media_content") or [] if (c.get("type") or "").startswith(("audio/", "video/"))]
    seen: set[str] = set()
    for link in (*_enclosures(entry), *contents):
        url = absolute(link.get("href") or link.get("url"), *bases)
        if url is None or url in seen or _is_picture(link.get("type"), url, link.get("medium")):
            continue
        seen.add(url)
        own = spoken_length(str(link.get("duration") or "")) or duration
        length = _length_bytes(link.get("length") or link.get("filesize"))
        mime = clipped(cleaned(link.get("type") or ""), 100) or _recorded(url)
        yield Media(url=url, type=mime, length_bytes=length, duration=own)


def _recorded(url: str) -> str:
    """What the name of a file without a type says: "audio/", "video/" or nothing."""
    return _RECORDINGS.get(splitext(urlsplit(url).path.lower())[1], "")


def _length_bytes(text: Any) -> int | None:
    """A plausible number of bytes; publishers write "0", "-1" and "12GB" when they do not know."""
    found = re.fullmatch(r"\s*(\d{1,13})\s*", str(text or ""))
    return (int(found[1]) or None) if found else None
