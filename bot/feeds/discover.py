"""From a web page, or what a person typed, to the feeds behind it. Nothing is fetched here."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from selectolax.lexbor import LexborHTMLParser

from bot.feeds.identity import address as spelled
from bot.feeds.links import absolute
from bot.feeds.named_inside import named_inside
from bot.feeds.page import base_of, decoded
from bot.feeds.sites import Candidate, guesses, known_sites
from bot.feeds.typed import normalise
from bot.feeds.words import plain

__all__ = ["Candidate", "discover", "guesses", "known_sites", "normalise"]

CANDIDATES_LIMIT = 20
_SEARCHED = 2 * 1024 * 1024  # bytes of a page
_TITLE_LIMIT = 200

_TYPES = {
    "application/rss+xml": "rss",
    "application/rdf+xml": "rss",
    "application/x.rss+xml": "rss",
    "application/x-rss+xml": "rss",
    "text/rss+xml": "rss",
    "text/rss": "rss",
    "application/atom+xml": "atom",
    "application/x.atom+xml": "atom",
    "text/atom+xml": "atom",
    "application/feed+json": "json",
    "application/json": "json",
    "application/xml": "rss",
    "text/xml": "rss",
}
_GENERIC = {"application/json", "application/xml", "text/xml"}  # oEmbed, wp-json and search plugins use these too
_NO_FEED = re.compile(r"oembed|/wp-json/|opensearch|sitemap|\.xsl\b|manifest", re.IGNORECASE)
_FEED_PATH = re.compile(
    r"(?:^|/)(?:feeds?|rss2?|atom|index|news|blog)\.(?:xml|rss|rdf|atom|json)$|\.(?:rss|rdf|atom)$|(?:^|/)(?:feed|rss|atom)/?$"
    r"|(?:^|/)(?:feeds?|rss|atom)/(?:[\w./-]+\.(?:xml|json)|posts/default)$",
    re.IGNORECASE,
)
_FEED_QUERY = re.compile(r"(?:^|&)(?:feed|format)=(?:rss2?|atom|feed)(?:&|$)", re.IGNORECASE)
_COMMENTS = re.compile(r"comments?\b|kommentare|commentaires|comentarios", re.IGNORECASE)


def discover(page: bytes, *, url: str, content_type: str = "") -> tuple[Candidate, ...]:
    """Feeds that the page declares, then those it plainly links to, each once; feeds of comments after the others."""
    found = list(known_sites(url))
    tree = LexborHTMLParser(decoded(page[:_SEARCHED], content_type))
    base = base_of(tree, url)
    found += named_inside(tree, page[:_SEARCHED], url)
    declared = _declared(tree, base)
    found += sorted(declared, key=lambda candidate: bool(_COMMENTS.search(f"{candidate.title} {candidate.url}")))
    found += _linked(tree, base)
    return _each_once(found, url)


def _declared(tree: LexborHTMLParser, base: str) -> list[Candidate]:
    found = []
    for link in tree.css("link[href]"):
        attributes = link.attributes
        rels = (attributes.get("rel") or "").lower().split()
        mime = (attributes.get("type") or "").partition(";")[0].strip().lower()
        kind = _TYPES.get(mime, "")
        if "alternate" not in rels and "feed" not in rels and not (kind and mime not in _GENERIC and not rels):
            continue
        reference = attributes.get("href") or ""
        if not kind and "feed" in rels:  # microformats' rel-feed names HTML pages as well
            kind = "link" if _is_feedish(reference) else ""
        if not kind or (mime in _GENERIC and (_NO_FEED.search(reference) or attributes.get("hreflang"))):
            continue
        if address := absolute(reference, base):
            found.append(Candidate(url=address, title=plain(attributes.get("title") or "", _TITLE_LIMIT), kind=kind))
    return found


def _linked(tree: LexborHTMLParser, base: str) -> list[Candidate]:
    found = []
    for link in tree.css("a[href]"):
        reference = (link.attributes.get("href") or "").strip()
        if not reference or reference.startswith("#") or not _is_feedish(reference):
            continue
        address = absolute(re.sub(r"^feed:(?://)?(?=https?:)|^feed:(?=//)", "", reference), base)
        if address and address.rstrip("/") != base.rstrip("/"):
            title = link.attributes.get("title") or link.text(strip=True)
            found.append(Candidate(url=address, title=plain(title, _TITLE_LIMIT), kind="link"))
    return found


def _is_feedish(reference: str) -> bool:
    """Whether a link is plainly one to a feed."""
    try:
        parts = urlsplit(reference)
    except ValueError:
        return False
    return bool(_FEED_PATH.search(parts.path) or _FEED_QUERY.search(parts.query))


def _each_once(found: list[Candidate], page_url: str) -> tuple[Candidate, ...]:
    """However an address is spelled; as the page itself spells it first."""
    unique: dict[str, Candidate] = {}
    for candidate in found:
        address = candidate.url.partition("#")[0]
        unique.setdefault(spelled(address), Candidate(url=address, title=candidate.title, kind=candidate.kind))
    return tuple(one for one in unique.values() if one.url != page_url)[:CANDIDATES_LIMIT]
