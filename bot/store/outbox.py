"""What is owed to Discord, one posting a destination at a time."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, delete, func, literal, or_, select, update
from sqlalchemy.sql.dml import Update

from bot.model import Delivery, Destination, Note, Posting, Refused, Sent
from bot.ports import NO_PICTURES
from bot.store.as_json import note_json, note_of, page_of
from bot.store.columns import Int64, UtcTime
from bot.store.conditions import OPEN, OWED, SPEAKS_FOR_ITSELF, WAITING, wanted
from bot.store.database import Connection, Database, Part, batches
from bot.store.deliveries import destination_ids, ensure_guild
from bot.store.holds import release
from bot.store.hourly import let_go, next_let_go
from bot.store.lanes import NO_WINDOW, Lane, lanes, pace_members, take_turns
from bot.store.late_pictures import AWAITED, FRESH, bring_late
from bot.store.loading import load_deliveries
from bot.store.page_images import shown_images
from bot.store.records import SETTINGS_COLUMNS, destination_of, guild_settings_of
from bot.store.schema import correction, delivery, destination, entry, guild, posting
from bot.store.stories import tell_in_their_own

JOIN_LIMIT = 10  # embeds a message (Discord: Create Message)
GIST_SHOWN = 30  # titles that one message has room for; the rest is counted
NONCE_BYTES = 12  # 24 characters; Discord takes 25


class Postings(Part):
    """Outbox."""

    def __init__(self, database: Database) -> None:
        super().__init__(database)
        self._served: dict[int, int] = {}  # guild -> its last turn, for fairness only: a restart may forget it
        self._turns = 0

    async def lease(self, now: datetime, limit: int, *, window: timedelta = NO_WINDOW) -> list[Posting]:
        async with self._database.write() as connection:
            await let_go(connection, now)
            await pace_members(connection, now)
            ready = [lane for lane in await lanes(connection, window) if lane.ready(now)]
            chosen = take_turns(ready, self._served, limit)
            postings = [await _lease_one(connection, lane, now) for lane in chosen]
        for lane in chosen:
            self._turns += 1
            self._served[lane.guild_id] = self._turns
        return postings

    async def next_ready(self, after: datetime, *, window: timedelta = NO_WINDOW) -> datetime | None:
        async with self._database.read() as connection:
            times = [lane.not_before for lane in await lanes(connection, window)]
            times.append(await next_let_go(connection, after))
            return min((at for at in times if at is not None and at > after), default=None)

    async def begin_attempt(
        self,
        posting_id: int,
        now: datetime,
        *,
        silent: bool = False,
        server: str = "",
        pictures: Mapping[int, str | None] = NO_PICTURES,
    ) -> None:
        begun = _open(posting_id).values(
            silent=silent,
            server=server,
            attempts=posting.c.attempts + 1,
            first_attempt_at=func.coalesce(posting.c.first_attempt_at, literal(now, UtcTime())),
            reason="",  # why it was put off says nothing of what begins now (other_channel asks)
        )
        async with self._database.write() as connection:
            await connection.change(begun)
            for delivery_id, url in pictures.items():
                mine = update(delivery).where(delivery.c.id == delivery_id, delivery.c.posting_id == posting_id)
                until = now + FRESH if url is None else None
                await connection.change(mine.values(picture_url=url, picture_until=until))

    async def settle(self, posting_id: int, outcome: Sent, now: datetime) -> None:
        async with self._database.write() as connection:
            sent = update(posting).where(posting.c.id == posting_id)
            await connection.change(sent.values(state="sent", leased=False, done_at=now, reason=""))
            await connection.change(
                # Also what was dropped while the posting was under way: it was delivered all the same.
                update(delivery)
                .where(delivery.c.posting_id == posting_id)
                .values(
                    state="sent",
                    reason="",
                    begun_as=None,
                    done_at=now,
                    channel_id=outcome.channel_id,
                    message_id=outcome.message_id,
                )
            )
            await _bring_what_came(connection, posting_id, now)
            await _took(connection, posting_id, outcome.message_id, now)

    async def put_off(self, posting_id: int, until: datetime, reason: str) -> None:
        await self._again(posting_id, until, reason=reason)

    async def degrade(self, posting_id: int, refusal: Refused, until: datetime, *, to: int | None = None) -> None:
        plainer = posting.c.degraded + 1 if to is None else to
        await self._again(posting_id, until, reason=_told(refusal), degraded=plainer)

    async def split(self, posting_id: int, refusal: Refused, guilty: Sequence[int]) -> None:
        mine = and_(delivery.c.posting_id == posting_id, WAITING)
        async with self._database.write() as connection:
            degraded = await connection.scalar(select(posting.c.degraded).where(posting.c.id == posting_id, OPEN))
            if degraded is None:
                return
            by_itself = mine if not guilty else and_(mine, delivery.c.id.in_(guilty))
            plainer = {"alone": degraded + 1, "reason": _told(refusal)} if guilty else {"alone": degraded}
            await connection.change(update(delivery).where(by_itself).values(plainer))
            # It was refused, so it is nowhere: its deliveries are owed again, as if it had never been made.
            await connection.change(delete(posting).where(posting.c.id == posting_id))

    async def give_up(self, posting_id: int, refusal: Refused, now: datetime) -> None:
        ended = {"state": "gave up", "reason": _told(refusal), "done_at": now}
        async with self._database.write() as connection:
            await connection.change(_open(posting_id).values(leased=False, **ended))
            mine = and_(delivery.c.posting_id == posting_id, WAITING)
            await tell_in_their_own(connection, mine)
            await connection.change(update(delivery).where(mine).values(ended))

    async def free_leases(self) -> int:
        async with self._database.write() as connection:
            await connection.change(update(correction).where(correction.c.leased).values(leased=False))
            return await connection.change(update(posting).where(OPEN, posting.c.leased).values(leased=False))

    async def post_note(self, where: Destination, note: Note, now: datetime) -> None:
        """Herald's own word, sent like any posting."""
        async with self._database.write() as connection:
            await insert_note(connection, where, note, now)

    async def _again(self, posting_id: int, until: datetime, **values: Any) -> None:
        async with self._database.write() as connection:
            await connection.change(_open(posting_id).values(leased=False, next_attempt_at=until, **values))
            await close_empty(connection, [posting_id])


