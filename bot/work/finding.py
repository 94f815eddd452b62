"""From what a person typed to a feed: the address itself, the feeds its page announces, or the usual places."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import dataclass, field, replace
from urllib.parse import urlsplit

from bot.errors import TOO_MANY_REQUESTS, FeedError, FetchError, ParseError, UsageError
from bot.feeds.discover import Candidate, guesses, known_sites, normalise
from bot.feeds.private import is_private, without_keys
from bot.feeds.secrets import without_secrets
from bot.feeds.shorthand import word_of
from bot.feeds.sites import by_software, directory_entry, is_whole_answer, without_feeds
from bot.model import Access, Fetched, Login, NotModified, ParsedFeed
from bot.ports import Discoverer, Fetcher
from bot.work.answers import Choice

# A page that is said to be no longer there, or only for its own members, is not made to be by asking beside it.
_NOT_THE_SITES_LAST_WORD = frozenset({404, 405, 406, 410, 500, 501})
_WORD_ENDS = ("com", "org")
_SHOWN_TRIES = 5  # the reason is one line
_LONGEST_SHOWN = 60


@dataclass(frozen=True, slots=True)
class FoundFeed:
    """A document that is a feed. `url` is what to poll: where it moved for good, else the address `asked`."""

    url: str
    asked: str
    fetched: Fetched
    parsed: ParsedFeed


async def find_feed(url: str, fetcher: Fetcher, reader: Discoverer, *, private: bool = False) -> FoundFeed | Choice:
    """The feed at `url` (normalised), or behind the page there; `private` if the address is a key although it does
    not look like one. Raises FeedError kinds with a reason for people, and UsageError for sites that have no feeds."""
    if site := without_feeds(url):
        raise UsageError(
            f"{site} offers no feeds, so I cannot follow anything there. Is there another site with the same?"
        )
    return await _Search(url, fetcher, reader, private=private).find()


async def find_by_word(word: str, fetcher: Fetcher, reader: Discoverer) -> Choice:
    """The feeds of the sites that are called so: a guess, so somebody has to choose even if there is but one.

    Raises UsageError that names the places.
    """
    hosts = [f"{word}.{end}" for end in _WORD_ENDS]
    found = await asyncio.gather(*(_offered(f"https://{host}/", fetcher, reader) for host in hosts))
    candidates = tuple(candidate for offered in found for candidate in offered)
    if not candidates:
        raise UsageError(
            f"That is not an address. I looked for a feed at {' and '.join(hosts)} and found none. "
            "Give the address of a feed or of a web page, like https://example.org/feed.xml."
        )
    return Choice(page_url=word, candidates=candidates)


async def _offered(url: str, fetcher: Fetcher, reader: Discoverer) -> tuple[Candidate, ...]:
    try:
        found = await find_feed(url, fetcher, reader)
    except (FeedError, UsageError):
        return ()
    if isinstance(found, Choice):
        return found.candidates
    facts = found.parsed.facts
    return (Candidate(url=found.url, title=facts.title, kind=facts.format),)


def site_word(text: str) -> str | None:
    """A site's name, if that is what was typed instead of its address."""
    try:
        normalise(text)
    except UsageError:
        return word_of(text)
    return None


async def find_with(access: Access | None, url: str, fetcher: Fetcher, reader: Discoverer) -> FoundFeed | Choice:
    """The feed that `access` opens, or the one at `url` if everybody may read it. Raises as the two ways do."""
    if access is not None and access.login is not None:
        return await read_with_login(access, fetcher, reader)
    if access is not None:
        return await find_feed(access.url, fetcher, reader, private=not is_private(access.url))
    return await find_feed(url, fetcher, reader)


async def read_with_login(access: Access, fetcher: Fetcher, reader: Discoverer) -> FoundFeed:
    """The feed at exactly this address: a login is not carried to what a page announces. Raises FeedError kinds."""
    fetched = await _get(access.url, fetcher, access.login)
    try:
        return await _read(access.url, fetched, reader, access)
    except ParseError as no_feed:
        if not _looks_like_a_page(fetched):
            raise
        raise ParseError(access.url, "that is a web page; with a login I need the feed's own address") from no_feed


