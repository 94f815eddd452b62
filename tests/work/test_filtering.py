"""What a filter does with the entries that are there."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import QueryError
from bot.model import Entry, StoredEntry
from bot.query.language import parse_filter
from bot.query.match import Document, matches
from bot.work.filtering import EXAMPLES, check

NOON = datetime(2026, 5, 13, 12, tzinfo=UTC)


def entry(title: str, text: str = "") -> StoredEntry:
    return StoredEntry(
        id=1,
        feed_id=1,
        feed_title="Example feed",
        feed_url="https://feeds.example/a",
        entry=Entry(guid="1", aliases=(1,), title=title, text=text),
        first_seen_at=NOON,
    )


@pytest.mark.parametrize(
    ("filter_", "title", "has", "lacks"),
    [
        ("rust", "Zig", (), ("rust",)),
        ("rust zig", "Only zig", (), ("rust",)),
        ("rust OR zig", "Neither", (), ("rust", "zig")),
        ("rust -sponsored", "Rust (sponsored)", ("sponsored",), ()),
        ("-sponsored", "Sponsored", ("sponsored",), ()),
        ('title:"memory chip"', "Memory", (), ('title:"memory chip"',)),
        ("=NASA", "Nasa", (), ("=NASA",)),
        ("feed:other", "Rust", (), ("feed:other",)),
        ("rust*", "Trust", (), ("rust*",)),
    ],
)
def test_what_is_held_back_names_the_word_that_decided(
    filter_: str, title: str, has: tuple[str, ...], lacks: tuple[str, ...]
) -> None:
    (left_out,) = check(filter_, [entry(title)]).left_out
    assert (left_out.has, left_out.lacks) == (has, lacks)


def test_what_passes_is_counted_and_only_a_few_examples_are_given() -> None:
    entries = [entry("Rust"), *(entry(f"Zig {number}") for number in range(10)), entry("Rust again")]
    result = check("rust", entries)
    assert (result.passed, result.total, len(result.left_out)) == (2, 12, EXAMPLES)
    assert result.left_out[0].entry.entry.title == "Zig 0"


FILTERS = ["rust", "rust zig", "rust OR zig", "-rust", "rust -zig", "title:rust", "(a OR rust) -(zig b)"]


@given(st.sampled_from(FILTERS), st.lists(st.text(alphabet="arustzigb ", max_size=20), max_size=8))
def test_it_counts_what_matching_lets_through_and_every_refusal_has_a_reason(filter_: str, titles: list[str]) -> None:
    query = parse_filter(filter_)
    passing = [title for title in titles if matches(query, Document(title=title))]
    result = check(filter_, [entry(title) for title in titles])
    assert result.passed == len(passing)
    assert all(one.has or one.lacks for one in result.left_out)


def test_a_mistake_in_the_filter_is_a_query_error() -> None:
    with pytest.raises(QueryError):
        check("rust (", [])
