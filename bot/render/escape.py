"""Makes a stranger's text show literally in Discord, in time linear in its length.

`discord.utils.escape_markdown` takes 166 s for 20 kB of `[a](`, and leaves mentions, timestamps and commands alone.
"""

from __future__ import annotations

import re

from bot.render.clean import clean, clean_line
from bot.render.clip import clip
from bot.render.limits import units

_NOTHING = "\u200b"  # zero width: breaks a word for Discord, not for the reader

# A bare address stays as it is: a backslash in it would be part of what is opened.
_ADDRESS = r"""https?://[^\s<>\[\]`*|\\~"]+"""
_SPECIAL = re.compile(
    rf"(?P<address>{_ADDRESS})|[\\*_`\[\]]|~~+|\|\|+|<(?=\S)|(?P<all>@(?=everyone|here))|(?P<invite>discord\.gg/)",
    re.IGNORECASE,
)
# In a text made of pieces a neighbour can complete the pair.
_SPECIAL_IN_PIECES = re.compile(_SPECIAL.pattern.replace(r"~~+|\|\|+|<(?=\S)", r"[~|<]"), re.IGNORECASE)
_INVITE = re.compile(r"(discord\.gg/|discord(?:app)?\.com/invite/)", re.IGNORECASE)
_MASS_MENTION = re.compile("@(?=everyone|here)", re.IGNORECASE)

# What Discord reads at the start of a line: headings, subtext, quotes, lists ("Markdown Text 101" of its help).
_LINE_START = re.compile(r"^([^\S\n]*)(-#|#{1,3}|>>>|>|-|\+|\d{1,9}\.)(?=\s|$)", re.MULTILINE)


def escape(text: str) -> str:
    """The cleaned text as Discord markdown that shows it literally and pings nobody. May be over twice as long."""
    return _at_line_starts(_SPECIAL.sub(_literal, clean(text)))


def escape_piece(text: str, *, starts_line: bool) -> str:
    """As `escape`, for a cleaned piece of a line whose neighbours are not known yet."""
    literal = _SPECIAL_IN_PIECES.sub(_literal, text)
    return _at_line_starts(literal) if starts_line else literal


def escape_line(text: str, limit: int) -> str:
    """The text on one line, shown literally, in at most `limit` units; cut before it is escaped."""
    line = clean_line(text[: limit * 8])
    room = limit
    while True:
        literal = escape(clip(line, room))
        over = units(literal) - limit
        if over <= 0:
            return literal
        room -= (over + 1) // 2


def plain_line(text: str, limit: int) -> str:
    """The text on one line for a place where Discord renders no markdown (footer, author); at most `limit` units."""
    line = clip(clean_line(text[: limit * 8]), limit)
    return clip(without_calls(line), limit)


def without_calls(markdown: str) -> str:
    """The markdown with `@everyone`, `@here` and invitations made inert; nothing else changes."""
    return _INVITE.sub(rf"\1{_NOTHING}", _MASS_MENTION.sub(f"@{_NOTHING}", markdown))


def _at_line_starts(text: str) -> str:
    return _LINE_START.sub(_literal_mark, text)


def _literal_mark(match: re.Match[str]) -> str:
    indent, mark = match.groups()
    return f"{indent}{mark[:-1]}\\." if mark[-1] == "." else f"{indent}\\{mark}"


def _literal(match: re.Match[str]) -> str:
    text = match[0]
    if match["address"]:
        return without_calls(text)
    if match["all"] or match["invite"]:
        return text + _NOTHING
    return "".join("\\" + char for char in text)
