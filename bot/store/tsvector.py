"""PostgreSQL's search index: the same tokens as SQLite's, in a tsvector that we make, under a GIN index.

None of PostgreSQL's dictionaries takes part. A lexeme is a field's letter and a token: `trust` is "rust" in a title.
The vector holds no positions (they end at 16,383, and after 256 of one word): where the words of a phrase all occur,
the phrase itself is looked for in the row of tokens beside it. An entry whose tokens no vector can hold has only
OVERSIZED in it, and is looked through whole.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Text,
    and_,
    bindparam,
    cast,
    column,
    func,
    insert,
    literal,
    literal_column,
    not_,
    or_,
    table,
)
from sqlalchemy.dialects.postgresql import ARRAY, TSQUERY, TSVECTOR

from bot.query.ast import Node, Term
from bot.store.columns import Int64
from bot.store.expressions import Expression, compiled
from bot.store.schema import entry_fts

# PostgreSQL 12.11, "Limitations": a lexeme is shorter than 2 KB, a vector than 1 MB.
LONGEST_LEXEME, LARGEST_VECTOR = 2_000, 1_000_000
OVERSIZED = "+"  # in no token: text.index_form

LETTERS = {"title": "t", "author": "a", "body": "b"}

_TABLE = table(
    "entry_fts",
    column("rowid", Int64),
    column("title", Text),
    column("author", Text),
    column("body", Text),
    column("tokens", TSVECTOR),
)
# By its name alone: conditions are on the `entry_fts` of the query that they stand in.
_TOKENS: ColumnElement[Any] = literal_column("entry_fts.tokens", TSVECTOR)


class Tsvector:
    """The index as the store uses it."""

    adding = insert(_TABLE).values(
        rowid=bindparam("rowid"),
        title=bindparam("title"),
        author=bindparam("author"),
        body=bindparam("body"),
        tokens=func.array_to_tsvector(cast(bindparam("lexemes"), ARRAY(Text))),
    )

    def row(self, entry_id: int, title: str, author: str, body: str) -> Mapping[str, Any]:
        texts = {"title": title, "author": author, "body": body}
        return {"rowid": entry_id, **texts, "lexemes": lexemes(texts)}

    def finding(self, node: Node) -> Expression[ColumnElement[bool]]:
        return compiled(node, TsquerySyntax())


def lexemes(texts: Mapping[str, str]) -> list[str]:
    """Of an entry's texts by field, each in its index_form."""
    found = {f"{LETTERS[field]}{token}" for field, text in texts.items() for token in text.split()}
    lengths = [len(lexeme.encode()) for lexeme in found]
    fits = sum(lengths) <= LARGEST_VECTOR and max(lengths, default=0) <= LONGEST_LEXEME
    return list(found) if fits else [OVERSIZED]


class TsquerySyntax:
    """Expressions as conditions on `entry_fts`."""

    def term(self, term: Term) -> ColumnElement[bool]:
        fields = [term.field] if term.field else list(LETTERS)
        return or_(*(_phrase(phrase, fields, prefix=term.prefix) for phrase in term.phrases))

    def all_of(self, parts: list[ColumnElement[bool]]) -> ColumnElement[bool]:
        return and_(*parts)

    def any_of(self, parts: list[ColumnElement[bool]]) -> ColumnElement[bool]:
        return or_(*parts)

    def without(self, wanted: ColumnElement[bool], unwanted: list[ColumnElement[bool]]) -> ColumnElement[bool]:
        return and_(wanted, not_(or_(*unwanted)))


def _phrase(phrase: str, fields: Sequence[str], *, prefix: bool) -> ColumnElement[bool]:
    """Where it stands in one of the fields."""
    tokens = phrase.split(" ")
    stands = or_(*(_stands(phrase, field, prefix=prefix) for field in fields))
    if any(len(token.encode()) >= LONGEST_LEXEME for token in tokens):
        return and_(_has(OVERSIZED_MARK), stands)
    star = ":*" if prefix else ""
    indexed = " | ".join(
        f"({' & '.join(_quoted(LETTERS[field] + token) for token in tokens)}{star})" for field in fields
    )
    if len(tokens) == 1:
        return or_(_has(indexed), and_(_has(OVERSIZED_MARK), stands))
    return and_(_has(f"{indexed} | {OVERSIZED_MARK}"), stands)


def _stands(phrase: str, field: str, *, prefix: bool) -> ColumnElement[bool]:
    """Looks through the row of tokens, as match.holds does."""
    row = literal(" ").concat(entry_fts.c[field]).concat(" ")
    return func.strpos(row, f" {phrase}" if prefix else f" {phrase} ") > 0


def _has(tsquery: str) -> ColumnElement[bool]:
    return _TOKENS.op("@@", is_comparison=True)(cast(tsquery, TSQUERY))


def _quoted(lexeme: str) -> str:
    """Tokens hold no ASCII but letters and digits, so nothing in these quotation marks can end them."""
    return f"'{lexeme}'"


OVERSIZED_MARK = _quoted(OVERSIZED)
