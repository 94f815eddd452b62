"""One database, read by many and written by one at a time.

async with database.read() as connection: ...      a snapshot; cannot write
async with database.write() as connection: ...     one transaction: all of it or nothing
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any, TypeVar

from sqlalchemy import CursorResult, Executable, ScalarResult
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot import slices
from bot.errors import DatabaseInUse, StoreError
from bot.store.backend import SearchIndex
from bot.store.failures import as_store_error

READERS = 4
ROWS_AT_ONCE = 100  # written by one call: SQLAlchemy prepares their values in the event loop, 5 ms for those of entries

T = TypeVar("T")
Rows = Sequence[Mapping[str, Any]]


def batches(values: Sequence[T], size: int = 500) -> Iterator[Sequence[T]]:
    """Parts of a long list: an IN (...) takes 32,766 values at most (sqlite.org/limits.html)."""
    return slices.batches(values, size)


async def to_its_end(work: Awaitable[T]) -> T:
    """Awaits it even if cancelled, and only then gives way.

    SQLAlchemy drops a connection whose call was cancelled, and a dropped SQLite connection keeps its lock for a while.
    """
    task = asyncio.ensure_future(work)
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        await asyncio.wait([task])
        raise


class Connection:
    """SQLAlchemy's AsyncConnection inside a transaction, as the store uses it. Results come whole."""

    def __init__(self, connection: AsyncConnection, index: SearchIndex) -> None:
        self._connection, self.index = connection, index

    async def execute(self, statement: Executable, values: Mapping[str, Any] | Rows | None = None) -> CursorResult[Any]:
        return await to_its_end(self._connection.execute(statement, values))

    async def change(self, statement: Executable, values: Mapping[str, Any] | Rows | None = None) -> int:
        """Runs an INSERT, UPDATE or DELETE; returns how many rows it touched."""
        return (await self.execute(statement, values)).rowcount

    async def scalar(self, statement: Executable) -> Any:
        return (await self.execute(statement)).scalar()

    async def scalars(self, statement: Executable) -> ScalarResult[Any]:
        return (await self.execute(statement)).scalars()


@asynccontextmanager
async def _transaction(engine: AsyncEngine, index: SearchIndex) -> AsyncIterator[Connection]:
    begun: list[AsyncConnection] = []
    try:
        await to_its_end(_begin(engine, begun))
        yield Connection(begun[0], index)
        await to_its_end(begun[0].commit())
    finally:
        for connection in begun:
            await to_its_end(connection.close())  # undoes what was not committed


async def _begin(engine: AsyncEngine, begun: list[AsyncConnection]) -> None:
    begun.append(await engine.connect())
    await begun[0].begin()


class Database:
    """What the parts of the store share: the connections, and the turn to write."""

    def __init__(self, reader: AsyncEngine, writer: AsyncEngine, index: SearchIndex) -> None:
        self._reader, self._writer, self._index = reader, writer, index
        self._turn = asyncio.Lock()
        self.taken: Callable[[DatabaseInUse], None] = lambda _error: None
        self._readers = asyncio.Semaphore(READERS)

    @asynccontextmanager
    async def read(self) -> AsyncIterator[Connection]:
        """Sees the database as it is at its first query, whatever is written meanwhile. Raises StoreError."""
        async with self._readers:
            with as_store_error():
                async with _transaction(self._reader, self._index) as connection:
                    yield connection

    @asynccontextmanager
    async def write(self) -> AsyncIterator[Connection]:
        """Commits at the end, rolls back at an exception. Raises StoreError."""
        async with self._turn:
            try:
                with as_store_error():
                    async with _transaction(self._writer, self._index) as connection:
                        yield connection
            except DatabaseInUse as error:  # the connection was lost, and another Herald was quicker
                self.taken(error)
                raise StoreError(error.problem) from error

    async def close(self) -> None:
        """Lets what is being read or written end first."""
        async with self._turn, AsyncExitStack() as readers:
            for _ in range(READERS):
                await readers.enter_async_context(self._readers)
            await self._reader.dispose()
            await self._writer.dispose()


class Part:
    """What each part of the store is made of."""

    def __init__(self, database: Database) -> None:
        self._database = database
