"""Feeds that move to another address, become one with another feed, end, or begin anew."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, and_, delete, exists, func, select, update

from bot.feeds.links import site_of
from bot.model import Subscription
from bot.store.conditions import WAITING, polled
from bot.store.database import Connection, Part, batches
from bot.store.feeds import at_url
from bot.store.index import unindex_entries
from bot.store.keywords import stamp
from bot.store.outbox import close_empty
from bot.store.records import SUBSCRIPTION, subscription_of
from bot.store.schema import delivery, entry, feed, feed_seen, guild, keyword, reissue, subscription
from bot.store.websub import leave_hub


class Moves(Part):
    """The share of PollStore that is about a feed's address and end."""

    async def move_feed(self, feed_id: int, to: str, now: datetime, *, busy: frozenset[int] = frozenset()) -> bool:
        async with self._database.write() as connection:
            there = await connection.scalar(select(feed.c.id).where(at_url(to), feed.c.id != feed_id))
            if there is None:
                await connection.change(
                    update(feed).where(feed.c.id == feed_id).values(url=to, site=site_of(to), moving=None, detour=None)
                )
                return True
            if there in busy or not await _hold_the_same(connection, feed_id, there):
                await connection.change(update(feed).where(feed.c.id.in_((feed_id, there))).values(next_due_at=now))
                return False
            await _unite(connection, feed_id, there, now)
            return True

    async def end_feed(self, feed_id: int, reason: str, now: datetime) -> list[Subscription]:
        running = and_(subscription.c.feed_id == feed_id, subscription.c.paused_at.is_(None))
        async with self._database.write() as connection:
            rows = (await connection.execute(SUBSCRIPTION.where(running).order_by(subscription.c.id))).all()
            await connection.change(update(subscription).where(running).values(paused_at=now, paused_reason=reason))
            # Due at once for whoever resumes one.
            ended = update(feed).where(feed.c.id == feed_id).values(ended_at=now, next_due_at=now, last_error=reason)
            await connection.change(ended)
        return [subscription_of(row) for row in rows]


async def begin_anew(connection: Connection, *which: ColumnElement[bool]) -> int:
    """Feeds that nobody wanted until now: what they published meanwhile will be stored at their next poll, not told.

    To be called before somebody wants them again. Returns how many there were.
    """
    return await connection.change(update(feed).where(*which, ~polled()).values(polled_at=None))


async def _hold_the_same(connection: Connection, one: int, other: int) -> bool:
    """Both were polled to the same document: what is new in it was told to the followers of both."""
    query = select(feed.c.body_hash, feed_seen.c.recalled).join(feed_seen, feed_seen.c.feed_id == feed.c.id)
    left, right = [(await connection.execute(query.where(feed.c.id == id_))).one() for id_ in (one, other)]
    return _same(left.body_hash, right.body_hash) or _same(left.recalled, right.recalled)


def _same(left: bytes | None, right: bytes | None) -> bool:
    return bool(left) and left == right


async def _unite(connection: Connection, going: int, staying: int, now: datetime) -> None:
    """Hands everything of the one feed to the other, and erases it."""
    await _show_twins(connection, going, staying)
    await _hand_over_entries(connection, going, staying)
    await _hand_over_subscriptions(connection, going, staying)
    bound = keyword.c.feed_id == going
    await stamp(connection, guild.c.id.in_(select(keyword.c.guild_id).where(bound)))
    await connection.change(update(keyword).where(bound).values(feed_id=staying))
    query = select(feed_seen.c.packed).where(feed_seen.c.feed_id.in_((going, staying)))
    packed = _united(list(await connection.scalars(query)))
    await connection.change(update(feed_seen).where(feed_seen.c.feed_id == staying).values(packed=packed))
    await leave_hub(connection, going, now)
    await connection.change(delete(feed).where(feed.c.id == going))


