"""Rows to records of bot.model, and back."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, FromClause, Row, and_, select, true
from sqlalchemy.sql.expression import ScalarSelect

from bot.feeds.story import marks
from bot.model import (
    Destination,
    Detour,
    DigestLine,
    DigestPage,
    DigestSection,
    Entry,
    Feed,
    FeedFacts,
    GuildSettings,
    Keyword,
    Media,
    Move,
    Note,
    StoredEntry,
    Subscription,
    Validators,
)
from bot.store.columns import times_of
from bot.store.schema import delivery, destination, entry, feed, guild, keyword, subscription

AnyRow = Row[Any]

# --- Feeds ---------------------------------------------------------------------------------------------------


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


FEED = select(feed)


def feed_of(row: AnyRow) -> Feed:
    """A row of `FEED`."""
    return Feed(
        id=row.id,
        url=row.url,
        title=row.title,
        link=row.link,
        format=row.format,
        validators=Validators(etag=row.etag, last_modified=row.last_modified),
        body_hash=row.body_hash,
        polled_at=row.polled_at,
        changed_at=row.changed_at,
        next_due_at=row.next_due_at,
        failures=row.failures,
        failing_since=row.failing_since,
        last_error=row.last_error,
        document_size=row.document_size,
        facts=facts_of(row.facts),
        entry_times=times_of(row.entry_times),
        move=move_of(row.moving),
        detour=detour_of(row.detour),
        gone_since=row.gone_since,
        ended_at=row.ended_at,
        pushed_until=row.pushed_until,
        owner_guild_id=row.owner_guild_id,
        sealed=row.sealed,
    )


# --- Entries -------------------------------------------------------------------------------------------------


def entry_values(feed_id: int, new: Entry, first_seen_at: datetime) -> dict[str, Any]:
    return {
        "feed_id": feed_id,
        "key": new.key,
        "guid": new.guid,
        "title": new.title,
        "url": new.url,
        "author": new.author,
        "published_at": new.published_at,
        "updated_at": new.updated_at,
        "image_url": new.image_url,
        "summary": new.summary,
        "text": new.text,
        "categories": list(new.categories),
        "media": [_media_json(media) for media in new.media],
        "source_title": new.source_title,
        "first_seen_at": first_seen_at,
        **marks_values(new),
    }


WORDS_OF_ENTRY = [
    "title",
    "url",
    "author",
    "updated_at",
    "image_url",
    "summary",
    "text",
    "categories",
    "media",
    "source_title",
    "wording",
    "story_link",
    "story_title",
]


def corrected_values(feed_id: int, now: Entry, at: datetime) -> dict[str, Any]:
    """What a correction changes of a stored entry: not who it is, nor when it came."""
    values = entry_values(feed_id, now, at)
    return {name: values[name] for name in WORDS_OF_ENTRY}


def marks_values(new: Entry) -> dict[str, Any]:
    """What the entry is compared by: with a later version of itself, and with other feeds' entries."""
    made = marks(new)
    return {"wording": made.wording, "story_link": made.link, "story_title": made.title}


def _media_json(media: Media) -> list[Any]:
    seconds = None if media.duration is None else media.duration.total_seconds()
    return [media.url, media.type, media.length_bytes, seconds]


def _media_of(values: list[Any]) -> Media:
    url, type_, length_bytes, seconds = values
    duration = None if seconds is None else timedelta(seconds=seconds)
    return Media(url=url, type=type_, length_bytes=length_bytes, duration=duration)


# Labelled, so that a query may join what else it needs beside an entry.
ENTRY_COLUMNS: tuple[ColumnElement[Any], ...] = (
    *(column.label(f"entry_{column.name}") for column in entry.c),
    feed.c.title.label("entry_feed_title"),
    feed.c.url.label("entry_feed_url"),
)
ENTRY_FROM: FromClause = entry.join(feed, feed.c.id == entry.c.feed_id)


def announced(
    guild_id: int, channel_ids: frozenset[int] | None = None
) -> tuple[ColumnElement[Any], ColumnElement[Any]]:
    """Two columns more for ENTRY_COLUMNS: the channel and message that first announced the entry in this guild, or in
    one of these channels of it."""
    return (
        _first_message(guild_id, channel_ids, delivery.c.channel_id).label("entry_channel_id"),
        _first_message(guild_id, channel_ids, delivery.c.message_id).label("entry_message_id"),
    )


