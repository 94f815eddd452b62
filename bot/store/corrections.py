"""Entries that were corrected, and the messages that showed them: which of those are edited, and which let be."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, bindparam, case, delete, or_, select, update

from bot.model import Correction, Destination, Entry, Posting
from bot.slices import each
from bot.store.conditions import GUILD_IS_HERE, OPEN, UNDER_WAY, WAITING
from bot.store.database import ROWS_AT_ONCE, Connection, Part, batches
from bot.store.index import index_entries, unindex_entries
from bot.store.late_pictures import await_no_more, sooner
from bot.store.loading import load_deliveries
from bot.store.records import corrected_values, destination_of
from bot.store.schema import correction, delivery, destination, entry, guild, posting, subscription

MOST_EDITS = 3  # of one message: some publishers change a text all day
EDITED_WITHIN = timedelta(hours=48)  # of the post: nobody looks at an older one
CORRECTED = update(entry).where(entry.c.id == bindparam("its_id"))
LOOKED_AT = 4  # candidates for each that is leased, since of one destination only one is


class MessageCorrections(Part):
    """Corrections of bot.ports."""

    async def lease_corrections(self, now: datetime, limit: int) -> list[Correction]:
        async with self._database.read() as connection:
            if await connection.scalar(select(correction.c.posting_id).limit(1)) is None:
                return []
        async with self._database.write() as connection:
            await _forget_the_old(connection, now)
            ready = _ready().where(correction.c.next_attempt_at <= now, _not_held(now))
            newest = ready.order_by(correction.c.posting_id.desc()).limit(limit * LOOKED_AT)
            rows: dict[int, Any] = {}
            for row in (await connection.execute(newest)).all():
                rows.setdefault(row.destination_id, row)
            leased = [await _lease_one(connection, row) for row in list(rows.values())[:limit]]
        return [one for one in leased if one is not None]

    async def next_correction(self, after: datetime) -> datetime | None:
        later = destination.c.held_until > correction.c.next_attempt_at
        at = case((later, destination.c.held_until), else_=correction.c.next_attempt_at)
        async with self._database.read() as connection:
            query = _ready().where(at > after).with_only_columns(at).order_by(at).limit(1)
            first: datetime | None = await connection.scalar(query)
        return first

    async def settle_correction(self, done: Correction) -> None:
        mine = correction.c.posting_id == done.posting.id
        async with self._database.write() as connection:
            edited = update(posting).where(posting.c.id == done.posting.id)
            await connection.change(edited.values(edits=posting.c.edits + 1))
            if not await connection.change(delete(correction).where(mine, correction.c.asked == done.asked)):
                await connection.change(update(correction).where(mine).values(leased=False, attempts=0))

    async def put_off_correction(self, again: Correction, until: datetime) -> None:
        mine = update(correction).where(correction.c.posting_id == again.posting.id)
        values = {"leased": False, "attempts": correction.c.attempts + 1, "next_attempt_at": until}
        async with self._database.write() as connection:
            await connection.change(mine.values(values))

    async def put_off_corrections(self, where: Destination, until: datetime) -> None:
        there = select(posting.c.id).join(destination, destination.c.id == posting.c.destination_id)
        there = there.where(
            destination.c.guild_id == where.guild_id,
            destination.c.kind == where.kind,
            destination.c.discord_id == where.id,
        )
        mine = update(correction).where(correction.c.posting_id.in_(there))
        async with self._database.write() as connection:
            await connection.change(mine.values(leased=False, next_attempt_at=until))

    async def drop_correction(self, posting_id: int) -> None:
        async with self._database.write() as connection:
            await _drop(connection, posting_id)


def _ready() -> Select[Any]:
    """Corrections of messages that are there, in guilds that are, one after the other in each place."""
    busy = select(posting.c.destination_id).join(correction, correction.c.posting_id == posting.c.id)
    return (
        select(correction, posting.c.destination_id)
        .join(posting, posting.c.id == correction.c.posting_id)
        .join(destination, destination.c.id == posting.c.destination_id)
        .join(guild, guild.c.id == destination.c.guild_id)
        .where(posting.c.state == "sent", GUILD_IS_HERE, ~correction.c.leased)
        .where(posting.c.destination_id.not_in(busy.where(correction.c.leased)))
    )


def _not_held(now: datetime) -> ColumnElement[bool]:
    return or_(destination.c.held_until.is_(None), destination.c.held_until <= now)


async def _forget_the_old(connection: Connection, now: datetime) -> None:
    kept = select(posting.c.id).where(
        posting.c.id == correction.c.posting_id, or_(OPEN, and_(posting.c.state == "sent", _editable(now)))
    )
    await connection.change(delete(correction).where(~kept.exists(), ~correction.c.leased))


async def _lease_one(connection: Connection, row: Any) -> Correction | None:
    """None if its message cannot be told again: what wanted one of its entries there is gone."""
    shown = (delivery.c.posting_id == row.posting_id, delivery.c.state == "sent")
    query = select(posting, destination.c.kind, destination.c.discord_id, destination.c.guild_id)
    query = query.join(destination, destination.c.id == posting.c.destination_id)
    sent = (await connection.execute(query.where(posting.c.id == row.posting_id))).one()
    message = (await connection.execute(select(delivery.c.channel_id, delivery.c.message_id).where(*shown))).first()
    deliveries = await load_deliveries(connection, *shown)
    orphaned = any(one.subscription is None and not one.keywords for one in deliveries)
    if message is None or message.message_id is None or message.channel_id is None or orphaned:
        await _drop(connection, row.posting_id)
        return None
    await connection.change(update(correction).where(correction.c.posting_id == row.posting_id).values(leased=True))
    return Correction(
        posting=Posting(
            id=sent.id,
            destination=destination_of(sent),
            nonce=sent.nonce,
            deliveries=tuple(deliveries),
            degraded=sent.degraded,
            server=sent.server,
        ),
        channel_id=message.channel_id,
        message_id=message.message_id,
        asked=row.asked,
        attempts=row.attempts,
    )


async def _drop(connection: Connection, posting_id: int) -> None:
    await connection.change(delete(correction).where(correction.c.posting_id == posting_id))


# --- In a poll's transaction ---------------------------------------------------------------------------------


async def correct(connection: Connection, feed_id: int, corrected: Sequence[Entry], now: datetime) -> None:
    """Stores what the entries say now, makes it searchable, and owes an edit to each message that says otherwise."""
    changed: list[int] = []
    for some in batches(corrected, ROWS_AT_ONCE):
        stored = await _stored(connection, feed_id, [one.key for one in some])
        there = [one for one in some if one.key in stored]
        values = await each(lambda one: corrected_values(feed_id, one, now), there)
        other = {
            stored[one.key].id: (one, said)
            for one, said in zip(there, values, strict=True)
            if stored[one.key].wording != said["wording"]
        }
        if not other:
            continue
        await _keep_as_begun(connection, [row for row in stored.values() if row.id in other])
        await connection.change(CORRECTED, [said | {"its_id": id_} for id_, (_, said) in other.items()])
        await unindex_entries(connection, list(other))
        await index_entries(connection, [(id_, one) for id_, (one, _) in other.items()])
        changed += other
    await _ask_for_edits(connection, changed, now)


async def _stored(connection: Connection, feed_id: int, keys: Sequence[int]) -> dict[int, Row[Any]]:
    """By key."""
    there = select(entry.c.id, entry.c.key, entry.c.title, entry.c.url, entry.c.wording)
    rows = await connection.execute(there.where(entry.c.feed_id == feed_id, entry.c.key.in_(keys)))
    return {row.key: row for row in rows}


async def _keep_as_begun(connection: Connection, before: Sequence[Row[Any]]) -> None:
    """A message under way goes on as it began, or it could not be found in the channel again; the edit comes after."""
    under_way = select(posting.c.id).where(UNDER_WAY)
    begun = and_(WAITING, delivery.c.posting_id.in_(under_way), delivery.c.begun_as.is_(None))
    going = select(delivery.c.entry_id).where(delivery.c.entry_id.in_([one.id for one in before]), begun)
    ids = set(await connection.scalars(going))
    for one in before:
        if one.id in ids:
            as_it_was = update(delivery).where(delivery.c.entry_id == one.id, begun)
            await connection.change(as_it_was.values(begun_as=[one.title, one.url]))


async def _ask_for_edits(connection: Connection, entry_ids: Sequence[int], now: datetime) -> None:
    for some in batches(entry_ids):
        query = (
            select(delivery.c.posting_id)
            .outerjoin(subscription, subscription.c.id == delivery.c.subscription_id)
            .where(delivery.c.entry_id.in_(some), or_(subscription.c.id.is_(None), subscription.c.follow_edits))
        )
        await ask_for_edit(connection, query, now)
        # An edit tells all anew: where corrections are not followed, no picture may bring the other words with it.
        unfollowed = select(delivery.c.posting_id).join(subscription, subscription.c.id == delivery.c.subscription_id)
        unfollowed = unfollowed.where(delivery.c.entry_id.in_(some), ~subscription.c.follow_edits)
        await await_no_more(connection, delivery.c.posting_id.in_(unfollowed))


async def ask_for_edit(connection: Connection, postings: Select[Any], now: datetime) -> None:
    """Owes an edit to those of the postings whose message is there, or may be, and may still be edited."""
    is_there = and_(posting.c.state == "sent", _editable(now))
    # The rest of a flood is a list of titles, and a note no entry's.
    shows = select(delivery.c.id).where(delivery.c.posting_id == posting.c.id, ~delivery.c.gist)
    wanted = select(posting.c.id).where(posting.c.id.in_(postings), or_(is_there, UNDER_WAY), shows.exists())
    ids = list((await connection.scalars(wanted)).all())
    for some in batches(ids):
        again = update(correction).where(correction.c.posting_id.in_(some))
        asked = again.values(asked=correction.c.asked + 1, next_attempt_at=sooner(now, now))
        known = set((await connection.scalars(asked.returning(correction.c.posting_id))).all())
        new = [{"posting_id": posting_id, "next_attempt_at": now} for posting_id in some if posting_id not in known]
        if new:
            await connection.change(correction.insert(), new)


def _editable(now: datetime) -> ColumnElement[bool]:
    return and_(posting.c.done_at > now - EDITED_WITHIN, posting.c.edits < MOST_EDITS)
