"""Run by Alembic, on the connection and in the transaction of bot.store.migrate.

A new step: `alembic.command.revision(configured(connection), message, autogenerate=True)`, then read what it wrote.
"""

from __future__ import annotations

from typing import Literal

from alembic import context

from bot.store.columns import Int64, Json, PlainText, UtcTime
from bot.store.schema import metadata

OURS = {"Int64": Int64, "PlainText": PlainText}


def is_ours(_object: object, name: str | None, kind: str, _reflected: bool, _compared: object) -> bool:
    """The search index and its shadow tables are not in the metadata."""
    return not (kind == "table" and name is not None and name.startswith("entry_fts"))


def as_written(kind: str, value: object, _context: object) -> str | Literal[False]:
    """Our column types by the names that script.py.mako imports."""
    if kind == "type" and isinstance(value, UtcTime | Json):
        return f"{type(value).__name__}()"
    return next((name for name, ours in OURS.items() if kind == "type" and value is ours), False)


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    include_object=is_ours,
    render_item=as_written,
    render_as_batch=True,  # SQLite cannot alter most things in place
)
with context.begin_transaction():
    context.run_migrations()
