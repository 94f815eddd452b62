"""Cuts texts to a length in UTF-16 units where a reader would cut them: between words, never inside a character.

What a reader takes for one character may be many code points (UAX #29): a letter with marks, a family of emoji, a flag.
"""

from __future__ import annotations

import unicodedata

from bot.render.limits import units

ELLIPSIS = "…"
# A longer "character" is somebody's joke and may be cut anywhere.
_LONGEST_CLUSTER = 64
# A word is given up for a whole-word cut only if that leaves most of the room used: Chinese has no spaces.
_LEAST_KEPT = 0.6

_ZWJ = "\u200d"
_EMOJI_MODIFIERS = ("\U0001f3fb", "\U0001f3ff")
_REGIONAL = ("\U0001f1e6", "\U0001f1ff")  # two of them are a flag
_TAGS = ("\U000e0020", "\U000e007f")
_AM = "\u0e33\u0eb3"  # Thai and Lao vowels that hang on the letter before, though no marks to Unicode
_HANGUL_JAMO = ("\u1100", "\u11ff")  # a syllable in its parts


def cut(text: str, limit: int) -> str:
    """The longest prefix of whole characters within `limit` units."""
    if units(text) <= limit:
        return text
    return text[: _whole(text, _index_within(text, limit))]


def clip(text: str, limit: int) -> str:
    """The text if it fits, else a prefix that ends with a word where it can, and "…". `limit` is 1 or more."""
    if units(text) <= limit:
        return text
    end = _whole(text, _index_within(text, limit - 1))
    return text[: _word_end(text, end)].rstrip() + ELLIPSIS


def splits_a_character(text: str, index: int) -> bool:
    """Whether a reader's character lies on both sides of `index`."""
    if not 0 < index < len(text):
        return False
    before, after = text[index - 1], text[index]
    if after < "\u0300":
        return before == _ZWJ
    if _between(after, _REGIONAL) and _between(before, _REGIONAL):
        return _regional_before(text, index) % 2 == 1
    return (
        unicodedata.category(after)[0] == "M"
        or _ZWJ in (before, after)
        or after in _AM
        or _between(after, _EMOJI_MODIFIERS)
        or _between(after, _TAGS)
        or (_between(before, _HANGUL_JAMO) and _between(after, _HANGUL_JAMO))
    )


def _between(char: str, bounds: tuple[str, str]) -> bool:
    return bounds[0] <= char <= bounds[1]


def _regional_before(text: str, index: int) -> int:
    start = index
    while start > 0 and _between(text[start - 1], _REGIONAL):
        start -= 1
    return index - start


def _index_within(text: str, limit: int) -> int:
    """How many code points fit into `limit` units."""
    head = text[: max(limit, 0)]
    over = units(head) - limit
    index = len(head)
    while over > 0:
        index -= 1
        over -= 2 if head[index] > "\uffff" else 1
    return index


def _whole(text: str, index: int) -> int:
    """The nearest place at or before `index` that splits no character."""
    for place in range(index, max(index - _LONGEST_CLUSTER, 0), -1):
        if not splits_a_character(text, place):
            return place
    return 0 if index < _LONGEST_CLUSTER else index


def _word_end(text: str, end: int) -> int:
    if end >= len(text) or text[end].isspace():
        return end
    for place in range(end, int(end * _LEAST_KEPT), -1):
        if text[place - 1].isspace():
            return place - 1
    return end
