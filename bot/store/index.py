"""Entries come into the search index, and leave it."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import delete

from bot.model import Entry
from bot.query.text import index_form
from bot.store.database import Connection
from bot.store.schema import entry_fts


async def index_entries(connection: Connection, entries: Sequence[tuple[int, Entry]]) -> None:
    """Makes (entry id, entry) findable."""
    rows = [
        connection.index.row(entry_id, index_form(entry.title), index_form(entry.author or ""), index_form(entry.text))
        for entry_id, entry in entries
    ]
    if rows:
        await connection.execute(connection.index.adding, rows)


async def unindex_entries(connection: Connection, entry_ids: Sequence[int]) -> None:
    await connection.execute(delete(entry_fts).where(entry_fts.c.rowid.in_(entry_ids)))
