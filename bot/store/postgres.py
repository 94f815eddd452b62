"""What is PostgreSQL's own: connections, the one process, what its refusals mean.

The connection that writes holds the lock by which one Herald has the database to itself. A new one, after the server
was restarted, takes it again before it writes anything; so two can never write, whatever happens to connections.
"""

from __future__ import annotations

import secrets
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Engine, NullPool, create_engine, event, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from bot.errors import DatabaseInUse, SetupError
from bot.store.database import READERS
from bot.store.failures import meaning
from bot.store.tsvector import Tsvector

OLDEST = 14  # the oldest that its makers still mend (postgresql.org/support/versioning)
LOCK = int.from_bytes(b"Herald", "big")  # PostgreSQL 9.28.10, "Advisory Lock Functions": the database's own number
FREED_MS = 3_000  # a killed Herald's connection is noticed within moments
# A server that is gone without a word is noticed after a minute (libpq: "Parameter Key Words").
CONNECTING = {
    "connect_timeout": "10",
    "keepalives_idle": "30",
    "keepalives_interval": "10",
    "keepalives_count": "3",
    "tcp_user_timeout": "60000",
}
COPY_ADVICE = (
    "Back up with PostgreSQL's own: pg_dump --format=custom --file=herald.dump NAME",
    "Put back while Herald is stopped: pg_restore --clean --if-exists --dbname=NAME herald.dump",
)


class Postgres:
    """A Backend: a database on a server."""

    index = Tsvector()

    def __init__(self, url: URL) -> None:
        """Raises SetupError if it names no database, or the driver is missing."""
        if not url.database:
            raise SetupError("HERALD_DATABASE_URL names no database", "Use postgresql://USER:PASSWORD@HOST/DATABASE")
        if find_spec("psycopg") is None:
            raise SetupError("the driver for PostgreSQL is not installed", 'Install it: pip install "herald[postgres]"')
        self._url, self._life = url, f"herald {secrets.token_hex(4)}"
        self._writer: AsyncEngine | None = None

    @property
    def name(self) -> str:
        where = self._url.host or self._url.query.get("host") or "localhost"
        return f"{self._url.database} at {where}"

    def make_ready(self) -> None:
        """Nothing: databases are made by who runs the server."""

    def require_there(self) -> None:
        """Connecting tells."""

    async def take(self) -> None:
        self._writer = self._engine(pool_size=1)
        event.listen(self._writer.sync_engine, "connect", self._lock)
        try:
            async with self._writer.connect():
                pass
        except SQLAlchemyError as error:
            raise self.refused(error) from error

    async def release(self) -> None:
        if self._writer is not None:
            await self._writer.dispose()

    def migrator(self, *, looking: bool = False) -> Engine:
        engine = create_engine(
            self._url,
            poolclass=NullPool,
            hide_parameters=True,
            connect_args=self._arguments(),
            execution_options={"postgresql_readonly": True} if looking else {},
        )
        event.listen(engine, "connect", take_any_text)
        event.listen(engine, "connect", self._require_usable)
        return engine

    def check(self) -> None:
        engine = self.migrator()
        try:
            with engine.begin() as connection:
                readonly = connection.execute(text("SHOW transaction_read_only")).scalar()
        except SQLAlchemyError as error:
            raise self.refused(error) from error
        finally:
            engine.dispose()
        if readonly != "off":
            raise SetupError(f"{self.name} can only be read: it is a standby, or set so", "Name the primary server")

    async def backup(self, target: Path) -> None:
        raise no_copies()

    def engines(self) -> tuple[AsyncEngine, AsyncEngine]:
        reader = self._engine(pool_size=READERS, isolation_level="REPEATABLE READ")
        reader = reader.execution_options(postgresql_readonly=True)
        return reader, self._writer or reader  # who only looks in beside a running Herald writes nothing

    def refused(self, error: SQLAlchemyError) -> SetupError:
        return SetupError(f"{self.name}: {meaning(error)}", "Look at HERALD_DATABASE_URL, and at the server's log")

    def _engine(self, **options: Any) -> AsyncEngine:
        engine = create_async_engine(
            self._url,
            max_overflow=0,
            hide_parameters=True,
            pool_pre_ping=True,
            connect_args=self._arguments(),
            execution_options={"preserve_rowcount": True},
            **options,
        )
        event.listen(engine.sync_engine, "connect", take_any_text)
        return engine

    def _arguments(self) -> dict[str, str]:
        wanted = {**CONNECTING, "application_name": self._life}
        return {name: value for name, value in wanted.items() if name not in self._url.query}

    # --- On each new connection ------------------------------------------------------------------------------

    def _require_usable(self, connection: Any, _record: object) -> None:
        version, encoding = _row(connection, "SELECT current_setting('server_version_num'), getdatabaseencoding()")
        major = int(version) // 10_000
        if major < OLDEST:
            _refuse(connection, SetupError(f"PostgreSQL {major} is too old", f"Herald needs {OLDEST} or newer"))
        if encoding != "UTF8":
            advice = f"Make one that does: createdb --encoding=UTF8 --template=template0 {self._url.database}"
            _refuse(connection, SetupError(f"{self.name} cannot keep every script: its encoding is {encoding}", advice))
        connection.commit()

    def _lock(self, connection: Any, _record: object) -> None:
        """Raises DatabaseInUse if another Herald has it."""
        for setting, value in (("idle", 30), ("interval", 10), ("count", 3)):  # so that the server notices us gone
            _row(connection, f"SELECT set_config('tcp_keepalives_{setting}', '{value}', false)")
        if not self._locked(connection):
            holder = _row(connection, HOLDER, LOCK) or (None, "", "?")
            if holder[1] == self._life:  # a connection of ours that the server takes for alive
                _row(connection, f"SELECT pg_terminate_backend({holder[0]})")
            if not self._locked_soon(connection):
                _refuse(connection, self._in_use(holder))
        connection.commit()

    def _locked(self, connection: Any) -> bool:
        return bool(_row(connection, f"SELECT pg_try_advisory_lock({LOCK})")[0])

    def _locked_soon(self, connection: Any) -> bool:
        from psycopg.errors import LockNotAvailable  # noqa: PLC0415 - who has SQLite need not have it

        _row(connection, f"SELECT set_config('lock_timeout', '{FREED_MS}', true)")
        try:
            _row(connection, f"SELECT pg_advisory_lock({LOCK})")
        except LockNotAvailable:
            connection.rollback()
            return False
        return True

    def _in_use(self, holder: Any) -> DatabaseInUse:
        pid, _, address = holder
        return DatabaseInUse(
            f"another Herald (from {address}) uses the database {self.name}",
            "Stop it first, or give this one a database of its own: HERALD_DATABASE_URL",
            f"If its machine is gone for good: SELECT pg_terminate_backend({pid})",
        )


