"""One line of a document in its styles, written as Discord markdown that renders as meant."""

from __future__ import annotations

import re
from typing import NamedTuple

from bot.render.clean import clean_line
from bot.render.escape import escape, escape_piece, without_calls
from bot.render.link import host, looks_like_address

_NOTHING = "\u200b"
# Markdown reads these in an address even where the address rule would take them.
_IN_ADDRESS = {ord(char): f"%{ord(char):02X}" for char in '()[]<>*~|`\\"^{}'}


def code(text: str) -> str:
    """The text as inline code on one line. A backtick in it becomes the letter that looks like one (U+02CB)."""
    return f"`{without_calls(clean_line(text)).replace('`', 'ˋ') or ' '}`"


class Run(NamedTuple):
    """A stretch of a line in one style."""

    text: str
    styles: frozenset[str]
    link: str | None  # where it leads, if a message can lead there


def line_of(runs: list[Run]) -> str:
    """The runs as one line, each stretch of one link written as that link."""
    written: list[str] = []
    start, is_first = 0, True
    for end in range(1, len(runs) + 1):
        if end < len(runs) and runs[end].link is runs[start].link:
            continue
        stretch, link = runs[start:end], runs[start].link
        piece = _linked(stretch, link) if link else _styled(stretch, starts_line=is_first)
        written.append(piece)
        start, is_first = end, is_first and not piece.strip()
    return re.sub(" {2,}", " ", "".join(written)).strip()


def _linked(runs: list[Run], link: str) -> str:
    """A masked link if its text cannot be taken for another address, else the text and where it really leads."""
    plain = "".join(run.text for run in runs)
    label = plain.strip()
    before, after = " " * plain.startswith(" "), " " * plain.endswith(" ")
    if not label:
        return before
    if looks_like_address(label):
        named = host(label if "://" in label else f"https://{label}")
        written = address(link) if named == host(link) else f"{escape(label)} ({host(link)})"
    else:
        # Code in a label could hold brackets, and nothing in code can be escaped.
        runs = [run._replace(styles=run.styles - {"`"}) for run in runs]
        written = f"[{_styled(runs, starts_line=False).strip()}]({address(link)})"
    return before + written + after


def address(url: str) -> str:
    """The URL as it may stand in markdown, also between the parentheses of a masked link."""
    return url.translate(_IN_ADDRESS)


def _styled(runs: list[Run], *, starts_line: bool) -> str:
    """The runs with their markers, nested, and with white space outside of them."""
    written: list[str] = []
    is_open: list[str] = []
    space = ""
    for text, styles in _merged(runs):
        words = text.strip()
        if not words:
            space = " "
            continue
        closed = ""
        while not styles.issuperset(is_open):
            closed = is_open.pop()
            written.append(closed)
        written.append(space if not text[0].isspace() else " ")
        opening = sorted(styles - {"`", *is_open}, reverse=True)
        if closed[-1:] == "*" and opening and opening[-1][0] == "*" and not written[-1]:
            written.append(_NOTHING)  # "**a***b*" would be read as bold to the end
        written.extend(opening)
        is_open.extend(opening)
        first, starts_line = starts_line and not is_open, False
        written.append(code(words) if "`" in styles else escape_piece(words, starts_line=first))
        space = " " if text[-1].isspace() else ""
    return "".join((*written, *reversed(is_open), space))


def _merged(runs: list[Run]) -> list[tuple[str, frozenset[str]]]:
    """Neighbours of one style as one, so that a mark split over two texts is seen whole."""
    merged: list[tuple[str, frozenset[str]]] = []
    parts: list[str] = []
    for place, run in enumerate(runs):
        parts.append(run.text)
        if place + 1 == len(runs) or runs[place + 1].styles != run.styles:
            merged.append(("".join(parts), run.styles))
            parts = []
    return merged


def code_block(text: str) -> str:
    """The text between fences, none of its own ending them; "" for no text."""
    text = without_calls(text.strip("\n").rstrip()).replace("``", f"`{_NOTHING}`{_NOTHING}")
    return f"```\n{text}\n```" if text else ""
