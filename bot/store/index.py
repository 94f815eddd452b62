"""Entries come into the search index, and leave it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import delete

from bot.model import Entry
from bot.query.text import index_form
from bot.slices import each
from bot.store.database import Connection
from bot.store.schema import entry_fts


async def index_entries(connection: Connection, entries: Sequence[tuple[int, Entry]]) -> None:
    """Makes (entry id, entry) findable."""

    def row(one: tuple[int, Entry]) -> Mapping[str, Any]:
        entry_id, new = one
        return connection.index.row(entry_id, index_form(new.title), index_form(new.author or ""), index_form(new.text))

    if rows := await each(row, entries):
        await connection.execute(connection.index.adding, rows)


async def unindex_entries(connection: Connection, entry_ids: Sequence[int]) -> None:
    await connection.execute(delete(entry_fts).where(entry_fts.c.rowid.in_(entry_ids)))
