"""What Herald proposes by itself: a spelling, and a query for more of the same."""

from __future__ import annotations

import time

import pytest
from hypothesis import given

from bot.model import Entry
from bot.query.language import parse
from bot.query.match import Document, matches
from bot.query.rare import frequencies, propose
from bot.query.spelling import asked_words, nearest, respelled
from bot.query.text import index_form
from tests.query.material import TEXTS

TITLES = [
    "Semiconductor exports rise",
    "Huawei unveils a new chip",
    "Huawei in the semiconductor race",
    "Taiwan votes",
]


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("semiconducter", "semiconductor"),
        ("Hauwei chip", "huawei chip"),
        ('"tiawan votes" OR huawie', '"taiwan votes" OR huawei'),
        ("title:semicondutor -chip", "title:semiconductor -chip"),
        ("huawei", "huawei"),
        ("zzzz", "zzzz"),
        ("股市", "股市"),
        ("feed:huawey", "feed:huawey"),
    ],
)
def test_a_misspelt_word_is_guessed(typed: str, meant: str) -> None:
    query = parse(typed)
    assert respelled(query, nearest(asked_words(query), TITLES)) == meant


def test_guessing_is_bounded() -> None:
    titles = (f"word{number} thing{number} other{number}" for number in range(10**9))
    began = time.process_time()
    nearest([f"wrd{number}" for number in range(32)], titles)
    assert time.process_time() - began < 5


def an_entry(title: str, text: str = "") -> Entry:
    return Entry(guid="1", title=title, text=text)


def test_rare_words_make_the_query() -> None:
    entry = an_entry("Lithography tools and the new export rules", "lithography the rules and the ASML tools")
    seen = {"the": 900, "and": 800, "new": 500, "export": 100, "rules": 90, "tools": 30, "lithography": 5, "asml": 4}
    assert str(propose(entry, seen, 1000)) == "lithography (tools OR rules OR export)"


def test_titles_tell_which_words_are_common() -> None:
    seen, total = frequencies([*TITLES, "The chip, the chip"])
    assert (seen["chip"], seen["huawei"], seen["votes"], total) == (2, 2, 1, 5)
    assert str(propose(an_entry("Huawei votes"), seen, total)) == "votes huawei"


def test_signs_are_taken_two_by_two() -> None:
    assert str(propose(an_entry("光刻机"), {"光": 50, "刻": 2, "机": 80}, 1000)) == "光刻 刻机"


def test_nothing_is_proposed_for_nothing() -> None:
    assert propose(an_entry("", "a 1 2"), {}, 10) is None


@given(TEXTS, TEXTS)
def test_what_is_proposed_is_a_query_that_finds_its_entry(title: str, text: str) -> None:
    entry = an_entry(title, text)
    query = propose(entry, dict.fromkeys(index_form(title).split(), 3), 10)
    if query is not None:
        assert matches(query, Document.of(entry, ""))
        assert parse(str(query)) == query
