"""A real store on a real file, migrated once."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.store.migrate import migrate
from bot.store.store import Store
from tests.store.scene import Scene


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("empty") / "herald.db"
    asyncio.run(migrate(f"sqlite+aiosqlite:///{path}"))
    return path


@pytest.fixture
async def store(migrated: Path, tmp_path: Path) -> AsyncIterator[Store]:
    shutil.copy(migrated, tmp_path / "herald.db")
    async with await Store.open(f"sqlite+aiosqlite:///{tmp_path / 'herald.db'}") as opened:
        yield opened


@pytest.fixture
def scene(store: Store) -> Scene:
    return Scene(store)
