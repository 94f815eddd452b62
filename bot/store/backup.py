"""Copies of a running database, and whether a file is a whole one."""

from __future__ import annotations

import asyncio
import os
import sqlite3
from contextlib import closing
from pathlib import Path

from bot.errors import SetupError, StoreError
from bot.store.sqlite import DAMAGE_ADVICE

HERALD_TABLES = frozenset({"alembic_version", "feed", "entry", "subscription", "delivery", "posting"})


async def copy(database: Path, target: Path) -> None:
    """A consistent copy of the database as it is now; it may be in use. Raises StoreError, also if `target` exists.

    The copy appears under its name only when it is whole.
    """
    await asyncio.to_thread(_copy, database, target)


def _copy(database: Path, target: Path) -> None:
    if target.exists():
        raise StoreError(f"{target} exists already")
    partial = target.with_name(target.name + ".partial")
    try:
        partial.unlink(missing_ok=True)
        # Addresses of private feeds are in it: nobody else's to read.
        os.close(os.open(partial, os.O_CREAT | os.O_EXCL, 0o600))
        with closing(sqlite3.connect(database)) as source, closing(sqlite3.connect(partial)) as copied:
            source.backup(copied, pages=1024, sleep=0.01)
            copied.execute("PRAGMA journal_mode = DELETE")  # one file, without a -wal beside it
        partial.replace(target)
    except (OSError, sqlite3.Error) as error:
        partial.unlink(missing_ok=True)
        raise StoreError(f"no backup was made: {error}") from error


async def verify(database: Path) -> None:
    """Reads the whole file. Raises SetupError unless it is an undamaged database of Herald."""
    await asyncio.to_thread(_verify, database)


def _verify(database: Path) -> None:
    if not database.is_file():
        raise SetupError(f"{database} is no file", "Name the file that herald backup made")
    try:
        with closing(sqlite3.connect(f"{database.absolute().as_uri()}?mode=ro", uri=True)) as connection:
            tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")}
            problems = [line for (line,) in connection.execute("PRAGMA integrity_check(5)") if line != "ok"]
            problems += [f"a row of {table} points nowhere" for table, *_ in connection.execute(FOREIGN_KEYS)]
    except sqlite3.Error as error:
        raise SetupError(f"{database} cannot be read: {error}", *DAMAGE_ADVICE) from error
    if not tables >= HERALD_TABLES:
        raise SetupError(f"{database} is no database of Herald", "Name the file that herald backup made")
    if problems:
        raise SetupError(f"{database} is damaged: {problems[0]}", *DAMAGE_ADVICE)


FOREIGN_KEYS = "PRAGMA foreign_key_check"