def _first_message(guild_id: int, channel_ids: frozenset[int] | None, wanted: ColumnElement[int]) -> ScalarSelect[int]:
    among = true() if channel_ids is None else delivery.c.channel_id.in_(channel_ids)
    return (
        select(wanted)
        .join(destination, destination.c.id == delivery.c.destination_id)
        .where(
            delivery.c.entry_id == entry.c.id,
            delivery.c.message_id.is_not(None),
            # A member's DM is nobody else's business.
            and_(destination.c.guild_id == guild_id, destination.c.kind == "channel"),
            among,
        )
        .order_by(delivery.c.id)
        .limit(1)
        .correlate(entry)
        .scalar_subquery()
    )


def stored_entry_of(row: AnyRow) -> StoredEntry:
    """A row with ENTRY_COLUMNS, and `announced` if the query asked for it. Of the aliases only the key was kept."""
    return StoredEntry(
        id=row.entry_id,
        feed_id=row.entry_feed_id,
        feed_title=row.entry_feed_title,
        feed_url=row.entry_feed_url,
        entry=Entry(
            guid=row.entry_guid,
            aliases=(row.entry_key,),
            title=row.entry_title,
            url=row.entry_url,
            author=row.entry_author,
            published_at=row.entry_published_at,
            updated_at=row.entry_updated_at,
            image_url=row.entry_image_url,
            summary=row.entry_summary,
            text=row.entry_text,
            categories=tuple(row.entry_categories),
            media=tuple(_media_of(values) for values in row.entry_media),
            source_title=row.entry_source_title,
        ),
        first_seen_at=row.entry_first_seen_at,
        channel_id=getattr(row, "entry_channel_id", None),
        message_id=getattr(row, "entry_message_id", None),
    )


# --- Standing wishes -----------------------------------------------------------------------------------------

SUBSCRIPTION = select(subscription, feed.c.url.label("feed_url"), feed.c.title.label("feed_title")).join_from(
    subscription, feed, feed.c.id == subscription.c.feed_id
)


def subscription_of(row: AnyRow) -> Subscription:
    """A row of `SUBSCRIPTION`."""
    return Subscription(
        id=row.id,
        guild_id=row.guild_id,
        channel_id=row.channel_id,
        feed_id=row.feed_id,
        feed_url=row.feed_url,
        feed_title=row.feed_title,
        filter=row.filter,
        style=row.style,
        mention_role_id=row.mention_role_id,
        created_by=row.created_by,
        created_at=row.created_at,
        paused_at=row.paused_at,
        paused_reason=row.paused_reason,
        catch_up=row.catch_up,
        follow_edits=row.follow_edits,
        merge_stories=row.merge_stories,
        page_images=row.page_images,
    )


KEYWORD = select(keyword)


def keyword_of(row: AnyRow) -> Keyword:
    """A row of `KEYWORD`."""
    return Keyword(
        id=row.id,
        guild_id=row.guild_id,
        user_id=row.user_id,
        query=row.query,
        channel_id=row.channel_id,
        feed_id=row.feed_id,
        mention_role_id=row.mention_role_id,
        muted_until=row.muted_until,
        created_at=row.created_at,
    )


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


COUNTS = ("entries", "feeds", "page", "pages", "left_out")


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


def destination_of(row: AnyRow) -> Destination:
    """A row that holds `kind`, `discord_id` and `guild_id`."""
    return Destination(kind=row.kind, id=row.discord_id, guild_id=row.guild_id)


# --- Guilds --------------------------------------------------------------------------------------------------

SETTINGS_COLUMNS: tuple[ColumnElement[Any], ...] = (
    guild.c.notice_channel_id,
    guild.c.time_zone,
    guild.c.quiet_from,
    guild.c.quiet_until,
)


def guild_settings_of(guild_id: int, row: AnyRow) -> GuildSettings:
    """A row with SETTINGS_COLUMNS."""
    return GuildSettings(
        guild_id=guild_id,
        notice_channel_id=row.notice_channel_id,
        time_zone=row.time_zone,
        quiet_from=row.quiet_from,
        quiet_until=row.quiet_until,
    )
