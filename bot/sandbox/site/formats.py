"""Documents in the four formats a reader meets: RSS 2.0, Atom, JSON Feed 1.1 and RSS 1.0 (RDF), written by hand.

Hand-written, so that a test can know every byte of what it serves. Entries go in as given: newest first is the
caller's business.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from html import escape
from typing import Any, Literal

FeedFormat = Literal["rss", "atom", "json", "rdf"]

CONTENT_TYPES: dict[FeedFormat, str] = {
    "rss": "application/rss+xml",
    "atom": "application/atom+xml",
    "json": "application/feed+json",
    "rdf": "application/rdf+xml",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteEntry:
    """One entry as it is published. `body_html` is written as it is, hostile or not."""

    guid: str | None
    title: str
    url: str
    body_html: str = ""
    author: str | None = None
    image_url: str | None = None
    page_image_url: str | None = None  # in its page's og:image alone
    published_at: datetime
    updated_at: datetime
    categories: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Channel:
    """What a document says of the feed itself."""

    title: str
    url: str
    page_url: str
    description: str = ""
    author: str = ""
    language: str = "en"
    icon_url: str | None = None
    hub_url: str | None = None
    ttl_minutes: int | None = None
    extra: dict[str, str] = field(default_factory=dict)  # RSS: more elements of <channel>, name -> text


def write(form: FeedFormat, channel: Channel, entries: Sequence[SiteEntry]) -> bytes:
    """The document, in UTF-8."""
    writers = {"rss": _rss, "atom": _atom, "json": _json, "rdf": _rdf}
    return writers[form](channel, entries).encode()


_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # XML 1.0, production 2


def _text(value: str) -> str:
    return escape(_NOT_XML.sub("", value))


def _cdata(value: str) -> str:
    return "<![CDATA[" + _NOT_XML.sub("", value).replace("]]>", "]]]]><![CDATA[>") + "]]>"


def _element(name: str, value: str | None, attributes: str = "") -> str:
    if value is None or (value == "" and not attributes):
        return ""
    return f"<{name}{attributes}>{_text(value)}</{name}>"


def _lines(*parts: str, indent: int) -> str:
    return "\n".join(" " * indent + part for part in parts if part)


def _mail_date(when: datetime) -> str:
    return format_datetime(when.astimezone(UTC))


def _iso_date(when: datetime) -> str:
    return when.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def _rss(channel: Channel, entries: Sequence[SiteEntry]) -> str:
    head = _lines(
        _element("title", channel.title),
        _element("link", channel.page_url),
        f"<description>{_text(channel.description)}</description>",
        _element("language", channel.language),
        f'<atom:link rel="self" type="application/rss+xml" href="{_text(channel.url)}"/>',
        f'<atom:link rel="hub" href="{_text(channel.hub_url)}"/>' if channel.hub_url else "",
        _element("ttl", str(channel.ttl_minutes)) if channel.ttl_minutes is not None else "",
        *(_element(name, value) for name, value in channel.extra.items()),
        _rss_image(channel),
        indent=4,
    )
    return "\n".join(
        [
            '<?xml version="1.0" encoding="UTF-8"?>',
            '<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom" xmlns:dc="http://purl.org/dc/elements/1.1/"'
            ' xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:media="http://search.yahoo.com/mrss/">',
            "  <channel>",
            head,
            *(_rss_item(entry) for entry in entries),
            "  </channel>",
            "</rss>\n",
        ]
    )


def _rss_image(channel: Channel) -> str:
    if not channel.icon_url:
        return ""
    inside = _element("url", channel.icon_url) + _element("title", channel.title) + _element("link", channel.page_url)
    return f"<image>{inside}</image>"


def _rss_item(entry: SiteEntry) -> str:
    inside = _lines(
        _element("title", entry.title),
        _element("link", entry.url),
        _element("guid", entry.guid, ' isPermaLink="false"') if entry.guid is not None else "",
        _element("dc:creator", entry.author),
        _element("pubDate", _mail_date(entry.published_at)),
        *(_element("category", name) for name in entry.categories),
        f"<description>{_cdata(entry.body_html)}</description>",
        f'<media:content url="{_text(entry.image_url)}" medium="image" type="image/png"/>' if entry.image_url else "",
        indent=6,
    )
    return f"    <item>\n{inside}\n    </item>"


def _atom(channel: Channel, entries: Sequence[SiteEntry]) -> str:
    updated = max((entry.updated_at for entry in entries), default=datetime.fromtimestamp(0, UTC))
    head = _lines(
        _element("title", channel.title),
        _element("subtitle", channel.description),
        _element("id", channel.url),
        _element("updated", _iso_date(updated)),
        f"<author><name>{_text(channel.author or channel.title)}</name></author>",
        f'<link rel="self" type="application/atom+xml" href="{_text(channel.url)}"/>',
        f'<link rel="alternate" type="text/html" href="{_text(channel.page_url)}"/>',
        f'<link rel="hub" href="{_text(channel.hub_url)}"/>' if channel.hub_url else "",
        _element("icon", channel.icon_url),
        indent=2,
    )
    return "\n".join(
        [
            '<?xml version="1.0" encoding="UTF-8"?>',
            f'<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="{_text(channel.language)}">',
            head,
            *(_atom_entry(entry) for entry in entries),
            "</feed>\n",
        ]
    )


def _atom_entry(entry: SiteEntry) -> str:
    picture = f'<link rel="enclosure" type="image/png" href="{_text(entry.image_url)}"/>' if entry.image_url else ""
    inside = _lines(
        f"<title>{_text(entry.title)}</title>",
        _element("id", entry.guid),
        f'<link rel="alternate" type="text/html" href="{_text(entry.url)}"/>',
        picture,
        f"<author>{_element('name', entry.author)}</author>" if entry.author else "",
        _element("published", _iso_date(entry.published_at)),
        _element("updated", _iso_date(entry.updated_at)),
        *(f'<category term="{_text(name)}"/>' for name in entry.categories),
        _element("content", entry.body_html, ' type="html"'),
        indent=4,
    )
    return f"  <entry>\n{inside}\n  </entry>"


def _json(channel: Channel, entries: Sequence[SiteEntry]) -> str:
    document: dict[str, Any] = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": channel.title,
        "home_page_url": channel.page_url,
        "feed_url": channel.url,
        "description": channel.description,
        "language": channel.language,
        "icon": channel.icon_url,
        "hubs": [{"type": "WebSub", "url": channel.hub_url}] if channel.hub_url else None,
        "items": [_json_item(entry) for entry in entries],
    }
    return json.dumps(_without_gaps(document), ensure_ascii=False, indent=1)


def _json_item(entry: SiteEntry) -> dict[str, Any]:
    return _without_gaps(
        {
            "id": entry.guid,
            "url": entry.url,
            "title": entry.title,
            "content_html": entry.body_html,
            "image": entry.image_url,
            "date_published": _iso_date(entry.published_at),
            "date_modified": _iso_date(entry.updated_at) if entry.updated_at != entry.published_at else None,
            "authors": [{"name": entry.author}] if entry.author else None,
            "tags": list(entry.categories) or None,
        }
    )


def _without_gaps(values: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}


def _rdf(channel: Channel, entries: Sequence[SiteEntry]) -> str:
    members = "".join(f'<rdf:li rdf:resource="{_text(entry.guid or entry.url)}"/>' for entry in entries)
    head = _lines(
        _element("title", channel.title),
        _element("link", channel.page_url),
        f"<description>{_text(channel.description)}</description>",
        _element("dc:language", channel.language),
        f"<items><rdf:Seq>{members}</rdf:Seq></items>",
        indent=4,
    )
    return "\n".join(
        [
            '<?xml version="1.0" encoding="UTF-8"?>',
            '<rdf:RDF xmlns="http://purl.org/rss/1.0/" xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"'
            ' xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:content="http://purl.org/rss/1.0/modules/content/"'
            ' xmlns:media="http://search.yahoo.com/mrss/">',
            f'  <channel rdf:about="{_text(channel.url)}">',
            head,
            "  </channel>",
            *(_rdf_item(entry) for entry in entries),
            "</rdf:RDF>\n",
        ]
    )


def _rdf_item(entry: SiteEntry) -> str:
    inside = _lines(
        _element("title", entry.title),
        _element("link", entry.url),
        _element("dc:creator", entry.author),
        _element("dc:date", _iso_date(entry.published_at)),
        *(_element("dc:subject", name) for name in entry.categories),
        f"<content:encoded>{_cdata(entry.body_html)}</content:encoded>",
        f'<media:content url="{_text(entry.image_url)}" medium="image" type="image/png"/>' if entry.image_url else "",
        indent=4,
    )
    return f'  <item rdf:about="{_text(entry.guid or entry.url)}">\n{inside}\n  </item>'
