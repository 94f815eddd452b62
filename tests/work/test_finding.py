"""From what a person typed to a feed."""

from __future__ import annotations

from typing import Any

import pytest

from bot.errors import FeedError, FetchError, ParseError
from bot.model import Fetched, NotModified
from bot.work.answers import Choice
from bot.work.finding import FoundFeed, find_feed
from tests.work.fakes import URL, HereReader, Web, document

PAGE = "https://example.org/"


def _page(*feeds: str) -> bytes:
    links = [f'<link rel="alternate" type="application/rss+xml" href="{feed}">' for feed in feeds]
    return f"<html><head>{''.join(links)}</head><body>Hello</body></html>".encode()


async def _find(url: str, pages: dict[str, Any]) -> FoundFeed | Choice:
    return await find_feed(url, Web(**pages), HereReader())


async def test_a_feeds_own_address() -> None:
    found = await _find(URL, {URL: document("one")})
    assert isinstance(found, FoundFeed)
    assert (found.url, [entry.title for entry in found.parsed.entries]) == (URL, ["one"])


async def test_a_feed_that_moved_for_good_is_followed_where_it_is() -> None:
    new = "https://example.net/feed"
    found = await _find(URL, {URL: Fetched(url=new, body=document("one"), moved_to=new)})
    assert isinstance(found, FoundFeed)
    assert found.url == new


async def test_the_one_feed_of_a_page_is_meant() -> None:
    found = await _find(PAGE, {PAGE: _page("/feed.xml"), URL: document("one")})
    assert isinstance(found, FoundFeed)
    assert found.url == URL


async def test_of_several_somebody_chooses_and_none_is_fetched() -> None:
    web = Web(**{PAGE: _page("/feed.xml", "/comments.xml")})
    choice = await find_feed(PAGE, web, HereReader())
    assert isinstance(choice, Choice)
    assert [one.url for one in choice.candidates] == [URL, "https://example.org/comments.xml"]
    assert [url for url, _ in web.asked] == [PAGE]


async def test_a_page_that_announces_none_may_have_it_in_a_usual_place() -> None:
    found = await _find(PAGE, {PAGE: _page(), "https://example.org/feed": document("one")})
    assert isinstance(found, FoundFeed)
    assert found.url == "https://example.org/feed"


@pytest.mark.parametrize(
    ("pages", "kind", "word"),
    [
        ({PAGE: _page()}, ParseError, "announces no feed"),
        ({PAGE: _page("/gone.xml")}, FetchError, "404"),
        ({PAGE: b"\x00\x01\x02"}, ParseError, "."),
        ({PAGE: NotModified(url=PAGE)}, ParseError, "not modified"),
        ({PAGE: FetchError(PAGE, "no answer within 30 s")}, FetchError, "30 s"),
    ],
)
async def test_what_cannot_be_found_says_why(pages: dict[str, Any], kind: type[FeedError], word: str) -> None:
    with pytest.raises(kind, match=word):
        await _find(PAGE, pages)
