"""SQLite's search index: FTS5 (sqlite.org/fts5.html)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement, insert, literal_column

from bot.query.ast import Node, Term
from bot.store.expressions import Expression, compiled
from bot.store.schema import entry_fts

# The hidden column by which the whole table is matched (chapter 3).
_INDEX: ColumnElement[str] = literal_column("entry_fts")


class Fts5Syntax:
    """Expressions as MATCH takes them."""

    def term(self, term: Term) -> str:
        star = " *" if term.prefix else ""
        # Tokens hold no ASCII but letters and digits, so nothing in these quotation marks can end them.
        text = self.any_of([f'"{phrase}"{star}' for phrase in term.phrases])
        return f"{{{term.field}}} : ({text})" if term.field else text

    def all_of(self, parts: list[str]) -> str:
        return _together("AND", parts)

    def any_of(self, parts: list[str]) -> str:
        return _together("OR", parts)

    def without(self, wanted: str, unwanted: list[str]) -> str:
        return f"({wanted} NOT {self.any_of(unwanted)})"


def _together(operator: str, texts: list[str]) -> str:
    return texts[0] if len(texts) == 1 else "(" + f" {operator} ".join(texts) + ")"


class Fts5:
    """The index as the store uses it."""

    adding = insert(entry_fts)

    def row(self, entry_id: int, title: str, author: str, body: str) -> Mapping[str, Any]:
        return {"rowid": entry_id, "title": title, "author": author, "body": body}

    def finding(self, node: Node) -> Expression[ColumnElement[bool]]:
        expression = compiled(node, Fts5Syntax())
        matched = None if expression.asked is None else _INDEX.op("MATCH", is_comparison=True)(expression.asked)
        return Expression(matched, expression.whole)
