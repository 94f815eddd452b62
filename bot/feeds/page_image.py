"""The picture that a web page names for itself, for whoever links to it. Nothing is fetched here."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice
from urllib.parse import parse_qsl, urlencode, urlsplit

from selectolax.lexbor import LexborHTMLParser

from bot.feeds.images import showable
from bot.feeds.page import base_of, decoded

SEARCHED_BYTES = 512 * 1024  # of a page; what it says of itself stands in its head
SEARCHED_TAGS = 5_000  # a real head has some hundred; the parser's time grows with the square of how deep tags nest
_TRIED = 500  # elements of a kind; a real head has some dozen

# Open Graph (ogp.me: og:image:url is the same as og:image), then Twitter's cards, the first of the list wins.
_META = ("og:image:secure_url", "og:image", "og:image:url", "twitter:image", "twitter:image:src")

# Arguments that say how large, or in which version, a picture is wanted, not which one.
_SIZES = re.compile(
    r"w|h|(?:max)?width|(?:max)?height|size|sz|resize|fit|crop|quality|dpr|scale|auto|format|fm|v|ver|version",
    re.IGNORECASE,
)
_PICTURE_FILE = re.compile(r"\.(?:avif|gif|jpe?g|png|webp)$", re.IGNORECASE)
_SIZE_IN_NAME = re.compile(r"-\d{2,4}x\d{2,4}(?=\.\w+$)")  # WordPress: logo-300x300.png


def page_image(page: bytes, *, url: str, content_type: str = "") -> str | None:
    """The address of the page's picture, if it names one that Discord can show.

    What may stand for an entry in a feed may here: no counters, no SVG, no private hosts.
    """
    tree = LexborHTMLParser(_beginning(decoded(page[:SEARCHED_BYTES], content_type)))
    base = base_of(tree, url)
    shown = (showable(reference, base) for reference in _named(tree))
    # "#" or a bare "https://" is the page itself.
    return next((image for image in shown if image and image.partition("#")[0] not in {url, base}), None)


def picture_name(url: str) -> str:
    """The same for addresses of one picture that differ in scheme, size or version alone.

    Arguments to a picture's file name no other picture; those to a program may (`/card?title=...`), but for known ones.
    """
    parts = urlsplit(url)
    arguments = ""
    if not _PICTURE_FILE.search(parts.path):
        named = parse_qsl(parts.query, keep_blank_values=True)
        arguments = urlencode([(name, value) for name, value in named if not _SIZES.fullmatch(name)])
    return f"{parts.netloc.lower()}{_SIZE_IN_NAME.sub('', parts.path)}?{arguments}".rstrip("?")


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
