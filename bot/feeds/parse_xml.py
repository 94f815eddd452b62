"""RSS, RDF and Atom as feedparser reads them, with every value as it was written.

feedparser resolves Atom ids against the base, guesses dates, takes the last of several links and lets the caption of
a picture (media:description) replace the body. Its parser classes are extended here so that none of that happens.
"""

from __future__ import annotations

import io
import re
import xml.sax
from contextlib import suppress
from typing import Any

from feedparser.api import PREFERRED_XML_PARSERS, LooseFeedParser, StrictFeedParser

from bot.errors import ParseError
from bot.feeds.body import CONTROLS, check_tags, check_xml
from bot.feeds.mend import mended, redeclared, unprefixed, without_doctype
from bot.feeds.parsed import NOT_WELL_FORMED

Raw = dict[str, Any]

_TAGS_READ = 200
# What feedparser lets out of elements that lie where they should not, or say nonsense; such an element is lost alone.
_TRIPPED = (KeyError, IndexError, TypeError, ValueError)
_IANA = "iana.org/assignments/relation/"
_ROOT_END = re.compile(rb"</(?:[\w.-]+:)?(?:rss|rdf|feed|channel)\s*>", re.IGNORECASE)


class _AsWritten:
    """What both of feedparser's parsers are taught. Method names are feedparser's: _start_<element>, _end_<element>."""

    # "t3_x" must not become "https://host/t3_x": the identity would change with the base (RFC 4287 4.2.6.1).
    can_be_relative_uri = StrictFeedParser.can_be_relative_uri - {"id"}

    author_kind = ""

    def unknown_starttag(self: Any, tag: str, attributes: list[tuple[str, str]]) -> None:
        with suppress(*_TRIPPED):
            super().unknown_starttag(tag, attributes)  # type: ignore[misc]

    def unknown_endtag(self: Any, tag: str) -> None:
        outside, depth = len(self.basestack) - 1, self.depth - 1
        with suppress(*_TRIPPED):
            super().unknown_endtag(tag)  # type: ignore[misc]
        del self.basestack[max(outside, 0) :], self.langstack[max(outside, 0) :]
        self.depth = depth
        # feedparser forgets an xml:base only where there was one outside; it holds for its own element (XML Base 4).
        self.baseuri = self.basestack[-1] if self.basestack else ""

    # The root says what a document is; feedparser takes the first namespace that it knows, and RDF often names several.
    def _start_rss(self: Any, attributes: Raw) -> None:
        self.version = ""
        super()._start_rss(attributes)  # type: ignore[misc]

    def _start_rdf_rdf(self: Any, attributes: Raw) -> None:
        is_netscapes = any("netscape.com/rdf" in uri.lower() for uri in self.namespaces_in_use.values())
        self.version = "rss090" if is_netscapes else "rss10"
        self.push("rdf_rdf", 1)

    def _start_feed(self: Any, attributes: Raw) -> None:
        if self.version.startswith("rss"):
            self.version = ""
        super()._start_feed(attributes)  # type: ignore[misc]

    def _start_guid(self: Any, attributes: Raw) -> None:
        super()._start_guid(attributes)  # type: ignore[misc]
        is_permalink = attributes.get("ispermalink", "true").strip().lower() != "false"
        self._get_context()["guid_is_permalink"] = is_permalink

    def _start_link(self: Any, attributes: Raw) -> None:
        # Registered relations may be written as addresses (RFC 4287 4.2.7.2).
        relation = attributes.get("rel", "")
        super()._start_link(attributes | {"rel": relation.rpartition("/")[2]} if _IANA in relation else attributes)  # type: ignore[misc]

    def _start_author(self: Any, attributes: Raw) -> None:
        self.author_kind = "author"
        super()._start_author(attributes)  # type: ignore[misc]

    def _start_dc_creator(self: Any, attributes: Raw) -> None:
        self._start_author(attributes)
        self.author_kind = "dc:creator"

    def _start_itunes_author(self: Any, attributes: Raw) -> None:
        self._start_author(attributes)
        self.author_kind = "itunes:author"

    def _end_author(self: Any) -> None:
        context = self._get_context()
        written = self.pop("author")
        self.inauthor = 0
        self._sync_author_detail()
        detail = (context.get("authors") or [{}])[-1]
        name = written or detail.get("name") or detail.get("email")
        if name:
            context.setdefault("written_authors", []).append((self.author_kind, name))

    def _add_tag(self: Any, *tag: str | None) -> None:
        # feedparser compares each with all before it: 10,000 categories take seconds.
        if len(self._get_context().get("tags") or ()) < _TAGS_READ:
            super()._add_tag(*tag)  # type: ignore[misc]

    # Dates are read in dates.py, from the text.
    def _end_published(self: Any) -> None:
        self.pop("published")

    _end_issued = _end_pubdate = _end_published

    def _end_updated(self: Any) -> None:
        self.pop("updated")

    _end_modified = _end_lastbuilddate = _end_updated

    def _end_created(self: Any) -> None:
        self.pop("created")

    # An <image> of an item: its text, its <url> or its attributes.
    def _start_image(self: Any, attributes: Raw) -> None:
        super()._start_image(attributes)  # type: ignore[misc]
        if self.inentry:
            source = attributes.get("href") or attributes.get("url") or attributes.get("rdf:resource")
            self._get_context().setdefault("written_image", source)

    def _end_image(self: Any) -> None:
        text = self.pop("image")
        if self.inentry and not self.insource:
            entry = self._get_context()
            entry["written_image"] = entry.get("written_image") or text or entry.get("href")
        self.inimage = 0

    # A picture's title and caption are not the entry's.
    def _start_media_title(self: Any, attributes: Raw) -> None:
        self.push("media_title", 1)

    def _end_media_title(self: Any) -> None:
        self.pop("media_title")

    def _start_media_description(self: Any, attributes: Raw) -> None:
        self.push("media_description", 1)

    def _end_media_description(self: Any) -> None:
        self.pop("media_description")

    def _start_hour(self: Any, attributes: Raw) -> None:
        self.push("hour", 0)

    def _end_hour(self: Any) -> None:
        self.feeddata.setdefault("skip_hours", []).append(self.pop("hour"))

    def _start_day(self: Any, attributes: Raw) -> None:
        self.push("day", 0)

    def _end_day(self: Any) -> None:
        self.feeddata.setdefault("skip_days", []).append(self.pop("day"))


