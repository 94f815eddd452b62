"""How a feed is asked, in words: when next and why then, its rhythm, what is saved by asking, redirects, push."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from bot.chat.messages import LINE_LIMIT
from bot.chat.status_messages import next_poll
from bot.model import Detour, Feed, HubSubscription, Move
from bot.render.escape import escape_line
from bot.render.lines import host, plural, when
from bot.work.answers import Status
from bot.work.moves import CONFIRMATIONS
from bot.work.outlook import Because, Outlook

WHY_THEN: Mapping[Because, str] = {
    "ended": "it is gone, and asked again only if somebody resumes it",
    "failing": "each failure makes the pause longer, up to a day",
    "patience": "its server asked for fewer requests",
    "pushed": "its hub tells of new entries at once, so polls are rare",
    "fixed": "the interval is fixed by who runs me",
    "wish": "the publisher asks not to come sooner",
    "rhythm": "that fits how often it publishes",
    "unknown": "its rhythm is not known yet",
    "first": "it was not read yet",
}


def next_and_why(status: Status) -> str:
    """When it is asked next, and what decided that."""
    is_paused = status.subscription.paused_at is not None
    at = next_poll(status.feed.next_due_at, is_paused=is_paused)
    return at if is_paused or status.outlook is None else f"{at}: {WHY_THEN[status.outlook.because]}"


def polling(status: Status) -> str:
    """One line for each thing worth knowing."""
    feed = status.feed
    lines = [
        rhythm(status.outlook) if status.outlook is not None else "",
        saved(feed),
        moving(feed.move) if feed.move is not None else "",
        leading(feed.detour) if feed.detour is not None else "",
        push(status.hub, feed),
        old(status.old),
    ]
    return "\n".join(line for line in lines if line)


def rhythm(outlook: Outlook) -> str:
    every = f", so it is worth asking about every {length(outlook.interval)}" if outlook.interval else ""
    if outlook.per_day is None:
        return f"Too few entries to know its rhythm; until then it is asked every {length(outlook.interval)}."
    rate = f"About {_rate(outlook.per_day)}"
    hours = ""
    if outlook.busy_hours is not None:
        begin, end = outlook.busy_hours
        hours = f", most of them from {begin:02}:00 to {end:02}:00 UTC"
    return f"{rate}{hours}{every}."


def _rate(per_day: float) -> str:
    if per_day >= 1:
        return f"{plural(round(per_day), 'entry', 'entries')} a day"
    days = round(1 / per_day) if per_day > 0 else 0
    return f"an entry every {plural(days, 'day')}" if days else "no entry any more"


def length(time: timedelta | None) -> str:
    """A length of time to one unit: "40 minutes", "3 hours"."""
    seconds = (time or timedelta()).total_seconds()
    if seconds < 90:
        return plural(max(1, round(seconds)), "second")
    return plural(round(seconds / 60), "minute") if seconds < 90 * 60 else plural(round(seconds / 3600), "hour")


def saved(feed: Feed) -> str:
    """Whether its server says "not modified" instead of sending all of it."""
    names = [
        name
        for name, value in (("ETag", feed.validators.etag), ("Last-Modified", feed.validators.last_modified))
        if value is not None
    ]
    if feed.polled_at is None:
        return ""
    if not names:
        return "Its server gives neither ETag nor Last-Modified: all of it is fetched each time."
    return f"Its server gives {' and '.join(names)}: what did not change is not fetched again."


def moving(move: Move) -> str:
    return (
        f"Its address says since {when(move.since)} that it lives at {_place(move.to)} for good "
        f"({move.confirmed} of {CONFIRMATIONS} times, and a day, to be believed). It is read there meanwhile."
    )


def leading(detour: Detour) -> str:
    return f"Its address leads to {_place(detour.to)} for the time being, since {when(detour.since)}."


def _place(url: str) -> str:
    """The host alone: what comes after it may be a secret."""
    return f"**{escape_line(host(url), 100)}**"


def old(count: int) -> str:
    if not count:
        return ""
    came = plural(count, "entry", "entries")
    return f"{came} of the last 30 days came long after their date and were not posted; `/search` finds them."


def push(hub: HubSubscription | None, feed: Feed) -> str:
    if hub is None:
        return "It names no hub, so nobody can push it." if feed.polled_at is not None else ""
    name = _place(hub.hub_url)
    if hub.lease_until is not None:
        tells = "pushes its entries" if feed.pushed_until is not None else "has promised to push, and not done it yet;"
        return f"Its hub {name} {tells} until {when(hub.lease_until)}; I ask again before that."
    if hub.reason:
        return f"Its hub {name} does not push: {escape_line(hub.reason, LINE_LIMIT)}. I ask again {when(hub.ask_at)}."
    if hub.pending:
        return f"Its hub {name} was asked to push and has not answered. I ask again {when(hub.ask_at)}."
    return f"It names the hub {name}, which was not asked to push."
