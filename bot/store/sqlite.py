"""What is SQLite's own: connections, the one process, the search index. PostgreSQL would have a file like it.

WAL with synchronous=FULL loses nothing that was committed, also when the power goes (NORMAL may lose the last
commits); it makes 1,350 commits a second where the bot needs fewer than 50.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import sqlalchemy
from sqlalchemy import URL, Engine, create_engine, delete, event, insert, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from bot.errors import SetupError
from bot.model import Entry
from bot.query.text import index_form
from bot.store.database import READERS, Connection
from bot.store.failures import meaning
from bot.store.schema import entry_fts

CHECK_LIMIT_BYTES = 256 * 1024 * 1024  # quick_check reads the whole file: about a second up to here
BUSY_MS = 10_000  # a backup or `herald search` beside us holds a lock for moments

PRAGMAS = (
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = FULL",
    f"PRAGMA busy_timeout = {BUSY_MS}",
    "PRAGMA journal_size_limit = 67108864",
)


# --- Connections ---------------------------------------------------------------------------------------------


def engines(url: URL) -> tuple[AsyncEngine, AsyncEngine]:
    """For the readers, and for the one writer. aiosqlite keeps each connection in a thread of its own."""
    reader = create_async_engine(url, pool_size=READERS, max_overflow=0, hide_parameters=True)
    writer = create_async_engine(url, pool_size=1, max_overflow=0, hide_parameters=True)
    _prepare(reader.sync_engine, (*PRAGMAS, "PRAGMA query_only = ON"), begin="BEGIN")
    # IMMEDIATE: a transaction that reads first and writes later could find itself unable to (SQLITE_BUSY_SNAPSHOT).
    _prepare(writer.sync_engine, (*PRAGMAS, "PRAGMA foreign_keys = ON"), begin="BEGIN IMMEDIATE")
    return reader, writer


def migration_engine(url: URL, *, begin: str = "BEGIN IMMEDIATE") -> Engine:
    """The standard library's driver, for a thread. Foreign keys are off: a migration may copy tables."""
    engine = create_engine(url.set(drivername="sqlite"), hide_parameters=True)
    _prepare(engine, PRAGMAS, begin=begin)
    return engine


def _prepare(engine: Engine, pragmas: Iterable[str], *, begin: str) -> None:
    """The driver must not begin transactions of its own, or DDL would not roll back (SQLAlchemy, pysqlite page)."""

    @event.listens_for(engine, "connect")
    def connect(connection: Any, _record: object) -> None:
        connection.isolation_level = None
        cursor = connection.cursor()
        for pragma in pragmas:
            cursor.execute(pragma)
        cursor.close()

    @event.listens_for(engine, "begin")
    def start(connection: sqlalchemy.Connection) -> None:
        connection.exec_driver_sql(begin)


# --- The file ------------------------------------------------------------------------------------------------


def path_of(url: URL) -> Path:
    """Where the database lies. Raises SetupError for one in memory."""
    if not url.database or url.database == ":memory:" or url.database.startswith("file:"):
        raise SetupError(
            "HERALD_DATABASE_URL names no file",
            "Use sqlite+aiosqlite:///data/herald.db (three slashes: below this directory; four: from the root)",
        )
    return Path(url.database)


def make_ready(path: Path) -> None:
    """Sees that the file is there and can be written, making it and its directory. Raises SetupError.

    A new file is its owner's alone: addresses of private feeds are in it. SQLite gives -wal and -shm the same mode.
    """
    make_folder(path)
    try:
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
    except OSError as error:
        raise _unwritable(path, error) from error


def make_folder(path: Path) -> None:
    """The directory that the file lies in. Raises SetupError."""
    try:
        path.parent.mkdir(exist_ok=True)
    except FileExistsError as error:
        raise SetupError(f"{path.parent} is not a directory", "Set HERALD_DATABASE_URL to another path") from error
    except FileNotFoundError as error:
        raise SetupError(f"the directory {path.parent} does not exist", f"Create it: mkdir -p {path.parent}") from error
    except OSError as error:
        raise _unwritable(path, error) from error


def _unwritable(path: Path, error: OSError) -> SetupError:
    return SetupError(
        f"the database {path} cannot be written: {error.strerror}",
        f"Let the user that runs Herald own {path.parent} and what is in it, or set HERALD_DATABASE_URL",
    )


def check(url: URL) -> None:
    """Raises SetupError if the file is damaged. Large files are only opened: `verify` reads them whole."""
    path = path_of(url)
    engine = migration_engine(url)
    small = path.stat().st_size <= CHECK_LIMIT_BYTES
    pragma = "PRAGMA quick_check(1)" if small else "SELECT 'ok' FROM sqlite_schema LIMIT 1"
    try:
        with engine.begin() as connection:
            found = connection.execute(text(pragma)).scalar()
    except SQLAlchemyError as error:
        raise SetupError(f"{path}: {meaning(error)}", *DAMAGE_ADVICE) from error
    finally:
        engine.dispose()
    if found not in ("ok", None):
        raise SetupError(f"the database {path} is damaged: {found}", *DAMAGE_ADVICE)


DAMAGE_ADVICE = ("Restore a backup: herald restore FILE",)


# --- The search index ----------------------------------------------------------------------------------------


async def index_entries(connection: Connection, entries: Sequence[tuple[int, Entry]]) -> None:
    """Makes (entry id, entry) findable."""
    rows = [
        {
            "rowid": entry_id,
            "title": index_form(entry.title),
            "author": index_form(entry.author or ""),
            "body": index_form(entry.text),
        }
        for entry_id, entry in entries
    ]
    if rows:
        await connection.execute(insert(entry_fts), rows)


async def unindex_entries(connection: Connection, entry_ids: Sequence[int]) -> None:
    await connection.execute(delete(entry_fts).where(entry_fts.c.rowid.in_(entry_ids)))
