"""The query language as members type it."""

from __future__ import annotations

import time

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from bot.errors import QueryError
from bot.query.language import LONGEST_QUERY, Query, mark, parse, parse_filter
from tests.query.material import QUERIES


def parsed(text: str) -> Query:
    """`parse`, for laws about queries without a mistake."""
    try:
        return parse(text)
    except QueryError:
        assume(False)
        raise


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("rust", "rust"),
        ('"exact phrase"', '"exact phrase"'),
        ("a b", "a b"),
        ("a AND b", "a b"),
        ("a & b | c", "a b OR c"),
        ("a b OR c d", "a b OR c d"),
        ("a (b OR c) d", "a (b OR c) d"),
        ("((a) ((b)))", "a b"),
        ("(a OR b) OR c OR a", "a OR b OR c"),
        ("a -x", "a -x"),
        ("a NOT x", "a -x"),
        ("a AND NOT x", "a -x"),
        ("a -(x OR y)", "a -(x OR y)"),
        ("a -(-b)", "a b"),
        ("a -(x y)", "a -(x y)"),
        ('a -"y z"', 'a -"y z"'),
        ("a –x −y", "a -x -y"),
        ("a - b — c", "a b c"),
        ("rust*", "rust*"),
        ("股*", "股"),
        ("=NASA", "=NASA"),
        ('="Big Apple" -=US', '="Big Apple" -=US'),
        ("title:x author:y feed:z", "title:x author:y feed:z"),
        ("TITLE: x", "title:x"),
        ('title:"a b"', 'title:"a b"'),
        ("title:(a -b)", "title:(a -b)"),
        ("title:a title:b", "title:(a b)"),
        ("feed:=BBC", "feed:=BBC"),
        ("„a b“ «c d» ‹e f› 「股 市」 『g h』 ＂i j＂ ”k l”", '"a b" "c d" "e f" "股 市" "g h" "i j" "k l"'),
        ("（ａ　ＯＲ　ｂ）　ｃ＊＊", None),
        ("（ａ　ＯＲ　ｂ）　－ｃ", "(a OR b) -c"),
        ("or and not", "or and not"),
        ('"OR"', '"OR"'),
        ("C++ .NET AT&T F-35 #tag @name $TSLA", "C++ .NET AT&T F-35 #tag @name $TSLA"),
        ("Huawei’s, (chips)", "Huawei’s chips"),
        ('צה"ל', 'צה"ל'),
        ("https://example.com/a", "https://example.com/a"),
        ("what? !", "what"),
        ("(?=x)", "x"),
        ("\\1 %_ {0.__class__}", "1 % 0.__class"),
        ("NEAR (a b)", "NEAR a b"),
        ("İstanbul", "İstanbul"),
    ],
)
def test_a_query_is_read(typed: str, read: str | None) -> None:
    if read is None:
        with pytest.raises(QueryError):
            parse(typed)
    else:
        assert str(parse(typed)) == read


@pytest.mark.parametrize(
    ("typed", "position", "length"),
    [
        ("", 0, 1),
        (" ", 0, 1),
        ("?!", 0, 2),
        ("ru*", 0, 3),
        ("C++*", 0, 4),
        ("a *", 2, 1),
        (".* a*b", 4, 1),
        ("-x", 0, 1),
        ("NOT x", 0, 1),
        ("-x -y", 0, 1),
        ("a OR -b", 5, 1),
        ("a (b OR -c) OR -d", 15, 1),
        ("a -a", 3, 1),
        ("a OR", 2, 2),
        ("OR a", 0, 2),
        ("a OR OR b", 2, 2),
        ("a AND", 2, 3),
        ("(a OR )", 3, 2),
        ("a ()", 2, 1),
        ("a (b", 2, 1),
        ("a) b", 1, 1),
        ('a "b', 2, 1),
        ('a ""', 2, 2),
        ("a -?", 3, 1),
        ("title:", 0, 6),
        ("title:? a", 6, 1),
        ("title:author:a", 6, 7),
        ("=(a b)", 0, 1),
        ("tag:linux", 0, 4),
        ("site:example.com", 0, 5),
        ("(" * 400, 12, 1),
        ("-(" * 200, 25, 1),
        ("x" * 501, 500, 1),
        ("x " * 1000, 500, 1500),
        (" ".join(f"w{n}" for n in range(33)), 118, 3),
    ],
)
def test_a_mistake_is_refused_with_its_place(typed: str, position: int, length: int) -> None:
    with pytest.raises(QueryError) as caught:
        parse(typed)
    error = caught.value
    assert (error.query, error.position, error.length) == (typed, position, length)


