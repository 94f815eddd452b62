"""What an operator is told when the database cannot be used."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import text

from bot.errors import SetupError, StoreError
from bot.model import FeedFacts
from bot.store.store import Store
from tests.store.scene import NOW, Scene


def url_of(path: Path) -> str:
    return f"sqlite+aiosqlite:///{path}"


async def test_the_default_directory_is_made_and_the_file_is_its_owners_alone(tmp_path: Path) -> None:
    path = tmp_path / "data" / "herald.db"
    async with await Store.open(url_of(path)) as store:
        await Scene(store).feed()
        modes = {file.name: file.stat().st_mode & 0o777 for file in path.parent.iterdir() if "lock" not in file.name}
    assert set(modes.values()) == {0o600}, modes


async def test_a_directory_that_is_probably_a_typing_mistake_is_not_made(tmp_path: Path) -> None:
    with pytest.raises(SetupError, match="does not exist") as refused:
        await Store.open(url_of(tmp_path / "no" / "such" / "herald.db"))
    assert "mkdir -p" in refused.value.advice[0]
    assert list(tmp_path.iterdir()) == []


async def test_a_path_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(SetupError, match="file is not a directory"):
        await Store.open(url_of(tmp_path / "file" / "herald.db"))
    with pytest.raises(SetupError, match=r"cannot be written: Is a directory"):
        await Store.open(url_of(tmp_path))


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
async def test_a_read_only_file_is_named(tmp_path: Path) -> None:
    path = tmp_path / "herald.db"
    path.touch(0o400)
    with pytest.raises(SetupError, match="Permission denied"):
        await Store.open(url_of(path))


@pytest.mark.parametrize("url", ["sqlite+aiosqlite://", "sqlite+aiosqlite:///:memory:"])
async def test_a_database_in_memory_is_refused(url: str) -> None:
    with pytest.raises(SetupError, match="names no file"):
        await Store.open(url)


@pytest.mark.parametrize("url", ["mysql://herald:hunter2@db/herald", "nonsense hunter2", ""])
async def test_another_database_is_refused_without_telling_its_password(url: str) -> None:
    with pytest.raises(SetupError) as refused:
        await Store.open(url)
    assert "hunter2" not in f"{refused.value} {refused.value.advice}"
    assert "sqlite+aiosqlite:///" in refused.value.advice[0]


async def test_a_file_that_is_no_database_is_named(tmp_path: Path) -> None:
    path = tmp_path / "herald.db"
    path.write_bytes(b"this is a diary, not a database. " * 100)
    with pytest.raises(SetupError, match="no database"):
        await Store.open(url_of(path))
    assert path.read_bytes().startswith(b"this is a diary"), "and it is left as it was"


async def test_a_damaged_database_is_found_at_the_start(tmp_path: Path) -> None:
    path = tmp_path / "herald.db"
    async with await Store.open(url_of(path)) as store:
        scene = Scene(store)
        for number in range(300):
            await scene.feed(f"https://feeds.example/{number}")
    damaged = bytearray(path.read_bytes())
    start = damaged.index(b"https://feeds.example/1")
    page = start - start % 4096
    damaged[page : page + 4096] = os.urandom(4096)
    path.write_bytes(damaged)
    with pytest.raises(SetupError, match="damaged") as refused:
        await Store.open(url_of(path))
    assert "restore" in refused.value.advice[0]


async def test_a_second_herald_on_one_database_is_refused_until_the_first_is_gone(tmp_path: Path) -> None:
    url = url_of(tmp_path / "herald.db")
    async with await Store.open(url):
        with pytest.raises(SetupError, match=f"another Herald \\(process {os.getpid()}\\)") as refused:
            await Store.open(url)
        assert "Stop it first" in refused.value.advice[0]
    await (await Store.open(url)).close()


async def test_a_killed_herald_leaves_no_lock(tmp_path: Path) -> None:
    code = (
        "import asyncio, sys\n"
        "from bot.store.store import Store\n"
        "async def main():\n"
        "    store = await Store.open(sys.argv[1])\n"
        "    print('open', flush=True)\n"
        "    await asyncio.Event().wait()\n"
        "asyncio.run(main())"
    )
    url = url_of(tmp_path / "herald.db")
    with subprocess.Popen([sys.executable, "-c", code, url], stdout=subprocess.PIPE) as process:
        try:
            assert process.stdout is not None
            assert process.stdout.readline() == b"open\n"
            with pytest.raises(SetupError, match=f"process {process.pid}"):
                await Store.open(url)
        finally:
            process.kill()
    await (await Store.open(url)).close()


async def test_a_start_that_fails_lets_go_of_the_lock(tmp_path: Path) -> None:
    path = tmp_path / "herald.db"
    path.write_bytes(b"no database " * 500)
    with pytest.raises(SetupError, match="no database"):
        await Store.open(url_of(path))
    path.unlink()
    await (await Store.open(url_of(path))).close()


async def test_a_look_beside_a_running_herald_is_allowed(tmp_path: Path) -> None:
    url = url_of(tmp_path / "herald.db")
    async with await Store.open(url) as running:
        feed = await Scene(running).feed()
        await Scene(running).follow(feed)
        async with await Store.open(url, alone=False) as beside:
            assert await beside.feed_by_url(feed.url) == feed


async def test_a_full_disk_is_said_in_words_and_without_the_statement(tmp_path: Path) -> None:
    async with await Store.open(url_of(tmp_path / "herald.db")) as store:
        async with store._database.write() as connection:
            pages = await connection.scalar(text("PRAGMA page_count"))
            await connection.scalar(text(f"PRAGMA max_page_count = {pages}"))
        long = FeedFacts(title="secret " * 10_000)
        with pytest.raises(StoreError, match=r"^the disk is full: nothing can be written until there is room$"):
            await store.add_feed("https://feeds.example/a", long, None, NOW)
        async with store._database.write() as connection:
            await connection.scalar(text("PRAGMA max_page_count = 1000000"))
        assert (await store.add_feed("https://feeds.example/a", long, None, NOW)).id
