"""What a filter lets through of the entries that are there now, and which word decided about the others. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from bot.model import StoredEntry
from bot.query.ast import Term
from bot.query.language import parse_filter
from bot.query.match import Document, explain, holds
from bot.query.printer import printed
from bot.work.answers import FilterCheck, LeftOut

EXAMPLES = 3
FILTERED_ENTRIES = 50  # the newest of a feed, to try a filter on


def check(filter: str, entries: Sequence[StoredEntry]) -> FilterCheck:
    """Raises QueryError."""
    query = parse_filter(filter)
    passed = 0
    left_out: list[LeftOut] = []
    for stored in entries:
        document = Document.of(stored.entry, stored.feed_title, stored.feed_url)
        fits, why = explain(query, document)
        passed += fits
        if not fits and len(left_out) < EXAMPLES:
            left_out.append(_left_out(stored, why, document))
    return FilterCheck(passed=passed, total=len(entries), left_out=tuple(left_out))


def left_out(filter: str, stored: StoredEntry) -> LeftOut | None:
    """Why the filter, which was saved, holds the entry back; None if it does not."""
    document = Document.of(stored.entry, stored.feed_title, stored.feed_url)
    fits, why = explain(parse_filter(filter), document)
    return None if fits else _left_out(stored, why, document)


def _left_out(stored: StoredEntry, why: Sequence[Term], document: Document) -> LeftOut:
    """What decides a miss is a wanted term that is not there, or an excluded one that is."""
    there = [term for term in why if holds(term, document)]
    missing = [term for term in why if term not in there]
    return LeftOut(entry=stored, has=_named(there), lacks=_named(missing))


def _named(terms: Sequence[Term]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(printed(term) for term in terms))
