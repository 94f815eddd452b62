"""Cuts Discord markdown so that what is left still renders: no open code block, bold or spoiler, no half link."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import chain
from typing import NamedTuple

from bot.render.clip import ELLIPSIS, splits_a_character
from bot.render.limits import units

# A word is given up for a whole-word cut only if that leaves most of the room used: Chinese has no spaces.
_LEAST_KEPT = 0.6
_FENCE = "```"
_NOTHING = "\u200b"

_TOKEN = re.compile(
    r"(?P<plain>(?:[^\n\\\[<h`*_~|]|h(?!ttps?://))+)"
    r"|\\[^\w\s]"
    r"|\[(?P<label>(?:\\.|[^\[\]\\\n])*)\]\([^()\s]*\)"
    r"|<(?:[@#:/at]|https?:)[^<>\s]*>"
    r"|(?:https?://(?:(?!__)[^\s<>*~|`\[\]\\])+)"
    r"|(?P<tick>`{1,3})"
    r"|(?P<stars>\*{1,3})"
    r"|(?P<pair>__|~~|\|\|)"
    r"|.",
    re.DOTALL,
)


class _Piece(NamedTuple):
    """A stretch that is kept or dropped whole, unless it is `plain`. `closers` ends everything open before it."""

    start: int
    text: str
    shown: int  # units that a reader sees
    closers: str
    plain: bool = False  # words and blanks: may be cut between any two characters

    def parts(self, length: int) -> tuple[_Piece, _Piece]:
        """The first `length` characters of a plain one, and the rest."""
        head, rest = self.text[:length], self.text[length:]
        return (
            self._replace(text=head, shown=units(head)),
            self._replace(start=self.start + len(head), text=rest, shown=units(rest)),
        )


def clip_markdown(markdown: str, limit: int, *, shown: int | None = None, lines: int | None = None) -> str:
    """The markdown, cut as late as `limit` units allow, at a word where it can, and everything open closed.

    `shown` bounds what a reader sees (a masked link counts as its label), `lines` the lines. `limit` is 1 or more.
    """
    cut = _Cut(markdown, limit, shown or limit, lines or limit)
    for piece in _pieces(markdown):
        rest: _Piece | None = piece
        while rest is not None and cut.goes_on:
            rest = cut.take(rest)
        if not cut.goes_on:
            break
    return cut.text()


class _Cut:
    """How far a text goes: takes its pieces in order, and remembers where it could end."""

    def __init__(self, markdown: str, limit: int, most_shown: int, most_lines: int) -> None:
        self._markdown, self._limit = markdown, limit
        self._most_shown, self._most_lines = most_shown, most_lines
        self._spent = self._seen = self._line = 0
        self._last = self._word = _Piece(0, "", 0, "")
        self._whole: str | None = None
        self.goes_on = True

    def take(self, piece: _Piece) -> _Piece | None:
        """Takes the piece, or its beginning: gives back what is to be taken next of it."""
        if not piece.plain:
            self._take_one(piece)
            return None
        # A character has two units at most: so many can be taken without looking at each.
        room = min(self._limit - 1 - len(piece.closers) - self._spent, self._most_shown - 1 - self._seen)
        free = room if piece.text.isascii() else room // 2
        at_once = min(free, len(piece.text)) if self._line < self._most_lines else 0
        first, rest = piece.parts(max(at_once, 1))
        if at_once > 0:
            self._take_many(first)
        else:
            self._take_one(first)
        return rest if rest.text else None

    def text(self) -> str:
        """All of it if that fits, else what was taken up to the last good place."""
        if self._whole is not None:
            return self._whole
        end = self._word if self._word.start >= self._last.start * _LEAST_KEPT else self._last
        return _without_bare_mark(self._markdown[: end.start].rstrip()) + ELLIPSIS + end.closers

    def _take_many(self, run: _Piece) -> None:
        """All of a plain run that fits."""
        places = range(run.start + len(run.text) - 1, run.start - 1, -1)
        good = (place for place in places if not splits_a_character(self._markdown, place))
        place = next(good, None)
        if place is not None:
            self._last = run._replace(start=place)
            blanks = (at for at in chain((place,), good) if self._markdown[at].isspace())
            if (blank := next(blanks, None)) is not None:
                self._word = run._replace(start=blank)
        self._spent += run.shown
        self._seen += run.shown

    def _take_one(self, piece: _Piece) -> None:
        fits = self._spent + len(piece.closers) < self._limit  # with the ellipsis
        fits = fits and self._seen < self._most_shown and self._line < self._most_lines
        if fits and not splits_a_character(self._markdown, piece.start):
            self._last = piece
            self._word = piece if piece.text.isspace() else self._word
        if self._spent > self._limit or self._seen > self._most_shown or self._line >= self._most_lines:
            self.goes_on = False
        elif not piece.text:
            self._end(piece.closers)
        else:
            self._spent += units(piece.text)
            self._seen += piece.shown
            self._line += piece.text == "\n"

    def _end(self, closers: str) -> None:
        # Right behind a backslash or another mark a closer would not be one.
        apart = _NOTHING if closers and self._markdown[-1] in "\\`*_~|" else ""
        if self._spent + len(apart + closers) <= self._limit:
            self._whole = self._markdown + apart + closers
        self.goes_on = False


def _pieces(markdown: str) -> Iterator[_Piece]:
    """The pieces in order, then an empty one at the end."""
    is_open: list[str] = []
    place = 0
    while place < len(markdown):
        match = _TOKEN.match(markdown, place)
        text = match[0] if match else markdown[place]
        mark = ""
        if match and match["tick"]:
            text = mark = match["tick"]
        elif match and (match["stars"] or match["pair"]):
            text = mark = _marker(match[0], is_open)
        plain = match is not None and match["plain"] is not None
        if is_open and is_open[-1][0] == "`" and mark != is_open[-1] and not plain:
            text = mark or markdown[place]  # within code nothing else means anything
            mark = ""
        shown = _shown(text, mark, match["label"] if match else None)
        yield _Piece(place, text, shown, _closers(is_open), plain)
        place += len(text)
        if mark:
            _toggle(is_open, mark)
    yield _Piece(place, "", 0, _closers(is_open))


def _marker(run: str, is_open: list[str]) -> str:
    if run[0] != "*":
        return run
    # In "**a *b***" the first of the three ends what began last.
    return "*" if len(run) >= 3 and is_open and is_open[-1] == "*" else run[:2]


def _toggle(is_open: list[str], mark: str) -> None:
    if mark in is_open:
        del is_open[is_open.index(mark) :]
    else:
        is_open.append(mark)


def _closers(is_open: list[str]) -> str:
    return "".join("\n" + mark if mark == _FENCE else mark for mark in reversed(is_open))


def _shown(text: str, mark: str, label: str | None) -> int:
    if mark:
        return 0
    if label is not None and text[0] == "[":
        return units(label)
    return 1 if text[0] == "\\" else units(text)


def _without_bare_mark(text: str) -> str:
    """Without a last line that is nothing but the mark of a list or a quote."""
    return re.sub(r"\n[ >]*(?:-|\d{1,9}\.)?\s*\Z", "", text[-40:]).join((text[:-40], ""))
