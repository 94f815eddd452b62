"""What is odd about a feed, in words: what follows from it, and who can do something about it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta

from bot.feeds.identity import address
from bot.feeds.links import is_public
from bot.feeds.parsed import NOT_WELL_FORMED
from bot.model import Entry, ParsedFeed

ASLEEP = timedelta(days=365)  # without a new entry: worth a look whether the site has another feed
AHEAD = timedelta(days=1)  # clocks and time zones are off by less
FEW = 3  # entries: what all of fewer have in common may be chance


def oddities(feed: ParsedFeed, now: datetime) -> tuple[str, ...]:
    """One line each, what matters most first; what the document itself made hard to read is among them."""
    entries = feed.entries
    said = [
        f"{one}; its author finds the place with validator.w3.org/feed" if one == NOT_WELL_FORMED else one
        for one in feed.problems
    ]
    if entries:
        said += [*_identity(entries), *_links(entries), *_dates(entries, now)]
    return tuple(said)


def _identity(entries: Sequence[Entry]) -> list[str]:
    said = []
    nameless = sum(entry.guid is None for entry in entries)
    if nameless:
        said.append(
            f"{_lack(nameless, entries, 'guid')}: told apart by link and title, so one whose link changes may be "
            "posted again; its author can add one (RSS guid, Atom id)"
        )
    named = defaultdict[str, set[int]](set)
    for entry in entries:
        if entry.guid is not None:
            named[entry.guid].add(entry.key)
    if shared := sum(len(keys) for keys in named.values() if len(keys) > 1):
        said.append(f"{shared} entries share their guid with another: told apart by the rest; each should have its own")
    return said


def _links(entries: Sequence[Entry]) -> list[str]:
    links = [entry.url for entry in entries if entry.url]
    said = []
    if len(links) < len(entries):
        said.append(f"{_lack(len(entries) - len(links), entries, 'link')}: those posts lead nowhere")
    if inside := sum(not is_public(link) for link in links):
        said.append(
            f"{_of(inside, entries, 'links', 'link')} to the author's own machine, where nobody else gets; "
            "its author has to set the site's address in the software that writes the feed"
        )
    if len(links) >= FEW and len({address(link) for link in links}) == 1:
        said.append("every entry links to the same page: they are told apart by guid, title and text")
    return said


def _dates(entries: Sequence[Entry], now: datetime) -> list[str]:
    dates = [entry.published_at for entry in entries if entry.published_at is not None]
    said = []
    if len(dates) < len(entries):
        said.append(
            f"{_lack(len(entries) - len(dates), entries, 'date')}: those are posted in the order of the document"
        )
    if ahead := sum(date > now + AHEAD for date in dates):
        said.append(f"{_of(ahead, entries, 'is dated', 'are dated')} in the future: such a date orders nothing")
    if dates and (newest := max(dates)) < now - ASLEEP:
        said.append(f"nothing new since {newest:%B %Y}: its site may have another feed by now")
    return said


def _lack(count: int, entries: Sequence[Entry], what: str) -> str:
    """For example "3 of 20 entries have no date"."""
    if count == len(entries) > 1:
        return f"none of the {count} entries has a {what}"
    return f"{_of(count, entries, 'has', 'have')} no {what}"


def _of(count: int, entries: Sequence[Entry], one: str, several: str) -> str:
    """For example "1 of 20 entries links"; `one` and `several` are the verb's forms."""
    if len(entries) == 1:
        return f"its only entry {one}"
    return (
        f"all {count} entries {several}"
        if count == len(entries)
        else f"{count} of {len(entries)} entries {one if count == 1 else several}"
    )
