"""What is kept of one person, in every guild: shown to them, and erased. For nobody else's question.

A member's ID is in these places: `keyword.user_id`, `destination.discord_id` of kind "user" (with all that hangs on
it), `created_by` of subscriptions and digests, and the reason of a pause. tests/store/test_privacy.py looks everywhere.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, and_, delete, func, or_, select, update

from bot.model import ForgottenMember, KeptMessage, KeptOfMember
from bot.store.database import Connection, Part
from bot.store.digests import DIGEST, digest_of
from bot.store.holds import hold_of
from bot.store.keywords import remove_keywords, stamp
from bot.store.records import KEYWORD, SUBSCRIPTION, keyword_of, subscription_of
from bot.store.schema import delivery, destination, digest, entry, feed, guild, keyword, subscription

NOBODY = 0  # keyword.user_id of a channel's keyword whose maker asked to be forgotten
SOMEBODY = "by somebody"


class Privacy(Part):
    """PrivacyStore."""

    async def kept_of_member(self, user_id: int, *, messages: int = 0) -> KeptOfMember:
        """With the newest so many of the direct messages."""
        lane = _lane(user_id)
        named = or_(subscription.c.created_by == user_id, subscription.c.paused_reason == _paused_by(user_id))
        digests = DIGEST.where(digest.c.created_by == user_id).order_by(digest.c.id)
        async with self._database.read() as connection:
            words = await connection.execute(KEYWORD.where(keyword.c.user_id == user_id).order_by(keyword.c.id))
            places = (await connection.execute(select(destination).where(lane).order_by(destination.c.id))).all()
            mine = delivery.c.destination_id.in_([row.id for row in places])
            count = await connection.scalar(select(func.count()).select_from(delivery).where(mine))
            subscriptions = await connection.execute(SUBSCRIPTION.where(named).order_by(subscription.c.id))
            return KeptOfMember(
                user_id=user_id,
                keywords=tuple(keyword_of(row) for row in words),
                feed_titles=await _feed_titles(connection, user_id),
                closed=tuple(hold_of(row) for row in places if row.held_since is not None),
                lanes=tuple(row.guild_id for row in places),
                messages=await _messages(connection, mine, messages),
                message_count=count,
                named_on=tuple(subscription_of(row) for row in subscriptions),
                digests=tuple(digest_of(row) for row in await connection.execute(digests)),
            )

    async def forget_member(self, user_id: int) -> ForgottenMember:
        """All of it, in one transaction. What was made for a guild's channels stays there without the name."""
        async with self._database.write() as connection:
            lanes = list(await connection.scalars(select(destination.c.id).where(_lane(user_id))))
            messages = select(func.count()).select_from(delivery).where(delivery.c.destination_id.in_(lanes))
            mine = keyword.c.user_id == user_id
            await stamp(connection, guild.c.id.in_(select(keyword.c.guild_id).where(mine)))
            forgotten = ForgottenMember(
                messages=await connection.scalar(messages),
                keywords=await remove_keywords(connection, and_(mine, keyword.c.channel_id.is_(None))),
                channel_keywords=await connection.change(update(keyword).where(mine).values(user_id=NOBODY)),
                subscriptions=await _unname_subscriptions(connection, user_id),
                digests=await connection.change(
                    update(digest).where(digest.c.created_by == user_id).values(created_by=None)
                ),
            )
            await connection.change(delete(destination).where(destination.c.id.in_(lanes)))
            return forgotten


def _lane(user_id: int) -> ColumnElement[bool]:
    return and_(destination.c.kind == "user", destination.c.discord_id == user_id)


def _paused_by(user_id: int) -> str:
    return f"by <@{user_id}>"  # as work/manage has it


async def _feed_titles(connection: Connection, user_id: int) -> dict[int, str]:
    """Of the feeds that the member's keywords are bound to."""
    query = select(feed.c.id, feed.c.title).join(keyword, keyword.c.feed_id == feed.c.id)
    rows = await connection.execute(query.where(keyword.c.user_id == user_id))
    return {row.id: row.title for row in rows}


async def _messages(connection: Connection, mine: ColumnElement[bool], limit: int) -> tuple[KeptMessage, ...]:
    columns = (delivery, entry.c.title, entry.c.url, destination.c.guild_id)
    query = (
        select(*columns)
        .join_from(delivery, entry, entry.c.id == delivery.c.entry_id)
        .join(destination, destination.c.id == delivery.c.destination_id)
        .where(mine)
        .order_by(delivery.c.id.desc())
        .limit(limit)
    )
    return tuple(_message_of(row) for row in await connection.execute(query))


def _message_of(row: Any) -> KeptMessage:
    return KeptMessage(
        guild_id=row.guild_id,
        title=row.title,
        url=row.url,
        state=row.state,
        reason=row.reason,
        owed_at=row.created_at,
        done_at=row.done_at,
        channel_id=row.channel_id,
        message_id=row.message_id,
    )


async def _unname_subscriptions(connection: Connection, user_id: int) -> int:
    """Takes the name off those that the member made or paused; how many there were."""
    paused, made = subscription.c.paused_reason == _paused_by(user_id), subscription.c.created_by == user_id
    count: int = await connection.scalar(select(func.count()).select_from(subscription).where(or_(made, paused)))
    await connection.change(update(subscription).where(paused).values(paused_reason=SOMEBODY))
    await connection.change(update(subscription).where(made).values(created_by=None))
    return count
