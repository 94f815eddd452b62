"""Small pieces of answers: one entry on one line, times, counts, names."""

from __future__ import annotations

from datetime import datetime

from bot.model import StoredEntry
from bot.render.entry_embed import title_of
from bot.render.escape import escape_line
from bot.render.inline import address, code
from bot.render.link import host, looks_like_address, redact_url, safe_link

__all__ = ["code", "entry_line", "host", "linked", "plural", "redact_url", "when"]

_LONGEST_TITLE = 120
_LONGEST_FEED = 60
_LONGEST_ADDRESS = 600  # ten lines, links and all, must fit one embed


def entry_line(stored: StoredEntry) -> str:
    """The entry as one line of markdown, under 1,000 units: title with its link, feed, how long ago."""
    title = linked_title(stored)
    feed = escape_line(stored.feed_title or host(stored.feed_url), _LONGEST_FEED)
    return f"{title} · {feed} · {when(stored.dated_at)}"


def linked_title(stored: StoredEntry, *, longest: int = _LONGEST_TITLE) -> str:
    """The title as a link to the entry, where that is safe."""
    return linked(title_of(stored), stored.entry.url, longest=longest)


def linked(written: str, url: str | None, *, longest: int = _LONGEST_TITLE) -> str:
    """A stranger's title, not escaped yet, as a link to where it leads, where that is safe."""
    title = escape_line(written, longest)
    link = safe_link(url)
    if link is None or len(address(link)) > _LONGEST_ADDRESS:
        return title
    # Discord shows no masked link whose text is an address, and nobody could trust one.
    is_address = looks_like_address(title)
    return f"{title} [↗]({address(link)}) {host(link)}" if is_address else f"[{title}]({address(link)})"


def when(moment: datetime) -> str:
    """The moment as Discord shows it to each reader in their own language: "2 hours ago"."""
    return f"<t:{int(moment.timestamp())}:R>"


def plural(count: int, one: str, many: str | None = None) -> str:
    """The count and the right word: "1 entry", "1,000 entries". Without `many`, an "s" is added."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"
