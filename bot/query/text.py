"""What a word is: the one place that says so, for entries and for queries alike.

A text becomes a row of tokens, and a query's word becomes a row of tokens in the same way; the word is found where
its row occurs in the text's row. So nothing needs to be said of hyphens, apostrophes, or scripts without spaces:

    Huawei's memory-chip    huawei · s · memory · chip         `"memory chip"` and `Huawei` find it
    C++20, C#, .NET 8       c++ · 20 · c# · . · net · 8        `C` finds neither C++ nor C#; `net` finds .NET
    AT&T  F-35  $TSLA  #ai  at · & · t · f · 35 · $ · tsla · # · ai
    沪深股市大涨             沪 · 深 · 股 · 市 · 大 · 涨           `股市` finds it
    삼성 전자                삼 · 성 · (apart) · 전 · 자          `성전` does not: a gap between signs is a token

Scripts written without spaces and Hangul (whose endings are glued on) give a token for each sign, other scripts one
for each run of letters and digits. A symbol is a token where it means something, and part of a one-letter name.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import islice
from typing import NamedTuple

from bot.query.fold import LONGEST_WORD, as_written, fold
from bot.query.scripts import (
    EMOJI,
    FLAG_LETTERS,
    HALF_WIDTH_VOICING,
    HIDDEN,
    LETTERS,
    MARKS,
    NUMERALS,
    SIGNS,
    SKIN_TONES,
)

# Tokens of one text that can be found. A feed's longest entries have some 10,000.
MOST_TOKENS = 20_000

# Private-use characters are in no word, so these can be met in no text. FTS5's `ascii` tokenizer splits at ASCII
# punctuation and keeps all other characters: in the index a word's `+` is U+E02B.
APART = "\ue000"
BARRIER = "\ue001"
_PUNCTUATION = {code: 0xE000 + code for code in range(0x21, 0x7F) if not chr(code).isalnum()}

_AFTER = f"[{MARKS}{HIDDEN}]*"
_WORDLIKE = f"{LETTERS}{SIGNS}"
_TOKEN = re.compile(
    # C++ g++ C# F# A+: a letter alone means something else. Not the + of a+b, not the # of a#tag.
    rf"(?P<name>(?![{NUMERALS}])[{LETTERS}]{_AFTER}(?:[+＋]{{2,}}|[+＋](?![{_WORDLIKE}])|[#＃♯](?:(?=[{NUMERALS}])|(?![{_WORDLIKE}]))))"
    rf"|(?P<run>[{LETTERS}][{LETTERS}{MARKS}{HIDDEN}]*)"
    # A syllable of Hangul may be written in its parts.
    rf"|(?P<sign>(?:[\u1100-\u115e\ua960-\ua97c]+[\u1161-\u11a7\ud7b0-\ud7c6]*[\u11a8-\u11ff\ud7cb-\ud7fb]*"
    rf"|[\uac00-\ud7a3][\u11a8-\u11ff]*|[{SIGNS}])[{MARKS}{HIDDEN}{HALF_WIDTH_VOICING}]*)"
    # #tag @name .net stand before a word, 10+ after one; currencies, % and & anywhere.
    rf"|(?P<symbol>[#＃♯@＠](?=[{HIDDEN}]*[{_WORDLIKE}])|(?<![.．])[.．](?=[{HIDDEN}]*[{_WORDLIKE}])"
    rf"|(?<=[{_WORDLIKE}{MARKS}{HIDDEN}{HALF_WIDTH_VOICING}])[+＋]+"
    rf"|[$＄¢-¥\u20a0-\u20c0￠￡￥￦%％&＆])"
    rf"|(?P<emoji>(?:[{FLAG_LETTERS}]{{2}}|[{FLAG_LETTERS}{EMOJI}])[{MARKS}{HIDDEN}{SKIN_TONES}]*)"
)
# The same for ASCII; a test holds the two together.
_ASCII_TOKEN = re.compile(
    r"[A-Za-z](?:\+{2,}|\+(?![0-9A-Za-z])|#(?:(?=[0-9])|(?![0-9A-Za-z])))|[0-9A-Za-z]+"
    r"|[#@](?=[0-9A-Za-z])|(?<!\.)\.(?=[0-9A-Za-z])|(?<=[0-9A-Za-z])\++|[$%&]"
)
_ONE_TOKEN = {
    "name": re.compile(rf"[{LETTERS}](?:\++|#)"),
    "run": re.compile(rf"[{LETTERS}][{LETTERS}{MARKS}]*"),
    "sign": re.compile(rf"[\u1100-\u11ff\ua960-\ua97c\ud7b0-\ud7fb]+[{MARKS}]*|[{SIGNS}][{MARKS}]*"),
    "symbol": re.compile(rf"[^{_WORDLIKE}{MARKS}\s]+"),
    "emoji": re.compile(r".{1,2}"),
}


class Word(NamedTuple):
    """One token of a text. `text[start:end]` is what was written, with accents and invisible characters.

    `folded` is what is compared, `exact` the same with case and accents kept. `sign`: of a script without spaces;
    such a word is `apart` if anything stands between it and a sign before it.
    """

    folded: str
    exact: str
    start: int
    end: int
    sign: bool = False
    apart: bool = False


def words(text: str) -> list[Word]:
    """The words of `text` in their order; time grows with its length only."""
    return list(_scan(text))


def located(text: str, *, exact: bool = False, limit: int = MOST_TOKENS) -> Iterator[tuple[str, Word]]:
    """The row that is compared, at most `limit` long, each token with its word (APART with the word after it)."""
    return islice(_row(text, exact), limit)


def tokens(text: str, *, exact: bool = False, limit: int = MOST_TOKENS) -> list[str]:
    """The row that is compared; safe characters only, see `index_form`."""
    plain = text if text.isascii() else _without_typography(text)
    if plain.isascii():  # most English, and ten times as fast
        found = _ASCII_TOKEN.findall(plain if exact else plain.lower())[:limit]
        return [token[:LONGEST_WORD] if token.isalnum() else token.translate(_PUNCTUATION) for token in found]
    return [token for token, _ in located(text, exact=exact, limit=limit)]


def index_form(text: str, limit: int = MOST_TOKENS) -> str:
    """The tokens of `text` with one space between them, as an index stores them and a query names them.

    Holds letters, digits, non-ASCII signs and single spaces only: no ASCII punctuation, no ASCII capital, no control
    character. So it is one token for each token to FTS5 with `tokenize = 'ascii'`, and can carry no syntax.
    """
    return " ".join(tokens(text, limit=limit))


def _without_typography(text: str) -> str:
    """`text` with spaces for the marks that keep English out of ASCII. All of them only separate."""
    for mark in "’‘“”–—…\xa0•":
        text = text.replace(mark, " ")
    return text


def is_sign(token: str) -> bool:
    """Whether it is of a script without spaces, so that its neighbours belong to the same word."""
    return not token.isascii() and _ONE_TOKEN["sign"].fullmatch(token) is not None


def _row(text: str, exact: bool) -> Iterator[tuple[str, Word]]:
    for word in _scan(text):
        if word.apart:
            yield APART, word
        token = word.exact if exact else word.folded
        yield token if token.isalnum() else token.translate(_PUNCTUATION), word


def _scan(text: str) -> Iterator[Word]:
    touched = -1  # where the last sign ended, -1 if a word of another kind came since
    for match in _TOKEN.finditer(text):
        kind, raw, (start, end) = str(match.lastgroup), match[0], match.span()
        if kind == "run" and raw.isascii():
            touched = -1
            written = raw[:LONGEST_WORD]
            yield Word(written.lower(), written, start, end)
            continue
        for place, word in enumerate(_spelled(kind, raw)):
            apart = word.apart if place else word.sign and touched not in (-1, start)
            touched = end if word.sign else -1
            yield Word(word.folded, word.exact, start, end, word.sign, apart)


@lru_cache(maxsize=1 << 15)
def _spelled(kind: str, raw: str) -> tuple[Word, ...]:
    """The words in what looked like one: ㍿ is four, ½ is two, a stray accent is none."""
    written = as_written(raw)
    folded = fold(written)
    if _ONE_TOKEN[kind].fullmatch(folded):
        return (Word(folded, written, 0, len(raw), kind == "sign"),)
    if written == raw:
        return ()
    return tuple(_scan(written))
