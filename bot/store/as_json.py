"""What columns keep as JSON: records of bot.model into it and back. Times are seconds since 1970."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from bot.model import (
    Destination,
    Detour,
    DigestLine,
    DigestPage,
    DigestSection,
    FeedFacts,
    Media,
    Move,
    Note,
)

COUNTS = ("entries", "feeds", "page", "pages", "left_out")  # of a digest's page


def facts_json(facts: FeedFacts) -> dict[str, Any]:
    """What is worth keeping of the facts; the empty is left out."""
    values: dict[str, Any] = {
        "title": facts.title,
        "link": facts.link,
        "format": facts.format,
        "language": facts.language,
        "author": facts.author,
        "image_url": facts.image_url,
        "ttl_seconds": facts.ttl.total_seconds() if facts.ttl is not None else None,
        "skip_hours": sorted(facts.skip_hours),
        "skip_days": sorted(facts.skip_days),
        "hub_url": facts.hub_url,
        "self_url": facts.self_url,
    }
    return {name: value for name, value in values.items() if value not in (None, "", [])}


def facts_of(values: dict[str, Any]) -> FeedFacts:
    """The reverse of `facts_json`; names that a newer Herald wrote are passed over."""
    ttl = values.get("ttl_seconds")
    return FeedFacts(
        title=values.get("title", ""),
        link=values.get("link"),
        format=values.get("format", ""),
        language=values.get("language"),
        author=values.get("author"),
        image_url=values.get("image_url"),
        ttl=None if ttl is None else timedelta(seconds=ttl),
        skip_hours=frozenset(values.get("skip_hours", ())),
        skip_days=frozenset(values.get("skip_days", ())),
        hub_url=values.get("hub_url"),
        self_url=values.get("self_url"),
    )


def move_json(move: Move | None) -> dict[str, Any] | None:
    """What feed.moving holds: times as seconds since 1970."""
    if move is None:
        return None
    again, since = move.ask_again_at.timestamp(), move.since.timestamp()
    return {"to": move.to, "since": since, "confirmed": move.confirmed, "ask_again_at": again}


def move_of(values: dict[str, Any] | None) -> Move | None:
    """The reverse of `move_json`."""
    if not values:
        return None
    since, again = (datetime.fromtimestamp(values[name], UTC) for name in ("since", "ask_again_at"))
    return Move(to=values["to"], since=since, confirmed=values["confirmed"], ask_again_at=again)


def detour_json(detour: Detour | None) -> dict[str, Any] | None:
    """What feed.detour holds."""
    return None if detour is None else {"to": detour.to, "since": detour.since.timestamp()}


def detour_of(values: dict[str, Any] | None) -> Detour | None:
    """The reverse of `detour_json`."""
    return Detour(to=values["to"], since=datetime.fromtimestamp(values["since"], UTC)) if values else None


def media_json(media: Media) -> list[Any]:
    seconds = None if media.duration is None else media.duration.total_seconds()
    return [media.url, media.type, media.length_bytes, seconds]


def media_of(values: list[Any]) -> Media:
    url, type_, length_bytes, seconds = values
    duration = None if seconds is None else timedelta(seconds=seconds)
    return Media(url=url, type=type_, length_bytes=length_bytes, duration=duration)


def note_json(note: Note) -> dict[str, Any]:
    """What posting.note holds."""
    return {
        "text": note.text,
        "otherwise": [[where.kind, where.id, where.guild_id] for where in note.otherwise],
        "held_feed_id": note.held_feed_id,
    }


def note_of(values: dict[str, Any] | None) -> Note | None:
    """The reverse of `note_json`."""
    if not values:
        return None
    places = (Destination(kind=kind, id=id_, guild_id=guild_id) for kind, id_, guild_id in values["otherwise"])
    return Note(text=values["text"], otherwise=tuple(places), held_feed_id=values.get("held_feed_id"))


def page_json(page: DigestPage) -> dict[str, Any]:
    """What posting.page holds: times as seconds since 1970."""
    sections = [
        [section.feed_title, [[line.title, line.url, line.at.timestamp()] for line in section.lines]]
        for section in page.sections
    ]
    counts = {name: getattr(page, name) for name in COUNTS}
    return {"sections": sections, "since": page.since.timestamp(), "filter": page.filter, **counts}


def page_of(values: dict[str, Any] | None) -> DigestPage | None:
    """The reverse of `page_json`."""
    if not values:
        return None
    sections = tuple(
        DigestSection(
            feed_title=title,
            lines=tuple(DigestLine(title=name, url=url, at=datetime.fromtimestamp(at, UTC)) for name, url, at in lines),
        )
        for title, lines in values["sections"]
    )
    since, counts = datetime.fromtimestamp(values["since"], UTC), {name: values[name] for name in COUNTS}
    return DigestPage(sections=sections, since=since, filter=values["filter"], **counts)
