"""What came since the last digest, as one message or a few: by feed, newest first, each entry a line with its link."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from bot.model import DigestLine, DigestPage, DigestSection, Payload, StoredEntry
from bot.render import limits
from bot.render.clip import clip
from bot.render.entry_embed import title_of
from bot.render.escape import escape_line
from bot.render.inline import code
from bot.render.limits import units
from bot.render.lines import host, linked, plural, when

MOST_PAGES = 3  # messages; who wants to read more than some fifty lines searches
LONGEST_TITLE, LONGEST_FEED, LONGEST_FILTER = 120, 80, 100
LONGEST_LINE = 900  # units: a title and an address (lines.linked), and the time
COLOR = 0x5865F2
WITHOUT_LINKS, TEXT_ONLY = 2, 3  # steps of `Posting.degraded`

_ROOM = limits.EMBED_DESCRIPTION - 300  # but for the head and the foot
_LONGEST_HEADING = LONGEST_FEED + 10
# Each page but the last may end early by what did not fit, and the next one repeats the feed's name.
_ROOM_IN_ALL = MOST_PAGES * _ROOM - (MOST_PAGES - 1) * (LONGEST_LINE + 2 * _LONGEST_HEADING)


def pages(entries: Sequence[StoredEntry], *, since: datetime, filter: str = "") -> tuple[DigestPage, ...]:
    """The entries, newest first, as at most MOST_PAGES messages; none if there are none.

    Where there are too many, each feed shows as many as the others, as far as it has them.
    """
    sections = _sections(entries)
    shown = list(_packed(_fitting(sections)))
    left_out = len(entries) - sum(len(section.lines) for page in shown for section in page)
    whole = DigestPage(sections=(), since=since, entries=len(entries), feeds=len(sections), filter=filter)
    return tuple(
        replace(
            whole,
            sections=tuple(page),
            page=number,
            pages=len(shown),
            left_out=left_out if number == len(shown) else 0,
        )
        for number, page in enumerate(shown, 1)
    )


def message(page: DigestPage, *, degraded: int = 0) -> Payload:
    """The page in Discord's JSON, as plain as `degraded` asks."""
    if degraded >= TEXT_ONLY:
        return Payload(
            content=f"{title(page)}. Discord takes no list of them from me; `/latest` and `/search` find each."
        )
    sections = "\n\n".join(_section(section, links=degraded < WITHOUT_LINKS) for section in page.sections)
    text = "\n".join(part for part in (_head(page), sections, _foot(page)) if part)
    made: dict[str, Any] = {"title": title(page), "description": text, "color": COLOR}
    return Payload(embeds=(made,))


def title(page: DigestPage) -> str:
    """What the page is called: what is in the digest, and which page of it this is."""
    return counted(page) if page.pages == 1 else f"{counted(page)} ({page.page}/{page.pages})"


def counted(page: DigestPage) -> str:
    """What the whole digest holds: "12 new entries from 3 feeds"."""
    entries = plural(page.entries, "new entry", "new entries")
    return f"{entries} from {plural(page.feeds, 'feed')}"


def _sections(entries: Sequence[StoredEntry]) -> list[DigestSection]:
    """By feed; that of the newest entry first."""
    by_feed: dict[int, list[StoredEntry]] = {}
    for stored in entries:
        by_feed.setdefault(stored.feed_id, []).append(stored)
    return [
        DigestSection(feed_title=of_feed[0].feed_title or host(of_feed[0].feed_url), lines=tuple(map(_kept, of_feed)))
        for of_feed in by_feed.values()
    ]


def _kept(stored: StoredEntry) -> DigestLine:
    published = stored.entry.published_at or stored.first_seen_at
    at = min(published, stored.first_seen_at)  # a date in the future is a mistake
    return DigestLine(title=title_of(stored), url=stored.entry.url, at=at)


def _fitting(sections: Sequence[DigestSection]) -> list[DigestSection]:
    """The sections cut to what all pages have room for: the newest of each feed, then the second of each, and so on."""
    taken = [0] * len(sections)
    left = _ROOM_IN_ALL
    growing = list(range(len(sections)))
    while growing:
        still = []
        for place in growing:
            section = sections[place]
            cost = _cost(section, section.lines[taken[place]], first=taken[place] == 0)
            if cost <= left:
                left -= cost
                taken[place] += 1
                if taken[place] < len(section.lines):
                    still.append(place)
        growing = still
    return [
        replace(section, lines=section.lines[:count]) for section, count in zip(sections, taken, strict=True) if count
    ]


def _packed(sections: Sequence[DigestSection]) -> Iterator[list[DigestSection]]:
    """The sections page by page; one that goes over the end of a page goes on under its name."""
    page: list[DigestSection] = []
    left = _ROOM
    for section in sections:
        lines: list[DigestLine] = []
        for line in section.lines:
            if _cost(section, line, first=not lines) > left:
                yield [*page, *([replace(section, lines=tuple(lines))] if lines else [])]
                page, lines, left = [], [], _ROOM
            left -= _cost(section, line, first=not lines)
            lines.append(line)
        page.append(replace(section, lines=tuple(lines)))
    if page:
        yield page


def _cost(section: DigestSection, line: DigestLine, *, first: bool) -> int:
    return units(_line(line)) + 1 + (units(_heading(section)) + 2 if first else 0)


def _section(section: DigestSection, *, links: bool) -> str:
    return "\n".join([_heading(section), *(_line(line, links=links) for line in section.lines)])


def _heading(section: DigestSection) -> str:
    return f"**{escape_line(section.feed_title or '…', LONGEST_FEED)}**"


def _line(line: DigestLine, *, links: bool = True) -> str:
    title = linked(line.title, line.url if links else None, longest=LONGEST_TITLE)
    return f"- {title} · {when(line.at)}"


def _head(page: DigestPage) -> str:
    if page.page > 1:
        return ""
    matching = f" that match {code(clip(page.filter, LONGEST_FILTER))}" if page.filter else ""
    return f"-# Since <t:{int(page.since.timestamp())}:f>{matching}"


def _foot(page: DigestPage) -> str:
    return f"-# … and {page.left_out:,} more: `/search` and `/latest` find them." if page.left_out else ""