async def insert_note(connection: Connection, where: Destination, note: Note, now: datetime) -> None:
    """Owes the note, in the caller's transaction."""
    await ensure_guild(connection, where.guild_id)
    place = (await destination_ids(connection, [where]))[where]
    await connection.change(posting.insert().values({**unleased(place, now), "note": note_json(note)}))


def _open(posting_id: int) -> Update:
    """Changes the posting unless it is settled: what comes late cannot open it again."""
    return update(posting).where(posting.c.id == posting_id, OPEN)


def _told(refusal: Refused) -> str:
    return f"{refusal.reason} ({refusal.status}, code {refusal.code})"


async def close_empty(connection: Connection, posting_ids: Sequence[int | None]) -> None:
    """Ends those postings whose every delivery was dropped; one in flight ends when it comes back."""
    left = select(delivery.c.id).where(delivery.c.posting_id == posting.c.id, WAITING)
    empty = update(posting).where(OPEN, ~posting.c.leased, ~SPEAKS_FOR_ITSELF, ~left.exists())
    for some in batches(list({id_ for id_ in posting_ids if id_ is not None})):
        ended = empty.where(posting.c.id.in_(some)).values(state="gave up", reason="nothing left to send")
        await connection.change(ended)


# --- Leasing one ---------------------------------------------------------------------------------------------


async def _lease_one(connection: Connection, lane: Lane, now: datetime) -> Posting:
    if lane.posting_id is None:
        return await _new_posting(connection, lane, now)
    await connection.change(_open(lane.posting_id).values(leased=True))
    return await _leased(connection, lane.posting_id)


async def _new_posting(connection: Connection, lane: Lane, now: datetime) -> Posting:
    """Of the head of the queue and what follows it: up to ten that mention the same roles, or the rest of a flood."""
    mine = and_(delivery.c.destination_id == lane.destination_id, OWED, wanted())
    queue = await load_deliveries(connection, mine, limit=JOIN_LIMIT)
    inserted = await connection.execute(posting.insert().values(_new(lane.destination_id, now)).returning(posting.c.id))
    posting_id: int = inserted.scalar_one()
    if queue[0].gist:
        await _take_gist(connection, posting_id, mine, queue[0].entry.feed_id)
        return await _leased(connection, posting_id)
    together = _together([one for one in queue if not one.gist])
    ids = [one.id for one in together]
    await connection.change(update(delivery).where(delivery.c.id.in_(ids)).values(posting_id=posting_id))
    if together[0].alone:
        await connection.change(_open(posting_id).values(degraded=together[0].alone))
    return _posting((await connection.execute(_posting_row(posting_id))).one(), together)


