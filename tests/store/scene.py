"""Short words for what the store's tests say over and over: feeds, entries, polls, postings."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta

import pytest

from bot.model import (
    Destination,
    Entry,
    Feed,
    FeedFacts,
    GuildSettings,
    Keyword,
    Owed,
    PollCommit,
    Posting,
    Sent,
    Subscription,
    Validators,
)
from bot.store.store import Store

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


def an_entry(number: int, **changes: object) -> Entry:
    values: dict[str, object] = {
        "guid": f"guid-{number}",
        "aliases": (number,),
        "title": f"Entry {number}",
        "url": f"https://feeds.example/{number}",
        "summary": f"summary {number}",
        "text": f"body {number}",
    }
    return Entry(**{**values, **changes})  # type: ignore[arg-type]


def a_commit(feed_id: int, entries: Sequence[Entry] = (), owed: Sequence[Owed] = (), at: datetime = NOW) -> PollCommit:
    return PollCommit(
        feed_id=feed_id,
        facts=FeedFacts(title="A feed", format="rss2.0"),
        validators=Validators(etag=b'"v1"', last_modified=None),
        body_hash=b"hash",
        seen=b"".join(entry.key.to_bytes(8, "big", signed=True) for entry in entries),
        entries=entries,
        owed=owed,
        polled_at=at,
        next_due_at=at + 15 * MINUTE,
        document_size=len(entries),
    )


def channel(id_: int, guild_id: int = 1) -> Destination:
    return Destination(kind="channel", id=id_, guild_id=guild_id)


def member(id_: int, guild_id: int = 1) -> Destination:
    return Destination(kind="user", id=id_, guild_id=guild_id)


def owed_to(sub: Subscription, key: int) -> Owed:
    return Owed(entry_key=key, destination=channel(sub.channel_id, sub.guild_id), subscription_id=sub.id)


def titles(posting: Posting) -> list[str]:
    return [delivery.entry.entry.title for delivery in posting.deliveries]


# For what only one kind of database has.
ON_SQLITE = pytest.mark.parametrize("url", ["sqlite"], indirect=True)
ON_POSTGRESQL = pytest.mark.parametrize("url", ["postgresql"], indirect=True)


class Scene:
    """A store with somebody in it."""

    def __init__(self, store: Store) -> None:
        self.store = store

    async def feed(self, url: str = "https://feeds.example/a", *, title: str = "A feed") -> Feed:
        return await self.store.add_feed(url, FeedFacts(title=title), None, NOW)

    async def follow(
        self, feed: Feed, channel_id: int = 10, guild_id: int = 1, *, mention: int | None = None, by: int | None = None
    ) -> Subscription:
        return await self.store.add_subscription(
            Subscription(
                id=0,
                guild_id=guild_id,
                channel_id=channel_id,
                feed_id=feed.id,
                mention_role_id=mention,
                created_by=by,
                created_at=NOW,
            )
        )

    async def watch(
        self,
        query: str = "word",
        *,
        user_id: int = 7,
        guild_id: int = 1,
        feed: Feed | None = None,
        channel_id: int | None = None,
        mention: int | None = None,
    ) -> Keyword:
        return await self.store.add_keyword(
            Keyword(
                id=0,
                guild_id=guild_id,
                user_id=user_id,
                query=query,
                channel_id=channel_id,
                feed_id=None if feed is None else feed.id,
                mention_role_id=mention,
                created_at=NOW,
            )
        )

    async def publish(self, sub: Subscription, keys: Iterable[int], *, at: datetime = NOW) -> int:
        """The feed brings these entries, and the subscription is owed them."""
        return await self.publish_to([sub], keys, at=at)

    async def publish_to(self, subs: Sequence[Subscription], keys: Iterable[int], *, at: datetime = NOW) -> int:
        wanted = list(keys)
        owed = [owed_to(sub, key) for key in wanted for sub in subs]
        return await self.store.commit_poll(a_commit(subs[0].feed_id, [an_entry(key) for key in wanted], owed, at=at))

    async def lease(self, at: datetime = NOW, limit: int = 10) -> list[Posting]:
        return await self.store.lease(at, limit)

    async def send(self, posting: Posting, at: datetime = NOW) -> None:
        await self.store.begin_attempt(posting.id, at)
        await self.store.settle(posting.id, Sent(channel_id=posting.destination.id, message_id=posting.id), at)

    async def drain(self, at: datetime = NOW) -> list[str]:
        """Sends all that can be sent; the titles in the order of their messages."""
        sent: list[str] = []
        while postings := await self.lease(at):
            for posting in postings:
                sent += titles(posting)
                await self.send(posting, at)
        return sent


async def save_settings(store: Store, settings: GuildSettings) -> None:
    """All of a guild's settings, whatever they were."""
    await store.change_guild_settings(settings.guild_id, lambda _: settings)
