"""`herald backup FILE` and `herald restore FILE`."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn

from bot.errors import SetupError
from bot.ops.clock import SystemClock
from bot.settings import load
from bot.store import backup as backups
from bot.store.backup import Progress as Told
from bot.store.restore import restore as put_back
from bot.store.urls import file_of

PAGE_BYTES = 4096  # SQLite's own choice


def backup(file: Path, *, force: bool) -> dict[str, Any]:
    """What was written where. Raises SetupError and StoreError."""
    database = file_of(load().database_url)
    if not database.is_file():
        raise SetupError(f"there is no database at {database}", "herald run makes it, or set HERALD_DATABASE_URL")
    if not file.parent.is_dir():
        raise SetupError(f"the folder {file.parent} does not exist", f"Create it: mkdir -p {file.parent}")
    if file.exists() and file.samefile(database):
        raise SetupError(f"{file} is the database itself", "Name another file")
    if file.exists() and not force:
        raise SetupError(f"{file} exists already", "Name another file, or overwrite it: --force")
    if file.is_dir():
        raise SetupError(f"{file} is a folder", "Name a file in it")
    with _bar("Backing up") as told:
        asyncio.run(backups.copy(database, file, overwrite=force, progress=told))
    return {"file": str(file.absolute()), "bytes": file.stat().st_size}


def restore(file: Path) -> dict[str, Any]:
    """What is the database now, and where the former one lies (None: there was none). Raises the same."""
    url = load().database_url
    with _bar("Restoring") as told:
        former = put_back(url, file, SystemClock().now(), progress=told)
    return {
        "database": str(file_of(url).absolute()),
        "former": None if former is None else str(former.absolute()),
    }


@contextmanager
def _bar(label: str) -> Iterator[Told]:
    """A bar on standard error, if somebody looks on."""
    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn())
    console = Console(stderr=True)
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task(label, total=None)

        def told(done: int, total: int) -> None:
            bar.update(task, completed=done * PAGE_BYTES, total=total * PAGE_BYTES)

        yield told
