"""Strangers' text made plain: no control characters, no markup, no surprises in length."""

from __future__ import annotations

import html
import re

TITLE_LIMIT = 1_000
NAME_LIMIT = 256
HTML_LIMIT = 256 * 1024

# C0 and C1 controls but tab and line feed, lone surrogates and U+FFFE/U+FFFF: no JSON or database wants them.
_FORBIDDEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_UNREADABLE = re.compile(r"<(script|style)\b[^>]{0,1000}>.{0,10000}?</\1\s*>", re.IGNORECASE | re.DOTALL)
# Only what formats a title. "<video>" in a title about HTML is a word and stays.
_FORMATTING = re.compile(
    r"</?(?:a|abbr|acronym|b|bdi|big|blockquote|br|center|cite|code|del|div|em|font|h[1-6]|hr|i|img|ins|kbd|li|mark"
    r"|nobr|ol|p|q|s|small|span|strike|strong|sub|sup|tt|u|ul|var|wbr)(?:\s[^<>]{0,2000})?/?>",
    re.IGNORECASE,
)
_BREAKING = re.compile(r"<(?:br|p|div|li|h[1-6])\b", re.IGNORECASE)


def cleaned(text: str) -> str:
    """The text without characters that nothing shows and much chokes on; line ends become "\\n"."""
    return _FORBIDDEN.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def plain(markup: str, limit: int, *, literal_tags: bool = False) -> str:
    """One line of plain text: formatting tags gone, entities read, blanks collapsed, cut at `limit`.

    Publishers escape titles once, twice or not at all, so both are undone twice. With `literal_tags` (Atom's
    type="text") a tag is text, but entities are still read: "&#8217;" is never what anybody meant to say.
    """
    text = markup[: limit * 8]
    for _ in range(2):
        if not literal_tags and "<" in text:
            text = _FORMATTING.sub("", _BREAKING.sub(lambda tag: " " + tag[0], _UNREADABLE.sub(" ", text)))
        text = html.unescape(text) if "&" in text else text
    if not literal_tags and "<" in text:
        text = _FORMATTING.sub("", text)
    return clipped(" ".join(cleaned(text).split()), limit)


def clipped(text: str, limit: int) -> str:
    """At most `limit` characters; a cut is marked with an ellipsis."""
    return text if len(text) <= limit else text[: limit - 1].rstrip() + "…"
