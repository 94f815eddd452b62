"""A query's text cut into pieces, each with its place. Quotation marks, brackets and width of any script will do."""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import Enum, auto
from typing import NamedTuple

from bot.errors import QueryError
from bot.query.text import words

FIELDS = ("title", "author", "feed")

# Any mark of a family closes what any mark of it opened: „x“, “x”, ”x” and »x« are all in use.
_FAMILIES = ('"“”„‟〝〞〟', "«»‹›", "「」『』", "《》〈〉")
_FAMILY = {mark: family for family in _FAMILIES for mark in family}
_MINUS = "-‐‑–−"
_OR = {"OR", "|", "||"}
_AND = {"AND", "&", "&&"}
_FIELD = re.compile(rf"({'|'.join(FIELDS)}):", re.IGNORECASE)
# Fields of other search engines. To look for the word "tag" in silence would be no answer to `tag:linux`.
_FOREIGN = re.compile(
    r"(tag|tags|site|url|link|from|in|intitle|inurl|channel|category|lang|language|date|since|before|after):", re.I
)
# One character for one, so that places stay what they are: full-width forms and spaces.
_SAME = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20}


class Kind(Enum):
    OPEN = auto()
    CLOSE = auto()
    OR = auto()
    AND = auto()
    NOT = auto()
    FIELD = auto()
    EXACT = auto()
    PHRASE = auto()
    WORD = auto()


class Piece(NamedTuple):
    """`text` is what is meant: a phrase without its marks, a word without its star, a field's name."""

    kind: Kind
    text: str
    start: int
    end: int
    star: bool = False


def pieces(query: str) -> Iterator[Piece]:
    """The pieces from left to right. Words of punctuation alone are left out. Raises QueryError."""
    plain = query.translate(_SAME)
    place, glued = 0, False
    while place < len(plain):
        if plain[place].isspace():
            place, glued = place + 1, False
            continue
        piece = _piece(query, plain, place, glued=glued)
        place, before = piece.end, glued
        glued = piece.kind in (Kind.FIELD, Kind.EXACT, Kind.NOT)
        if piece.kind is Kind.WORD and not words(piece.text):
            if before:
                raise QueryError("There is no word in this.", query, piece.start, piece.end - piece.start)
            continue
        yield piece


def _piece(query: str, plain: str, place: int, *, glued: bool) -> Piece:
    """The piece that begins at `place`; `glued` to a minus, a field or an equals sign, an OR is a word."""
    character = plain[place]
    if character == "(":
        return Piece(Kind.OPEN, character, place, place + 1)
    if character == ")":
        return Piece(Kind.CLOSE, character, place, place + 1)
    if character in _FAMILY:
        return _phrase(query, plain, place)
    chunk = plain[place : _end_of_word(plain, place)]
    if before := _before(plain, place, chunk):
        return before
    if not glued and (operator := _operator(chunk)):
        return Piece(operator, chunk, place, place + len(chunk))
    return _word(query, chunk, place)


def _before(plain: str, place: int, chunk: str) -> Piece | None:
    """A minus, an equals sign or a field at the beginning of `chunk`, if something follows that it can belong to."""
    end = place + len(chunk)
    touches = end < len(plain) and not plain[end].isspace() and plain[end] != ")"
    bare = chunk.lstrip(_MINUS)
    if bare != chunk and (bare or touches):
        return Piece(Kind.NOT, "-", place, end - len(bare))
    if chunk.startswith("=") and (chunk != "=" or touches):
        return Piece(Kind.EXACT, "=", place, place + 1)
    if field := _FIELD.match(chunk):
        return Piece(Kind.FIELD, field[1].lower(), place, place + field.end())
    return None


def _operator(chunk: str) -> Kind | None:
    if chunk in _OR:
        return Kind.OR
    if chunk in _AND:
        return Kind.AND
    return Kind.NOT if chunk == "NOT" else None


def _end_of_word(plain: str, place: int) -> int:
    for end in range(place, len(plain)):
        character = plain[end]
        if character.isspace() or character in "()":
            return end
        if character in _FAMILY and not _is_gershayim(plain, end):
            return end
    return len(plain)


def _is_gershayim(plain: str, place: int) -> bool:
    """A quotation mark inside a Hebrew word marks an abbreviation: צה"ל."""
    around = plain[max(place - 1, 0)] + plain[min(place + 1, len(plain) - 1)]
    return all("\u05d0" <= letter <= "\u05ea" for letter in around)


def _phrase(query: str, plain: str, place: int) -> Piece:
    family = _FAMILY[plain[place]]
    end = place + 1
    while end < len(plain) and plain[end] not in family:
        end += 1
    if end == len(plain):
        raise QueryError("This quotation mark is never closed.", query, place, hint=f'"{plain[place + 1 :].strip()}"')
    text = "".join(" " if character in _FAMILY else character for character in plain[place + 1 : end])
    if not words(text):
        raise QueryError("There is no word between these quotation marks.", query, place, end + 1 - place)
    star = plain[end + 1 : end + 2] == "*"
    return Piece(Kind.PHRASE, " ".join(text.split()), place, end + 1 + star, star)


def _word(query: str, chunk: str, place: int) -> Piece:
    end = place + len(chunk)
    text = chunk.rstrip("*")
    if "*" in text and words(text):
        star = text.index("*")
        hint = f"{text[:star]}*" if len(text[:star]) >= 3 else ""
        raise QueryError("A star can stand at the end of a word only.", query, place + star, hint=hint)
    if not text.strip("*"):
        raise QueryError("A star alone would find everything.", query, place, len(chunk), hint="rust*")
    if (foreign := _FOREIGN.match(text)) and words(text[foreign.end() :]):
        hint = " or ".join(f"{field}:{text[foreign.end() :]}" for field in FIELDS)
        raise QueryError(f"There is no field {foreign[0]}", query, place, foreign.end(), hint=hint)
    return Piece(Kind.WORD, text, place, end, text != chunk)
