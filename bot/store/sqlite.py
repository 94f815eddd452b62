"""What is SQLite's own: connections, the file, the one process. postgres.py is PostgreSQL's.

WAL with synchronous=FULL loses nothing that was committed, also when the power goes (NORMAL may lose the last
commits); it makes 1,350 commits a second where the bot needs fewer than 50.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import sqlalchemy
from sqlalchemy import URL, Engine, create_engine, event, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from bot.errors import SetupError
from bot.store.backup import copy
from bot.store.database import READERS
from bot.store.failures import DAMAGE_ADVICE, meaning
from bot.store.fts import Fts5
from bot.store.sole import SoleUse

CHECK_LIMIT_BYTES = 256 * 1024 * 1024  # quick_check reads the whole file: about a second up to here
BUSY_MS = 10_000  # a backup or `herald search` beside us holds a lock for moments

PRAGMAS = (
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = FULL",
    f"PRAGMA busy_timeout = {BUSY_MS}",
    "PRAGMA journal_size_limit = 67108864",
)


class SQLite:
    """A Backend: a file."""

    index = Fts5()

    def __init__(self, url: URL) -> None:
        """Raises SetupError if it names no file."""
        self._url, self.path = url, path_of(url)
        self._sole: SoleUse | None = None

    @property
    def name(self) -> str:
        return str(self.path)

    def make_ready(self) -> None:
        make_ready(self.path)

    def require_there(self) -> None:
        if not self.path.is_file():
            raise SetupError(f"there is no database at {self.path}", "herald run makes it, or set HERALD_DATABASE_URL")

    async def take(self) -> None:
        self.make_ready()
        self._sole = SoleUse(self.path)

    async def release(self) -> None:
        if self._sole is not None:
            self._sole.close()

    def migrator(self, *, looking: bool = False) -> Engine:
        # Only to look: the bot beside us may be writing.
        return migration_engine(self._url, begin="BEGIN" if looking else "BEGIN IMMEDIATE")

    def check(self) -> None:
        check(self._url)

    async def backup(self, target: Path) -> None:
        await copy(self.path, target)

    def engines(self) -> tuple[AsyncEngine, AsyncEngine]:
        return engines(self._url)

    def refused(self, error: SQLAlchemyError) -> SetupError:
        return SetupError(f"{self.path}: {meaning(error)}", *DAMAGE_ADVICE)


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