async def _show_twins(connection: Connection, going: int, staying: int) -> None:
    """What a guild finds of the one that goes, it finds of the other."""
    twin = entry.alias()
    first = (
        select(func.min(twin.c.id) - 1)
        .select_from(entry.join(twin, and_(twin.c.key == entry.c.key, twin.c.feed_id == staying)))
        .where(entry.c.feed_id == going, entry.c.id > subscription.c.shown_after)
        .correlate(subscription)
        .scalar_subquery()
    )
    late = update(subscription).where(subscription.c.feed_id == going, subscription.c.shown_after > first)
    await connection.change(late.values(shown_after=first))


async def _hand_over_subscriptions(connection: Connection, going: int, staying: int) -> None:
    """Of two of one channel the one that stays gets the other's deliveries."""
    other = subscription.alias()
    pairs = await connection.execute(
        select(
            subscription.c.id.label("going"),
            other.c.id.label("staying"),
            subscription.c.shown_after,
            other.c.shown_after.label("shown_there_after"),
        ).where(
            subscription.c.feed_id == going,
            other.c.feed_id == staying,
            other.c.guild_id == subscription.c.guild_id,
            other.c.channel_id == subscription.c.channel_id,
        )
    )
    for pair in pairs.all():
        mine = update(delivery).where(delivery.c.subscription_id == pair.going)
        await connection.change(mine.values(subscription_id=pair.staying))
        kept = update(subscription).where(subscription.c.id == pair.staying)
        await connection.change(kept.values(shown_after=min(pair.shown_after, pair.shown_there_after)))
        await connection.change(delete(subscription).where(subscription.c.id == pair.going))
    await connection.change(update(subscription).where(subscription.c.feed_id == going).values(feed_id=staying))


async def _hand_over_entries(connection: Connection, going: int, staying: int) -> None:
    """What both have stays once; its deliveries go to the one that stays, none twice to one place."""
    twin = entry.alias()
    both = select(entry.c.id.label("going"), entry.c.reissue_id.label("held"), twin.c.id.label("staying")).join(
        twin, and_(twin.c.key == entry.c.key, twin.c.feed_id == staying)
    )
    twins = (await connection.execute(both.where(entry.c.feed_id == going))).all()
    for pair in twins:
        await _hand_over_deliveries(connection, pair.going, pair.staying)
        if pair.held is None:  # what was told by the one is held back by the other no more
            await connection.change(update(entry).where(entry.c.id == pair.staying).values(reissue_id=None))
    for some in batches([pair.going for pair in twins]):
        await unindex_entries(connection, some)
        await connection.change(delete(entry).where(entry.c.id.in_(some)))
    await connection.change(update(entry).where(entry.c.feed_id == going).values(feed_id=staying))
    await connection.change(update(reissue).where(reissue.c.feed_id == going).values(feed_id=staying))


async def _hand_over_deliveries(connection: Connection, going: int, staying: int) -> None:
    other = delivery.alias()
    sent_there = exists(other.c.id).where(
        other.c.entry_id == going, other.c.destination_id == delivery.c.destination_id, other.c.state == "sent"
    )
    owed_twice = delete(delivery).where(delivery.c.entry_id == staying, WAITING, sent_there)
    postings = list(await connection.scalars(owed_twice.returning(delivery.c.posting_id)))
    owed_there = exists(other.c.id).where(
        other.c.entry_id == staying, other.c.destination_id == delivery.c.destination_id
    )
    mine = update(delivery).where(delivery.c.entry_id == going, ~owed_there)
    await connection.change(mine.values(entry_id=staying))
    rest = delete(delivery).where(delivery.c.entry_id == going).returning(delivery.c.posting_id)
    postings += list(await connection.scalars(rest))
    await close_empty(connection, postings)


def _united(packed: Sequence[bytes]) -> bytes:
    """Sets of aliases as feeds/identity packs them: little-endian, signed, sorted."""
    aliases = {blob[at : at + 8] for blob in packed for at in range(0, len(blob), 8)}
    return b"".join(sorted(aliases, key=lambda alias: int.from_bytes(alias, "little", signed=True)))
