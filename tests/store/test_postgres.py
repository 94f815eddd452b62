"""What only a server can do: refuse, restart, lose a connection, and say no in its own words."""

from __future__ import annotations

import asyncio
import sys
from importlib import util
from typing import Any

import pytest
from sqlalchemy import Select, func, select, text

from bot.errors import DatabaseInUse, SetupError, StoreError
from bot.query.language import parse
from bot.query.text import MOST_TOKENS
from bot.store import postgres as postgres_module
from bot.store.migrate import require_current
from bot.store.schema import entry_fts
from bot.store.store import Store
from bot.store.tsvector import LONGEST_LEXEME, OVERSIZED, lexemes
from tests.postgres_server import PostgresServer
from tests.store.scene import ON_POSTGRESQL, Scene, a_commit, an_entry

CUT = """
SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid()
"""


async def refusal(url: str, *, alone: bool = True) -> SetupError:
    with pytest.raises(SetupError) as refused:
        await Store.open(url, alone=alone)
    said = f"{refused.value} {refused.value.advice}"
    assert "hunter2" not in said
    assert "\n" not in said
    return refused.value


def cut_all(url: str) -> None:
    """Ends every connection to the database, as a restart of the server does."""
    import psycopg

    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(CUT)


# --- Opening -------------------------------------------------------------------------------------------------


async def test_a_server_that_is_not_there_is_said_to_be() -> None:
    for where in ("127.0.0.1:1", "name.invalid"):
        error = await refusal(f"postgresql://herald:hunter2@{where}/herald")
        assert "cannot be reached" in error.problem
        assert error.advice


@pytest.mark.parametrize("alone", [True, False])
async def test_a_database_or_user_that_is_not_there_is_named(postgres: PostgresServer, alone: bool) -> None:
    url = postgres.url("missing")
    assert "no such user or database" in (await refusal(url, alone=alone)).problem
    assert "no such user or database" in (await refusal(url.replace("//postgres", "//nobody"), alone=alone)).problem


async def test_a_url_without_a_database_or_with_a_mistake_is_refused() -> None:
    for url in ("postgresql://herald:hunter2@db", "postgresql://herald:hunter2@db:hunter2/herald"):
        assert (await refusal(url)).advice


async def test_without_the_driver_it_is_said_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(postgres_module, "find_spec", lambda name: None if name == "psycopg" else util.find_spec(name))
    error = await refusal("postgresql://herald:hunter2@db/herald")
    assert error.advice == ('Install it: pip install "herald[postgres]"',)


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg"])
async def test_every_spelling_of_the_url_is_taken(postgresql_url: str, scheme: str) -> None:
    async with await Store.open(postgresql_url.replace("postgresql", scheme, 1)) as store:
        assert await store.guild_ids() == []


