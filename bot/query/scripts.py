"""Which characters make words, which are words alone, and which are not there at all.

Character classes are the insides of a regular expression's `[...]`. They come from `unicodedata`, so they follow
the Unicode version of the interpreter; what is listed here by hand is what Unicode's categories do not say.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator

# Scripts written without spaces, and Hangul, whose endings are glued on: each sign is a token of its own, so that
# any part of a run is found. Their digits are ordinary digits and stay out of here.
SIGN_RANGES = (
    (0x0E01, 0x0E4E),  # Thai
    (0x0E81, 0x0ECE),  # Lao
    (0x0EDC, 0x0EDF),
    (0x1000, 0x103F),  # Burmese
    (0x1050, 0x108F),
    (0x109A, 0x109F),
    (0xA9E0, 0xA9EF),
    (0xA9FA, 0xA9FE),
    (0xAA60, 0xAA7F),
    (0x1780, 0x17D3),  # Khmer
    (0x17D7, 0x17DC),
    (0x1950, 0x1974),  # Tai Le, New Tai Lue, Tai Tham, Tai Viet
    (0x1980, 0x19C9),
    (0x1A20, 0x1A5E),
    (0xAA80, 0xAADD),
    (0x1B05, 0x1B4C),  # Balinese, Javanese
    (0xA984, 0xA9B2),
    (0x1100, 0x11FF),  # Hangul: conjoining and compatibility letters, syllables
    (0x3131, 0x318E),
    (0xA960, 0xA97C),
    (0xAC00, 0xD7A3),
    (0xD7B0, 0xD7FB),
    (0xFFA1, 0xFFDC),
    (0x2E80, 0x2FD5),  # Han: radicals, marks, ideographs and their compatibility forms
    (0x3005, 0x3007),
    (0x3021, 0x3029),
    (0x3038, 0x303C),
    (0x3400, 0x4DBF),
    (0x4E00, 0x9FFF),
    (0xF900, 0xFAFF),
    (0x20000, 0x3FFFD),
    (0x3041, 0x3096),  # Kana, also half width; Bopomofo
    (0x309D, 0x309F),
    (0x30A1, 0x30FA),
    (0x30FC, 0x30FF),
    (0x3105, 0x312F),
    (0x31A0, 0x31BF),
    (0x31F0, 0x31FF),
    (0xFF66, 0xFF9D),
    (0x1B000, 0x1B16F),
    (0xA000, 0xA48C),  # Yi
)
# The half-width voicing marks are letters to Unicode but belong to the sign before them.
HALF_WIDTH_VOICING = "\uff9e\uff9f"

# Apostrophes and tone letters that Unicode counts among the letters: ʼ in "Huaweiʼs" must hide no word.
MODIFIER_RANGES = ((0x0374, 0x0374), (0x02B9, 0x02DF), (0x02E5, 0x02FF))

# Symbols that stand for letters (㎏ ℃ ㍿ Ⓐ 🅰): NFKC spells them out. ™ and ℠ would glue "TM" to the name they follow.
SPELLED_RANGES = ((0x2100, 0x214F), (0x24B6, 0x24E9), (0x3200, 0x33FF), (0x1F100, 0x1F1E5), (0x1F200, 0x1F265))
UNSPELLED = "\u2120\u2122"

EMOJI = (
    "\u231a-\u2328\u232b-\u23ff\u2600-\u266e\u2670-\u27bf\u2b00-\u2bff"
    "\U0001f000-\U0001f0ff\U0001f266-\U0001f3fa\U0001f400-\U0001faff"
)
FLAG_LETTERS = "\U0001f1e6-\U0001f1ff"
SKIN_TONES = "\U0001f3fb-\U0001f3ff"

# Nobody sees them: soft hyphen, joiners, direction marks (category Cf), fillers, variation selectors, tags.
HIDDEN = (
    "\u00ad\u034f\u0600-\u0605\u061c\u06dd\u070f\u0890\u0891\u08e2\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f"
    "\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff9-\ufffb\U0001bca0-\U0001bca3\U0001d173-\U0001d17a"
    "\U000e0000-\U000e01ef"
)

# Marks that are accents and may be left out: stress, tone and vowel points. A mark not in here is part of its
# letter: Indic vowel signs, Thai tones, Arabic hamza (U+0653 to U+0655), the dakuten that makes か into が.
ACCENTS = (
    "\u0300-\u036f\u0483-\u0489\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u0610-\u061a\u064b-\u0652"
    "\u0656-\u065f\u0670\u06d6-\u06dc\u06df-\u06e4\u06e7\u06e8\u06ea-\u06ed\u1ab0-\u1aff\u1dc0-\u1dff"
    "\u20d0-\u20ff\ufe20-\ufe2f"
)


def _class(*ranges: tuple[int, int]) -> str:
    return "".join(f"{chr(first)}-{chr(last)}" for first, last in ranges)


def _spans(characters: Iterable[str]) -> Iterator[tuple[int, int]]:
    """First and last of each run of neighbours; `characters` in order of code point."""
    first = last = -2
    for code in map(ord, characters):
        if code != last + 1:
            if first >= 0:
                yield first, last
            first = code
        last = code
    if first >= 0:
        yield first, last


def _classes() -> tuple[str, str, str, str]:
    """Letters and digits, those of them that are no letters, signs, marks. Beyond U+1FFFF there are ideographs only."""
    known = "".join(filter(str.isprintable, map(chr, range(0x80, 0x20000))))
    sign = re.compile(f"[{_class(*SIGN_RANGES)}]")
    aside = re.compile(f"[{_class(*MODIFIER_RANGES)}{UNSPELLED}{HALF_WIDTH_VOICING}{HIDDEN}]")
    spelled = re.compile(f"[{_class(*SPELLED_RANGES)}]")
    letters: list[str] = []
    signs: list[str] = []
    marks: list[str] = []
    for character in aside.sub("", known):
        if character.isalnum() or spelled.match(character):
            (signs if sign.match(character) else letters).append(character)
        elif unicodedata.category(character)[0] == "M":
            marks.append(character)
        elif "\u2e80" <= character <= "\u2fd5":  # radicals are symbols to Unicode, ideographs to NFKC
            signs.append(character)
    ideographs = (0x20000, 0x3FFFD)
    numerals = [character for character in letters if not character.isalpha()]
    return (
        "0-9A-Za-z" + _class(*_spans(letters)),
        "0-9" + _class(*_spans(numerals)),
        _class(*_spans(signs), ideographs),
        _class(*_spans(marks)),
    )


LETTERS, NUMERALS, SIGNS, MARKS = _classes()
