"""A query as a tree: terms joined by And, Or and Not. Equal trees find the same entries."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

Field = Literal["title", "author", "feed"]


@dataclass(frozen=True, slots=True)
class Term:
    """A word or a phrase, and where it must stand.

    `phrases` are rows of tokens (text.index_form), any of which is the term: `F-35` is also written F35.
    `exact_phrases` are the same with case and accents kept, empty unless the term is `exact`. `needles` are the
    strings of which one occurs in a text's row of tokens where the term is found (match.Document.row).
    """

    text: str
    field: Field | None = None
    exact: bool = False
    prefix: bool = False
    quoted: bool = False
    position: int = dataclasses.field(default=0, compare=False)
    phrases: tuple[str, ...] = dataclasses.field(default=(), compare=False, repr=False)
    exact_phrases: tuple[str, ...] = dataclasses.field(default=(), compare=False, repr=False)
    needles: tuple[str, ...] = dataclasses.field(default=(), compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class And:
    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Or:
    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Not:
    part: Node
    position: int = dataclasses.field(default=0, compare=False)


Node = Term | And | Or | Not


def terms(node: Node, *, wanted: bool = True) -> Iterator[tuple[Term, bool]]:
    """Every term from left to right, and whether it is wanted or excluded."""
    if isinstance(node, Term):
        yield node, wanted
    elif isinstance(node, Not):
        yield from terms(node.part, wanted=not wanted)
    else:
        for part in node.parts:
            yield from terms(part, wanted=wanted)
