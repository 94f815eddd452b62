"""The law of the one language: the index and a check by hand find the same entries."""

from __future__ import annotations

import sqlite3

from hypothesis import given
from hypothesis import strategies as st

from bot.errors import QueryError
from bot.query.ast import Node
from bot.query.language import parse
from bot.query.match import Document, holds, matches
from bot.query.text import MOST_TOKENS, index_form
from bot.store.expressions import Expression, compiled, for_feed
from bot.store.fts import Fts5Syntax
from tests.query.material import QUERIES, TEXTS
from tests.query.test_language import parsed

ENTRIES = st.lists(st.tuples(TEXTS, TEXTS, TEXTS), min_size=1, max_size=6)


def index(entries: list[tuple[str, str, str]]) -> sqlite3.Connection:
    connection = sqlite3.connect(":memory:")
    connection.execute("CREATE VIRTUAL TABLE entry_fts USING fts5(title, author, body, tokenize = 'ascii')")
    rows = [tuple(map(index_form, entry)) for entry in entries]
    connection.executemany("INSERT INTO entry_fts VALUES (?, ?, ?)", rows)
    return connection


def asked(root: Node) -> Expression[str]:
    return compiled(root, Fts5Syntax())


def in_index(connection: sqlite3.Connection, text: str | None) -> set[int]:
    if text is None:
        rows = connection.execute("SELECT rowid FROM entry_fts")
    else:
        rows = connection.execute("SELECT rowid FROM entry_fts WHERE entry_fts MATCH ?", (text,))
    return {row[0] - 1 for row in rows}


@given(QUERIES, ENTRIES, TEXTS)
def test_an_entry_is_in_the_index_exactly_when_it_matches(
    typed: str, entries: list[tuple[str, str, str]], feed_title: str
) -> None:
    query = parsed(typed)
    documents = [Document(*entry, feed_title=feed_title) for entry in entries]
    expected = {place for place, document in enumerate(documents) if matches(query, document)}
    root = for_feed(query.root, Document(feed_title=feed_title))
    if isinstance(root, bool):
        assert expected == (set(range(len(entries))) if root else set())
        return
    expression = asked(root)
    connection = index(entries)
    found = in_index(connection, expression.asked)
    connection.close()
    assert found == expected if expression.whole else found >= expected
    assert {place for place in found if holds(root, documents[place])} == expected


@given(QUERIES, ENTRIES)
def test_what_the_index_holds_answers_like_the_entry_itself(typed: str, entries: list[tuple[str, str, str]]) -> None:
    query = parsed(typed)
    if any(term.field == "feed" for term, _ in query.terms()):
        return
    for title, author, body in entries:
        indexed = Document.indexed(
            (index_form(title), index_form(author), index_form(body)), written=(title, author, body)
        )
        assert matches(query, indexed) is matches(query, Document(title, author, body))


@given(st.text(max_size=80))
def test_no_text_is_a_mistake_to_the_index(typed: str) -> None:
    try:
        query = parse(typed)
    except QueryError:
        return
    root = for_feed(query.root, Document())
    if not isinstance(root, bool):
        connection = index([("a", "b", "c")])
        in_index(connection, asked(root).asked)
        connection.close()


def test_what_the_index_cannot_say_is_said_to_be_too_much() -> None:
    assert asked(parse("rust -(zig go)").root).whole
    assert asked(parse("title:(rust* OR zig)").root).whole
    for typed in ("=NASA", "a -=B", "a (b OR -c)"):
        assert not asked(parse(typed).root).whole


def test_both_end_a_text_at_the_same_word() -> None:
    query, text = parse("needle"), "a " * (MOST_TOKENS - 1) + "needle"
    for body, expected in ((text, True), ("a " + text, False), ("é " + text, False)):
        connection = index([("", "", body)])
        assert bool(in_index(connection, asked(query.root).asked)) is expected
        assert matches(query, Document(body=body)) is expected
        connection.close()
