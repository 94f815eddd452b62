"""What counts as a correction of an entry, and which entries of two feeds tell one story."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.feeds.story import marks, wording
from bot.model import Entry


def an_entry(title: str = "", summary: str = "", image: str | None = None, url: str | None = None) -> Entry:
    return Entry(guid="1", aliases=(2,), title=title, summary=summary, image_url=image, url=url)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("Read 3 times", "Read 4,012 times"),
        ("1 comment", "2 comments"),
        ("Posted 5 minutes ago", "Posted 1 hour ago"),
        ("It is 9:59:59 am here", "It is 10:00 p.m. here"),
        ("Page made Mon, 23 Nov 2026 09:00:00 GMT", "Page made Tue, 24 Nov 2026 10:31:07 UTC"),
        ("as of 2026-11-23T09:00:00Z", "as of 2026-11-24T10:31:07Z"),
        ("on the 1st of the month", "on the 2nd of the month"),
        ("A  headline", "A headline\n"),
        ("A headline", "A headline!"),
        ("a “quoted” word", 'A "quoted" word'),
        ("5分钟前更新", "12分钟前更新"),
        ("ﬁve ｗide letters", "five wide letters"),
    ],
)
def test_clocks_counters_and_typography_are_no_correction(before: str, after: str) -> None:
    assert wording(an_entry(title=before)) == wording(an_entry(title=after))
    assert wording(an_entry(summary=before)) == wording(an_entry(summary=after))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("Minister resigns", "Minister does not resign"),
        ("The meeting is on Monday", "The meeting is on Tuesday"),
        ("The report", "The reports"),
        ("Half a year", "Half a month"),
        ("芯片出口", "芯片进口"),
    ],
)
def test_another_word_is_a_correction(before: str, after: str) -> None:
    assert wording(an_entry(title=before)) != wording(an_entry(title=after))
    assert wording(an_entry(summary=before)) != wording(an_entry(summary=after))


def test_a_word_that_moves_from_the_title_to_the_summary_is_a_correction() -> None:
    assert wording(an_entry("one two", "three")) != wording(an_entry("one", "two three"))


def test_of_a_picture_only_the_path_counts() -> None:
    first = wording(an_entry(image="https://one.example/pictures/a.jpg?w=400&sig=1"))
    assert first == wording(an_entry(image="https://two.example/pictures/a.jpg?w=800&sig=2"))
    assert first != wording(an_entry(image="https://one.example/pictures/b.jpg?w=400&sig=1"))
    assert first != wording(an_entry())


def test_a_story_is_known_by_its_link_without_what_says_how_a_reader_came() -> None:
    first = marks(an_entry(url="http://www.news.example/story/7/?utm_source=rss")).link
    assert first is not None
    assert first == marks(an_entry(url="https://news.example/story/7")).link
    assert first != marks(an_entry(url="https://news.example/story/8")).link


@pytest.mark.parametrize("url", [None, "https://news.example", "https://www.news.example/", "mailto:a@b.example"])
def test_a_front_page_is_no_story(url: str | None) -> None:
    assert marks(an_entry(url=url)).link is None


def test_a_story_is_known_by_a_title_of_four_words_in_any_typography() -> None:
    first = marks(an_entry("Minister resigns after the vote")).title
    assert first is not None
    assert first == marks(an_entry("MINISTER resigns, after “the” vote!")).title
    assert first != marks(an_entry("Minister resigns before the vote")).title
    assert marks(an_entry("Open thread 17")).title is None
    assert marks(an_entry("沪深股市今日全线大涨")).title is not None


@given(st.text(max_size=200), st.text(max_size=400), st.text(max_size=60))
def test_marks_of_any_text_are_signed_64_bits(title: str, summary: str, url: str) -> None:
    made = marks(an_entry(title, summary, url, f"https://a.example/{url}"))
    assert all(mark is None or -(2**63) <= mark < 2**63 for mark in (made.wording, made.link, made.title))
