"""Whether two addresses, or two documents, are one feed."""

from __future__ import annotations

import pytest

from bot.feeds.same import have_the_same, same_address
from bot.model import Entry

FEED = "https://example.org/feed"


@pytest.mark.parametrize(
    "other",
    [
        FEED,
        "https://example.org/feed/",
        "http://example.org/feed",
        "https://www.example.org/feed",
        "https://example.org./feed",
        "http://example.org:80/feed",
        "https://example.org/feed?utm_source=here&fbclid=1",
        "https://example.org/%66eed",
    ],
)
def test_one_address_has_many_spellings(other: str) -> None:
    assert same_address(FEED, other)
    assert same_address(other, FEED)


@pytest.mark.parametrize(
    "other",
    [
        "https://example.org/Feed",
        "https://example.org/feed2",
        "https://example.org/feed?cat=1",
        "https://example.org:8443/feed",
        "https://blog.example.org/feed",
        "https://example.org/#private-0123",
        "https://[broken",
    ],
)
def test_another_address_is_another(other: str) -> None:
    assert not same_address(FEED, other)


def test_a_name_is_the_same_in_both_of_its_alphabets() -> None:
    assert same_address("https://müller.example/feed", "https://xn--mller-kva.example/feed")


def entries(*titles: str, scheme: str = "https") -> list[Entry]:
    return [Entry(guid=title, title=title, url=f"{scheme}://example.org/{title}") for title in titles]


def test_documents_with_the_same_newest_entries_are_the_same() -> None:
    assert have_the_same(entries("c", "b", "a"), entries("c", "b", "a", scheme="http"))
    assert have_the_same(entries("c", "b"), entries("c", "b", "a")), "one of them is cut shorter"


def test_documents_that_share_some_entries_are_not() -> None:
    assert not have_the_same(entries("d", "b"), entries("d", "c", "b", "a")), "a section of the whole"
    assert not have_the_same(entries("a"), entries("a")), "one entry may stand in two feeds"
    assert not have_the_same([], [])
