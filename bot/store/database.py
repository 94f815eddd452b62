"""One database, read by many and written by one at a time.

    async with database.read() as connection: ...      a snapshot; cannot write
    async with database.write() as connection: ...     one transaction: all of it or nothing

A SQLite call blocks, so every connection lives in a thread of its own and takes its calls one after another, also
those of a caller that was cancelled: a rollback cannot overtake the statement it undoes.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from typing import Any, TypeVar

import sqlalchemy
from sqlalchemy import Engine, Executable, Result, ScalarResult

from bot.store.failures import as_store_error

READERS = 4

T = TypeVar("T")
Rows = Sequence[Mapping[str, Any]]


def batches(values: Sequence[T], size: int = 500) -> Iterator[Sequence[T]]:
    """Parts of a long list: an IN (...) takes 32,766 values at most (sqlite.org/limits.html)."""
    return (values[start : start + size] for start in range(0, len(values), size))


class Connection:
    """SQLAlchemy's Connection with awaitable methods, inside a transaction. Results come whole."""

    def __init__(self, connection: sqlalchemy.Connection, thread: ThreadPoolExecutor) -> None:
        self._connection, self._thread = connection, thread

    async def execute(self, statement: Executable, values: Mapping[str, Any] | Rows | None = None) -> Result[Any]:
        return await self._call(lambda: _fetched(self._connection.execute(statement, values)))

    async def change(self, statement: Executable, values: Mapping[str, Any] | Rows | None = None) -> int:
        """Runs an INSERT, UPDATE or DELETE; returns how many rows it touched."""
        return await self._call(lambda: self._connection.execute(statement, values).rowcount)

    async def scalar(self, statement: Executable) -> Any:
        return await self._call(lambda: self._connection.scalar(statement))

    async def scalars(self, statement: Executable) -> ScalarResult[Any]:
        return (await self.execute(statement)).scalars()

    async def _call(self, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._thread, work)


def _fetched(result: sqlalchemy.CursorResult[Any]) -> Result[Any]:
    """Rows are read in the connection's thread, not later in the event loop's."""
    return result.freeze()() if result.returns_rows else result


class Seat:
    """A thread with a connection at a time."""

    def __init__(self, engine: Engine, name: str) -> None:
        self._engine = engine
        self._thread = ThreadPoolExecutor(1, thread_name_prefix=name)

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Connection]:
        begun: list[sqlalchemy.Connection] = []
        try:
            await self._call(lambda: _begin(self._engine, begun))
            yield Connection(begun[0], self._thread)
            await self._call(begun[0].commit)
        finally:
            # Undoes what was not committed. Shielded: whoever cancels twice still leaves a clean connection.
            await asyncio.shield(self._call(lambda: _end(begun)))

    def _call(self, work: Callable[[], T]) -> asyncio.Future[T]:
        return asyncio.get_running_loop().run_in_executor(self._thread, work)

    def close(self) -> None:
        self._thread.shutdown(wait=True)


def _begin(engine: Engine, begun: list[sqlalchemy.Connection]) -> None:
    begun.append(engine.connect())
    begun[0].begin()


def _end(begun: list[sqlalchemy.Connection]) -> None:
    for connection in begun:
        connection.close()  # rolls back if a transaction is open


class Database:
    """What the parts of the store share: the connections, and the turn to write."""

    def __init__(self, reader: Engine, writer: Engine) -> None:
        self._engines = (reader, writer)
        self._writer = Seat(writer, "store-write")
        self._turn = asyncio.Lock()
        self._readers = [Seat(reader, f"store-read-{number}") for number in range(READERS)]
        self._free: asyncio.LifoQueue[Seat] = asyncio.LifoQueue()
        for seat in self._readers:
            self._free.put_nowait(seat)

    @asynccontextmanager
    async def read(self) -> AsyncIterator[Connection]:
        """Sees the database as it is at its first query, whatever is written meanwhile. Raises StoreError."""
        seat = await self._free.get()
        try:
            with as_store_error():
                async with seat.transaction() as connection:
                    yield connection
        finally:
            self._free.put_nowait(seat)

    @asynccontextmanager
    async def write(self) -> AsyncIterator[Connection]:
        """Commits at the end, rolls back at an exception. Raises StoreError."""
        async with self._turn:
            with as_store_error():
                async with self._writer.transaction() as connection:
                    yield connection

    async def close(self) -> None:
        """Lets what is running end first."""
        async with self._turn:
            for seat in (*self._readers, self._writer):
                await asyncio.to_thread(seat.close)
        for engine in self._engines:
            engine.dispose()


class Part:
    """What each part of the store is made of."""

    def __init__(self, database: Database) -> None:
        self._database = database