@dataclass
class _Search:
    """The way to one feed, and what was tried in vain on it."""

    url: str
    fetcher: Fetcher
    reader: Discoverer
    private: bool
    tried: list[str] = field(default_factory=list)

    async def find(self) -> FoundFeed | Choice:
        if is_whole_answer(self.url) and (found := await self._among(known_sites(self.url))) is not None:
            return found
        if (found := await self._in_directory()) is not None:
            return found
        try:
            fetched = await _get(self.url, self.fetcher)
        except FetchError as error:
            return await self._without_the_page(error)
        try:
            return await _read(self.url, fetched, self.reader, self._access(self.url))
        except ParseError as no_feed:
            if not _looks_like_a_page(fetched):
                raise
            return await self._behind(fetched, no_feed)

    async def _behind(self, page: Fetched, no_feed: ParseError) -> FoundFeed | Choice:
        found = await self.reader.discover(page.body, url=_base(page), content_type=page.content_type)
        candidates = tuple(one for one in found if one.url not in self.tried)
        if (only := await self._among(candidates)) is not None:
            return only
        for place in [*(one.url for one in by_software(page.url)), *guesses(page.url)]:
            try:
                return await self._read_at(place)
            except FeedError as error:
                if not _answers(error):
                    break
        raise self._in_vain(announced=bool(candidates)) from no_feed

    async def _without_the_page(self, error: FetchError) -> FoundFeed:
        """The feed may be there although the page does not show itself to programs."""
        if error.status in _NOT_THE_SITES_LAST_WORD:
            for candidate in by_software(self.url):
                with suppress(FeedError):
                    return await self._read_at(candidate.url)
        raise error

    async def _in_directory(self) -> FoundFeed | Choice | None:
        """What a directory of podcasts names."""
        if (entry := directory_entry(self.url)) is None:
            return None
        try:
            answer = await _get(entry, self.fetcher)
            return await self._among(await self.reader.discover(answer.body, url=answer.url))
        except FeedError:
            return None  # the page says it too, as a rule

    async def _among(self, candidates: tuple[Candidate, ...]) -> FoundFeed | Choice | None:
        """Of several somebody chooses; the only one is meant. None if there is none, or none any more."""
        if len(candidates) > 1:
            if any(is_private(one.url) for one in candidates):  # a menu would show the keys
                raise ParseError(self.url, "that page has several feeds for you alone; give me the address of one")
            return Choice(page_url=self.url, candidates=candidates)
        for only in candidates:
            try:
                return await self._read_at(only.url)
            except ParseError:
                continue
            except FetchError as error:
                if error.status not in _NOT_THE_SITES_LAST_WORD:
                    raise
        return None

    async def _read_at(self, place: str) -> FoundFeed:
        """Raises FeedError kinds; the place is then among those that were tried."""
        self.tried.append(place)
        return await _read(place, await _get(place, self.fetcher), self.reader, self._access(place))

    def _access(self, place: str) -> Access | None:
        """What the place's document must not repeat."""
        return Access(url=place) if self.private or is_private(place) else None

    def _in_vain(self, *, announced: bool) -> ParseError:
        if self._access(self.url) is not None:
            return ParseError(self.url, "that is a web page, and I found no feed behind it")
        tried = [_short(place, self.url) for place in self.tried]
        says = f"there is no feed at {tried[0]}, which it announces" if announced else "it announces no feed"
        others = tried[announced:]
        shown, more = ", ".join(others[:_SHOWN_TRIES]), len(others) - _SHOWN_TRIES
        more_words = f" and {more} more usual places" if more > 0 else ""
        return ParseError(self.url, f"that is a web page, and {says}; I looked at {shown}{more_words}")


def _answers(error: FeedError) -> bool:
    """Whether it makes sense to ask the same site for more."""
    return not isinstance(error, FetchError) or (error.status is not None and error.status != TOO_MANY_REQUESTS)


async def _get(url: str, fetcher: Fetcher, login: Login | None = None) -> Fetched:
    answer = await fetcher.fetch(url, login=login)
    if isinstance(answer, NotModified):  # to a request without conditions (RFC 9110 15.4.5 forbids it)
        raise ParseError(url, "the server says 'not modified' without having been asked whether it was")
    return answer


async def _read(url: str, fetched: Fetched, reader: Discoverer, access: Access | None) -> FoundFeed:
    if access is not None:
        fetched = replace(fetched, body=without_secrets(fetched.body, access))
    parsed = await reader.read(fetched.body, url=_base(fetched), content_type=fetched.content_type)
    return FoundFeed(fetched.moved_to or url, url, fetched, parsed)


def _base(fetched: Fetched) -> str:
    """What links are resolved against: one to nowhere must not become the key that the address holds."""
    return without_keys(fetched.url) if is_private(fetched.url) else fetched.url


def _short(url: str, beside: str) -> str:
    """The path, on the same host; without anything that may be a key."""
    parts = urlsplit(without_keys(url))
    shown = parts.path if parts.hostname == urlsplit(beside).hostname else f"{parts.hostname}{parts.path}"
    return shown if len(shown) <= _LONGEST_SHOWN else shown[: _LONGEST_SHOWN - 1] + "…"


def _looks_like_a_page(fetched: Fetched) -> bool:
    """By its label or its first bytes; servers get either wrong."""
    if "html" in fetched.content_type.lower():
        return True
    start = fetched.body[:1024].lstrip().lower()
    return start.startswith((b"<!doctype html", b"<html")) or b"<html" in start
