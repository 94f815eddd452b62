"""A posting as a forum's post: what it is called, and which of the forum's tags it gets."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.model import Posting
from bot.render import limits
from bot.render.clean import clean_line
from bot.render.clip import clip
from bot.render.digest import title
from bot.render.entry_embed import title_of
from bot.render.lines import plural

MOST_TAGS = 5  # resources/channel: Start Thread in Forum or Media Channel, applied_tags
NOTE_TITLE = "A word from Herald"


@dataclass(frozen=True, slots=True)
class Tag:
    """One that a forum offers. A `moderated` one may only be given by those who manage threads."""

    id: int
    name: str
    moderated: bool = False


def post_title(posting: Posting) -> str:
    """Plain text on one line: the names of posts know no markup and ping nobody. Never empty."""
    if posting.note is not None:
        return NOTE_TITLE
    if posting.digest is not None:
        return title(posting.digest)
    newest = posting.deliveries[-1].entry
    if posting.gist:
        feed = clean_line(newest.feed_title[: limits.THREAD_NAME * 8]) or "this feed"
        return clip(f"{plural(posting.total, 'more entry', 'more entries')} from {feed}", limits.THREAD_NAME)
    return clip(title_of(newest), limits.THREAD_NAME)


def topics(posting: Posting) -> tuple[str, ...]:
    """What a tag for it may be called: its entries' categories, then their feeds' titles."""
    entries = [delivery.entry for delivery in posting.deliveries]
    named = [category for one in entries for category in one.entry.categories]
    return tuple(dict.fromkeys([*named, *(one.feed_title for one in entries)]))


def tags_for(wanted: Sequence[str], offered: Sequence[Tag], *, required: bool) -> tuple[int, ...]:
    """The ids of the tags called like one of `wanted`, in any case; if none is and one is `required`, the first."""
    free = [tag for tag in offered if not tag.moderated]
    names = {_folded(name) for name in wanted}
    fitting = [tag.id for tag in free if _folded(tag.name) in names]
    if not fitting and required:
        fitting = [tag.id for tag in free[:1]]
    return tuple(fitting[:MOST_TAGS])


def _folded(name: str) -> str:
    return " ".join(name.split()).casefold()
