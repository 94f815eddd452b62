"""Copies of a database, which may be in use, and whether a file is a whole one."""

from __future__ import annotations

import asyncio
import os
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from bot.errors import SetupError, StoreError
from bot.store.failures import DAMAGE_ADVICE
from bot.store.sole import locked

HERALD_TABLES = frozenset({"alembic_version", "feed", "entry", "subscription", "delivery", "posting"})
PAGES_AT_ONCE = 1024  # 4 MiB
NOT_OURS_ADVICE = "Name the file that herald backup made"

# Of how many pages of the database so many are copied.
Progress = Callable[[int, int], None]


def _unseen(_done: int, _total: int) -> None:
    pass


async def copy(database: Path, target: Path, *, overwrite: bool = False, progress: Progress = _unseen) -> None:
    """A consistent, verified copy of the database as it is now; it may be in use, and nobody who writes to it waits.

    The copy appears under its name only when it is whole and on disk. Raises StoreError, also if `target` exists and
    is not to be overwritten, and SetupError if the database is damaged. `progress` is called in another thread.
    """
    await asyncio.to_thread(_copy, database, target, overwrite, progress)


async def verify(database: Path) -> None:
    """Reads the whole file. Raises SetupError unless it is an undamaged database of Herald."""
    await asyncio.to_thread(check_whole, database)


# --- Copying -------------------------------------------------------------------------------------------------


def _copy(database: Path, target: Path, overwrite: bool, progress: Progress) -> None:
    if target.exists() and not overwrite:
        raise StoreError(f"{target} exists already")
    try:
        with partial_file(target) as partial:
            copy_pages(database, partial, progress)
            check_whole(partial, of=database)
            appear(partial, target, overwrite=overwrite)
    except FileExistsError as error:
        raise StoreError(f"{target} exists already") from error
    except (OSError, sqlite3.Error) as error:
        raise StoreError(f"no backup was made: {error}") from error


@contextmanager
def partial_file(target: Path) -> Iterator[Path]:
    """An empty file beside `target`, its owner's alone (addresses of private feeds come into it), gone in the end.

    What a killed process left behind of such files goes too: nobody holds their locks.
    """
    start, end = f".{target.name}.", ".partial"
    for left in target.parent.glob(f"{start}*{end}"):
        with suppress(OSError), left.open("rb") as file:
            if locked(file):
                _remove(left)
    handle, name = tempfile.mkstemp(prefix=start, suffix=end, dir=target.parent)
    partial = Path(name)
    try:
        with os.fdopen(handle, "rb") as file:
            locked(file)
            yield partial
    finally:
        _remove(partial)


def _remove(partial: Path) -> None:
    for path in (partial, partial.with_name(f"{partial.name}-journal")):
        path.unlink(missing_ok=True)


def copy_pages(database: Path, partial: Path, progress: Progress = _unseen) -> None:
    """All of the database as it is now, in one file without a -wal beside it."""
    with closing(_opened(database)) as source, closing(sqlite3.connect(partial)) as copied:
        # Read in one transaction, or each commit of another connection begins the copy anew (sqlite3_backup_step).
        source.execute("BEGIN")
        source.execute("SELECT count(*) FROM sqlite_schema").fetchone()
        source.backup(copied, pages=PAGES_AT_ONCE, progress=lambda _status, left, total: progress(total - left, total))
        copied.execute("PRAGMA journal_mode = DELETE")


def appear(partial: Path, target: Path, *, overwrite: bool) -> None:
    """Gives the file its name, all at once, and sees to it that a power cut takes nothing back."""
    _to_disk(partial)
    if overwrite:
        partial.replace(target)
    else:
        _named(partial, target)
    _to_disk(target.parent)


def _named(partial: Path, target: Path) -> None:
    """Raises FileExistsError if something of that name came meanwhile."""
    try:
        os.link(partial, target)
    except FileExistsError:
        raise
    except OSError:  # a file system that knows no links
        if target.exists():
            raise FileExistsError(f"{target} exists already") from None
        partial.replace(target)


def _to_disk(path: Path) -> None:
    if os.name == "nt" and path.is_dir():  # a folder cannot be opened there
        return
    handle = os.open(path, os.O_RDONLY if path.is_dir() else os.O_RDWR)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


# --- Verifying -----------------------------------------------------------------------------------------------


def _opened(database: Path) -> sqlite3.Connection:
    """For reading. Writable all the same, or a database in WAL mode could not be read while nobody else has it open."""
    return sqlite3.connect(f"{database.absolute().as_uri()}?mode=rw", uri=True)


def reading(database: Path) -> sqlite3.Connection:
    """A connection that changes nothing."""
    return sqlite3.connect(f"{database.absolute().as_uri()}?mode=ro", uri=True)


def check_whole(database: Path, *, of: Path | None = None) -> None:
    """As `verify`, and blocks. `of`: whose copy it is; messages name that one."""
    named, advice = (database, ("Use another backup",)) if of is None else (of, DAMAGE_ADVICE)
    if not database.is_file():
        raise SetupError(f"{database} is no file", NOT_OURS_ADVICE)
    try:
        with closing(reading(database)) as connection:
            tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")}
            problems = [line for (line,) in connection.execute("PRAGMA integrity_check(5)") if line != "ok"]
            problems += [f"a row of {table} points nowhere" for table, *_ in connection.execute(FOREIGN_KEYS)]
    except sqlite3.DatabaseError as error:
        if error.sqlite_errorcode == sqlite3.SQLITE_NOTADB:
            raise SetupError(f"{named} is no database of Herald", NOT_OURS_ADVICE) from error
        raise SetupError(f"{named} cannot be read: {error}", *advice) from error
    if not tables >= HERALD_TABLES:
        raise SetupError(f"{named} is no database of Herald", NOT_OURS_ADVICE)
    if problems:
        raise SetupError(f"{named} is damaged: {problems[0]}", *advice)


FOREIGN_KEYS = "PRAGMA foreign_key_check"
