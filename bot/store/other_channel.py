"""A subscription goes to another channel of its guild with what it owes: each entry to the one or the other, once.

What a message was begun with stays where that message may be. What a keyword of the old channel wants too is told in
both, once for each reason.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, and_, delete, exists, false, literal, or_, select, update

from bot.errors import AlreadyThere
from bot.model import Destination, Subscription
from bot.store.columns import UtcTime
from bot.store.conditions import IN_NO_POSTING, OPEN, WAITING, by_keyword
from bot.store.database import Connection
from bot.store.deliveries import destination_ids
from bot.store.holds import gather, release
from bot.store.schema import delivery, destination, posting, subscription
from bot.store.stories import tell_in_their_own

THERE_ALREADY = "it is in the new channel already"


async def move_to_channel(connection: Connection, moved: Subscription, channel_id: int, now: datetime) -> None:
    """`moved` is as it was. Raises AlreadyThere if that channel follows the feed already."""
    if channel_id == moved.channel_id:
        return
    await _refuse_double(connection, moved, channel_id)
    here = Destination(kind="channel", id=moved.channel_id, guild_id=moved.guild_id)
    there = Destination(kind="channel", id=channel_id, guild_id=moved.guild_id)
    ids = await destination_ids(connection, [here, there])
    held = await connection.scalar(select(destination.c.held_since).where(destination.c.id == ids[here]))
    await _dissolve(connection, moved.id, ids[here])
    await _hand_over(connection, moved.id, ids[here], ids[there], now)
    await connection.change(update(subscription).where(subscription.c.id == moved.id).values(channel_id=channel_id))
    if held is not None:  # much may have waited for a channel that refused
        await gather(connection, delivery.c.subscription_id == moved.id)
    await release(connection, there)


async def _refuse_double(connection: Connection, moved: Subscription, channel_id: int) -> None:
    same = select(subscription.c.id).where(
        subscription.c.guild_id == moved.guild_id,
        subscription.c.channel_id == channel_id,
        subscription.c.feed_id == moved.feed_id,
    )
    if await connection.scalar(same) is not None:
        raise AlreadyThere("that channel follows the feed already")


async def _dissolve(connection: Connection, subscription_id: int, here: int) -> None:
    """Takes apart its postings that are surely not in the channel: never tried, or refused together with it."""
    mine = select(delivery.c.posting_id).where(delivery.c.subscription_id == subscription_id, WAITING)
    held = select(destination.c.held_reason).where(destination.c.id == here, destination.c.held_since.is_not(None))
    refused = and_(posting.c.reason != "", posting.c.reason == held.scalar_subquery())
    nowhere = and_(OPEN, ~posting.c.leased, or_(posting.c.attempts == 0, refused))
    # Sets delivery.posting_id to NULL: what else was in it gets a posting of its own, in its old order.
    await connection.change(delete(posting).where(posting.c.id.in_(mine), posting.c.destination_id == here, nowhere))


async def _hand_over(connection: Connection, subscription_id: int, here: int, there: int, now: datetime) -> None:
    mine = and_(delivery.c.subscription_id == subscription_id, delivery.c.destination_id == here, IN_NO_POSTING)
    await tell_in_their_own(connection, and_(mine, ~by_keyword()))
    await _ask_again(connection, mine, subscription_id, there)
    await _copy_shared(connection, mine, there, now)
    await connection.change(update(delivery).where(mine, by_keyword()).values(subscription_id=None))
    known = _known(there)
    await connection.change(update(delivery).where(mine, ~known).values(destination_id=there, begun_as=None))
    given_up = update(delivery).where(mine).values(state="gave up", reason=THERE_ALREADY, done_at=now)
    await connection.change(given_up)


def _known(there: int) -> ColumnElement[bool]:
    """The entry has a delivery there, whatever became of it."""
    other = delivery.alias()
    return exists(other.c.id).where(other.c.entry_id == delivery.c.entry_id, other.c.destination_id == there)


async def _ask_again(connection: Connection, mine: ColumnElement[bool], subscription_id: int, there: int) -> None:
    """What a keyword asks for there the subscription asks for as well; what was dropped there is wanted again."""
    entries = select(delivery.c.entry_id).where(mine)
    theirs = and_(delivery.c.destination_id == there, delivery.c.entry_id.in_(entries))
    joined = update(delivery).where(theirs, WAITING, delivery.c.subscription_id.is_(None))
    await connection.change(joined.values(subscription_id=subscription_id))
    again = update(delivery).where(theirs, delivery.c.state == "gave up")
    await connection.change(
        again.values(
            subscription_id=subscription_id, state="waiting", reason="", posting_id=None, same_as=None, done_at=None
        )
    )


async def _copy_shared(connection: Connection, mine: ColumnElement[bool], there: int, now: datetime) -> None:
    columns = ["entry_id", "destination_id", "subscription_id", "state", "gist", "created_at"]
    shared = select(
        delivery.c.entry_id,
        literal(there),
        delivery.c.subscription_id,
        literal("waiting"),
        false(),
        literal(now, UtcTime()),
    ).where(mine, by_keyword(), ~_known(there))
    await connection.change(delivery.insert().from_select(columns, shared.order_by(delivery.c.id)))