HOLDER = """
SELECT pid, application_name, coalesce(host(client_addr), 'this machine')
FROM pg_locks JOIN pg_stat_activity USING (pid)
WHERE locktype = 'advisory' AND granted AND (classid::bigint << 32) + objid::bigint = %s
AND pg_locks.database = (SELECT oid FROM pg_database WHERE datname = current_database())
"""


def no_copies() -> SetupError:
    """What herald backup and herald restore say."""
    return SetupError("herald backup and herald restore copy SQLite files; this database is PostgreSQL's", *COPY_ADVICE)


def take_any_text(connection: Any, _record: object) -> None:
    """PostgreSQL can keep U+0000 in no text: U+FFFD stands in its place, which parts words as well."""
    from psycopg.types.string import StrDumper  # noqa: PLC0415 - who has SQLite need not have it

    class Dumper(StrDumper):
        def dump(self, obj: str) -> Any:
            return super().dump(obj.replace("\0", "\ufffd"))

    getattr(connection, "driver_connection", connection).adapters.register_dumper(str, Dumper)


def _row(connection: Any, statement: str, *values: int) -> Any:
    cursor = connection.cursor()
    try:
        cursor.execute(statement, values or None)
        return cursor.fetchone()
    finally:
        cursor.close()


def _refuse(connection: Any, error: SetupError) -> None:
    """The pool forgets a connection whose beginning failed, and does not close it."""
    connection.close()
    raise error
