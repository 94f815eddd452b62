"""A guild's own subscriptions: by id, by what somebody typed, and the feed behind one. No guild reaches another's."""

from __future__ import annotations

from bot.errors import NotFound, UsageError
from bot.model import Feed, StoredEntry, Subscription
from bot.ports import FollowStore


async def own(store: FollowStore, guild_id: int, subscription_id: int) -> Subscription:
    """Raises NotFound if the guild has no such subscription."""
    subscription = await store.subscription(guild_id, subscription_id)
    if subscription is None:
        raise NotFound("No such feed is followed here. /feed list shows those that are.")
    return subscription


async def feed_of(store: FollowStore, subscription: Subscription) -> Feed:
    """Raises NotFound if nobody of the guild follows it any more."""
    feed = await store.feed(subscription.guild_id, subscription.feed_id)
    if feed is None:
        raise NotFound("That feed is not followed any more.")
    return feed


async def newest_of(store: FollowStore, subscription: Subscription) -> StoredEntry | None:
    """The feed's newest entry that the guild can find."""
    latest = await store.latest(subscription.guild_id, feed_id=subscription.feed_id, limit=1)
    return latest[0] if latest else None


async def named(store: FollowStore, guild_id: int, text: str, *, channel_id: int | None = None) -> Subscription:
    """The one with this id (from the autocomplete), title or address. Raises NotFound, or UsageError if several fit."""
    mine = await store.subscriptions(guild_id, channel_id=channel_id)
    wanted = text.strip().casefold()
    for exact in (_by_id, _by_name, _by_part):
        fits = [one for one in mine if exact(one, wanted)]
        if len(fits) == 1:
            return fits[0]
        if len(fits) > 1:
            raise UsageError(f"{len(fits)} subscriptions fit. Choose one from the list, or name the channel too.")
    raise NotFound("No such feed is followed here. /feed list shows those that are.")


def matching(subscriptions: list[Subscription], typed: str, limit: int) -> list[Subscription]:
    """The first of those whose title or address contains what was typed."""
    wanted = typed.strip().casefold()
    return [one for one in subscriptions if not wanted or _by_part(one, wanted)][:limit]


def _by_id(one: Subscription, wanted: str) -> bool:
    return str(one.id) == wanted


def _by_name(one: Subscription, wanted: str) -> bool:
    return wanted in {one.feed_title.casefold(), one.feed_url.casefold()}


def _by_part(one: Subscription, wanted: str) -> bool:
    return wanted in one.feed_title.casefold() or wanted in one.feed_url.casefold()
