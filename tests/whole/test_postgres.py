"""All of Herald with its database on a server."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.errors import DatabaseInUse
from bot.store.store import Store
from tests.postgres_server import PostgresServer
from tests.whole.world import World


async def test_what_is_followed_is_posted_found_and_not_forgotten(tmp_path: Path, postgres: PostgresServer) -> None:
    url = postgres.make("template0")
    async with World(tmp_path, database_url=url) as world:
        feed = world.site.add_feed("news", title="News")
        feed.publish(title="an old one")
        await world.add(feed.url)
        feed.publish(title="Rust 2.0 is out")
        await world.posted("Rust 2.0 is out")
        assert "Rust 2.0 is out" in str((await world.command("search", query="rust")).embeds)
        await world.restart()
        feed.publish(title="Zig too")
        await world.posted("Rust 2.0 is out", "Zig too")
        found = str((await world.command("search", query="rust OR zig")).embeds)
        assert "Rust 2.0 is out" in found
        assert "Zig too" in found
    postgres.drop(url)


async def test_who_lost_the_database_to_another_herald_stops_in_order(
    tmp_path: Path, postgres: PostgresServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.store.postgres.FREED_MS", 50)
    url = postgres.make("template0")
    world = World(tmp_path, database_url=url)
    async with world:
        feed = world.site.add_feed("news", title="News")
        await world.add(feed.url)
        taken = await stolen(url)
        feed.publish(title="posted by the other")
        assert world.herald is not None
        await world.herald.stop.wait()
        with pytest.raises(DatabaseInUse, match="another Herald"):
            await world.stop()
        assert not [message for message in world.news.messages if not message.interaction]
        await taken.close()
    postgres.drop(url)


async def stolen(url: str) -> Store:
    """Another Herald, which was quicker after the server had dropped every connection."""
    import psycopg

    cut = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> %s"
    while True:
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute(cut, [connection.info.backend_pid])
        try:
            return await Store.open(url)
        except DatabaseInUse:
            continue
