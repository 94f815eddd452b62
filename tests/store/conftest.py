"""A real store on a real database, of each kind."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from bot.store.migrate import migrate
from bot.store.store import Store
from tests.postgres_server import PostgresServer
from tests.store.scene import Scene

ENGINES = ("sqlite", "postgresql")


@pytest.fixture(scope="session")
def empty_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Migrated once: a copy takes a hundredth of the time."""
    path = tmp_path_factory.mktemp("empty") / "herald.db"
    asyncio.run(migrate(f"sqlite+aiosqlite:///{path}"))
    return path


@pytest.fixture(params=ENGINES)
def url(request: pytest.FixtureRequest) -> str:
    found: str = request.getfixturevalue(f"{request.param}_url")
    return found


@pytest.fixture
def sqlite_url(empty_database: Path, tmp_path: Path) -> str:
    shutil.copy(empty_database, tmp_path)
    return f"sqlite+aiosqlite:///{tmp_path}/herald.db"


@pytest.fixture
def postgresql_url(postgres: PostgresServer) -> Iterator[str]:
    made = postgres.make()
    yield made
    postgres.drop(made)


@pytest.fixture
async def store(url: str) -> AsyncIterator[Store]:
    opened = await Store.open(url)
    yield opened
    await opened.close()


@pytest.fixture
def scene(store: Store) -> Scene:
    return Scene(store)
