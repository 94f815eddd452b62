"""Pictures that come after their message: which messages wait for one, and the edits that bring them in."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, func, literal, or_, select, update

from bot.model import StoredEntry
from bot.store.columns import UtcTime
from bot.store.conditions import OPEN
from bot.store.database import Connection, Part
from bot.store.records import ENTRY_COLUMNS, ENTRY_FROM, stored_entry_of
from bot.store.schema import correction, delivery, entry, posting, subscription

FRESH = timedelta(minutes=10)  # after its message began to be sent: later nobody looks for a picture there
TOGETHER = timedelta(seconds=15)  # what one host's pages name in that time is one edit, at a second for each page
MOST_EDITS = 2  # of a message for pictures, of its three in all (corrections.py): one is left for the publisher's
OF_EACH_FEED = 3  # looked at: the rest has its turn once those are asked

AWAITED = delivery.c.picture_until.is_not(None)


class LatePictures(Part):
    """LatePictureStore."""

    async def awaited_pictures(self, now: datetime, limit: int) -> list[StoredEntry]:
        async with self._database.read() as connection:
            times = select(func.min(delivery.c.picture_until)).where(AWAITED)
            first: datetime | None = await connection.scalar(times)
            found = (await connection.execute(_awaited(now, limit))).all() if first else []
        if first is not None and first <= now:
            over = update(delivery).where(delivery.c.picture_until <= now).values(picture_until=None)
            async with self._database.write() as connection:
                await connection.change(over)
        return [stored_entry_of(row) for row in found]


def _awaited(now: datetime, limit: int) -> Select[Any]:
    first = func.min(delivery.c.id)
    place = func.row_number().over(partition_by=entry.c.feed_id, order_by=first)
    unasked = (
        select(entry.c.id, first.label("first"), place.label("place"))
        .select_from(delivery.join(entry, entry.c.id == delivery.c.entry_id))
        .join(posting, posting.c.id == delivery.c.posting_id)
        .outerjoin(subscription, subscription.c.id == delivery.c.subscription_id)
        .where(delivery.c.picture_until > now, entry.c.page_looked_at.is_(None))
        .where(or_(OPEN, posting.c.state == "sent"), _takes_pictures())
        .group_by(entry.c.id, entry.c.feed_id)
        .subquery()
    )
    few = select(*ENTRY_COLUMNS).select_from(ENTRY_FROM.join(unasked, unasked.c.id == entry.c.id))
    return few.where(unasked.c.place <= OF_EACH_FEED).order_by(unasked.c.first).limit(limit)


def _takes_pictures() -> ColumnElement[bool]:
    """The message shows pictures, and who follows the feed wants those of pages. Forum posts stay as they are."""
    wanted = or_(subscription.c.id.is_(None), subscription.c.page_images)
    is_forum_post = and_(delivery.c.channel_id.is_not(None), delivery.c.channel_id == delivery.c.message_id)
    return and_(posting.c.degraded == 0, wanted, entry.c.image_url.is_(None), ~is_forum_post)


async def bring_late(
    connection: Connection, images: Mapping[int, str | None], now: datetime, which: ColumnElement[bool]
) -> bool:
    """Puts `images` (of entries whose pages were asked) into sent messages that wait for them, and owes the edits.

    True if there are such messages. What is still being sent is left to `settle`, which calls this too.
    """
    query = (
        select(delivery.c.id, delivery.c.entry_id, delivery.c.posting_id, _takes_pictures().label("takes"))
        .join(entry, entry.c.id == delivery.c.entry_id)
        .join(posting, posting.c.id == delivery.c.posting_id)
        .outerjoin(subscription, subscription.c.id == delivery.c.subscription_id)
        .where(which, delivery.c.picture_until > now, delivery.c.entry_id.in_(images), posting.c.state == "sent")
    )
    told: dict[int, bool] = {}
    for row in (await connection.execute(query)).all():
        url = images[row.entry_id] if row.takes else None
        mine = update(delivery).where(delivery.c.id == row.id)
        await connection.change(mine.values(picture_until=None, picture_url=url))
        told[row.posting_id] = told.get(row.posting_id, False) or url is not None
    for posting_id, has_more in told.items():
        await _owe_edit(connection, posting_id, now, has_more=has_more)
    return bool(told)


async def _owe_edit(connection: Connection, posting_id: int, now: datetime, *, has_more: bool) -> None:
    """One edit for what comes together: at once when no picture of the message is awaited any more, else after a while.

    The last edit that pictures may take waits for all that may still come.
    """
    query = select(posting.c.edits, correction.c.leased, correction.c.next_attempt_at)
    query = query.select_from(posting.outerjoin(correction, correction.c.posting_id == posting.c.id))
    row = (await connection.execute(query.where(posting.c.id == posting_id))).one()
    awaited = delivery.c.picture_until > now
    until = select(func.max(delivery.c.picture_until)).where(delivery.c.posting_id == posting_id, awaited)
    last: datetime | None = await connection.scalar(until)
    edits = row.edits + bool(row.leased)
    due = now if last is None else last if edits >= MOST_EDITS - 1 else min(now + TOGETHER, last)
    if row.next_attempt_at is None:
        if has_more and edits < MOST_EDITS:
            await connection.change(correction.insert().values(posting_id=posting_id, next_attempt_at=due))
        return
    at: Any = due if row.leased else sooner(due, now)  # one under way began without the picture: another comes after
    asked = correction.c.asked + 1 if has_more else correction.c.asked
    mine = update(correction).where(correction.c.posting_id == posting_id)
    await connection.change(mine.values(asked=asked, next_attempt_at=at))


def sooner(due: datetime, now: datetime) -> ColumnElement[Any]:
    """When an edit is to be made that waits for pictures only until `due`; one that was put off stays put off."""
    planned = correction.c.next_attempt_at
    for_pictures = and_(correction.c.attempts == 0, planned > due, planned <= now + FRESH)
    return case((for_pictures, literal(due, UtcTime())), else_=planned)


async def await_no_more(connection: Connection, postings: ColumnElement[bool]) -> None:
    """No picture comes into these messages any more."""
    await connection.change(update(delivery).where(AWAITED, postings).values(picture_until=None))
