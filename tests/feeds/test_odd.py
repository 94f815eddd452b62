"""What is odd about a feed, said in words that tell what follows from it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.feeds.odd import ASLEEP, oddities
from bot.feeds.parsed import NOT_WELL_FORMED
from bot.model import Entry, FeedFacts, ParsedFeed

NOW = datetime(2026, 5, 13, 12, tzinfo=UTC)


def an_entry(number: int = 1, **changes: Any) -> Entry:
    values: dict[str, Any] = {
        "guid": f"guid-{number}",
        "aliases": (number * 2,),
        "title": f"Title {number}",
        "url": f"https://news.example/{number}",
        "published_at": NOW - timedelta(days=number),
    }
    return Entry(**(values | changes))


def said(entries: Sequence[Entry], *problems: str) -> str:
    return "\n".join(oddities(ParsedFeed(facts=FeedFacts(), entries=tuple(entries), problems=problems), NOW))


def test_of_an_ordinary_feed_and_of_an_empty_one_nothing_is_odd() -> None:
    assert said([an_entry(number) for number in range(5)]) == ""
    assert said([]) == ""


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"guid": None}, "1 of 4 entries has no guid"),
        ({"guid": "guid-1"}, "2 entries share their guid"),
        ({"url": None}, "1 of 4 entries has no link: those posts lead nowhere"),
        ({"url": "http://localhost:4000/a"}, "1 of 4 entries links to the author's own machine"),
        ({"published_at": None}, "1 of 4 entries has no date"),
        ({"published_at": NOW + timedelta(days=400)}, "1 of 4 entries is dated in the future"),
    ],
)
def test_one_odd_entry_among_others_is_counted(changes: dict[str, Any], words: str) -> None:
    assert words in said([an_entry(1), an_entry(2), an_entry(3), an_entry(9, **changes)])


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"guid": None}, "none of the 3 entries has a guid"),
        ({"url": "https://news.example/#x"}, "every entry links to the same page"),
        ({"url": "http://localhost/a"}, "all 3 entries link to the author's own machine"),
        ({"published_at": NOW - ASLEEP * 2}, "nothing new since May 2024"),
    ],
)
def test_what_all_entries_have_in_common_is_said_of_all(changes: dict[str, Any], words: str) -> None:
    assert words in said([an_entry(number, **changes) for number in (1, 2, 3)])


def test_a_document_that_is_no_xml_is_said_with_where_its_author_finds_the_place() -> None:
    assert said([an_entry()], NOT_WELL_FORMED, "something else").splitlines() == [
        f"{NOT_WELL_FORMED}; its author finds the place with validator.w3.org/feed",
        "something else",
    ]


@given(
    st.lists(
        st.builds(
            an_entry,
            st.integers(1, 5),
            guid=st.sampled_from([None, "a", "b"]),
            url=st.sampled_from([None, "https://news.example/", "http://10.0.0.1/", "http://[::1]:x/"]),
            published_at=st.none() | st.datetimes(timezones=st.just(UTC)),
        ),
        max_size=6,
    )
)
def test_whatever_a_feed_holds_each_oddity_is_one_line(entries: list[Entry]) -> None:
    for line in oddities(ParsedFeed(facts=FeedFacts(), entries=tuple(entries)), NOW):
        assert line
        assert "\n" not in line
