"""JSON Feed 1.0 and 1.1 (jsonfeed.org/version/1.1), which feedparser does not read."""

from __future__ import annotations

import html
import json
import math
from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any

from bot.errors import ParseError
from bot.feeds.dates import moment
from bot.feeds.images import body_image, declared_image
from bot.feeds.links import absolute
from bot.feeds.parsed import ParsedDocument, ParsedItem
from bot.feeds.rss_in_json import is_rss_in_json, read_rss_in_json
from bot.feeds.wishes import LONGEST_RECORDING
from bot.feeds.words import HTML_LIMIT, NAME_LIMIT, TITLE_LIMIT, cleaned, clipped, plain
from bot.model import FeedFacts, Media

CATEGORIES_LIMIT = 20
MEDIA_LIMIT = 10

Raw = Mapping[str, Any]


def read_json_feed(text: bytes, *, url: str) -> ParsedDocument:
    """From UTF-8. Raises ParseError. Items that are no objects are left out and counted; aliases are not set yet."""
    feed = _loaded(text, url)
    version = feed.get("version")
    if not isinstance(version, str) or "jsonfeed.org/version/" not in version:
        if is_rss_in_json(feed):
            return read_rss_in_json(feed, url=url)
        raise ParseError(url, "that is JSON, but not a JSON Feed")
    items = feed.get("items")
    if not isinstance(items, list):
        raise ParseError(url, "the JSON Feed has no list of items")
    facts = _facts(feed, version, url)
    bases = tuple(base for base in (facts.link, facts.self_url, url) if base)
    read = tuple(_item(item, bases) for item in items if isinstance(item, dict))
    skipped = len(items) - len(read)
    problems: tuple[str, ...] = (f"{skipped} items are no objects and were left out",) if skipped else ()
    if feed.get("expired") is True:
        problems += ("the publisher says this feed has ended",)
    return ParsedDocument(facts=facts, items=read, problems=problems)


def _loaded(text: bytes, url: str) -> Raw:
    try:
        # Not strict: a line break inside a string is no reason to lose a feed.
        loaded = json.loads(text.decode("utf-8", "replace").replace("\x00", ""), strict=False, parse_int=_number)
    except (ValueError, RecursionError) as error:
        raise ParseError(url, "that is not valid JSON") from error
    if not isinstance(loaded, dict):
        raise ParseError(url, "that is JSON, but not a JSON Feed")
    return loaded


def _number(digits: str) -> int | str:
    """Python refuses numbers of thousands of digits, and a document with them; here one is no more than an odd id."""
    return int(digits) if len(digits) <= 100 else digits


def _facts(feed: Raw, version: str, url: str) -> FeedFacts:
    self_url = absolute(_text(feed, "feed_url"), url)
    link = absolute(_text(feed, "home_page_url"), self_url, url)
    number = version.rstrip("/").rpartition("/")[2][:8]
    hubs = feed.get("hubs")
    hub = next((h.get("url") for h in hubs if isinstance(h, dict)), None) if isinstance(hubs, list) else None
    return FeedFacts(
        title=plain(_text(feed, "title"), TITLE_LIMIT),
        link=link,
        format="jsonfeed" + cleaned(number),
        language=clipped(cleaned(_text(feed, "language")), 35) or None,
        author=_author(feed),
        image_url=absolute(_text(feed, "icon"), link, url) or absolute(_text(feed, "favicon"), link, url),
        hub_url=absolute(hub if isinstance(hub, str) else None, url),
        self_url=self_url,
    )


def _item(item: Raw, bases: tuple[str, ...]) -> ParsedItem:
    markup = cleaned(_text(item, "content_html")[:HTML_LIMIT])
    if not markup:
        words = _text(item, "content_text") or _text(item, "summary")
        markup = html.escape(cleaned(words[:HTML_LIMIT]), quote=False).replace("\n", "<br>\n")[:HTML_LIMIT]
    published, updated = moment(_text(item, "date_published")), moment(_text(item, "date_modified"))
    # `url` is the author's page, `external_url` what it is about (1.1, "Items").
    url = absolute(_text(item, "url"), *bases) or absolute(_text(item, "external_url"), *bases)
    guid = _guid(item.get("id"))
    return ParsedItem(
        guid=guid,
        title=plain(_text(item, "title"), TITLE_LIMIT),
        url=url or absolute(guid),
        author=_author(item),
        published_at=published or updated,
        updated_at=updated if published and updated != published else None,
        image_url=_image(item, bases) or body_image(markup, *bases),
        html=markup,
        base_url=bases[0] if bases else "",
        categories=_categories(item.get("tags")),
        media=tuple(_media(item.get("attachments"), bases))[:MEDIA_LIMIT],
    )


def _text(element: Raw, name: str) -> str:
    value = element.get(name)
    return value if isinstance(value, str) else ""


def _guid(value: object) -> str | None:
    """An id is a string, and a number is read as one (1.1: "coerced"); null, lists and objects are no id."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return cleaned(str(value)).strip() or None


def _author(element: Raw) -> str | None:
    """Names of `authors` (1.1), else of `author` (1.0)."""
    authors = element.get("authors")
    people = authors if isinstance(authors, list) and authors else [element.get("author")]
    names = [plain(_text(person, "name"), NAME_LIMIT) for person in people[:20] if isinstance(person, dict)]
    return clipped(", ".join(dict.fromkeys(name for name in names if name)), NAME_LIMIT) or None


def _image(item: Raw, bases: tuple[str, ...]) -> str | None:
    image = declared_image([(_text(item, "image"), 0)], *bases)
    return image or declared_image([(_text(item, "banner_image"), 0)], *bases) or _attached_image(item, bases)


def _attached_image(item: Raw, bases: tuple[str, ...]) -> str | None:
    attached = item.get("attachments")
    pictures = [
        (_text(part, "url"), 0)
        for part in (attached if isinstance(attached, list) else [])
        if isinstance(part, dict) and _text(part, "mime_type").startswith("image/")
    ]
    return declared_image(pictures, *bases)


def _categories(tags: object) -> tuple[str, ...]:
    names = (plain(tag, NAME_LIMIT) for tag in (tags if isinstance(tags, list) else [])[:200] if isinstance(tag, str))
    return tuple(dict.fromkeys(name for name in names if name))[:CATEGORIES_LIMIT]


def _media(attachments: object, bases: tuple[str, ...]) -> Iterator[Media]:
    for part in attachments if isinstance(attachments, list) else []:
        if not isinstance(part, dict) or _text(part, "mime_type").startswith("image/"):
            continue
        if (url := absolute(_text(part, "url"), *bases)) is None:
            continue
        size, seconds = part.get("size_in_bytes"), part.get("duration_in_seconds")
        whole_size = size if isinstance(size, int) and not isinstance(size, bool) and 0 < size < 10**13 else None
        known = isinstance(seconds, int | float) and 0 < seconds <= LONGEST_RECORDING.total_seconds()
        duration = timedelta(seconds=int(seconds)) if known and isinstance(seconds, int | float) else None
        yield Media(
            url=url, type=clipped(cleaned(_text(part, "mime_type")), 100), length_bytes=whole_size, duration=duration
        )
