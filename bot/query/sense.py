"""Queries that are written well and still make no sense: what finds nothing, what finds everything."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain

from bot.query.ast import And, Node, Not, Or, Term
from bot.query.term import needles

# Ways to fulfil a query that are looked at before it is taken as possible. Members write a handful of ORs.
MOST_WAYS = 256

Literal = tuple[Term, bool]
Way = tuple[Literal, ...]


def without_wanted(node: Node) -> Not | None:
    """The exclusion that stands where a wanted word must, None if all is well.

    A tree without one finds nothing in an empty text, so it can never find everything.
    """
    if isinstance(node, Term):
        return None
    if isinstance(node, Not):
        return node
    found = [without_wanted(part) for part in node.parts]
    if isinstance(node, And) and None in found:
        return None
    return next((exclusion for exclusion in found if exclusion), None)


def contradiction(node: Node) -> tuple[Term, Term] | None:
    """A wanted and an excluded term that leave nothing to be found, None if something may be found."""
    first: tuple[Term, Term] | None = None
    for count, way in enumerate(_ways(node, True)):
        clash = _clash(way)
        if clash is None or count == MOST_WAYS:
            return None
        first = first or clash
    return first


def implies(wanted: Term, other: Term) -> bool:
    """Whether every text in which `wanted` is found has `other` too, as far as their spelling shows."""
    if other.field is not None and other.field != wanted.field:
        return False
    if other.field is None and wanted.field == "feed":
        return False
    if other.exact and not wanted.exact:
        return False
    phrases = wanted.exact_phrases if other.exact else wanted.phrases
    return all(any(needle in hay for needle in other.needles) for hay in needles(phrases, prefix=wanted.prefix))


def _ways(node: Node, wanted: bool) -> Iterator[Way]:
    """Each set of terms that, wanted or excluded as they say, fulfils `node`."""
    if isinstance(node, Term):
        yield ((node, wanted),)
    elif isinstance(node, Not):
        yield from _ways(node.part, not wanted)
    elif isinstance(node, Or) is wanted:
        yield from chain.from_iterable(_ways(part, wanted) for part in node.parts)
    else:
        yield from _together(node.parts, wanted)


def _together(parts: Sequence[Node], wanted: bool) -> Iterator[Way]:
    if not parts:
        yield ()
        return
    for first in _ways(parts[0], wanted):
        for rest in _together(parts[1:], wanted):
            yield first + rest


def _clash(way: Way) -> tuple[Term, Term] | None:
    excluded = [term for term, wanted in way if not wanted]
    for term, wanted in way:
        if wanted:
            for other in excluded:
                if implies(term, other):
                    return term, other
    return None
