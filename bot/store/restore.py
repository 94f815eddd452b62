"""Puts a backup in the place of the database, and keeps what was there."""

from __future__ import annotations

import os
import shutil
import sqlite3
from contextlib import closing, suppress
from datetime import datetime
from pathlib import Path

from bot.errors import SetupError, StoreError
from bot.store import sqlite
from bot.store.backup import NOT_OURS_ADVICE, Progress, appear, check_whole, copy_pages, partial_file, reading
from bot.store.migrate import require_known
from bot.store.sole import SoleUse
from bot.store.urls import file_of


def restore(url: str, source: Path, now: datetime, *, progress: Progress) -> Path | None:
    """Makes a copy of `source` the database. Returns where the former one lies now; None if there was none. Blocks.

    At any moment the database is the former one or the new one, whole. Raises SetupError and changes nothing if a
    Herald runs, or `source` is no whole database of this version or an older one (which the next start migrates).
    """
    path = file_of(url)
    if path.exists() and source.exists() and path.samefile(source):
        raise SetupError(f"{source} is the database itself", NOT_OURS_ADVICE)
    check_whole(source)
    require_known(_revision(source))
    sqlite.make_folder(path)
    sole = SoleUse(path)
    try:
        return _put_in_place(source, path, now, progress)
    except (OSError, sqlite3.Error) as error:
        raise StoreError(f"nothing was restored: {error}") from error
    finally:
        sole.close()


def _revision(source: Path) -> str | None:
    with closing(reading(source)) as connection:
        row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    return row and str(row[0])


def _put_in_place(source: Path, path: Path, now: datetime, progress: Progress) -> Path | None:
    with partial_file(path) as partial:
        copy_pages(source, partial, progress)
        aside = _kept_aside(path, now)
        # A journal of the former database must never be taken for one of the new.
        for journal in _journals(path):
            journal.unlink(missing_ok=True)
        appear(partial, path, overwrite=True)
    return aside


def _kept_aside(path: Path, now: datetime) -> Path | None:
    """A second name for the former database, journals included, until the new one takes the first."""
    if not path.exists():
        return None
    with suppress(sqlite3.Error), closing(sqlite3.connect(path)) as former:
        former.execute("PRAGMA wal_checkpoint(TRUNCATE)")  # so that all of it is in the one file; damaged, it stays so
    aside = path.with_name(f"{path.name}.before-{now:%Y%m%dT%H%M%SZ}")
    for old, new in zip((path, *_journals(path)), (aside, *_journals(aside)), strict=True):
        if old.exists():
            _second_name(old, new)
    return aside


def _second_name(old: Path, new: Path) -> None:
    try:
        os.link(old, new)
    except FileExistsError:
        raise
    except OSError:  # a file system that knows no links
        shutil.copy2(old, new)


def _journals(path: Path) -> tuple[Path, ...]:
    return tuple(path.with_name(path.name + end) for end in ("-wal", "-shm", "-journal"))
