"""The picture that a web page names for itself, for whoever links to it. Nothing is fetched here."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

from selectolax.lexbor import LexborHTMLParser

from bot.feeds.images import showable
from bot.feeds.page import base_of, decoded

SEARCHED_BYTES = 512 * 1024  # of a page; what it says of itself stands in its head
SEARCHED_TAGS = 5_000  # a real head has some hundred; the parser's time grows with the square of how deep tags nest
_TRIED = 500  # elements of a kind; a real head has some dozen

# Open Graph (ogp.me: og:image:url is the same as og:image), then Twitter's cards, the first of the list wins.
_META = ("og:image:secure_url", "og:image", "og:image:url", "twitter:image", "twitter:image:src")


def page_image(page: bytes, *, url: str, content_type: str = "") -> str | None:
    """The address of the page's picture, if it names one that Discord can show.

    What may stand for an entry in a feed may here: no counters, no SVG, no private hosts.
    """
    tree = LexborHTMLParser(_beginning(decoded(page[:SEARCHED_BYTES], content_type)))
    base = base_of(tree, url)
    shown = (showable(reference, base) for reference in _named(tree))
    # "#" or a bare "https://" is the page itself.
    return next((image for image in shown if image and image.partition("#")[0] not in {url, base}), None)


def _beginning(page: str) -> str:
    """The page up to its tag number SEARCHED_TAGS."""
    too_far = next(islice(re.finditer(r"<[a-zA-Z]", page), SEARCHED_TAGS, None), None)
    return page[: too_far.start()] if too_far else page


def _named(tree: LexborHTMLParser) -> Iterator[str]:
    """What the page names, the best first."""
    meta: dict[str, list[str]] = {name: [] for name in _META}
    for element in tree.css("meta[content]")[:_TRIED]:
        attributes = element.attributes
        for key in ("property", "name"):  # each is written where the other belongs
            name = (attributes.get(key) or "").strip().lower()
            if name in meta:
                meta[name].append(attributes.get("content") or "")
    for references in meta.values():
        yield from references
    for link in tree.css("link[href]")[:_TRIED]:
        if "image_src" in (link.attributes.get("rel") or "").lower().split():
            yield link.attributes.get("href") or ""
