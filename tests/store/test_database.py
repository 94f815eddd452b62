"""Readers beside one writer, and what becomes of a transaction that is not finished."""

from __future__ import annotations

import asyncio

import pytest
from sqlalchemy import text
from sqlalchemy.exc import StatementError

from bot.errors import StoreError
from bot.store.schema import guild
from bot.store.store import Store
from tests.store.scene import NOW, ON_SQLITE, Scene

GUILDS = text("SELECT count(*) FROM guild")


async def test_a_reader_sees_one_moment_while_others_write(store: Store) -> None:
    async with store._database.read() as reading:
        assert await reading.scalar(GUILDS) == 0
        async with store._database.write() as writing:
            await writing.change(guild.insert().values(id=1))
            assert await reading.scalar(GUILDS) == 0
        assert await reading.scalar(GUILDS) == 0
    async with store._database.read() as reading:
        assert await reading.scalar(GUILDS) == 1


async def test_more_readers_than_connections_wait_their_turn(store: Store, scene: Scene) -> None:
    feed = await scene.feed()
    await scene.follow(feed)
    found = await asyncio.gather(*(store.feed_by_url(feed.url) for _ in range(50)))
    assert found == [feed] * 50


async def test_reads_and_writes_at_once_all_succeed(store: Store, scene: Scene) -> None:
    sub = await scene.follow(await scene.feed())
    writes = [scene.publish(sub, [number]) for number in range(1, 41)]
    reads = [store.waiting(1, sub.id) for _ in range(40)]
    results = await asyncio.gather(*writes, *reads)
    assert results[:40] == [1] * 40
    assert await store.waiting(1, sub.id) == 40


async def test_a_reader_cannot_write(store: Store) -> None:
    with pytest.raises(StoreError):
        async with store._database.read() as connection:
            await connection.change(guild.insert().values(id=1))
    assert await store.guild_ids() == []


async def test_an_exception_undoes_the_transaction(store: Store) -> None:
    async def write_and_fail() -> None:
        async with store._database.write() as connection:
            await connection.change(guild.insert().values(id=1))
            raise LookupError

    with pytest.raises(LookupError):
        await write_and_fail()
    assert await store.guild_ids() == []


@pytest.mark.parametrize("steps", range(12))
async def test_a_cancelled_write_is_whole_or_not_there_and_blocks_nobody(
    store: Store, scene: Scene, steps: int
) -> None:
    sub = await scene.follow(await scene.feed())
    task = asyncio.create_task(scene.publish(sub, [1, 2, 3]))
    for _ in range(steps):
        await asyncio.wait({asyncio.create_task(store.guild_ids())})
    task.cancel()
    await asyncio.wait({task})
    assert await store.waiting(1, sub.id) in (0, 3)
    await scene.publish(sub, [1, 2, 3, 4])
    assert await scene.drain() == ["Entry 1", "Entry 2", "Entry 3", "Entry 4"]


@ON_SQLITE
async def test_foreign_keys_are_enforced_and_commits_reach_the_disk(store: Store) -> None:
    async with store._database.write() as connection:
        assert await connection.scalar(text("PRAGMA foreign_keys")) == 1
        assert await connection.scalar(text("PRAGMA synchronous")) == 2  # FULL
        assert await connection.scalar(text("PRAGMA journal_mode")) == "wal"


async def test_a_time_without_a_zone_is_a_defect_and_not_the_databases_fault(store: Store) -> None:
    with pytest.raises(StatementError, match="without a zone"):
        await store.due(NOW.replace(tzinfo=None), 1)
