"""Lists of feeds as other readers write and read them: OPML 2.0 (opml.org/spec2.opml).

How a feed is followed stands in attributes of a namespace of our own, which other readers pass over.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from typing import get_args
from xml.parsers import expat
from xml.sax.saxutils import quoteattr

from bot.errors import UsageError
from bot.feeds.typed import normalise
from bot.feeds.words import cleaned, clipped
from bot.model import StyleName

BYTES_LIMIT = 2 * 1024 * 1024
OUTLINES_LIMIT = 5_000
_TITLE_LIMIT = 256
_DEPTH_LIMIT = 100
_FILTER_LIMIT = 2_000  # characters; /feed takes fewer
NAMESPACE = "https://github.com/herald-bot/herald/opml"


@dataclass(frozen=True, slots=True, kw_only=True)
class Outline:
    """One feed of a list. `folders` are the outlines it lies in, the outermost first.

    What follows them is Herald's own: where and how the feed was followed. None and "" where the file does not say.
    """

    url: str
    title: str = ""
    link: str | None = None
    folders: tuple[str, ...] = ()
    channel_id: int | None = None
    channel_name: str = ""
    filter: str = ""
    style: StyleName | None = None
    mention_role_id: int | None = None
    paused: bool = False
    page_images: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedList:
    """What an OPML file holds, in its order: each address once for a channel. `problems` is what was left out, one
    line each, at most 20 of them; `unreadable` how many there were."""

    outlines: tuple[Outline, ...] = ()
    problems: tuple[str, ...] = ()
    unreadable: int = 0


def read_opml(data: bytes) -> FeedList:
    """The feeds of a file. Raises UsageError, with one line for the person, if it is no OPML or too large."""
    if len(data) > BYTES_LIMIT:
        raise UsageError(f"That file is too large: {BYTES_LIMIT // 1024 // 1024} MiB are the most.")
    reading = _Reading()
    try:
        reading.parser.Parse(data.lstrip(), True)
    except (expat.ExpatError, ValueError, LookupError) as error:
        raise UsageError("That file is not OPML: it is not well-formed XML.") from error
    if reading.root.lower() != "opml":
        raise UsageError("That file is not OPML.")
    return FeedList(
        outlines=tuple(reading.found.values()), problems=tuple(reading.problems[:20]), unreadable=len(reading.problems)
    )


class _Reading:
    def __init__(self) -> None:
        self.root = ""
        self.found: dict[tuple[str, int | None], Outline] = {}
        self.problems: list[str] = []
        self._open: list[str] = []
        self.parser = expat.ParserCreate()
        self.parser.StartElementHandler = self._begin
        self.parser.EndElementHandler = self._end
        self.parser.StartDoctypeDeclHandler = self._refuse_entities

    def _refuse_entities(self, *_: object) -> None:
        raise UsageError("That file defines entities, which no list of feeds needs.")

    def _begin(self, name: str, attributes: dict[str, str]) -> None:
        self.root = self.root or name
        if name.lower() != "outline":
            return
        values = {key.lower(): value for key, value in attributes.items()}
        title = clipped(" ".join(cleaned(values.get("title") or values.get("text") or "").split()), _TITLE_LIMIT)
        if url := values.get("xmlurl"):
            self._note(url, title, values)
        if len(self._open) >= _DEPTH_LIMIT:
            raise UsageError("The folders in that file are nested too deeply.")
        self._open.append(title)

    def _end(self, name: str) -> None:
        if name.lower() == "outline":
            self._open.pop()

    def _note(self, written: str, title: str, values: dict[str, str]) -> None:
        try:
            url = normalise(written)
        except UsageError as error:
            self.problems.append(f"{clipped(cleaned(title or written), 80)}: {error}")
            return
        if len(self.found) >= OUTLINES_LIMIT:
            raise UsageError(f"There are too many feeds in that file: {OUTLINES_LIMIT} are the most.")
        folders = tuple(folder for folder in self._open if folder)
        channel_id = _id(values.get("herald:channel", ""))
        outline = Outline(
            url=url,
            title=title,
            link=values.get("htmlurl") or None,
            folders=folders,
            channel_id=channel_id,
            channel_name=clipped(cleaned(values.get("herald:channelname", "")), _TITLE_LIMIT),
            filter=cleaned(values.get("herald:filter", ""))[:_FILTER_LIMIT],
            style=next((one for one in get_args(StyleName) if one == values.get("herald:style")), None),
            mention_role_id=_id(values.get("herald:mention", "")),
            paused=values.get("herald:paused") == "true",
            page_images=values.get("herald:pageimages") != "false",
        )
        self.found.setdefault((url, channel_id), outline)


def _id(text: str) -> int | None:
    """A snowflake; None for anything else."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 20 and int(text) else None


def write_opml(outlines: Iterable[Outline], *, title: str, now: datetime) -> bytes:
    """An OPML 2.0 document in UTF-8 that `read_opml` and other readers take; folders of one level each."""
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', f'<opml version="2.0" xmlns:herald="{NAMESPACE}">']
    lines.append(
        f"<head><title>{_attribute(title)[1:-1]}</title><dateCreated>{format_datetime(now)}</dateCreated></head>"
    )
    lines.append("<body>")
    by_folder: dict[str, list[Outline]] = {}
    for outline in outlines:
        by_folder.setdefault(" / ".join(outline.folders), []).append(outline)
    for folder, inside in by_folder.items():
        lines += [f"<outline text={_attribute(folder)}>"] if folder else []
        lines += [_line(outline) for outline in inside]
        lines += ["</outline>"] if folder else []
    return "\n".join([*lines, "</body>", "</opml>", ""]).encode()


def _line(outline: Outline) -> str:
    words = _attribute(outline.title or outline.url)
    rest = {
        "htmlUrl": outline.link,
        "herald:channel": outline.channel_id,
        "herald:channelName": outline.channel_name,
        "herald:filter": outline.filter,
        "herald:style": outline.style,
        "herald:mention": outline.mention_role_id,
        "herald:paused": "true" if outline.paused else "",
        "herald:pageImages": "" if outline.page_images else "false",
    }
    more = "".join(f" {name}={_attribute(str(value))}" for name, value in rest.items() if value)
    return f'<outline type="rss" text={words} title={words} xmlUrl={_attribute(outline.url)}{more}/>'


def _attribute(text: str) -> str:
    """Quoted with double quotes, whatever is inside."""
    return quoteattr(cleaned(text), {'"': "&quot;"})
