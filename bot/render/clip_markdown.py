"""Cuts Discord markdown so that what is left still renders: no open code block, bold or spoiler, no half link."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from bot.render.clip import ELLIPSIS, splits_a_character
from bot.render.limits import units

# A word is given up for a whole-word cut only if that leaves most of the room used: Chinese has no spaces.
_LEAST_KEPT = 0.6
_FENCE = "```"
_NOTHING = "\u200b"

_TOKEN = re.compile(
    r"\\[^\w\s]"
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
    """A stretch that is kept or dropped whole. `closers` ends everything open before it."""

    start: int
    text: str
    shown: int  # units that a reader sees
    closers: str


def clip_markdown(markdown: str, limit: int, *, shown: int | None = None, lines: int | None = None) -> str:
    """The markdown, cut as late as `limit` units allow, at a word where it can, and everything open closed.

    `shown` bounds what a reader sees (a masked link counts as its label), `lines` the lines. `limit` is 1 or more.
    """
    most_shown, most_lines = shown or limit, lines or limit
    room = limit - 1  # for the ellipsis
    spent = seen = line = 0
    last = word = _Piece(0, "", 0, "")
    for piece in _pieces(markdown):
        fits = spent + len(piece.closers) <= room and seen < most_shown and line < most_lines
        if fits and not splits_a_character(markdown, piece.start):
            last = piece
            word = piece if piece.text.isspace() else word
        if spent > limit or seen > most_shown or line >= most_lines:
            break
        if not piece.text:
            # Right behind a backslash or another mark a closer would not be one.
            apart = _NOTHING if piece.closers and markdown[-1] in "\\`*_~|" else ""
            if spent + len(apart + piece.closers) > limit:
                break
            return markdown + apart + piece.closers
        spent += units(piece.text)
        seen += piece.shown
        line += piece.text == "\n"
    end = word if word.start >= last.start * _LEAST_KEPT else last
    return _without_bare_mark(markdown[: end.start].rstrip()) + ELLIPSIS + end.closers


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
        if is_open and is_open[-1][0] == "`" and mark != is_open[-1]:
            text = mark or markdown[place]  # within code nothing else means anything
            mark = ""
        yield _Piece(place, text, _shown(text, mark, match["label"] if match else None), _closers(is_open))
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
