"""Entries that come into the database, and can be searched for from then on."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from bot.model import Entry, PollCommit
from bot.slices import each
from bot.store.database import ROWS_AT_ONCE, Connection, batches
from bot.store.index import index_entries
from bot.store.records import entry_values
from bot.store.schema import entry


async def store_entries(
    connection: Connection,
    commit: PollCommit,
    entries: Sequence[Entry],
    *,
    reissue_id: int | None = None,
    old: bool = False,
) -> dict[int, int]:
    """Key -> id of those of `entries` that are new in the database, in their order. With a `reissue_id` they are held
    back with it; the `old` are no news."""
    unique = {new.key: new for new in reversed(entries)}  # of two with one key the first stays
    known = await _known_keys(connection, commit.feed_id, list(unique))
    fresh: list[Entry] = [new for key, new in reversed(unique.items()) if key not in known]
    if not fresh:
        return {}
    same = {"backlog": commit.backlog, "reissue_id": reissue_id, "old": old}
    adding = entry.insert().returning(entry.c.id, sort_by_parameter_order=True)
    placed: dict[int, int] = {}
    for some in batches(fresh, ROWS_AT_ONCE):
        values = await each(lambda new: entry_values(commit.feed_id, new, commit.polled_at) | same, some)
        ids = (await connection.execute(adding, values)).scalars()
        placed |= zip((new.key for new in some), ids, strict=True)
        await index_entries(connection, [(placed[new.key], new) for new in some])
    return placed


async def _known_keys(connection: Connection, feed_id: int, keys: list[int]) -> set[int]:
    known: set[int] = set()
    for some in batches(keys):
        known.update(
            await connection.scalars(select(entry.c.key).where(entry.c.feed_id == feed_id, entry.c.key.in_(some)))
        )
    return known
