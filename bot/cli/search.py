"""`herald search QUERY`: everything that was ever stored, of every server. The bot may be running meanwhile."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from rich.console import Console
from rich.markup import escape

from bot.cli.preview import as_utc, entry_json
from bot.errors import NotFound, QueryError
from bot.model import StoredEntry
from bot.ops.clock import SystemClock
from bot.query.excerpt import excerpt
from bot.query.language import Query, parse
from bot.query.since import parse_since
from bot.render.clean import clean_line
from bot.settings import load
from bot.store.store import Store

COUNTED_TO = 1_000
EXCERPT_LIMIT = 200


@dataclass(frozen=True, slots=True)
class Found:
    """Hits, best first, and how many there are in all (counted to 1,000)."""

    query: Query
    hits: list[StoredEntry]
    total: int


async def search(text: str, *, feed: str | None, since: str | None, limit: int) -> Found:
    """Raises UsageError kinds for what was asked, SetupError if there is no database to look into."""
    query = parse(text)
    start = parse_since(since, SystemClock().now()) if since else None
    async with await Store.open(load().database_url, alone=False) as store:
        feed_ids = None
        if feed is not None and not (feed_ids := await store.feeds_named(feed)):
            raise NotFound(f"no feed is at the address {feed} or has that in its title")
        hits, total = await store.search_everywhere(query, feed_ids=feed_ids, since=start, limit=limit)
    return Found(query, hits, total)


def pointed_at(mistake: QueryError) -> list[str]:
    """The query with a mark below the mistake, and what to write instead."""
    lines = [mistake.query, " " * mistake.position + "^" * max(1, mistake.length)]
    return [*lines, f"Try: {mistake.hint}"] if mistake.hint else lines


def as_json(found: Found) -> dict[str, Any]:
    """The entries have the form that `herald preview --json` gives them, and their feed."""
    return {"query": str(found.query), "total": found.total, "entries": [_hit_json(hit) for hit in found.hits]}


def _hit_json(hit: StoredEntry) -> dict[str, Any]:
    seen = {"first_seen_at": as_utc(hit.first_seen_at)}
    return {"id": hit.id, "feed": {"title": hit.feed_title, "url": hit.feed_url}, **entry_json(hit.entry), **seen}


def show(found: Found, console: Console) -> None:
    """For people: a few lines for each hit, with the words that were looked for."""
    for hit in found.hits:
        title = clean_line(hit.entry.title) or clean_line(hit.entry.text)[:80] or "(untitled)"
        console.print(f"[bold blue]{escape(title)}[/bold blue]", soft_wrap=True)
        console.print(f"  [dim]{escape(f'{clean_line(hit.feed_title)}, {_shown(_date(hit))}')}[/dim]", soft_wrap=True)
        if hit.entry.url:
            console.print(f"  {escape(hit.entry.url)}", soft_wrap=True)
        if text := _excerpt(found.query, hit):
            console.print(f"  {text}", soft_wrap=True)
        console.print()
    console.print(_summary(found))


def _date(hit: StoredEntry) -> datetime:
    return min(hit.entry.published_at or hit.first_seen_at, hit.first_seen_at)


def _shown(when: datetime) -> str:
    return f"{when:%Y-%m-%d %H:%M} UTC"


def _excerpt(query: Query, hit: StoredEntry) -> str:
    pieces = excerpt(query, clean_line(hit.entry.text), limit=EXCERPT_LIMIT)
    return "".join(f"[bold]{escape(text)}[/bold]" if wanted else escape(text) for text, wanted in pieces)


def _summary(found: Found) -> str:
    if not found.total:
        return "Nothing matches. Fewer or other words may find more; -word, feed: and --since leave things out."
    more = "or more " if found.total >= COUNTED_TO else ""
    return f"{len(found.hits)} of {found.total} {more}{'entry' if found.total == 1 else 'entries'}."
