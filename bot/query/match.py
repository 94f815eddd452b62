"""Whether an entry is what a query asks for, which word decided it, and where the words stand."""

from __future__ import annotations

from functools import cached_property
from typing import Literal
from urllib.parse import urlsplit

from bot.model import Entry
from bot.query.ast import And, Field, Node, Not, Term
from bot.query.language import Query
from bot.query.text import BARRIER, index_form, tokens

Part = Literal["title", "author", "body"]
PARTS: tuple[Part, ...] = ("title", "author", "body")


class Document:
    """An entry as the query language sees it: a row of tokens for each field, each token with a space around it."""

    def __init__(self, title: str = "", author: str = "", body: str = "", feed_title: str = "", feed_host: str = ""):
        self._texts = {"title": title, "author": author, "body": body}
        self._feed = (feed_title, feed_host)
        self._rows: dict[tuple[str, bool], str] = {}

    @classmethod
    def of(cls, entry: Entry, feed_title: str, feed_url: str = "") -> Document:
        """Of the feed's address only the host can be asked for: the rest may be a secret of who added it."""
        return cls(entry.title, entry.author or "", entry.text, feed_title, host_of(feed_url))

    @classmethod
    def indexed(cls, rows: tuple[str, str, str], written: tuple[str, str, str] = ("", "", "")) -> Document:
        """Of the title, author and body of the search index (text.index_form). `written` are the texts themselves:
        without them case-exact terms find nothing.
        """
        document = cls(*written)
        document._rows = {(part, False): f" {row} " for part, row in zip(PARTS, rows, strict=True)}
        return document

    def only(self, *parts: Part) -> Document:
        """The same entry without its other parts."""
        document = Document(feed_title=self._feed[0], feed_host=self._feed[1])
        document._texts |= {part: self._texts[part] for part in parts}
        document._rows = {key: row for key, row in self._rows.items() if key[0] in parts}
        return document

    def row(self, field: Field | Part | None, *, exact: bool = False) -> str:
        """The tokens of a field, or of title, author and body with barriers between them that no phrase crosses."""
        key = (field or "all", exact)
        row = self._rows.get(key)
        if row is None:
            row = self._rows[key] = self._made(*key)
        return row

    @cached_property
    def tokens(self) -> frozenset[str]:
        """Every token of title, author and body, folded."""
        return frozenset(self.row(None).split())

    def _made(self, name: str, exact: bool) -> str:
        if name == "all":
            return f" {BARRIER} ".join(self.row(part, exact=exact) for part in PARTS)
        if name == "feed":
            return f" {BARRIER} ".join(_row(text, exact) for text in self._feed)
        return _row(self._texts[name], exact)


def host_of(url: str) -> str:
    """The host in `url`, "" if there is none."""
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""


def matches(query: Query, document: Document) -> bool:
    """Whether the entry is found by the query."""
    return holds(query.root, document)


def holds(node: Node, document: Document) -> bool:
    """`matches` for a part of a query. Plain loops: a poll asks this thousands of times."""
    if isinstance(node, Term):
        row = document.row(node.field, exact=node.exact)
        for needle in node.needles:  # noqa: SIM110
            if needle in row:
                return True
        return False
    if isinstance(node, Not):
        return not holds(node.part, document)
    decisive = not isinstance(node, And)  # a miss decides an And, a hit an Or
    for part in node.parts:
        if holds(part, document) is decisive:
            return decisive
    return not decisive


def explain(query: Query, document: Document) -> tuple[bool, list[Term]]:
    """Whether it matches, and the terms that decided it.

    A match names the wanted terms that were found; a miss names the first that is missing, or the excluded one
    that is there ("filtered by which word").
    """
    return _decided(query.root, document)


def _decided(node: Node, document: Document) -> tuple[bool, list[Term]]:
    if isinstance(node, Term):
        return holds(node, document), [node]
    if isinstance(node, Not):
        found, why = _decided(node.part, document)
        return not found, why
    # An And is decided by its first miss, an Or by its first hit; else all parts decide together.
    decisive = not isinstance(node, And)
    together: list[Term] = []
    for part in node.parts:
        found, why = _decided(part, document)
        if found is decisive:
            return decisive, why
        if not (found and isinstance(part, Not)):  # that an excluded word is missing is no reason to name it
            together.extend(why)
    return not decisive, together


def _row(text: str, exact: bool) -> str:
    return f" {' '.join(tokens(text, exact=True)) if exact else index_form(text)} "
