"""`herald preview URL|FILE|-`: what Herald reads in a feed, without Discord and without a database."""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.text import Text

from bot.errors import FetchError, ParseError
from bot.feeds.discover import normalise
from bot.feeds.odd import oddities
from bot.model import Entry, ParsedFeed, Payload, Subscription
from bot.opening import open_fetcher
from bot.ops.clock import SystemClock
from bot.reading.reader import WorkerReader
from bot.sandbox.terminal.drawing import draw_message
from bot.sandbox.terminal.markdown import Prefixed
from bot.settings import load as load_settings
from bot.work.answers import Choice
from bot.work.finding import FoundFeed, find_feed
from bot.work.first_poll import newest_first, samples

STANDARD_INPUT = "-"
DRAWN_ENTRIES = 3  # as posts; as many as `/feed preview` shows
NAMED_ENTRIES = 10  # with those that are drawn
_MIB = 1 << 20
_WHAT_IS_READ = "Herald reads RSS, Atom and JSON Feed, and web pages that announce one."
_FORMAT = re.compile(r"([a-z]+)([\d.]*)")
_FORMAT_NAMES = {"rss": "RSS", "atom": "Atom", "jsonfeed": "JSON Feed"}


@dataclass(frozen=True, slots=True)
class Seen:
    """A feed as read. `choice` is set instead of `parsed` if a page announces several."""

    url: str
    parsed: ParsedFeed | None = None
    choice: Choice | None = None


async def load(source: str) -> Seen:
    """Reads a file, standard input, or what is at an address. Raises UsageError, FeedError and SetupError kinds."""
    reader = WorkerReader(workers=1)
    try:
        if source == STANDARD_INPUT or _is_file(source):
            body, url = _document(source)
            return Seen(url, await _read(body, url, reader))
        found = await _at_address(source, reader)
    finally:
        await reader.close()
    if isinstance(found, Choice):
        return Seen(found.page_url, choice=found)
    return Seen(found.url, found.parsed)


async def _at_address(source: str, reader: WorkerReader) -> FoundFeed | Choice:
    async with open_fetcher(load_settings()) as fetcher:
        try:
            return await find_feed(normalise(source), fetcher, reader)
        except FetchError as error:
            if "://" in source:
                raise
            raise FetchError(source, f"there is no file {source}, and as an address: {error.reason}") from error


# --- Documents at hand -------------------------------------------------------------------------------------------


def _is_file(source: str) -> bool:
    """A path that exists, or that can be nothing else."""
    return Path(source).exists() or source.startswith(("/", "./", "../", "~"))


def _document(source: str) -> tuple[bytes, str]:
    """What the file or standard input holds, and its address. Raises FetchError."""
    limit = load_settings().fetch.max_bytes
    if source == STANDARD_INPUT:
        name, url, body = "standard input", "", sys.stdin.buffer.read(limit + 1)
    else:
        path = Path(source).expanduser()
        name, url, body = source, path.resolve().as_uri(), _contents(path, source, limit + 1)
    if not body.strip():
        raise FetchError(url, f"{name} is empty")
    if len(body) > limit:
        raise FetchError(
            url, f"{name} holds more than {limit // _MIB} MiB, the most that Herald reads (fetch.max_bytes)"
        )
    return body, url


def _contents(path: Path, name: str, limit_bytes: int) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(limit_bytes)
    except IsADirectoryError as error:
        raise FetchError(name, f"{name} cannot be read: it is a folder. Name a file in it.") from error
    except OSError as error:
        raise FetchError(name, f"{name} cannot be read: {error.strerror}") from error


async def _read(body: bytes, url: str, reader: WorkerReader) -> ParsedFeed:
    try:
        return await reader.read(body, url=url)
    except ParseError as no_feed:
        start = body[:1024].lower()
        if b"<opml" in start:
            raise ParseError(
                url, "that is a list of feeds (OPML), not a feed: `herald opml import` takes it"
            ) from no_feed
        announced = await reader.discover(body, url=url) if b"<html" in start or b"<!doctype html" in start else ()
        if announced:
            raise _announces(url, Choice(page_url=url, candidates=announced)) from no_feed
        raise ParseError(url, f"{no_feed.reason}\n  {_WHAT_IS_READ}") from no_feed


