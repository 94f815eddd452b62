"""One story from two feeds in one place: the second is named in the first one's message and not sent by itself.

A link, or a title of some words, makes two entries one story, if both came within a day and it tells entries apart in
either feed: where every entry links to one page, that page is no story.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Column, ColumnElement, func, select, update

from bot.store.conditions import SAME_STORY, by_keyword, wanted
from bot.store.database import Connection, batches
from bot.store.schema import delivery, delivery_keyword, entry, subscription

WITHIN = timedelta(hours=24)
NO_REISSUE = entry.c.reissue_id.is_(None)  # or every re-issued title would be one that two entries have
NAMES_A_STORY: tuple[Column[Any], ...] = (entry.c.story_link, entry.c.story_title)


@dataclass(frozen=True, slots=True)
class Telling:
    """One entry about to be owed to one destination, and who asked."""

    entry_id: int
    destination_id: int
    subscription_id: int | None
    keyword_ids: frozenset[int]


async def told_already(
    connection: Connection, feed_id: int, tellings: Sequence[Telling], now: datetime
) -> dict[tuple[int, int], int]:
    """(entry, destination) -> the delivery of another feed's entry whose message tells, or will tell, that story."""
    twins = await _twins(connection, feed_id, {one.entry_id for one in tellings}, now)
    if not twins:
        return {}
    firsts = await _firsts(connection, feed_id, twins, tellings)
    asked = await _mentions(connection, tellings)
    found: dict[tuple[int, int], int] = {}
    for one in tellings:
        there = [first for twin in twins.get(one.entry_id, ()) if (first := firsts.get((twin, one.destination_id)))]
        fits = [first.id for first in there if asked[one].merges and _tells_all(first, one, asked[one].role)]
        if fits:
            found[one.entry_id, one.destination_id] = min(fits)
    return found


async def _twins(
    connection: Connection, feed_id: int, entry_ids: Collection[int], now: datetime
) -> dict[int, set[int]]:
    """For each entry those of other feeds that came in the last day and have its link or title."""
    twins: dict[int, set[int]] = {}
    for name in NAMES_A_STORY:
        marked = select(entry.c.id, name.label("mark")).where(name.is_not(None), NO_REISSUE)
        mine: dict[int, int] = {}
        for some in batches(list(entry_ids)):
            mine |= {row.mark: row.id for row in await connection.execute(marked.where(entry.c.id.in_(some)))}
        of_others = marked.where(entry.c.feed_id != feed_id, entry.c.first_seen_at > now - WITHIN)
        for values in batches(list(mine)):
            theirs = (await connection.execute(of_others.where(name.in_(values)))).all()
            vague = await _vague(connection, name, {row.mark for row in theirs}) if theirs else set()
            for row in theirs:
                if row.mark not in vague:
                    twins.setdefault(mine[row.mark], set()).add(row.id)
    return twins


async def _vague(connection: Connection, name: Column[Any], values: Collection[int]) -> set[int]:
    """Those that two entries of one feed have: they name no story."""
    repeated = select(name).where(name.in_(values), NO_REISSUE).group_by(entry.c.feed_id, name).having(func.count() > 1)
    return set((await connection.scalars(repeated)).all())


# --- What was told first -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _First:
    """A delivery that tells a story, and whom it reaches."""

    id: int
    role: int | None
    keyword_ids: frozenset[int]


async def _firsts(
    connection: Connection, feed_id: int, twins: Mapping[int, Collection[int]], tellings: Sequence[Telling]
) -> dict[tuple[int, int], _First]:
    """(twin, destination) -> what told its story there, if it was posted or will be, and may be named with others."""
    wanted_in = {one.destination_id for one in tellings if one.entry_id in twins}
    found: dict[tuple[int, int], int] = {}
    for some in batches(list({id_ for ids in twins.values() for id_ in ids})):
        first = func.coalesce(delivery.c.same_as, delivery.c.id).label("first")
        query = select(delivery.c.entry_id, delivery.c.destination_id, first).where(delivery.c.entry_id.in_(some))
        for row in await connection.execute(query):
            if row.destination_id in wanted_in:
                found[row.entry_id, row.destination_id] = row.first
    known: dict[int, _First] = {}
    for ids in batches(list(set(found.values()))):
        keywords = await _keywords(connection, ids)
        for row in await connection.execute(_living(feed_id).where(delivery.c.id.in_(ids))):
            known[row.id] = _First(row.id, row.mention_role_id, frozenset(keywords[row.id]))
    return {place: known[id_] for place, id_ in found.items() if id_ in known}


def _living(feed_id: int) -> Any:
    posted = (delivery.c.state == "sent") & delivery.c.message_id.is_not(None)
    waits = (delivery.c.state == "waiting") & wanted()
    asker = subscription.alias()
    return (
        select(delivery.c.id, asker.c.mention_role_id)
        .join_from(delivery, entry, entry.c.id == delivery.c.entry_id)
        .outerjoin(asker, asker.c.id == delivery.c.subscription_id)
        .where(entry.c.feed_id != feed_id, ~delivery.c.gist, posted | waits)
        .where(asker.c.id.is_(None) | asker.c.merge_stories)
    )


async def _keywords(connection: Connection, delivery_ids: Sequence[int]) -> defaultdict[int, set[int]]:
    found: defaultdict[int, set[int]] = defaultdict(set)
    query = select(delivery_keyword).where(delivery_keyword.c.delivery_id.in_(delivery_ids))
    for row in await connection.execute(query):
        found[row.delivery_id].add(row.keyword_id)
    return found


# --- Who asks for the second ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Asked:
    merges: bool = True
    role: int | None = None


async def _mentions(connection: Connection, tellings: Sequence[Telling]) -> Mapping[Telling, _Asked]:
    columns = (subscription.c.id, subscription.c.merge_stories, subscription.c.mention_role_id)
    known: dict[int | None, _Asked] = {None: _Asked()}
    for some in batches(list({one.subscription_id for one in tellings} - {None})):
        rows = await connection.execute(select(*columns).where(subscription.c.id.in_(some)))
        known |= {row.id: _Asked(row.merge_stories, row.mention_role_id) for row in rows}
    return {one: known[one.subscription_id] for one in tellings}


def _tells_all(first: _First, one: Telling, role: int | None) -> bool:
    """Nobody misses anything if the second is not sent: no role to be pinged, no keyword to be named."""
    return role in (None, first.role) and one.keyword_ids <= first.keyword_ids


# --- When the first does not come ----------------------------------------------------------------------------


async def tell_in_their_own(connection: Connection, firsts: ColumnElement[bool]) -> None:
    """The deliveries will not come, or not now: of what was to be named with each the first is owed in its stead."""
    heirs = (
        select(delivery.c.same_as, func.min(delivery.c.id).label("heir"))
        .where(SAME_STORY, delivery.c.same_as.in_(select(delivery.c.id).where(firsts)))
        .where(delivery.c.subscription_id.is_not(None) | by_keyword())
        .group_by(delivery.c.same_as)
    )
    for row in (await connection.execute(heirs)).all():
        heir = update(delivery).where(delivery.c.id == row.heir)
        await connection.change(heir.values(state="waiting", same_as=None, done_at=None))
        await connection.change(update(delivery).where(delivery.c.same_as == row.same_as).values(same_as=row.heir))
