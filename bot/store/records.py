"""Rows to records of bot.model, and back."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, FromClause, Row, and_, select, true
from sqlalchemy.sql.expression import ScalarSelect

from bot.feeds.story import marks
from bot.model import (
    Destination,
    Entry,
    Feed,
    GuildSettings,
    Keyword,
    StoredEntry,
    Subscription,
    Validators,
)
from bot.store.as_json import detour_of, facts_of, media_json, media_of, move_of
from bot.store.columns import times_of
from bot.store.schema import delivery, destination, entry, feed, guild, keyword, subscription

AnyRow = Row[Any]

# --- Feeds ---------------------------------------------------------------------------------------------------


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
        "media": [media_json(media) for media in new.media],
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
            media=tuple(media_of(values) for values in row.entry_media),
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
