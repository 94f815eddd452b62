"""Backups beside a writer, backups and restores cut off at any step, and what a restore refuses."""

from __future__ import annotations

import asyncio
import os
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from bot.errors import SetupError
from bot.store.backup import check_whole, copy
from bot.store.restore import restore
from bot.store.store import Store
from tests.forks import ROOT
from tests.store.scene import NOW, Scene


@pytest.fixture
def url(sqlite_url: str) -> str:
    """PostgreSQL has its own ways to copy a database."""
    return sqlite_url


# Ends without a word, as kill -9 does, where it is told to: within the copying, or at a call of the operating system.
KILLED_AT = """
import os, signal, sys
from datetime import UTC, datetime
from pathlib import Path
from bot.store import backup, restore
what, source, target, point, number = sys.argv[1:]
backup.PAGES_AT_ONCE = 4
seen = 0
def step(*_):
    global seen
    seen += 1
    if seen > int(number):
        os.kill(os.getpid(), signal.SIGKILL)
def dies_before(function):
    def called(*arguments, **options):
        step()
        return function(*arguments, **options)
    return called
if point != "copying":
    setattr(os, point, dies_before(getattr(os, point)))
progress = step if point == "copying" else lambda *_: None
if what == "backup":
    backup._copy(Path(source), Path(target), True, progress)
else:
    now = datetime(2026, 5, 1, tzinfo=UTC)
    restore.restore(f"sqlite+aiosqlite:///{target}", Path(source), now, progress=progress)
"""
POINTS = [("copying", 0), ("copying", 3), ("fsync", 0), ("fsync", 1), ("replace", 0), ("link", 0), ("link", 1)]


def killed(what: str, source: Path, target: Path, point: str, number: int) -> bool:
    """Runs it in a process of its own; True if it came to the point at which it dies."""
    arguments = [sys.executable, "-c", KILLED_AT, what, str(source), str(target), point, str(number)]
    ended = subprocess.run(arguments, cwd=ROOT, capture_output=True, timeout=60, check=False)
    assert ended.returncode in (0, -signal.SIGKILL), ended.stderr.decode()
    return ended.returncode != 0


def titles(path: Path) -> list[str]:
    with closing(sqlite3.connect(path)) as database:
        return [title for (title,) in database.execute("SELECT title FROM entry ORDER BY id")]


@pytest.fixture
async def pair(store: Store, scene: Scene, tmp_path: Path) -> tuple[Path, Path]:
    """A backup with 100 entries, and the database, which has one more by now. Nobody has it open."""
    sub = await scene.follow(await scene.feed())
    await scene.publish(sub, range(1, 101))
    (tmp_path / "away").mkdir()
    await store.backup(tmp_path / "away" / "copy.db")
    await scene.publish(sub, [101])
    await store.close()
    return tmp_path / "away" / "copy.db", tmp_path / "herald.db"


@pytest.mark.parametrize(("point", "number"), POINTS)
async def test_a_backup_killed_anywhere_leaves_the_old_one_or_the_new_one(
    pair: tuple[Path, Path], point: str, number: int
) -> None:
    old, database = pair
    died = await asyncio.to_thread(killed, "backup", database, old, point, number)
    check_whole(old)
    assert len(titles(old)) == 100 if died and point != "fsync" else len(titles(old)) in (100, 101)
    await copy(database, old, overwrite=True)
    assert len(titles(old)) == 101
    assert [path.name for path in old.parent.iterdir()] == ["copy.db"], "what a killed one left is cleared away"


@pytest.mark.parametrize(("point", "number"), POINTS)
async def test_a_restore_killed_anywhere_leaves_the_old_database_or_the_new_one(
    pair: tuple[Path, Path], point: str, number: int
) -> None:
    backup, database = pair
    await asyncio.to_thread(killed, "restore", backup, database, point, number)
    check_whole(database)
    assert len(titles(database)) in (100, 101)
    async with await Store.open(f"sqlite+aiosqlite:///{database}") as opened:
        assert (await opened.backlog()).waiting == len(titles(database))
    kept = [path for path in database.parent.glob("herald.db.before-*") if not path.name.endswith(("-wal", "-shm"))]
    for former in kept:
        assert len(titles(former)) == 101


