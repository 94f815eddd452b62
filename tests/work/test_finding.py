"""From what a person typed to a feed."""

from __future__ import annotations

from typing import Any

import pytest

from bot.errors import FeedError, FetchError, ParseError, UsageError
from bot.model import Fetched, NotModified
from bot.work.answers import Choice
from bot.work.finding import FoundFeed, find_by_word, find_feed
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


async def test_a_page_whose_announced_feed_is_gone_may_have_another_in_a_usual_place() -> None:
    found = await _find(PAGE, {PAGE: _page("/gone.xml"), "https://example.org/rss": document("one")})
    assert isinstance(found, FoundFeed)
    assert found.url == "https://example.org/rss"


async def test_what_was_tried_is_named_and_no_more_is_asked_of_a_site_that_falls_silent() -> None:
    with pytest.raises(ParseError, match=r"announces no feed; I looked at /feed, /rss, .* and 6 more usual places"):
        await _find(PAGE, {PAGE: _page()})
    web = Web(**{PAGE: _page(), "https://example.org/feed": FetchError(PAGE, "no answer within 30 s")})
    with pytest.raises(ParseError, match=r"I looked at /feed$"):
        await find_feed(PAGE, web, HereReader())
    assert len(web.asked) == 2


async def test_a_known_site_is_asked_for_the_feed_and_not_for_the_page() -> None:
    feed = "https://www.reddit.com/r/python/.rss"
    web = Web(**{feed: document("one")})
    found = await find_feed("https://old.reddit.com/r/python", web, HereReader())
    assert isinstance(found, FoundFeed)
    assert [url for url, _ in web.asked] == [feed]
    choice = await find_feed("https://github.com/a/b", web, HereReader())
    assert isinstance(choice, Choice)
    assert [one.title for one in choice.candidates] == ["Releases", "Tags", "Commits"]
    assert len(web.asked) == 1


async def test_a_rule_that_no_longer_holds_leaves_the_page_itself() -> None:
    page = "https://dev.to/someone"
    pages = {page: _page("https://dev.to/elsewhere.xml"), "https://dev.to/elsewhere.xml": document("one")}
    found = await _find(page, pages)
    assert isinstance(found, FoundFeed)
    assert found.url == "https://dev.to/elsewhere.xml"


@pytest.mark.parametrize("status", [404, 406])
async def test_an_account_that_shows_itself_to_browsers_only_has_a_feed_all_the_same(status: int) -> None:
    page, feed = "https://social.example/@someone", "https://social.example/@someone.rss"
    found = await _find(page, {page: FetchError(page, f"HTTP {status}", status=status), feed: document("one")})
    assert isinstance(found, FoundFeed)
    assert found.url == feed


async def test_a_podcast_is_found_by_apples_directory_or_else_by_its_page() -> None:
    page, entry = "https://podcasts.apple.com/us/podcast/x/id7", "https://itunes.apple.com/lookup?id=7&entity=podcast"
    feed = "https://feeds.example/show"
    for where in (entry, page):
        listed = Fetched(url=where, body=b'<html>{"feedUrl":"https://feeds.example/show"}', content_type="text/html")
        found = await _find(page, {where: listed, feed: document("one")})
        assert isinstance(found, FoundFeed)
        assert found.url == feed


async def test_a_site_without_feeds_is_told_at_once() -> None:
    web = Web()
    with pytest.raises(UsageError, match=r"x\.com offers no feeds"):
        await find_feed("https://x.com/someone", web, HereReader())
    assert web.asked == []


async def test_a_page_whose_feeds_are_keys_offers_no_menu_that_would_show_them() -> None:
    page = f"{PAGE}?token=geheim1"
    shown = _page("/a.xml?token=geheim1", "/b.xml?token=geheim1")
    with pytest.raises(ParseError, match="give me the address of one") as told:
        await _find(page, {page: shown})
    assert "geheim" not in str(told.value)


async def test_where_a_private_page_was_looked_at_is_not_told() -> None:
    page = f"{PAGE}geheim1/home"
    with pytest.raises(ParseError, match="I found no feed behind it") as told:
        await find_feed(page, Web(**{page: _page()}), HereReader(), private=True)
    assert "geheim" not in str(told.value)


async def test_a_word_is_looked_for_where_sites_of_that_name_are_and_somebody_chooses() -> None:
    pages = {"https://lwn.com/": document("one", feed="Law"), "https://lwn.org/": _page("/a.xml", "/b.xml")}
    choice = await find_by_word("lwn", Web(**pages), HereReader())
    assert [(one.title, one.url) for one in choice.candidates] == [
        ("Law", "https://lwn.com/"),
        ("", "https://lwn.org/a.xml"),
        ("", "https://lwn.org/b.xml"),
    ]
    with pytest.raises(UsageError, match=r"hello\.com and hello\.org"):
        await find_by_word("hello", Web(), HereReader())


@pytest.mark.parametrize(
    ("pages", "kind", "word"),
    [
        ({PAGE: _page()}, ParseError, "announces no feed"),
        ({PAGE: _page("/gone.xml")}, ParseError, "no feed at /gone.xml, which it announces"),
        ({PAGE: _page("/busy.xml"), f"{PAGE}busy.xml": FetchError(PAGE, "HTTP 503", status=503)}, FetchError, "503"),
        ({PAGE: b"\x00\x01\x02"}, ParseError, "."),
        ({PAGE: NotModified(url=PAGE)}, ParseError, "not modified"),
        ({PAGE: FetchError(PAGE, "no answer within 30 s")}, FetchError, "30 s"),
    ],
)
async def test_what_cannot_be_found_says_why(pages: dict[str, Any], kind: type[FeedError], word: str) -> None:
    with pytest.raises(kind, match=word):
        await _find(PAGE, pages)
