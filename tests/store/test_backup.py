"""A copy of a running database is whole, or is not there."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.errors import SetupError, StoreError
from bot.store.backup import verify
from bot.store.store import Store
from tests.store.scene import Scene


@pytest.fixture
def url(sqlite_url: str) -> str:
    """PostgreSQL has its own ways to copy a database."""
    return sqlite_url


async def test_a_backup_of_a_running_database_opens_with_all_that_was_committed(
    store: Store, scene: Scene, tmp_path: Path
) -> None:
    sub = await scene.follow(await scene.feed())
    await scene.publish(sub, range(1, 101))
    copy = tmp_path / "copy.db"
    await store.backup(copy)
    await scene.publish(sub, [200])
    await verify(copy)
    assert sorted(path.name for path in tmp_path.glob("copy*")) == ["copy.db"], "one file, to be carried away"
    assert copy.stat().st_mode & 0o777 == 0o600
    async with await Store.open(f"sqlite+aiosqlite:///{copy}") as restored:
        assert await restored.waiting(1, sub.id) == 100
        assert len(await Scene(restored).drain()) == 100


async def test_a_backup_never_overwrites(store: Store, tmp_path: Path) -> None:
    (tmp_path / "copy.db").write_text("precious")
    with pytest.raises(StoreError, match="exists already"):
        await store.backup(tmp_path / "copy.db")
    assert (tmp_path / "copy.db").read_text() == "precious"


async def test_a_backup_that_cannot_be_written_says_so(store: Store, tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="no backup was made"):
        await store.backup(tmp_path / "missing" / "copy.db")


async def test_what_is_no_whole_backup_is_refused(store: Store, tmp_path: Path) -> None:
    missing, text, cut = (tmp_path / name for name in ("missing.db", "text.db", "cut.db"))
    text.write_text("not a database " * 100)
    await store.backup(tmp_path / "copy.db")
    whole = (tmp_path / "copy.db").read_bytes()
    cut.write_bytes(whole[: len(whole) // 2])
    for path in (missing, text, cut):
        with pytest.raises(SetupError):
            await verify(path)