def _announces(url: str, choice: Choice) -> ParseError:
    lines = [f"{one.title} ({one.kind}): {one.url}" for one in choice.candidates]
    what = "several feeds; name one of them" if len(lines) > 1 else "a feed; name that"
    return ParseError(url, "\n  ".join([f"That page announces {what}:", *lines]))


# --- For programs --------------------------------------------------------------------------------------------------


def as_json(seen: Seen) -> dict[str, Any]:
    """The fixed form: entries in the order of the document, all of them."""
    if seen.parsed is None:
        assert seen.choice is not None
        raise _announces(seen.url, seen.choice)
    facts = seen.parsed.facts
    return {
        "feed": {"title": facts.title, "url": seen.url, "link": facts.link, "format": facts.format},
        "entries": [entry_json(entry) for entry in seen.parsed.entries],
        "problems": list(oddities(seen.parsed, SystemClock().now())),
    }


def entry_json(entry: Entry) -> dict[str, Any]:
    """An entry as programs are given it; `null` where the feed says nothing."""
    return {
        "guid": entry.guid,
        "title": entry.title,
        "url": entry.url,
        "author": entry.author,
        "published_at": as_utc(entry.published_at),
        "image_url": entry.image_url,
        "summary": entry.summary,
    }


def as_utc(when: datetime | None) -> str | None:
    """For example 2026-05-13T10:57:52Z."""
    return None if when is None else when.strftime("%Y-%m-%dT%H:%M:%SZ")


# --- For people ----------------------------------------------------------------------------------------------------


def show(seen: Seen, console: Console) -> None:
    """The feed, its newest entries as Discord would show them, and what is odd about it."""
    if seen.parsed is None:
        assert seen.choice is not None
        raise _announces(seen.url, seen.choice)
    facts, now = seen.parsed.facts, SystemClock().now()
    entries = newest_first(seen.parsed.entries)
    console.print(f"[bold]{escape(facts.title or 'An untitled feed')}[/bold]")
    console.print(f"{_format_name(facts.format)}, {_counted(entries)}", soft_wrap=True)
    if site := facts.link or seen.url:
        console.print(escape(site), soft_wrap=True)
    me = Subscription(id=0, guild_id=0, channel_id=0, feed_id=0)
    posts = samples(seen.parsed, seen.url, me, now, DRAWN_ENTRIES)
    if posts:
        console.print(
            "\nThe newest would be posted like this:" if len(entries) > 1 else "\nIt would be posted like this:"
        )
    for entry, post in zip(entries, posts, strict=False):
        _draw(entry, post, console)
    _name_the_rest(entries, console)
    if said := oddities(seen.parsed, now):
        console.print("\n[yellow]What is odd about it:[/yellow]")
        for one in said:
            console.print(Prefixed(Text(one), "  · ", "    "))


def _counted(entries: list[Entry]) -> str:
    if not entries:
        return "no entries now; the first that comes is posted"
    newest = as_utc(entries[0].published_at)
    dated = f", the newest of {newest[:10]}" if newest else ""
    return f"{len(entries)} entries{dated}" if len(entries) > 1 else f"1 entry{dated.replace('the newest ', '')}"


def _format_name(written: str) -> str:
    """For example "RSS 2.0"."""
    found = _FORMAT.fullmatch(written)
    return " ".join(part for part in (_FORMAT_NAMES.get(found[1], found[1]), found[2]) if part) if found else written


def _draw(entry: Entry, post: Payload, console: Console) -> None:
    """As in Discord; below it the addresses, which are hidden there and in most terminals."""
    message = {"content": post.content, "embeds": [dict(one) for one in post.embeds]}
    console.print()
    console.print(draw_message({"author": {"username": "Herald", "bot": True}, **message}))
    for label, value in (("link", entry.url), ("image", entry.image_url)):
        if value:
            console.print(f"[dim]{label:<6}{escape(value)}[/dim]", soft_wrap=True)


def _name_the_rest(entries: list[Entry], console: Console) -> None:
    if len(entries) > DRAWN_ENTRIES:
        console.print("\nBefore them:")
    for entry in entries[DRAWN_ENTRIES:NAMED_ENTRIES]:
        day = (as_utc(entry.published_at) or "")[:10]
        title = " ".join((entry.title or entry.text[:80] or "(untitled)").split())
        console.print(escape(f"  {day}  {title}" if day else f"  {title}"), soft_wrap=True)
    if len(entries) > NAMED_ENTRIES:
        console.print(f"  ... and {len(entries) - NAMED_ENTRIES} more (--json has all)")