def _new(destination_id: int, now: datetime) -> dict[str, Any]:
    # Random, not counted: a database made anew counts from 1 again, and Discord still knows the old nonces.
    return {
        "destination_id": destination_id,
        "nonce": secrets.token_hex(NONCE_BYTES),
        "state": "open",
        "leased": True,
        "created_at": now,
        "next_attempt_at": now,
    }


def unleased(destination_id: int, now: datetime) -> dict[str, Any]:
    """The columns of a posting that is to wait for its lease."""
    return {**_new(destination_id, now), "leased": False}


async def _take_gist(connection: Connection, posting_id: int, mine: ColumnElement[bool], feed_id: int) -> None:
    """All that one message can tell of: what is to be told so of this feed, up to the next post of its own."""
    post = select(func.min(delivery.c.id)).where(mine, ~delivery.c.gist).scalar_subquery()
    of_feed = delivery.c.entry_id.in_(select(entry.c.id).where(entry.c.feed_id == feed_id))
    before = or_(post.is_(None), delivery.c.id < post)
    taken = select(delivery.c.id).where(mine, delivery.c.gist, of_feed, before)
    await connection.change(update(delivery).where(delivery.c.id.in_(taken)).values(posting_id=posting_id))


async def _leased(connection: Connection, posting_id: int) -> Posting:
    """As it is in the database: all its deliveries, or of a flood's rest the newest and how many there are."""
    inside = [delivery.c.posting_id == posting_id, delivery.c.state == "waiting"]
    row = (await connection.execute(_posting_row(posting_id))).one()
    deliveries = await load_deliveries(connection, *inside, limit=GIST_SHOWN, newest=True)
    total = await connection.scalar(select(func.count()).select_from(delivery).where(*inside))
    return _posting(row, deliveries, total)


async def _bring_what_came(connection: Connection, posting_id: int, now: datetime) -> None:
    """Pictures that came while the message was being sent."""
    mine = delivery.c.posting_id == posting_id
    awaited = (await connection.scalars(select(delivery.c.entry_id).where(mine, AWAITED))).all()
    if awaited:
        await bring_late(connection, await shown_images(connection, awaited), now, mine)


async def _took(connection: Connection, posting_id: int, message_id: int | None, now: datetime) -> None:
    """The place takes messages: notes when, and if it was held, lets the rest come."""
    place = select(posting.c.destination_id).where(posting.c.id == posting_id).scalar_subquery()
    newest = func.coalesce(literal(message_id, Int64), destination.c.last_message_id)
    served = update(destination).where(destination.c.id == place).values(served_at=now, last_message_id=newest)
    row = (await connection.execute(served.returning(destination))).first()
    if row is not None and row.held_since is not None:
        await release(connection, destination_of(row))


def _together(queue: Sequence[Delivery]) -> list[Delivery]:
    """The queue up to the first that mentions others, or is to be alone: a role is pinged for its own entries."""
    if queue[0].alone is not None:
        return [queue[0]]
    roles = _mentions(queue[0])
    ends = (number for number, one in enumerate(queue) if one.alone is not None or _mentions(one) != roles)
    return list(queue[: next(ends, len(queue))])


def _mentions(one: Delivery) -> set[int | None]:
    asking = {keyword.mention_role_id for keyword in one.keywords}
    if one.subscription is not None:
        asking.add(one.subscription.mention_role_id)
    return asking - {None}


def _posting_row(posting_id: int) -> Any:
    return (
        select(
            posting,
            destination.c.kind,
            destination.c.discord_id,
            destination.c.guild_id,
            destination.c.last_message_id,
            *SETTINGS_COLUMNS,
        )
        .join(destination, destination.c.id == posting.c.destination_id)
        .join(guild, guild.c.id == destination.c.guild_id)
        .where(posting.c.id == posting_id)
    )


def _posting(row: Row[Any], deliveries: Sequence[Delivery], total: int = 0) -> Posting:
    return Posting(
        id=row.id,
        destination=destination_of(row),
        nonce=row.nonce,
        deliveries=tuple(deliveries),
        attempts=row.attempts,
        first_attempt_at=row.first_attempt_at,
        degraded=row.degraded,
        total=max(total, len(deliveries)),
        note=note_of(row.note),
        digest=page_of(row.page),
        after_message_id=row.last_message_id,
        settings=guild_settings_of(row.guild_id, row),
        silent=row.silent,
        server=row.server,
    )
