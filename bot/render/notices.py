"""What Herald tells the people of a guild about itself: what happened, then what to do. Discord markdown, no pings."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from bot.model import Refused
from bot.render.escape import escape_line
from bot.render.lines import when

# Discord's JSON error codes ("Opcodes and Status Codes"), and what somebody can do about each.
REMEDIES = {
    10003: "The channel is gone. `/feed list` and `/digest list` show what was for it; `remove` ends that.",
    20026: "Discord suspects me and lets me write nowhere. Who runs me has to settle that with Discord.",
    40067: "The forum wants a tag on each post. Lift that in its settings, or follow the feed elsewhere: `/feed add`.",
    50001: "Let me see it: **View Channel** in the channel's permissions.",
    50008: "It is no channel that takes messages. Follow the feed in another one: `/feed add`.",
    50013: "Give me **View Channel**, **Send Messages** and **Embed Links** in the channel's permissions.",
    50024: "It is no channel that takes messages. Follow the feed in another one: `/feed add`.",
    50083: "The thread is archived. Open it again.",
    160005: "The thread is locked. Unlock it.",
    160006: "The server has as many active threads as Discord allows. Archive some.",
    20016: "Slow mode is on there, for me too. Give me **Manage Messages**, or turn it off.",
}
UNKNOWN_REMEDY = "Look at the channel's permissions for me."


def channel_refused(channel_id: int, refusal: Refused) -> str:
    """A channel that took posts does not any more."""
    said = refusal.reason.rstrip(".")
    return (
        f"I cannot post in <#{channel_id}> any more: Discord says “{said}”. {remedy(refusal.code)}\n"
        "Nothing is lost meanwhile: what is published waits, and comes as soon as I can post there again."
    )


def feed_gone(title: str, channel_ids: Sequence[int]) -> str:
    """A feed's server says that it is gone, and said so again a day later."""
    name, places = _name(title), _places(channel_ids)
    return (
        f"{name} is gone: its server says that it was removed for good, today as yesterday. I ask it no more, and "
        f"paused it in {places}.\nIf it is back one day, `/feed resume` tries again; `/feed remove` forgets it."
    )


def feed_failing(title: str, reason: str, since: datetime, channel_ids: Sequence[int]) -> str:
    """A feed could not be read for a day."""
    name, places = _name(title), _places(channel_ids)
    return (
        f"{name}, followed in {places}, cannot be read; that began {when(since)}. The reason: "
        f"{escape_line(reason, 200)}.\n"
        "I go on trying, more and more rarely, and say so when it is back. If the feed has another address now, follow "
        "that with `/feed add` and take this one away with `/feed remove`. `/feed status` says how it stands."
    )


def feed_back(title: str, channel_ids: Sequence[int]) -> str:
    """A feed that could not be read is back."""
    name, places = _name(title), _places(channel_ids)
    return f"{name}, followed in {places}, can be read again. What it published meanwhile, and still names, comes now."


def login_refused(title: str, reason: str, channel_ids: Sequence[int]) -> str:
    """A private feed's server does not take its login."""
    name, places = _name(title, "A private feed"), _places(channel_ids)
    return (
        f"{name}, followed in {places}, does not take its login any more: {escape_line(reason, 200)}.\n"
        "`/feed status` has a button that takes a new one. Until then I go on trying, more and more rarely."
    )


def feed_reissued(title: str, count: int, channel_ids: Sequence[int]) -> str:
    """A feed's archive came again under new identities."""
    name, places = _name(title), _places(channel_ids)
    return (
        f"{name}, followed in {places}, brought {count:,} entries again as if they were new: their titles are known, "
        "their identities are not. Sites do that when they move or change their software. I held them back.\n"
        "**Post them**: the newest get posts, the rest is told in one message. **Forget them**: nothing is posted. "
        "What is really new goes on coming either way. `/feed status` asks the same."
    )


def remedy(code: int) -> str:
    """What to do about a refusal."""
    return REMEDIES.get(code, UNKNOWN_REMEDY)


def _name(title: str, untitled: str = "A feed") -> str:
    return f"**{escape_line(title, 100)}**" if title else untitled


def _places(channel_ids: Sequence[int]) -> str:
    return ", ".join(f"<#{channel_id}>" for channel_id in channel_ids[:10])
