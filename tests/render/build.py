"""Records for the tests of rendering, with as little said as can be."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from bot.model import Delivery, Destination, Entry, Keyword, Posting, StoredEntry, Subscription

NOON = datetime(2026, 5, 13, 12, 0, tzinfo=UTC)
CHANNEL = Destination(kind="channel", id=7, guild_id=1)
MEMBER = Destination(kind="user", id=9, guild_id=1)


def stored(
    *,
    feed_title: str = "Feed",
    feed_url: str = "https://feed.example/rss",
    first_seen_at: datetime = NOON,
    **entry: Any,
) -> StoredEntry:
    return StoredEntry(
        id=1,
        feed_id=1,
        feed_title=feed_title,
        feed_url=feed_url,
        entry=Entry(guid="1", **entry),
        first_seen_at=first_seen_at,
    )


def subscription(**facts: Any) -> Subscription:
    return Subscription(id=1, guild_id=1, channel_id=7, feed_id=1, **facts)


def keyword(query: str, **facts: Any) -> Keyword:
    return Keyword(id=1, guild_id=1, user_id=9, query=query, **facts)


def posting(*deliveries: Delivery, degraded: int = 0, destination: Destination = CHANNEL) -> Posting:
    return Posting(id=1, destination=destination, nonce="n", deliveries=deliveries, degraded=degraded)


def deliver(entry: StoredEntry, *keywords: Keyword, by: Subscription | None = None) -> Delivery:
    return Delivery(id=1, entry=entry, subscription=by, keywords=keywords)
