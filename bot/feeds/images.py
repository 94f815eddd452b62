"""Which picture stands for an entry: what the document declares, else the first real one of the body."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from urllib.parse import urlsplit

from selectolax.lexbor import LexborHTMLParser

from bot.feeds.links import absolute, is_public

_SCANNED = 64 * 1024  # characters of a body that are searched for a picture
_TRIED = 20  # pictures of a body that are looked at

# Counters, share buttons, smileys and avatars that publishers put where a picture would be.
_NO_PICTURE = re.compile(
    r"""feedburner\.com/~|feedsportal\.com|/~[r4]/|//medium\.com/_/stat|//cpx\.|doubleclick\.net|google-analytics\.com
    |//pixel\.|/pixel\.(?:gif|png|php)|[/_.-](?:1x1|blank|spacer|transparent|clear)\.(?:gif|png)|pixel\.wp\.com|stats\.wordpress\.com
    |feeds\.wordpress\.com/1\.0/|//stats?\.|/stats?/|/count(?:er)?[./?]|/p\.php\?idsite|matomo|piwik|/track(?:er|ing)?[./?]
    |vg[0-9]{2}\.met\.vgwort|ivwbox|scorecardresearch|/e\.gif|open\.substack\.com|mailchimp\.com/track
    |s\.w\.org/images/core/emoji|/emoji/|/emojis/|/smil(?:ies|eys?)/|twemoji|wp-includes/images/smilies
    |(?:twitter|facebook|x|linkedin|reddit|email|share)[_-]?(?:icon|logo|button|share)|share[_-]?(?:icon|button)|/share/|addtoany|addthis
    |flattr|buysellads|feedads|/ads?[./?]|gravatar\.com/avatar|paypal\w*\.com""",
    re.IGNORECASE | re.VERBOSE,
)
_SMALLEST = 32  # pixels; an <img> that says it is smaller is an icon


def declared_image(candidates: Iterable[tuple[str | None, int]], *bases: str | None) -> str | None:
    """The largest of (address, pixels) that can be shown; the first of those that say no size or the same."""
    best: tuple[int, str] | None = None
    for reference, pixels in candidates:
        url = showable(reference, *bases)
        if url and (best is None or pixels > best[0]):
            best = (pixels, url)
    return best[1] if best else None


def body_image(markup: str, *bases: str | None) -> str | None:
    """The first <img> of a body that is no counter, icon or smiley."""
    if "<img" not in (markup := markup[:_SCANNED]).lower():
        return None
    for tag in LexborHTMLParser(markup).css("img")[:_TRIED]:
        attributes = tag.attributes
        if _is_icon(attributes):
            continue
        source = attributes.get("src") or ""
        if source.startswith("data:") or not source:  # lazy loaders keep the real one elsewhere
            source = attributes.get("data-src") or attributes.get("data-lazy-src") or ""
        if url := showable(source, *bases):
            return url
    return None


def showable(reference: str | None, *bases: str | None) -> str | None:
    """`reference` as an address Discord can show a picture from; None for counters, SVG and private hosts."""
    url = absolute(reference, *bases)
    if url is None or _NO_PICTURE.search(url) or not is_public(url):
        return None
    return None if urlsplit(url).path.lower().endswith((".svg", ".svgz")) else url


def pixels(attributes: Mapping[str, str | None]) -> int:
    """Width times height as declared, of a square if only one of them is; 0 if neither is."""
    width, height = _length(attributes.get("width")), _length(attributes.get("height"))
    return (width or height) * (height or width)


def _is_icon(attributes: Mapping[str, str | None]) -> bool:
    classes = (attributes.get("class") or "").lower()
    if "emoji" in classes or "smiley" in classes or "avatar" in classes:
        return True
    return any(0 < _length(attributes.get(side), unknown=_SMALLEST) < _SMALLEST for side in ("width", "height")) or any(
        (attributes.get(side) or "").strip() in {"0", "0px"} for side in ("width", "height")
    )


def _length(text: str | None, *, unknown: int = 0) -> int:
    found = re.fullmatch(r"\s*(\d{1,5})(?:\.\d+)?(?:px)?\s*", text or "")
    return int(found[1]) if found else unknown
