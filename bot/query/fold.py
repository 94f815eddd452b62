"""One spelling for each word: case, accents, width and compatibility forms folded, letters left alone.

Straße -> strasse     ÉCOLE -> ecole     İstanbul, ıstanbul -> istanbul     ﬁne -> fine     ΣΊΣΥΦΟΣ -> σισυφοσ
Ｃ＋＋ -> c++         ｶﾞ -> ガ            ٢٠٢٦ -> 2026                       ёлка -> елка, but й, ї, ў stay
"""

from __future__ import annotations

import re
import unicodedata

from bot.query.scripts import ACCENTS, HIDDEN, SKIN_TONES

# A longer run of letters is no word of any language; both sides keep its beginning.
LONGEST_WORD = 64

_HIDDEN = re.compile(f"[{HIDDEN}{SKIN_TONES}]+")
_ACCENT = re.compile(f"[{ACCENTS}]")
# Thai and Lao AM: NFKC takes it apart into a mark and a vowel, and the mark would go to the sign before it.
_AM = re.compile("[\u0e33\u0eb3]")

# Letters that Unicode does not take apart, though people type them without their stroke.
_PLAIN = {
    **dict(zip("øØłŁđĐħĦŧŦıƀɨ", "oOlLdDhHtTibi", strict=True)),
    "æ": "ae",
    "Æ": "AE",
    "œ": "oe",
    "Œ": "OE",
    "\u0640": "",  # tatweel only stretches an Arabic word
    "♯": "#",  # C♯
    # Cyrillic й ї ў ѓ ќ are letters of their own; only these are letters with an accent that is often left out.
    **dict(zip("ёЁѐЀѝЍ", "еЕеЕиИ", strict=True)),
}


class _Folds(dict[int, str]):
    """A table for `str.translate` that works out each character when it is first met."""

    def __missing__(self, code: int) -> str:
        self[code] = folded = _fold_character(chr(code))
        return folded


def _fold_character(character: str) -> str:
    if character in _PLAIN:
        return _PLAIN[character]
    if "\u0400" <= character <= "\u052f":
        return character
    digit = unicodedata.decimal(character, None)
    if digit is not None:
        return str(digit)
    bare = _ACCENT.sub("", unicodedata.normalize("NFKD", character))
    return "".join(_PLAIN.get(part, part) for part in bare)


_FOLDS = _Folds()


def as_written(raw: str) -> str:
    """`raw` with its case and accents, in the one form that Unicode has for them (NFKC), nothing invisible in it."""
    visible = _HIDDEN.sub("", raw)
    return unicodedata.normalize("NFC" if _AM.search(visible) else "NFKC", visible)[:LONGEST_WORD]


def fold(written: str) -> str:
    """The spelling under which a word is found. `written` comes from `as_written`."""
    if _AM.search(written):
        return written
    return unicodedata.normalize("NFC", written.translate(_FOLDS).casefold().translate(_FOLDS))
