"""From a query to what a search index is asked, whichever index it is. No text that a member typed gets into it: only
tokens of text.index_form.

An index cannot say everything (capitals; a bare NOT): an expression may find too much, never too little, and says so.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from bot.query.ast import And, Node, Not, Or, Term
from bot.query.grammar import joined
from bot.query.match import Document, holds

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Expression(Generic[T]):
    """What the index is asked; None: every entry. `whole` False: what it finds must be checked with `holds`."""

    asked: T | None
    whole: bool


class Syntax(Protocol[T]):
    """How one index says it."""

    def term(self, term: Term) -> T:
        """Where one of the term's phrases stands, whatever its capitals and accents."""

    def all_of(self, parts: list[T]) -> T:
        """Where every part holds; at least one is given."""

    def any_of(self, parts: list[T]) -> T:
        """Where one part holds; at least one is given."""

    def without(self, wanted: T, unwanted: list[T]) -> T:
        """Where the first holds and none of the others does."""


def compiled(node: Node, syntax: Syntax[T]) -> Expression[T]:
    """For a query without feed: terms (`for_feed` decides those)."""
    if isinstance(node, Term):
        return Expression(syntax.term(node), whole=not node.exact)
    if isinstance(node, Not):
        return Expression(None, whole=False)
    if isinstance(node, Or):
        return _any(node, syntax)
    return _all(node, syntax)


def _any(node: Or, syntax: Syntax[T]) -> Expression[T]:
    parts = [compiled(part, syntax) for part in node.parts]
    asked = [part.asked for part in parts if part.asked is not None]
    if len(asked) < len(parts):
        return Expression(None, whole=False)
    return Expression(syntax.any_of(asked), all(part.whole for part in parts))


def _all(node: And, syntax: Syntax[T]) -> Expression[T]:
    wanted = [compiled(part, syntax) for part in node.parts if not isinstance(part, Not)]
    unwanted = [compiled(part.part, syntax) for part in node.parts if isinstance(part, Not)]
    asked = [part.asked for part in wanted if part.asked is not None]
    if not asked:
        return Expression(None, whole=False)
    # To leave out what finds too much would leave out too much.
    without = [part.asked for part in unwanted if part.whole and part.asked is not None]
    both = syntax.all_of(asked)
    if without:
        both = syntax.without(both, without)
    return Expression(both, all(part.whole for part in (*wanted, *unwanted)))


def for_feed(node: Node, feed: Document) -> Node | bool:
    """What is left of a query for the entries of one feed: its feed: terms hold there, or they do not."""
    if isinstance(node, Term):
        return holds(node, feed) if node.field == "feed" else node
    if isinstance(node, Not):
        part = for_feed(node.part, feed)
        return not part if isinstance(part, bool) else Not(part)
    decisive = isinstance(node, Or)  # what one part decides alone: True an Or, False an And
    left: list[Node] = []
    for part in (for_feed(each, feed) for each in node.parts):
        if isinstance(part, bool):
            if part is decisive:
                return decisive
        else:
            left.append(part)
    return joined(type(node), left) if left else not decisive
