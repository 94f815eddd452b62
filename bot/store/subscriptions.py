"""Who follows what. Every query is by guild."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Select, and_, case, delete, func, literal, select, update

from bot.errors import AlreadyThere, NotFound, QuotaReached
from bot.model import DeliveryNote, Destination, Subscription
from bot.store.columns import UtcTime
from bot.store.conditions import OPEN, WAITING, by_keyword, wanted
from bot.store.database import Connection, Part
from bot.store.deliveries import destination_ids, ensure_guild
from bot.store.holds import gather, release
from bot.store.moves import begin_anew
from bot.store.other_channel import move_to_channel
from bot.store.outbox import close_empty
from bot.store.records import SUBSCRIPTION, subscription_of
from bot.store.schema import delivery, entry, feed, posting, subscription
from bot.store.stories import tell_in_their_own

# What came before is history to a digest: whether anybody else followed the feed shows nowhere.
NEWEST_ENTRY = select(func.coalesce(func.max(entry.c.id), 0)).scalar_subquery()
CHOSEN = ("filter", "style", "mention_role_id", "follow_edits", "merge_stories", "page_images")


class Subscriptions(Part):
    """The subscriptions' share of GuildStore."""

    async def add_subscription(self, new: Subscription, *, at_most: int | None = None) -> Subscription:
        """Also raises NotFound if the feed is gone."""
        async with self._database.write() as connection:
            await _refuse_double(connection, new)
            # Counted in the same transaction: many at once make none too many.
            if at_most is not None and await connection.scalar(_count(new.guild_id)) >= at_most:
                raise QuotaReached(f"the guild follows {at_most} feeds")
            await ensure_guild(connection, new.guild_id)
            if new.created_at is not None:
                await begin_anew(connection, feed.c.id == new.feed_id, feed.c.next_due_at <= new.created_at)
            followed = update(feed).where(feed.c.id == new.feed_id).values(unfollowed_at=None)
            if not await connection.change(followed):
                raise NotFound("this feed is gone; add it by its address again")
            shown_after = await _shown_after(connection, new)
            values = {**_values(new), "after_entry_id": NEWEST_ENTRY, "shown_after": shown_after}
            insert = subscription.insert().values(values).returning(subscription.c.id)
            added = (await connection.execute(insert)).scalar_one()
            return subscription_of((await connection.execute(SUBSCRIPTION.where(subscription.c.id == added))).one())

    async def subscriptions(
        self, guild_id: int, *, feed_id: int | None = None, channel_id: int | None = None
    ) -> list[Subscription]:
        query = SUBSCRIPTION.where(subscription.c.guild_id == guild_id)
        if feed_id is not None:
            query = query.where(subscription.c.feed_id == feed_id)
        if channel_id is not None:
            query = query.where(subscription.c.channel_id == channel_id)
        by_title = (func.lower(feed.c.title), feed.c.url, subscription.c.channel_id)
        async with self._database.read() as connection:
            return [subscription_of(row) for row in await connection.execute(query.order_by(*by_title))]

    async def subscription(self, guild_id: int, subscription_id: int) -> Subscription | None:
        async with self._database.read() as connection:
            row = (await connection.execute(SUBSCRIPTION.where(_mine(guild_id, subscription_id)))).first()
        return None if row is None else subscription_of(row)

    async def update_subscription(self, changed: Subscription, *, only: Collection[str] = CHOSEN) -> None:
        values = {name: getattr(changed, name) for name in CHOSEN if name in only}
        if not values:
            return
        async with self._database.write() as connection:
            await connection.change(update(subscription).where(_mine(changed.guild_id, changed.id)).values(values))

    async def move_subscription(self, guild_id: int, subscription_id: int, channel_id: int, now: datetime) -> None:
        async with self._database.write() as connection:
            row = (await connection.execute(SUBSCRIPTION.where(_mine(guild_id, subscription_id)))).first()
            if row is not None:
                await move_to_channel(connection, subscription_of(row), channel_id, now)

    async def remove_subscription(self, guild_id: int, subscription_id: int) -> None:
        async with self._database.write() as connection:
            mine = select(subscription.c.id).where(_mine(guild_id, subscription_id))
            if await connection.scalar(mine) is None:
                return
            await drop_subscription(connection, subscription_id)

    async def pause_subscription(
        self, guild_id: int, subscription_id: int, reason: str, now: datetime, *, catch_up: bool = False
    ) -> None:
        """What it owes is kept until it is resumed; what was tried already goes on if another wants it, too."""
        paused = update(subscription).where(_mine(guild_id, subscription_id))
        # Paused already: since when and why stay, what happens meanwhile may change.
        since = func.coalesce(subscription.c.paused_at, literal(now, UtcTime()))
        why = case((subscription.c.paused_at.is_(None), reason), else_=subscription.c.paused_reason)
        async with self._database.write() as connection:
            if await connection.change(paused.values(paused_at=since, paused_reason=why, catch_up=catch_up)):
                await _take_back(connection, subscription_id)
                paused_ones = and_(delivery.c.subscription_id == subscription_id, WAITING, ~wanted())
                await tell_in_their_own(connection, paused_ones)

    async def resume_subscription(self, guild_id: int, subscription_id: int, now: datetime) -> None:
        """Also ends a hold on its channel: who resumes has mended what was refused."""
        mine = update(subscription).where(_mine(guild_id, subscription_id))
        was_skipping = mine.where(subscription.c.paused_at.is_not(None), ~subscription.c.catch_up)
        resumed = mine.returning(subscription.c.channel_id)
        followed = select(subscription.c.feed_id).where(_mine(guild_id, subscription_id)).scalar_subquery()
        async with self._database.write() as connection:
            if await begin_anew(connection, feed.c.id == followed):
                await connection.change(update(feed).where(feed.c.id == followed).values(next_due_at=now))
            skipped = {"skipped_from": subscription.c.paused_at, "skipped_until": now, "after_entry_id": NEWEST_ENTRY}
            await connection.change(was_skipping.values(skipped))
            row = (await connection.execute(resumed.values(paused_at=None, paused_reason="", catch_up=False))).first()
            if row is not None:
                await gather(connection, delivery.c.subscription_id == subscription_id)
                await release(connection, Destination(kind="channel", id=row.channel_id, guild_id=guild_id))

    async def owe(self, owed: Sequence[tuple[int, Subscription]], now: datetime) -> int:
        """What the channel was sent, or waits for, already is not owed twice."""
        async with self._database.write() as connection:
            return sum([await _owe(connection, entry_id, one, now) for entry_id, one in owed])

    async def recent_deliveries(self, guild_id: int, subscription_id: int, limit: int) -> list[DeliveryNote]:
        """Newest first."""
        first = delivery.alias()
        query = (
            select(entry.c.title, entry.c.url, delivery)
            .add_columns(first.c.message_id.label("told_in"), first.c.channel_id.label("told_there"))
            .join_from(delivery, entry, entry.c.id == delivery.c.entry_id)
            .outerjoin(first, first.c.id == delivery.c.same_as)
            .join(subscription, subscription.c.id == delivery.c.subscription_id)
            .where(_mine(guild_id, subscription_id))
            .order_by(delivery.c.id.desc())
            .limit(limit)
        )
        # A waiting delivery's reason is its posting's: why it was put off.
        query = query.add_columns(posting.c.reason.label("put_off")).outerjoin(
            posting, posting.c.id == delivery.c.posting_id
        )
        async with self._database.read() as connection:
            rows = (await connection.execute(query)).all()
        return [
            DeliveryNote(
                title=row.title,
                url=row.url,
                state=row.state,
                reason=row.reason or (row.put_off if row.state == "waiting" and row.put_off else ""),
                at=row.done_at or row.created_at,
                channel_id=row.channel_id or row.told_there,
                message_id=row.message_id or row.told_in,
            )
            for row in rows
        ]

    async def waiting(self, guild_id: int, subscription_id: int) -> int:
        query = (
            select(func.count())
            .select_from(delivery.join(subscription, subscription.c.id == delivery.c.subscription_id))
            .where(_mine(guild_id, subscription_id), WAITING)
        )
        async with self._database.read() as connection:
            count: int = await connection.scalar(query)
        return count