@pytest.mark.parametrize(
    "typed",
    [
        "rust -rust",
        "rust -RUST",
        "rust -rus*",
        "rusty* -rust*",
        '"memory chip" -chip',
        "title:rust -rust",
        "=NASA -nasa",
        "a (b OR c) -b -c",
        "(a -a) OR (b -b)",
        "股市 -股",
        "F35 -F-35",
    ],
)
def test_what_finds_nothing_is_refused(typed: str) -> None:
    with pytest.raises(QueryError, match="find nothing"):
        parse(typed)


@pytest.mark.parametrize(
    "typed",
    [
        "rust -title:rust",
        "nasa -=NASA",
        "rust* -rust",
        "C -C++",
        "a (b OR c) -b",
        "feed:rust -rust",
        "股 -股市",
    ],
)
def test_what_may_find_something_is_taken(typed: str) -> None:
    assert str(parse(typed)) == typed


def test_many_choices_are_read_in_little_time() -> None:
    typed = " ".join(f"(a{n} OR b{n})" for n in range(14)) + " -a0 -b0"
    began = time.process_time()
    parse(typed)
    assert time.process_time() - began < 2


@given(QUERIES)
def test_what_is_printed_reads_back_as_the_same_query(typed: str) -> None:
    query = parsed(typed)
    again = parse(str(query))
    assert again == query
    assert str(again) == str(query)
    assert [term.phrases for term, _ in again.terms()] == [term.phrases for term, _ in query.terms()]


@pytest.mark.parametrize("typed", ["-x", "-(a b)", "a OR -b", "title:(-a -b)", "rust -x"])
def test_a_filter_may_name_only_what_to_leave_out(typed: str) -> None:
    assert str(parse_filter(typed)) == typed


@pytest.mark.parametrize("typed", ["a OR -a", "-(a -a)", "rust* OR -rusty", "a -a", "", "ru*", '"'])
def test_a_filter_that_filters_nothing_or_all_is_refused(typed: str) -> None:
    with pytest.raises(QueryError):
        parse_filter(typed)


@given(QUERIES)
def test_a_filter_that_is_printed_reads_back_as_the_same(typed: str) -> None:
    try:
        query = parse_filter(typed)
    except QueryError:
        return
    assert parse_filter(str(query)) == query


def mistake(text: str) -> QueryError | None:
    try:
        parse(text)
    except QueryError as error:
        return error
    return None


@given(st.one_of(st.text(max_size=60), st.text(alphabet='ab*"()-=:|&“” ORNT', max_size=60)))
def test_any_text_is_a_query_or_a_mistake_with_a_place(typed: str) -> None:
    error = mistake(typed)
    if error is None:
        assert parse(str(parse(typed))) == parse(typed)
        assert len(str(parse(typed))) <= LONGEST_QUERY
    else:
        assert 0 <= error.position <= len(typed)
        assert error.length >= 1
        assert len(mark(error).split("\n")) == 2


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("rust ru*", "rust ru*\n     ^^^"),
        ("股市 ru*", "股市 ru*\n     ^^^"),
        ("a\n`b` ru*", "a 'b' ru*\n      ^^^"),
        ("x" * 40 + " ru* " + "y" * 40, "…" + "x" * 23 + " ru* " + "y" * 23 + "…\n" + " " * 25 + "^^^"),
    ],
)
def test_a_mistake_is_pointed_at(typed: str, shown: str) -> None:
    with pytest.raises(QueryError) as caught:
        parse(typed)
    assert mark(caught.value) == shown
