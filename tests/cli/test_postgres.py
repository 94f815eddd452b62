"""The command line with the database on a server."""

from __future__ import annotations

import asyncio
from pathlib import Path

from bot.store.store import Store
from tests.cli.process import herald
from tests.postgres_server import PostgresServer
from tests.store.scene import Scene


async def test_commands_look_into_it_and_leave_copies_to_its_tools(tmp_path: Path, postgres: PostgresServer) -> None:
    url = postgres.make("template0")
    migrated = await herald(tmp_path, "migrate", HERALD_DATABASE_URL=url)
    assert migrated.code == 0, migrated.said
    async with await Store.open(url) as store:
        scene = Scene(store)
        await scene.publish(await scene.follow(await scene.feed()), [1])
        search, backup, restore = await asyncio.gather(
            herald(tmp_path, "search", "body", HERALD_DATABASE_URL=url),
            herald(tmp_path, "backup", "copy.db", HERALD_DATABASE_URL=url),
            herald(tmp_path, "restore", "copy.db", HERALD_DATABASE_URL=url),
        )
    assert (search.code, "1 of 1 entry." in search.out) == (0, True), search.said
    backup.failed_with("PostgreSQL", "pg_dump")
    restore.failed_with("PostgreSQL", "pg_restore")
    check = await herald(tmp_path, "check", HERALD_DATABASE_URL=url)
    assert "Database: can be written, and is up to date." in check.out
    postgres.drop(url)


async def test_a_server_that_is_not_there_is_named_without_the_password(tmp_path: Path) -> None:
    url = "postgresql://herald:hunter2@127.0.0.1:1/herald"
    for command in (["migrate"], ["search", "rust"]):
        answer = await herald(tmp_path, *command, HERALD_DATABASE_URL=url)
        answer.failed_with("herald at 127.0.0.1", "cannot be reached")
        assert "hunter2" not in answer.said
