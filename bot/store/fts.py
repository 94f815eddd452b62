"""From a query to SQLite's search index. Nothing that a member typed gets here: only tokens of text.index_form.

FTS5 cannot say everything (capitals; a bare NOT), so an expression may find too much, never too little, and says so.
"""

from __future__ import annotations

from typing import NamedTuple

from bot.query.ast import And, Node, Not, Or, Term
from bot.query.grammar import joined
from bot.query.match import Document, holds


class Expression(NamedTuple):
    """What FTS5 is asked; `text` None: every entry. `whole` False: what it finds must be checked with `holds`."""

    text: str | None
    whole: bool


EVERYTHING = Expression(None, whole=False)


def compiled(node: Node) -> Expression:
    """For a query without feed: terms (`for_feed` decides those)."""
    if isinstance(node, Term):
        return _term(node)
    if isinstance(node, Not):
        return EVERYTHING
    if isinstance(node, Or):
        parts = [compiled(part) for part in node.parts]
        texts = [part.text for part in parts if part.text is not None]
        if len(texts) < len(parts):
            return EVERYTHING
        return Expression(_together("OR", texts), all(part.whole for part in parts))
    return _both(node)


def _term(term: Term) -> Expression:
    star = " *" if term.prefix else ""
    # Tokens hold no ASCII but letters and digits, so nothing in these quotation marks can end them.
    text = _together("OR", [f'"{phrase}"{star}' for phrase in term.phrases])
    return Expression(f"{{{term.field}}} : ({text})" if term.field else text, whole=not term.exact)


def _both(node: And) -> Expression:
    wanted = [compiled(part) for part in node.parts if not isinstance(part, Not)]
    unwanted = [compiled(part.part) for part in node.parts if isinstance(part, Not)]
    texts = [part.text for part in wanted if part.text is not None]
    if not texts:
        return EVERYTHING
    # To leave out what finds too much would leave out too much.
    without = [part.text for part in unwanted if part.whole and part.text is not None]
    text = _together("AND", texts)
    if without:
        text = f"({text} NOT {_together('OR', without)})"
    return Expression(text, all(part.whole for part in (*wanted, *unwanted)))


def _together(operator: str, texts: list[str]) -> str:
    return texts[0] if len(texts) == 1 else "(" + f" {operator} ".join(texts) + ")"


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
