"""A tree as a query's text, in a short spelling that reads back as the same tree."""

from __future__ import annotations

from enum import IntEnum

from bot.query.ast import And, Field, Node, Not, Or, Term, terms


class Place(IntEnum):
    """Where a part stands, and so what must be bracketed there."""

    TOP = 0
    BESIDE = 1  # another part: brackets around an Or
    AFTER = 2  # a minus: brackets around an Or and an And


def printed(node: Node, inside: Field | None = None, place: Place = Place.TOP) -> str:
    """What a member could have typed for `node`. `inside` is the field that stands before the brackets around it."""
    if isinstance(node, Term):
        return (f"{node.field}:" if node.field and node.field != inside else "") + _bare(node)
    if isinstance(node, Not):
        return "-" + printed(node.part, inside, Place.AFTER)
    if inside is None and (field := _common_field(node)):
        return f"{field}:({printed(node, field)})"
    if isinstance(node, Or):
        text = " OR ".join(printed(part, inside) for part in node.parts)
        return f"({text})" if place >= Place.BESIDE else text
    text = " ".join(printed(part, inside, Place.BESIDE) for part in node.parts)
    return f"({text})" if place >= Place.AFTER else text


def _bare(term: Term) -> str:
    text = f'"{term.text}"' if term.quoted else term.text
    return ("=" if term.exact else "") + text + ("*" if term.prefix else "")


def _common_field(node: And | Or) -> Field | None:
    fields = {term.field for term, _ in terms(node)}
    return fields.pop() if len(fields) == 1 else None
