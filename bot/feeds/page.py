"""A web page as it comes: bytes in whatever encoding, and the address that its references count from."""

from __future__ import annotations

import re

from selectolax.lexbor import LexborHTMLParser

from bot.feeds.links import absolute


def decoded(page: bytes, content_type: str = "") -> str:
    """The page's text. Attributes are ASCII in practice, so a wrong guess costs a title at most."""
    charset = re.search(r"charset\s*=\s*[\"']?([\w-]{2,40})", content_type, re.IGNORECASE) or re.search(
        r"<meta[^>]{0,200}charset\s*=\s*[\"']?([\w-]{2,40})", page[:4096].decode("ascii", "ignore"), re.IGNORECASE
    )
    for encoding in ("utf-8", charset[1] if charset else "windows-1252"):
        try:
            return page.decode(encoding)
        except (UnicodeError, LookupError):  # UnicodeError: "idna" is a codec, too, and some page will name it
            continue
    return page.decode("utf-8", "replace")


def base_of(tree: LexborHTMLParser, url: str) -> str:
    """What the page's references are relative to: its <base>, else `url`."""
    element = tree.css_first("base[href]")
    reference = (element.attributes.get("href") or "") if element else ""
    return absolute(reference, url) or url
