"""Who may be sent to next: a lane is one destination's queue, and guilds take turns."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import chain, islice, zip_longest
from typing import Any

from sqlalchemy import CTE, ScalarSelect, Select, func, select, update

from bot.store.conditions import GUILD_IS_HERE, OPEN, OWED, SPEAKS_FOR_ITSELF, WAITING, wanted
from bot.store.database import Connection
from bot.store.schema import delivery, destination, guild, posting

NO_WINDOW = timedelta(0)
FULL = 10  # embeds a message holds
DMS_AN_HOUR = 20  # to one member; what is more is told in one message when the hour is over


@dataclass(frozen=True, slots=True)
class Lane:
    """A destination with something to send and nothing in flight.

    `head` is its oldest delivery's id; `posting_id` the posting that is in, None if one is still to be made.
    """

    destination_id: int
    guild_id: int
    head: int
    posting_id: int | None
    not_before: datetime | None  # None: at once

    def ready(self, now: datetime) -> bool:
        return self.not_before is None or self.not_before <= now


async def lanes(connection: Connection, window: timedelta = NO_WINDOW) -> list[Lane]:
    """Every lane, ready or not. What only a paused subscription, or a guild that left, would want makes none.

    A place that took a message within `window` waits for what else comes in it, to share a message, unless a full one
    waits already. A posting that was tried goes on whole if anything in it is wanted: it may be in the channel already.
    """
    found: dict[int, Lane] = {}
    in_flight: set[int] = set()
    for row in await connection.execute(_open_postings()):
        if row.leased:
            in_flight.add(row.destination_id)
        elif row.head is not None or row.speaks:
            not_before = max(row.next_attempt_at, row.held_until or row.next_attempt_at)
            # setdefault: of two open postings (a subscription was paused, and resumed) the older goes first.
            head = row.head or 0  # a note is news about what is delivered: first; a digest has waited long enough
            found.setdefault(row.destination_id, Lane(row.destination_id, row.guild_id, head, row.id, not_before))
    for row in await connection.execute(_heads()):
        if row.head is not None:
            together = None if row.waiting >= FULL or row.served_at is None else row.served_at + window
            not_before = max((at for at in (row.held_until, together) if at is not None), default=None)
            found.setdefault(row.id, Lane(row.id, row.guild_id, row.head, None, not_before))
    return [lane for lane in found.values() if lane.destination_id not in in_flight]


def take_turns(ready: Iterable[Lane], served: Mapping[int, int], limit: int) -> list[Lane]:
    """Up to `limit` lanes: one of each guild, then a second of each, and so on; the longest unserved guild first.

    Within a guild the oldest delivery is first. A guild with thousands waiting delays nobody's single entry.
    `served` is when each guild had its last turn, by a counter; a guild that is not in it never had one.
    """
    by_guild: defaultdict[int, list[Lane]] = defaultdict(list)
    for lane in sorted(ready, key=lambda lane: lane.head):
        by_guild[lane.guild_id].append(lane)
    order = sorted(by_guild, key=lambda guild_id: (served.get(guild_id, -1), by_guild[guild_id][0].head))
    rounds = zip_longest(*(by_guild[guild_id] for guild_id in order))
    return list(islice((lane for lane in chain.from_iterable(rounds) if lane is not None), limit))


def _open_postings() -> Select[Any]:
    head = _oldest_wanted().where(delivery.c.posting_id == posting.c.id, WAITING)
    return (
        select(
            posting.c.id,
            posting.c.destination_id,
            posting.c.leased,
            posting.c.next_attempt_at,
            destination.c.guild_id,
            destination.c.held_until,
            SPEAKS_FOR_ITSELF.label("speaks"),
            _value(head.correlate(posting)),
        )
        .join(destination, destination.c.id == posting.c.destination_id)
        .join(guild, guild.c.id == destination.c.guild_id)
        .where(OPEN, GUILD_IS_HERE)
        .order_by(posting.c.id)
    )


def _heads() -> Select[Any]:
    """The oldest delivery that is in no posting, of each destination that has one."""
    owing = _owing_destinations()
    head = _oldest_wanted().where(delivery.c.destination_id == destination.c.id, OWED)
    # Counted no further than a message holds, or a lease would walk through a queue of thousands.
    some = select(delivery.c.id).where(delivery.c.destination_id == destination.c.id, OWED).limit(FULL)
    waiting = select(func.count()).select_from(some.correlate(destination).subquery()).scalar_subquery()
    return (
        select(
            destination.c.id,
            destination.c.guild_id,
            destination.c.held_until,
            destination.c.served_at,
            waiting.label("waiting"),
            _value(head.correlate(destination)),
        )
        .join(owing, owing.c.destination_id == destination.c.id)
        .join(guild, guild.c.id == destination.c.guild_id)
        .where(GUILD_IS_HERE)
    )


def _oldest_wanted() -> Select[int]:
    return select(delivery.c.id).where(wanted()).order_by(delivery.c.id).limit(1)


def _value(head: Select[int]) -> Any:
    return head.scalar_subquery().label("head")


def _owing_destinations() -> CTE:
    """Each destination that is owed something, by hopping through the index: the cost is in destinations, not in
    deliveries, however long a queue is (a GROUP BY walks through all of them at every lease)."""
    first: ScalarSelect[int] = select(func.min(delivery.c.destination_id)).where(OWED).scalar_subquery()
    hops = select(first.label("destination_id")).cte("owing", recursive=True)
    next_one = (
        select(func.min(delivery.c.destination_id))
        .where(OWED, delivery.c.destination_id > hops.c.destination_id)
        .correlate(hops)
        .scalar_subquery()
    )
    return hops.union_all(select(next_one).where(hops.c.destination_id.is_not(None)))


async def pace_members(connection: Connection, now: datetime) -> None:
    """Members who got their share of direct messages this hour: the rest is held until it is over, and then one."""
    an_hour_ago = now - timedelta(hours=1)
    recent = (
        select(posting.c.destination_id, func.min(posting.c.done_at).label("first"))
        .join(destination, destination.c.id == posting.c.destination_id)
        .where(destination.c.kind == "user", posting.c.done_at > an_hour_ago, posting.c.state == "sent")
        .where(destination.c.served_at > an_hour_ago)
        .group_by(posting.c.destination_id)
        .having(func.count() >= DMS_AN_HOUR)
    )
    for row in (await connection.execute(recent)).all():
        mine = (delivery.c.destination_id == row.destination_id, OWED)
        await connection.change(update(delivery).where(*mine).values(gist=True))
        held = update(destination).where(destination.c.id == row.destination_id, destination.c.held_since.is_(None))
        await connection.change(held.values(held_until=row.first + timedelta(hours=1)))
