"""`herald preview URL|FILE`: what Herald reads in a feed, without Discord and without a database."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.markup import escape

from bot.errors import FetchError, ParseError
from bot.feeds.discover import normalise
from bot.model import Entry, ParsedFeed
from bot.opening import open_fetcher
from bot.reading.reader import WorkerReader
from bot.settings import load as load_settings
from bot.work.answers import Choice
from bot.work.finding import FoundFeed, find_feed

SHOWN_ENTRIES = 10


@dataclass(frozen=True, slots=True)
class Seen:
    """A feed as read. `choice` is set instead of `parsed` if a page announces several."""

    url: str
    parsed: ParsedFeed | None = None
    choice: Choice | None = None


async def load(source: str) -> Seen:
    """Reads a file, or what is at an address. Raises UsageError, FeedError and SetupError kinds."""
    reader = WorkerReader(workers=1)
    try:
        if _is_file(source):
            body, url = _file(Path(source))
            return Seen(url, await reader.read(body, url=url))
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


def _is_file(source: str) -> bool:
    """A path that exists, or that can be nothing else."""
    return Path(source).exists() or source.startswith(("/", "./", "../", "~"))


def _file(path: Path) -> tuple[bytes, str]:
    try:
        return path.expanduser().read_bytes(), path.expanduser().resolve().as_uri()
    except OSError as error:
        raise FetchError(str(path), f"{path} cannot be read: {error.strerror}") from error


def as_json(seen: Seen) -> dict[str, Any]:
    """The fixed form: entries in the order of the document, all of them."""
    if seen.parsed is None:
        raise _several(seen)
    facts = seen.parsed.facts
    return {
        "feed": {"title": facts.title, "url": seen.url, "link": facts.link, "format": facts.format},
        "entries": [entry_json(entry) for entry in seen.parsed.entries],
        "problems": list(seen.parsed.problems),
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


def _several(seen: Seen) -> ParseError:
    assert seen.choice is not None
    lines = [f"{one.title} ({one.kind}): {one.url}" for one in seen.choice.candidates]
    return ParseError(seen.url, "\n  ".join(["That page announces several feeds; name one of them:", *lines]))


def show(seen: Seen, console: Console) -> None:
    """For people: the feed, and its newest entries in a line or two each."""
    if seen.parsed is None:
        raise _several(seen)
    facts, entries = seen.parsed.facts, seen.parsed.entries
    console.print(f"[bold]{escape(facts.title or 'An untitled feed')}[/bold]  {escape(facts.format)}")
    console.print(f"{len(entries)} entries, {escape(facts.link or seen.url)}\n", soft_wrap=True)
    for entry in entries[:SHOWN_ENTRIES]:
        _show_entry(entry, console)
    if len(entries) > SHOWN_ENTRIES:
        console.print(f"... and {len(entries) - SHOWN_ENTRIES} more (--json has all)")
    for problem in seen.parsed.problems:
        console.print(f"[yellow]odd:[/yellow] {escape(problem)}")


def _show_entry(entry: Entry, console: Console) -> None:
    byline = ", ".join(part for part in (entry.author, as_utc(entry.published_at)) if part)
    console.print(f"[bold blue]{escape(entry.title or entry.text[:80] or '(untitled)')}[/bold blue]", soft_wrap=True)
    if byline:
        console.print(f"  [dim]{escape(byline)}[/dim]")
    for label, value in (("link", entry.url), ("image", entry.image_url)):
        if value:
            console.print(f"  {label:<6}{escape(value)}", soft_wrap=True)
    if entry.summary:
        console.print(f"  {escape(' '.join(entry.summary.split())[:200])}", soft_wrap=True)
    console.print()
