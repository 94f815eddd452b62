"""The query language of search, keywords and filters: `parse` reads it, `str` writes it, `mark` shows a mistake.

rust                 the word, in any case; accents and width do not matter
"memory chip"        the words in this order, in any language's quotation marks
rust gamedev         both            rust OR zig      either           ( )      what belongs together
-crypto              not this        -"press release", -(a OR b)       NOT x    the same
rust*                words that begin so, from three letters on
=NASA                exactly these capitals and accents
title:x  author:x  feed:name         the word stands there; also before phrases and brackets
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from bot.errors import QueryError
from bot.query.ast import Node, Not, Term, terms
from bot.query.grammar import read
from bot.query.printer import printed
from bot.query.sense import contradiction, without_wanted

LONGEST_QUERY = 500


@dataclass(frozen=True)
class Query:
    """A query that was understood, made by `parse` or `parse_filter`. Equal queries find the same entries."""

    root: Node

    def __str__(self) -> str:
        return self._text

    @cached_property
    def _text(self) -> str:
        return printed(self.root)

    @cached_property
    def wanted(self) -> tuple[Term, ...]:
        """The terms that make an entry a hit, from left to right, without the excluded ones."""
        return tuple(term for term, wanted in terms(self.root) if wanted)

    def terms(self) -> Iterator[tuple[Term, bool]]:
        """Every term, and whether it is wanted or excluded."""
        return terms(self.root)


def parse(text: str) -> Query:
    """The query that `text` means. Raises QueryError, which says where the mistake is and what to write instead.

    Refused as well: what can find nothing, and what names only words to leave out.
    """
    query = _read(text)
    if exclusion := without_wanted(query.root):
        raise QueryError(
            "This would find nearly everything: only words to leave out are named here.",
            text,
            exclusion.position,
            hint=f"rust {printed(exclusion)}",
        )
    return query


def parse_filter(text: str) -> Query:
    """As `parse`, but for the entries of one feed it is enough to say what to leave out: `-sponsored`.

    Raises QueryError, also for a filter that lets everything through.
    """
    query = _read(text)
    if contradiction(Not(query.root)):
        raise QueryError("This lets everything through.", text, 0, max(len(text), 1))
    return query


def _read(text: str) -> Query:
    if len(text) > LONGEST_QUERY:
        raise _too_long(text)
    query = Query(read(text))
    if clash := contradiction(query.root):
        wanted, excluded = clash
        raise QueryError(
            f"This can find nothing: it asks for {printed(wanted)} and leaves out {printed(excluded)}.",
            text,
            excluded.position,
            len(excluded.text),
        )
    if len(str(query)) > LONGEST_QUERY:  # brackets and fields written out; what is stored must be read again
        raise _too_long(text)
    return query


def _too_long(text: str) -> QueryError:
    reason = f"A query has at most {LONGEST_QUERY} characters."
    return QueryError(reason, text, LONGEST_QUERY, max(len(text) - LONGEST_QUERY, 1))


# Columns shown around a mistake: a line of a code block on a telephone.
_SHOWN = 24


def mark(error: QueryError) -> str:
    """Two lines for a code block: the query near the mistake, and carets under it."""
    start = max(error.position - _SHOWN, 0)
    end = min(error.position + min(error.length, _SHOWN) + _SHOWN, len(error.query))
    before = _one_line(error.query[start : error.position], cut_left=start > 0)
    after = _one_line(error.query[error.position : end], cut_right=end < len(error.query))
    hit = _one_line(error.query[error.position : error.position + min(error.length, _SHOWN)])
    return f"{before}{after}\n{' ' * _columns(before)}{'^' * max(_columns(hit), 1)}"


def _one_line(text: str, *, cut_left: bool = False, cut_right: bool = False) -> str:
    """`text` without what would end a line or a code block."""
    safe = "".join(" " if character.isspace() else character for character in text if not _unseen(character))
    return ("…" if cut_left else "") + safe.replace("`", "'") + ("…" if cut_right else "")


def _unseen(character: str) -> bool:
    return unicodedata.category(character) in ("Cc", "Cf", "Cs") and not character.isspace()


def _columns(text: str) -> int:
    """Width in a fixed-width font: Chinese signs take two columns, marks none."""
    return sum(
        2 if unicodedata.east_asian_width(character) in "WF" else unicodedata.category(character) not in ("Mn", "Me")
        for character in text
    )
