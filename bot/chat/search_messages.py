"""What Herald says of looking back: `/search` and `/latest`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from bot.chat.messages import message_link
from bot.model import StoredEntry
from bot.render.escape import escape_piece
from bot.render.lines import code, entry_line, plural


def found(total: int) -> str:
    if total >= 1000:
        return "1,000 entries or more"
    return f"{plural(total, 'entry', 'entries')} found"


def since_choice(text: str, moment: datetime) -> str:
    """For autocomplete: what was written, and the day that it means."""
    return text if text == f"{moment:%Y-%m-%d}" else f"{text} (since {moment.day} {moment:%B %Y})"


def understood_as(query: str) -> str:
    return f"-# understood as {code(query)}"


def nothing_found(understood: str, nearest: str | None, *, narrowed: bool = False) -> str:
    """`narrowed`: only one feed, or only a part of the time, was searched."""
    lines = [f"Nothing found for {code(understood)}."]
    if nearest:
        lines.append(f"Did you mean {code(nearest)}?")
    elif narrowed:
        lines.append("There may be something without `feed` and `since`.")
    else:
        lines.append("Fewer words find more; `word*` finds beginnings; `a OR b` finds either.")
    lines.append("**Alert me** tells you when it is published.")
    return "\n".join(lines)


def search_instead(query: str) -> str:
    """A button's label."""
    return f"Search for {query}"


def shared_by(user_id: int) -> str:
    return f"<@{user_id}> shares a search:"


def hit(stored: StoredEntry, guild_id: int, *, excerpt: Sequence[tuple[str, bool]] = ()) -> str:
    """One entry found: title, feed, time, the way to the message that announced it, and where the words stand in it.

    `excerpt` is in pieces that say whether they are what was looked for; those are bold.
    """
    line = entry_line(stored)
    if stored.channel_id is not None and stored.message_id is not None:
        line += f" · [the post]({message_link(guild_id, stored.channel_id, stored.message_id)})"
    shown = "".join(_piece(text, is_hit, starts_line=not place) for place, (text, is_hit) in enumerate(excerpt))
    return f"{line}\n{shown}".rstrip()


def _piece(text: str, is_hit: bool, *, starts_line: bool) -> str:
    literal_text = escape_piece(text, starts_line=starts_line)
    return f"**{literal_text}**" if is_hit and literal_text.strip() else literal_text


def latest_title(feed: str | None) -> str:
    return f"Newest from {feed}" if feed else "Newest entries"


def nothing_published() -> str:
    return "Nothing has been published yet in the feeds followed here."


SHARE = "Share here"