async def test_too_old_a_server_is_refused(postgresql_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(postgres_module, "OLDEST", 99)
    error = await refusal(postgresql_url)
    assert "too old" in error.problem
    assert error.advice == ("Herald needs 99 or newer",)


async def test_a_database_that_cannot_keep_every_script_is_refused(postgres: PostgresServer) -> None:
    postgres.execute("CREATE DATABASE latin TEMPLATE template0 ENCODING 'LATIN1' LOCALE 'C'")
    try:
        error = await refusal(postgres.url("latin"))
    finally:
        postgres.drop(postgres.url("latin"))
    assert "LATIN1" in error.problem
    assert "--encoding=UTF8" in error.advice[0]


async def test_a_database_that_can_only_be_read_is_refused(postgresql_url: str, postgres: PostgresServer) -> None:
    name = postgresql_url.rpartition("?")[0].rpartition("/")[2]
    postgres.execute(f"ALTER DATABASE {name} SET default_transaction_read_only = on")
    assert "can only be read" in (await refusal(postgresql_url)).problem


async def test_a_look_into_an_empty_database_makes_nothing(postgres: PostgresServer) -> None:
    url = postgres.make("template0")
    try:
        with pytest.raises(SetupError, match="older Herald"):
            await require_current(url)
        async with await Store.open(url) as store:
            assert await store.guild_ids() == []
    finally:
        postgres.drop(url)


# --- One Herald a database -----------------------------------------------------------------------------------


async def test_a_second_herald_is_refused_until_the_first_is_gone(
    postgresql_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgres_module, "FREED_MS", 50)
    async with await Store.open(postgresql_url):
        with pytest.raises(DatabaseInUse, match="another Herald") as refused:
            await Store.open(postgresql_url)
        assert "pg_terminate_backend" in refused.value.advice[1]
        async with await Store.open(postgresql_url, alone=False) as beside:
            assert await beside.guild_ids() == []
            with pytest.raises(StoreError):
                await Scene(beside).feed()
    await (await Store.open(postgresql_url)).close()


async def test_a_killed_herald_leaves_no_lock(postgresql_url: str) -> None:
    code = (
        "import asyncio, sys\n"
        "from bot.store.store import Store\n"
        "async def main():\n"
        "    store = await Store.open(sys.argv[1])\n"
        "    print('open', flush=True)\n"
        "    await asyncio.Event().wait()\n"
        "asyncio.run(main())"
    )
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", code, postgresql_url, stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None
    assert await process.stdout.readline() == b"open\n"
    process.kill()
    await process.wait()
    await (await Store.open(postgresql_url)).close()


# --- Connections that are lost -------------------------------------------------------------------------------


@ON_POSTGRESQL
async def test_lost_connections_are_made_anew_and_the_lock_with_them(
    store: Store, scene: Scene, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgres_module, "FREED_MS", 50)
    sub = await scene.follow(await scene.feed())
    cut_all(url)
    assert await store.waiting(1, sub.id) == 0
    assert await scene.publish(sub, [1]) == 1
    with pytest.raises(DatabaseInUse):
        await Store.open(url)


@ON_POSTGRESQL
async def test_a_transaction_whose_connection_is_lost_is_undone_and_the_next_goes_on(
    store: Store, scene: Scene, url: str
) -> None:
    async def write_and_lose() -> None:
        async with store._database.write() as connection:
            await connection.change(text("INSERT INTO guild (id) VALUES (1)"))
            cut_all(url)
            await connection.change(text("INSERT INTO guild (id) VALUES (2)"))

    with pytest.raises(StoreError, match="connection to the server was lost"):
        await write_and_lose()
    assert await store.guild_ids() == []
    sub = await scene.follow(await scene.feed())
    assert await scene.publish(sub, [1]) == 1


@ON_POSTGRESQL
async def test_who_comes_back_to_a_database_that_another_took_is_told_to_stop(
    store: Store, scene: Scene, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgres_module, "FREED_MS", 50)
    told: list[SetupError] = []
    store.when_taken(told.append)
    await scene.feed()
    cut_all(url)
    async with await Store.open(url) as other:
        with pytest.raises(StoreError, match="another Herald"):
            await scene.feed("https://feeds.example/b")
        assert [error.advice[0] for error in told] == [
            "Stop it first, or give this one a database of its own: HERALD_DATABASE_URL"
        ]
        assert await other.feed_by_url("https://feeds.example/b") is None


@ON_POSTGRESQL
async def test_a_connection_of_ours_that_the_server_takes_for_alive_gives_way(store: Store, scene: Scene) -> None:
    """As after a network that forgot the connection: the server still keeps the lock for it."""
    backend: Any = store._backend
    forgotten = backend._writer
    await backend.take()
    store._database._writer = backend._writer
    assert (await scene.feed()).id
    await forgotten.dispose()


@ON_POSTGRESQL
async def test_what_the_server_refuses_is_said_without_values(store: Store, scene: Scene) -> None:
    await scene.feed("https://feeds.example/secret")
    with pytest.raises(StoreError) as refused:
        async with store._database.write() as connection:
            await connection.change(text("INSERT INTO feed (url) VALUES ('https://feeds.example/secret')"))
    assert "secret" not in str(refused.value)
    assert "unique constraint" in str(refused.value)


@ON_POSTGRESQL
async def test_a_backup_is_left_to_postgresqls_own_tools(store: Store, tmp_path: Any) -> None:
    with pytest.raises(SetupError) as refused:
        await store.backup(tmp_path / "copy.db")
    assert "pg_dump" in refused.value.advice[0]


# --- What no index can hold ----------------------------------------------------------------------------------


def test_an_entry_too_large_for_the_index_is_marked_and_others_are_not() -> None:
    assert sorted(lexemes({"title": "rust", "author": "", "body": "rust zig"})) == ["brust", "bzig", "trust"]
    assert lexemes({"title": "", "author": "", "body": "x" * LONGEST_LEXEME}) == [OVERSIZED]
    many = " ".join(f"{number:060}" for number in range(MOST_TOKENS))
    assert lexemes({"title": "", "author": "", "body": many}) == [OVERSIZED]


@ON_POSTGRESQL
async def test_what_no_index_can_hold_is_found_all_the_same(store: Store, scene: Scene) -> None:
    feed = await scene.feed()
    await scene.follow(feed)
    long = "C" + "+" * 5_000
    many = " ".join(f"{number:060}" for number in range(MOST_TOKENS - 2))
    entries = [an_entry(1, title="one", text=f"needle {long}"), an_entry(2, title="two", text=f"{many} sharp needles")]
    await store.commit_poll(a_commit(feed.id, entries))
    for typed, found in {
        "needle": ["one"],
        "needle*": ["one", "two"],
        '"sharp needles"': ["two"],
        '"needles sharp"': [],
        "title:needle": [],
        "needle* -sharp": ["one"],
        f"{17:060}": ["two"],
    }.items():
        hits, _ = await store.search(1, parse(typed))
        assert sorted(hit.entry.title for hit in hits) == found, typed


async def explained(store: Store, query: Select[Any]) -> list[str]:
    compiled = query.compile(dialect=store._database._reader.dialect)
    async with store._database._reader.connect() as connection:
        await connection.execute(text("SET LOCAL enable_seqscan = off"))  # too few entries to be worth an index
        rows = await connection.exec_driver_sql(f"EXPLAIN {compiled}", dict(compiled.params))
        return [line for (line,) in rows]


@ON_POSTGRESQL
async def test_a_word_is_found_through_the_index(store: Store, scene: Scene) -> None:
    feed = await scene.feed()
    texts = ["rust"] + [f"word{number}" for number in range(3_000)]
    await store.commit_poll(a_commit(feed.id, [an_entry(number, text=text) for number, text in enumerate(texts, 1)]))
    async with store._database.read() as connection:
        for typed in ("rust", "rus*", "rust OR word17", '"rust rust"', "author:rust"):
            found = connection.index.finding(parse(typed).root).asked
            assert found is not None
            query = select(func.count()).select_from(entry_fts).where(found)
            plan = await explained(store, query)
            assert any("ix_entry_fts_tokens" in line for line in plan), (typed, plan)


@ON_POSTGRESQL
async def test_a_character_that_postgresql_cannot_keep_is_replaced(store: Store, scene: Scene) -> None:
    feed = await scene.feed()
    await scene.follow(feed)
    await store.commit_poll(a_commit(feed.id, [an_entry(1, title="nu\0ll")]))
    assert [found.entry.title for found in await store.latest(1)] == ["nu\ufffdll"]
