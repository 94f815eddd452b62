"""In which order hits are shown."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from bot.query.language import parse
from bot.query.match import Document
from bot.query.rank import Candidate, ranked

NOW = datetime(2026, 5, 1, tzinfo=UTC)


def order(typed: str, *documents: Document) -> list[int]:
    """Places of the documents, each of which is a day older than the one before it."""
    query = parse(typed)
    return ranked(
        query.wanted,
        [
            Candidate(place, document, NOW - timedelta(days=place), query.root)
            for place, document in enumerate(documents)
        ],
    )


def test_the_title_counts_before_the_author_before_the_text() -> None:
    title, author = Document(title="rust", body="x " * 500), Document(title="x", author="rust")
    assert order("rust", Document(title="x", body="rust " * 50), author, title) == [2, 1, 0]


def test_the_newer_of_two_alike_comes_first() -> None:
    assert order("rust", *[Document(title="rust", body=f"text {number}") for number in range(4)]) == [0, 1, 2, 3]


def test_a_text_that_says_it_often_outweighs_one_that_mentions_it() -> None:
    long = "x " * 300
    assert order("rust", Document(body=long + "rust"), Document(body=long + "rust " * 20)) == [1, 0]


def test_the_rarer_of_two_words_weighs_more() -> None:
    common = [Document(body=f"news x{number}") for number in range(5)]
    assert order("news OR zig", *common, Document(body="zig x9"))[0] == 5


def test_of_nothing_nothing_is_ranked() -> None:
    assert order("rust") == []
