"""One entry as one embed, in Discord's JSON, inside all limits whatever the feed says.

https://discord.com/developers/docs/resources/message#embed-object: markdown is rendered in the title and the
description, not in the author's name and the footer.
"""

from __future__ import annotations

import colorsys
import hashlib
import re
import unicodedata
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from bot.model import Media, StoredEntry, StyleName
from bot.render import limits
from bot.render.clean import clean, clean_line
from bot.render.clip import clip
from bot.render.clip_markdown import clip_markdown
from bot.render.escape import escape, escape_line, plain_line, without_calls
from bot.render.inline import address
from bot.render.limits import units
from bot.render.link import host, safe_image, safe_link

# What reads well in a channel, far below what Discord allows; ten of everything but the description stay under 6,000.
LONGEST_AUTHOR = 100
LONGEST_FEED_NAME = 80
LONGEST_HOST = 80
LONGEST_ALSO = 75
TITLE_FROM_TEXT = 80
SHOWN = {"full": 600, "compact": 200, "title": 0}  # characters of the summary that a reader sees
LINES = {"full": 14, "compact": 4, "title": 0}
LONGEST_SUMMARY = 2000  # with the addresses of its links
LEAST_SUMMARY = 40  # shorter is no summary
LONGEST_MEDIA_ADDRESS = 500
MOST_BYTES = 10**12
LONGEST_DURATION = timedelta(hours=48)

_MAIL = re.compile(r"(?:mailto:)?[^\s<>()@]+@[^\s<>()@]+\.[^\s<>()@]+")


def embed(
    stored: StoredEntry,
    style: StyleName = "full",
    *,
    room: int = limits.EMBED_DESCRIPTION,
    also: Sequence[str] = (),
) -> dict[str, Any]:
    """The entry as an embed. `room` bounds the description, in units; what cannot be right is left out.

    `also` are the names of other feeds that told the same story.
    """
    entry = stored.entry
    made: dict[str, Any] = plain_embed(stored, also=also)
    made["color"] = color(stored.feed_url)
    made["timestamp"] = _time(stored)
    if name := author_of(stored):
        made["author"] = {"name": name}
    if style != "title":
        if text := description(stored, style, room):
            made["description"] = text
        if image := safe_image(entry.image_url):
            made["image" if style == "full" else "thumbnail"] = {"url": image}
    return made


def plain_embed(stored: StoredEntry, *, also: Sequence[str] = ()) -> dict[str, Any]:
    """Title, link and footer: the least that an embed can be."""
    made: dict[str, Any] = {"title": escape_line(title_of(stored), limits.EMBED_TITLE)}
    if link := safe_link(stored.entry.url):
        made["url"] = link
    if footer := " · ".join(part for part in (_footer(stored), _also(also)) if part):
        made["footer"] = {"text": footer}
    return made


def title_of(stored: StoredEntry) -> str:
    """What to call the entry, not escaped: its title, else how its text begins, else where it is. Never empty."""
    for text, limit in ((stored.entry.title, limits.EMBED_TITLE), (stored.entry.text, TITLE_FROM_TEXT)):
        if line := clean_line(text[: limit * 8]):
            return clip(line, limit)
    return host(safe_link(stored.entry.url)) or clean_line(stored.feed_title[:1000]) or host(stored.feed_url) or "…"


def author_of(stored: StoredEntry) -> str:
    """Who wrote it, and for a planet's entry where; else the feed's author. A mail address only if that is all."""
    names = [_name(name) for name in (stored.entry.author, stored.entry.source_title) if name]
    known = [name for name in dict.fromkeys(names) if name] or [_name(stored.feed_author or "")]
    return plain_line(" · ".join(known), LONGEST_AUTHOR)


def description(stored: StoredEntry, style: StyleName, room: int) -> str:
    """The summary cut to the style and the room, then a line for the podcast or video, if there is one."""
    entry = stored.entry
    media = next((line for line in map(_media_line, entry.media) if line), "")
    summary = without_calls(clean(entry.summary[: LONGEST_SUMMARY * 4])).strip()
    summary = summary or escape(entry.text[: SHOWN[style] * 2])
    if _folded(summary) == _folded(title_of(stored)):
        summary = ""
    if units(media) > room:
        media = ""
    left = min(room - (units(media) + 2 if media else 0), LONGEST_SUMMARY)
    text = ""
    if left >= min(units(summary), LEAST_SUMMARY) > 0:
        text = clip_markdown(summary, left, shown=SHOWN[style], lines=LINES[style])
    return f"{text}\n\n{media}".strip() if media else text


def color(feed_url: str) -> int:
    """A colour for the feed, the same for ever: any hue, readable on dark and on light."""
    hue = hashlib.sha256(feed_url.encode("utf-8", "replace")).digest()[0] / 256
    red, green, blue = (round(part * 255) for part in colorsys.hls_to_rgb(hue, 0.55, 0.65))
    return red << 16 | green << 8 | blue


def _footer(stored: StoredEntry) -> str:
    """The feed's name, and the host that the link truly leads to: a title can claim anything."""
    name = plain_line(stored.feed_title, LONGEST_FEED_NAME) or clip(host(stored.feed_url), LONGEST_FEED_NAME)
    target = host(safe_link(stored.entry.url))
    if len(target) > LONGEST_HOST:
        target = "…" + target[1 - LONGEST_HOST :]  # who owns it stands at the end
    return " · ".join(dict.fromkeys(part for part in (name, target) if part))


def _also(names: Sequence[str]) -> str:
    """The other sources of a story; ten embeds with theirs must fit one message."""
    known = [name for one in dict.fromkeys(names) if (name := plain_line(one, LONGEST_ALSO))]
    return clip(f"also in: {', '.join(known)}", LONGEST_ALSO) if known else ""


def _name(written: str) -> str:
    line = clean_line(written[: LONGEST_AUTHOR * 8])
    return _MAIL.sub("", line).strip(" ()<>[],;\"'") or line


def _time(stored: StoredEntry) -> str:
    """ISO 8601."""
    return _utc(stored.dated_at).isoformat(timespec="seconds")


def _utc(moment: datetime) -> datetime:
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def _media_line(media: Media) -> str:
    """The way to what can be heard or seen: "🎧 [Listen](…) · 32 min · 30 MB"."""
    kind = media.type.partition("/")[0].lower()
    link = safe_link(media.url)
    if kind not in ("audio", "video") or link is None or len(address(link)) > LONGEST_MEDIA_ADDRESS:
        return ""
    parts = ["🎧 [Listen](" if kind == "audio" else "🎬 [Watch]("]
    parts[0] += f"{address(link)})"
    if media.duration is not None and timedelta(0) < media.duration <= LONGEST_DURATION:
        parts.append(_length(media.duration))
    if media.length_bytes is not None and 0 < media.length_bytes <= MOST_BYTES:
        parts.append(_size(media.length_bytes))
    return " · ".join(parts)


def _length(duration: timedelta) -> str:
    minutes = round(duration / timedelta(minutes=1))
    if minutes < 1:
        return f"{round(duration.total_seconds())} s"
    return f"{minutes} min" if minutes < 60 else f"{minutes // 60} h {minutes % 60:02} min"


def _size(length_bytes: int) -> str:
    megabytes = length_bytes / 1_000_000
    return f"{megabytes:,.0f} MB" if megabytes >= 1 else f"{max(1, length_bytes // 1000)} kB"


def _folded(text: str) -> str:
    return "".join(char for char in unicodedata.normalize("NFKC", text[:1000]).casefold() if char.isalnum())