def _count(guild_id: int) -> Select[int]:
    return select(func.count()).select_from(subscription).where(subscription.c.guild_id == guild_id)


def _mine(guild_id: int, subscription_id: int) -> ColumnElement[bool]:
    return and_(subscription.c.id == subscription_id, subscription.c.guild_id == guild_id)


def _values(new: Subscription) -> dict[str, object]:
    names = ("guild_id", "channel_id", "feed_id", "filter", "style", "mention_role_id", "created_by", "created_at")
    return {name: getattr(new, name) for name in (*names, "paused_at", "paused_reason", *CHOSEN[3:])}


async def _refuse_double(connection: Connection, new: Subscription) -> None:
    same = select(subscription.c.id).where(
        subscription.c.guild_id == new.guild_id,
        subscription.c.channel_id == new.channel_id,
        subscription.c.feed_id == new.feed_id,
    )
    if await connection.scalar(same) is not None:
        raise AlreadyThere("this channel follows that feed already")


async def _shown_after(connection: Connection, new: Subscription) -> int:
    """As for the guild's others of the feed, of which any may end. The first: as many of the newest entries are shown
    as the feed's document holds, which is what a feed that is new here would begin with."""
    others = and_(subscription.c.guild_id == new.guild_id, subscription.c.feed_id == new.feed_id)
    begun: int | None = await connection.scalar(select(func.min(subscription.c.shown_after)).where(others))
    if begun is not None:
        return begun
    size = await connection.scalar(select(feed.c.document_size).where(feed.c.id == new.feed_id)) or 0
    newest = select(entry.c.id).where(entry.c.feed_id == new.feed_id, entry.c.reissue_id.is_(None))
    shown = newest.order_by(entry.c.first_seen_at.desc(), entry.c.id.desc()).limit(size).subquery()
    after: int = await connection.scalar(select(func.coalesce(func.min(shown.c.id) - 1, NEWEST_ENTRY)))
    return after