class _Strict(_AsWritten, StrictFeedParser):  # type: ignore[misc]
    resolve_relative_uris = sanitize_html = False


class _Loose(_AsWritten, LooseFeedParser):  # type: ignore[misc]
    resolve_relative_uris = sanitize_html = False


class RawFeed:
    """feedparser's findings. `feed` and each of `entries` are what it noted of an item."""

    def __init__(self, parser: Any, *problems: str) -> None:
        self.feed: Raw = dict(parser.feeddata)
        # Plain dictionaries: feedparser's own answer "updated" with "published" where there is none.
        self.entries: list[Raw] = [dict(entry) for entry in parser.entries]
        self.version: str = parser.version
        self.problems = problems


def read_xml(text: bytes, *, url: str) -> RawFeed:
    """Reads the text, in UTF-8, strictly, or, if it is no XML, as well as can be. Raises ParseError."""
    try:
        text = text.translate(None, CONTROLS)
        check_xml(text, url)
        check_tags(text, url)
        text, entities = without_doctype(text)
        text, in_place = redeclared(text)
        tidy = mended(text, entities)
        for attempt, fine in ((tidy if entities else text, in_place), (tidy, False)):
            parser = _Strict("", None, "utf-8")
            if _read_strictly(parser, attempt):
                return RawFeed(parser, *([] if fine else [NOT_WELL_FORMED]))
        return _read_loosely(unprefixed(tidy))
    except ParseError:
        raise
    except Exception as error:  # feedparser lets out whatever a hostile document provokes: any kind means "unreadable"
        raise ParseError(url, "the document cannot be read") from error


def _read_strictly(parser: Any, text: bytes) -> bool:
    reader = xml.sax.make_parser(PREFERRED_XML_PARSERS)  # noqa: S317  expat limits amplification, and nothing is fetched
    reader.setFeature(xml.sax.handler.feature_namespaces, 1)
    reader.setFeature(xml.sax.handler.feature_external_ges, 0)  # no entity and no DTD is ever fetched
    reader.setContentHandler(parser)
    reader.setErrorHandler(parser)
    source = xml.sax.xmlreader.InputSource()
    source.setByteStream(io.BytesIO(text))
    try:
        reader.parse(source)
    except Exception:  # not well-formed, undeclared prefixes, or a document that trips feedparser: read it loosely
        return False
    return True


def _read_loosely(text: bytes) -> RawFeed:
    parser = _Loose("", None, "utf-8", {})
    parser.feed(text.decode("utf-8", "replace"))
    half_read = parser.inentry and not _ROOT_END.search(text[-200:])
    if half_read and not parser.entries[-1].get("id"):
        # Without its guid it would be told now, and again when it comes whole.
        parser.entries.pop()
        return RawFeed(parser, NOT_WELL_FORMED, "the document is cut off; its last entry was left out")
    return RawFeed(parser, NOT_WELL_FORMED)
