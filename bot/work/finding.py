"""From what a person typed to a feed: the address itself, the feeds its page announces, or the usual places."""

from __future__ import annotations

from dataclasses import dataclass

from bot.errors import FeedError, ParseError
from bot.feeds.discover import Candidate, guesses
from bot.feeds.private import is_private, without_keys
from bot.model import Access, Fetched, Login, NotModified, ParsedFeed
from bot.ports import Discoverer, Fetcher
from bot.work.answers import Choice


@dataclass(frozen=True, slots=True)
class FoundFeed:
    """A document that is a feed. `url` is what to poll: where it moved for good, else the address `asked`."""

    url: str
    asked: str
    fetched: Fetched
    parsed: ParsedFeed


async def find_feed(url: str, fetcher: Fetcher, reader: Discoverer) -> FoundFeed | Choice:
    """The feed at `url` (normalised), or behind the page there. Raises FeedError kinds with a reason for people."""
    fetched = await _get(url, fetcher)
    try:
        return await _read(url, fetched, reader)
    except ParseError as no_feed:
        if not _looks_like_a_page(fetched):
            raise
        candidates = await reader.discover(fetched.body, url=_base(fetched), content_type=fetched.content_type)
        if not candidates:
            return await _guess(url, fetched.url, fetcher, reader, no_feed)
    return await _choose(url, candidates, fetcher, reader)


async def read_with_login(access: Access, fetcher: Fetcher, reader: Discoverer) -> FoundFeed:
    """The feed at exactly this address: a login is not carried to what a page announces. Raises FeedError kinds."""
    fetched = await _get(access.url, fetcher, access.login)
    try:
        return await _read(access.url, fetched, reader)
    except ParseError as no_feed:
        if not _looks_like_a_page(fetched):
            raise
        raise ParseError(access.url, "that is a web page; with a login I need the feed's own address") from no_feed


async def _choose(
    url: str, candidates: tuple[Candidate, ...], fetcher: Fetcher, reader: Discoverer
) -> FoundFeed | Choice:
    if len(candidates) > 1:
        return Choice(page_url=url, candidates=candidates)
    only = candidates[0].url
    return await _read(only, await _get(only, fetcher), reader)


async def _guess(url: str, page_url: str, fetcher: Fetcher, reader: Discoverer, no_feed: ParseError) -> FoundFeed:
    """The page says nothing, so the few places where feeds usually are. The page's own mistake if none is there."""
    for place in guesses(page_url):
        try:
            return await _read(place, await _get(place, fetcher), reader)
        except FeedError:
            continue
    raise ParseError(url, "that is a web page, and it announces no feed") from no_feed


async def _get(url: str, fetcher: Fetcher, login: Login | None = None) -> Fetched:
    answer = await fetcher.fetch(url, login=login)
    if isinstance(answer, NotModified):  # to a request without conditions (RFC 9110 15.4.5 forbids it)
        raise ParseError(url, "the server says 'not modified' without having been asked whether it was")
    return answer


async def _read(url: str, fetched: Fetched, reader: Discoverer) -> FoundFeed:
    parsed = await reader.read(fetched.body, url=_base(fetched), content_type=fetched.content_type)
    return FoundFeed(fetched.moved_to or url, url, fetched, parsed)


def _base(fetched: Fetched) -> str:
    """What links are resolved against: one to nowhere must not become the key that the address holds."""
    return without_keys(fetched.url) if is_private(fetched.url) else fetched.url


def _looks_like_a_page(fetched: Fetched) -> bool:
    """By its label or its first bytes; servers get either wrong."""
    if "html" in fetched.content_type.lower():
        return True
    start = fetched.body[:1024].lstrip().lower()
    return start.startswith((b"<!doctype html", b"<html")) or b"<html" in start