async def drop_subscription(connection: Connection, subscription_id: int) -> None:
    """Ends it, with what only it wanted."""
    await _drop_owed(connection, subscription_id)
    await connection.change(delete(subscription).where(subscription.c.id == subscription_id))


async def _drop_owed(connection: Connection, subscription_id: int) -> None:
    """Ends what only this subscription wanted; what a keyword wants too stays owed."""
    alone = and_(delivery.c.subscription_id == subscription_id, WAITING, ~by_keyword())
    await tell_in_their_own(connection, alone)
    dropped = update(delivery).where(alone).values(state="gave up", reason="the subscription was removed")
    rows = await connection.scalars(dropped.returning(delivery.c.posting_id))
    await close_empty(connection, rows.all())


async def _take_back(connection: Connection, subscription_id: int) -> None:
    """Dissolves postings with its deliveries that were never tried: the rest makes new ones without them."""
    untried = (
        select(posting.c.id)
        .join(delivery, delivery.c.posting_id == posting.c.id)
        .where(
            delivery.c.subscription_id == subscription_id,
            OPEN,
            posting.c.attempts == 0,
            ~posting.c.leased,
        )
    )
    await connection.change(delete(posting).where(posting.c.id.in_(untried)))  # sets delivery.posting_id to NULL


async def _owe(connection: Connection, entry_id: int, one: Subscription, now: datetime) -> int:
    """0 or 1. Only to a subscription that exists, and an entry of its feed."""
    valid = select(entry.c.id).join(subscription, subscription.c.feed_id == entry.c.feed_id)
    if await connection.scalar(valid.where(entry.c.id == entry_id, _mine(one.guild_id, one.id))) is None:
        return 0
    where = Destination(kind="channel", id=one.channel_id, guild_id=one.guild_id)
    place = (await destination_ids(connection, [where]))[where]
    values = {"subscription_id": one.id, "state": "waiting", "reason": "", "created_at": now, "done_at": None}
    there = and_(delivery.c.entry_id == entry_id, delivery.c.destination_id == place)
    state = await connection.scalar(select(delivery.c.state).where(there))
    if state is None:
        return await connection.change(delivery.insert().values(entry_id=entry_id, destination_id=place, **values))
    if state in ("gave up", "same story"):  # dropped, refused, or told by another feed: now it is asked for
        values |= {"posting_id": None, "same_as": None, "not_before": None}
        return await connection.change(update(delivery).where(there).values(values))
    return 0