async def test_a_backup_ends_and_is_whole_while_another_connection_commits_all_the_time(
    store: Store, scene: Scene, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sub = await scene.follow(await scene.feed())
    await scene.publish(sub, range(1, 2_001))
    seen: list[int] = []

    def commit_another(done: int, _total: int) -> None:
        seen.append(done)
        with closing(sqlite3.connect(tmp_path / "herald.db")) as other:
            other.execute("UPDATE feed SET title = title || 'x'")
            other.commit()

    monkeypatch.setattr("bot.store.backup.PAGES_AT_ONCE", 8)
    await copy(tmp_path / "herald.db", tmp_path / "copy.db", progress=commit_another)
    assert len(seen) > 10
    assert seen == sorted(seen), "it was never begun anew"
    assert len(titles(tmp_path / "copy.db")) == 2_000


async def test_a_restore_keeps_the_former_database_and_its_last_commits(pair: tuple[Path, Path]) -> None:
    backup, database = pair
    url = f"sqlite+aiosqlite:///{database}"
    former = restore(url, backup, NOW, progress=lambda *_: None)
    assert former == database.with_name("herald.db.before-20260501T120000Z")
    assert (len(titles(database)), len(titles(former))) == (100, 101)
    assert database.stat().st_mode & 0o777 == 0o600
    assert not list(database.parent.glob("herald.db-*"))


async def test_a_restore_needs_no_database_and_no_folder(pair: tuple[Path, Path], tmp_path: Path) -> None:
    backup, _ = pair
    assert restore(f"sqlite+aiosqlite:///{tmp_path}/new/herald.db", backup, NOW, progress=lambda *_: None) is None
    assert len(titles(tmp_path / "new" / "herald.db")) == 100


async def test_a_restore_mends_a_damaged_database_and_keeps_it_all_the_same(pair: tuple[Path, Path]) -> None:
    backup, database = pair
    rubbish = b"rubbish" * 1000
    database.write_bytes(rubbish)
    former = restore(f"sqlite+aiosqlite:///{database}", backup, NOW, progress=lambda *_: None)
    assert former is not None
    assert former.read_bytes() == rubbish
    assert len(titles(database)) == 100


async def test_a_restore_refuses_while_a_herald_runs(store: Store, tmp_path: Path) -> None:
    await store.backup(tmp_path / "copy.db")
    before = (tmp_path / "herald.db").read_bytes()
    with pytest.raises(SetupError, match=f"another Herald \\(process {os.getpid()}\\)"):
        restore(f"sqlite+aiosqlite:///{tmp_path}/herald.db", tmp_path / "copy.db", NOW, progress=lambda *_: None)
    assert (tmp_path / "herald.db").read_bytes() == before


async def test_a_restore_refuses_what_is_no_whole_database_of_this_version(pair: tuple[Path, Path]) -> None:
    backup, database = pair
    cut, newer, other = (backup.with_name(name) for name in ("cut.db", "newer.db", "other.db"))
    cut.write_bytes(backup.read_bytes()[:-4096])
    newer.write_bytes(backup.read_bytes())
    with closing(sqlite3.connect(newer)) as changed:
        changed.execute("UPDATE alembic_version SET version_num = '9999'")
        changed.commit()
    with closing(sqlite3.connect(other)) as made:
        made.execute("CREATE TABLE letters (text)")
    for source, words in [(cut, "cut.db"), (newer, "newer Herald"), (other, "no database of Herald")]:
        with pytest.raises(SetupError, match=words):
            restore(f"sqlite+aiosqlite:///{database}", source, NOW, progress=lambda *_: None)
    with pytest.raises(SetupError, match="is the database itself"):
        restore(f"sqlite+aiosqlite:///{database}", database, NOW, progress=lambda *_: None)
    assert len(titles(database)) == 101
    assert not list(database.parent.glob("*.before-*"))
