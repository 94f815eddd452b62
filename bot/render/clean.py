"""Takes out of a stranger's text what no reader wants: controls, tricks of direction, hidden and stacked characters."""

from __future__ import annotations

import re
import unicodedata

# C0 and C1 but for tab and newline, soft hyphen, zero-width and invisible operators, the byte order mark, every
# bidirectional control (UAX #9), interlinear annotations, lone surrogates and U+FFFE/FFFF (no JSON, no UTF-8).
_UNWANTED = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180e\u200b\u200e\u200f"
    "\u202a-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff0-\ufffb\ufffe\uffff\ud800-\udfff\U000e0000\U000e0001]"
)
# Tag characters hide text, but spell the flags of England, Scotland and Wales after a black flag (UTS #51 ED-14a).
_TAGS = re.compile("(\U0001f3f4[\U000e0030-\U000e007a]{1,6}\U000e007f)|[\U000e0002-\U000e007f]")
_LINE_ENDS = re.compile("\r\n?|[\u2028\u2029\x85]")
_BLANK_LINES = re.compile(r"\n(?:[^\S\n]*\n)+")
_JOINERS = "\u200c\u200d"  # letters depend on them in Persian and Indic scripts, families of emoji too
_VIRAMA = 9  # the canonical combining class of all of them

# Blocks made only of marks that stack on any letter. Marks of other blocks are letters of their scripts.
_STACKING = re.compile("[\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]")
_MOST_STACKED = 4  # Vietnamese needs 2, phonetic transcription 3
_MOST_MARKS = 8  # pointed and cantillated Hebrew needs 4, Tibetan 6


def clean(text: str) -> str:
    """The text without controls and hidden characters, with `\\n` as the only line end and no two blank lines."""
    if text.isascii() and text.isprintable():
        return text
    text = _UNWANTED.sub("", _LINE_ENDS.sub("\n", text))
    if not text.isascii():
        text = _TAGS.sub(r"\1", text)
        text = _without_towers(text)
    return _BLANK_LINES.sub("\n\n", text)


def clean_line(text: str) -> str:
    """The cleaned text on one line, every run of white space one space."""
    return " ".join(clean(text).split())


def _without_towers(text: str) -> str:
    """Joiners only between letters or signs that can join, and no tower of marks on one letter."""
    kept: list[str] = []
    stacked = marks = 0
    for place, char in enumerate(text):
        if char < "\u0300":
            stacked = marks = 0
        elif char in _JOINERS:
            if not kept or not _may_join(kept[-1], text[place + 1 : place + 2]):
                continue
        elif unicodedata.category(char)[0] == "M":
            marks += 1
            stacked += _STACKING.match(char) is not None
            if stacked > _MOST_STACKED or marks > _MOST_MARKS:
                continue
        else:
            stacked = marks = 0
        kept.append(char)
    return "".join(kept)


def _may_join(before: str, after: str) -> bool:
    # After a virama a joiner shapes the letter before it, also at the end of a word (Unicode core specification 12.9).
    return unicodedata.combining(before) == _VIRAMA or (_joins(before) and _joins(after))


def _joins(char: str) -> bool:
    return char >= "\u0300" and char not in _JOINERS and unicodedata.category(char)[0] in "LMS"
