"""What a result page shows of a text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.query.excerpt import excerpt, found
from bot.query.language import parse
from bot.query.match import Document, holds
from tests.query.material import QUERIES, TEXTS
from tests.query.test_language import parsed

LONG = "one " * 50 + "the needle is here, " + "two " * 50


def marked(query: str, text: str, limit: int = 200, part: str = "body") -> str:
    pieces = excerpt(parse(query), text, limit=limit, part=part)  # type: ignore[arg-type]
    return "".join(f"[{piece}]" if is_hit else piece for piece, is_hit in pieces)


@pytest.mark.parametrize(
    ("query", "text", "shown"),
    [
        ("rust", "Learn Rust, trust rust.", "Learn [Rust], trust [rust]."),
        ("a OR z", "a b a", "[a] b [a]"),
        ("a -b", "a b", "[a] b"),
        ('"b c"', "a b-c d c", "a [b-c] d c"),
        ("rus*", "rust rusty bus", "[rust] [rusty] bus"),
        ("=NASA", "NASA Nasa", "[NASA] Nasa"),
        ("股市", "沪深股市大涨", "沪深[股市]大涨"),
        ("成都", "成都，成 都", "[成都]，成 都"),
        ("cafe", "Cafe\u0301!", "[Cafe\u0301]!"),
        ("F-35", "an F35 or F 35", "an [F35] or [F 35]"),
        ('"b c" "a b"', "a b c d", "[a b c] d"),
        ("zzz", "a b", "a b"),
        ("feed:a title:b c", "a b c", "a b [c]"),
    ],
)
def test_hits_are_marked(query: str, text: str, shown: str) -> None:
    assert marked(query, text) == shown


def test_a_field_is_marked_where_it_stands() -> None:
    assert marked("title:b author:c a", "a b c", part="title") == "[a] [b] c"


def test_a_long_text_is_cut_around_its_hits() -> None:
    assert marked("needle", LONG, limit=40) == "…one the [needle] is here, two two two…"


def test_the_part_with_most_words_is_shown() -> None:
    text = "apple " + "x " * 100 + "apple pear " + "y " * 100
    assert "[apple] [pear]" in marked("apple pear", text, limit=30)


def test_without_a_hit_it_is_the_beginning() -> None:
    assert marked("zzz", LONG, limit=12) == "one one…"


@given(QUERIES, TEXTS, st.integers(min_value=3, max_value=60))
def test_an_excerpt_fits_and_is_part_of_the_text(typed: str, text: str, limit: int) -> None:
    pieces = excerpt(parsed(typed), text, limit=limit)
    whole = "".join(piece for piece, _ in pieces)
    assert len(whole) <= max(limit, 0)
    assert whole.removeprefix("…").removesuffix("…") in text
    assert whole == text or len(text) > limit


@given(QUERIES, TEXTS)
def test_a_hit_is_marked_exactly_where_its_term_is_found(typed: str, text: str) -> None:
    query = parsed(typed)
    document = Document(body=text)
    wanted = {term for term in query.wanted if term.field is None}
    assert {hit.term for hit in found(query, text)} == {term for term in wanted if holds(term, document)}
