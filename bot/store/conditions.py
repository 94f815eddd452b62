"""What "followed", "running" and "wanted" mean, said once for every query."""

from __future__ import annotations

from sqlalchemy import ColumnElement, and_, exists, literal_column, or_, select

from bot.store.schema import (
    delivery,
    delivery_keyword,
    entry,
    feed,
    guild,
    keyword,
    posting,
    reissue_guild,
    subscription,
)

GUILD_IS_HERE = guild.c.left_at.is_(None)

# Written out, not bound: SQLite uses a partial index only if it can see that the query's condition is the index's.
WAITING = delivery.c.state == literal_column("'waiting'")
SAME_STORY = delivery.c.state == literal_column("'same story'")
OPEN = posting.c.state == literal_column("'open'")
IN_NO_POSTING = and_(WAITING, delivery.c.posting_id.is_(None))
OWED = and_(IN_NO_POSTING, delivery.c.not_before.is_(None))
LATER = and_(IN_NO_POSTING, delivery.c.not_before.is_not(None))  # its hour is full (hourly.py)
FAILING = feed.c.failures > literal_column("0")
# A message of it may be in the channel, or is about to be.
UNDER_WAY = and_(OPEN, or_(posting.c.leased, posting.c.attempts > 0))

# It says something by itself: Herald's own word, or a page of a digest. Any other stands for its deliveries.
SPEAKS_FOR_ITSELF = or_(posting.c.note.is_not(None), posting.c.page.is_not(None))

# It runs, or is paused in such a way that what comes meanwhile is kept.
COLLECTING = or_(subscription.c.paused_at.is_(None), subscription.c.catch_up)


def polled() -> ColumnElement[bool]:
    """The feed has a running subscription, or a keyword of a guild that follows it, be it paused."""
    follower = (
        select(subscription.c.id)
        .join(guild, guild.c.id == subscription.c.guild_id)
        .where(subscription.c.feed_id == feed.c.id, GUILD_IS_HERE)
        .correlate(feed)
    )
    watched = exists(keyword.c.id).where(
        keyword.c.guild_id == subscription.c.guild_id,
        or_(keyword.c.feed_id.is_(None), keyword.c.feed_id == subscription.c.feed_id),
    )
    # Of a feed that is gone only somebody who resumed it, or followed it since, wants to hear.
    asked = or_(feed.c.ended_at.is_(None), subscription.c.paused_at.is_(None))
    return follower.where(or_(COLLECTING, watched), asked).exists()


def followed() -> ColumnElement[bool]:
    """Somebody follows the feed, running or paused."""
    return exists(subscription.c.id).where(subscription.c.feed_id == feed.c.id)


def follows(guild_id: int) -> ColumnElement[bool]:
    """This guild follows the feed: without it nothing of the feed is shown there."""
    return exists(subscription.c.id).where(subscription.c.feed_id == feed.c.id, subscription.c.guild_id == guild_id)


def shown_to(guild_id: int) -> ColumnElement[bool]:
    """The entry is this guild's to find: there since it follows the feed, and not held back from it."""
    return and_(not_held(guild_id), since_followed(guild_id))


def since_followed(guild_id: int) -> ColumnElement[bool]:
    """It came since the guild began to follow the feed, or was in its document then. What is older would tell that
    somebody else follows it, and since when."""
    begun = and_(subscription.c.feed_id == entry.c.feed_id, subscription.c.guild_id == guild_id)
    return exists(subscription.c.id).where(begun, subscription.c.shown_after < entry.c.id).correlate(entry)


def not_held(guild_id: int) -> ColumnElement[bool]:
    """The entry is not held back from this guild (reissues.py)."""
    released = select(reissue_guild.c.reissue_id).where(
        reissue_guild.c.guild_id == guild_id, reissue_guild.c.answer == "post"
    )
    return or_(entry.c.reissue_id.is_(None), entry.c.reissue_id.in_(released))


def wanted() -> ColumnElement[bool]:
    """A running subscription or a keyword still asks for the delivery."""
    running = exists(subscription.c.id).where(
        subscription.c.id == delivery.c.subscription_id, subscription.c.paused_at.is_(None)
    )
    return or_(running, by_keyword())


def by_keyword() -> ColumnElement[bool]:
    return exists(delivery_keyword.c.keyword_id).where(delivery_keyword.c.delivery_id == delivery.c.id)
