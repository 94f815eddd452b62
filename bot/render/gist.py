"""The rest of a flood as one message: how many entries, and what the newest of them are called."""

from __future__ import annotations

from typing import Any

from bot.model import Payload, Posting
from bot.render import limits
from bot.render.clip import clip
from bot.render.entry_embed import color, title_of
from bot.render.escape import escape_line, plain_line
from bot.render.limits import units
from bot.render.lines import linked_title, plural

LONGEST_TITLE = 120
LONGEST_DESCRIPTION = 3500
WITHOUT_LINKS, TEXT_ONLY = 2, 3  # steps of `Posting.degraded`


def gist(posting: Posting) -> Payload:
    """One embed with a line for each title, newest first, as many as fit. All stay searchable, and it says so."""
    newest = posting.deliveries[-1].entry
    feed = plain_line(newest.feed_title, 80) or "this feed"
    head = f"{plural(posting.total, 'more entry', 'more entries')} from {feed}"
    if posting.degraded >= TEXT_ONLY:
        return Payload(
            content=f"**{escape_line(head, 200)}**\nThey came within a short time. `/search` finds each of them."
        )
    made: dict[str, Any] = {
        "title": clip(escape_line(head, limits.EMBED_TITLE), limits.EMBED_TITLE),
        "description": _lines(posting),
        "color": color(newest.feed_url),
        "footer": {"text": "They came within a short time. /search finds each of them."},
    }
    return Payload(embeds=(made,))


def _lines(posting: Posting) -> str:
    text = ""
    shown = 0
    for delivery in reversed(posting.deliveries):
        plain = posting.degraded >= WITHOUT_LINKS
        entry = delivery.entry
        title = escape_line(title_of(entry), LONGEST_TITLE) if plain else linked_title(entry, longest=LONGEST_TITLE)
        line = f"• {title}\n"
        if units(text) + units(line) > LONGEST_DESCRIPTION:
            break
        text += line
        shown += 1
    left = posting.total - shown
    return text + (f"… and {left} more" if left else "")
