"""One database, read by many and written by one at a time.

async with database.read() as connection: ...      a snapshot; cannot write
async with database.write() as connection: ...     one transaction: all of it or nothing
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot.store.failures import as_store_error


class Database:
    """The engines and the turn to write. What the parts of the store share."""

    def __init__(self, reader: AsyncEngine, writer: AsyncEngine) -> None:
        self._reader, self._writer = reader, writer
        self._turn = asyncio.Lock()

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncConnection]:
        """Sees the database as it is at its first query, whatever is written meanwhile. Raises StoreError."""
        with as_store_error():
            async with self._reader.begin() as connection:
                yield connection

    @asynccontextmanager
    async def write(self) -> AsyncIterator[AsyncConnection]:
        """Commits at the end, rolls back at an exception. Raises StoreError."""
        async with self._turn:
            with as_store_error():
                async with self._writer.begin() as connection:
                    yield connection

    async def close(self) -> None:
        await self._reader.dispose()
        await self._writer.dispose()
