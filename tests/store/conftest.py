"""A real store on a real database, of each kind."""

from __future__ import annotations

import asyncio
import os
import shutil
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from bot.store.migrate import migrate
from bot.store.store import Store
from tests.postgres_server import PostgresServer
from tests.store.scene import Scene

ENGINES = ("sqlite", "postgresql")
# What each kind of database is told in its own way, or what leans on its transactions, is tried on both in each run,
# the rest on SQLite; with HERALD_POSTGRES=all everything is tried on both.
ON_BOTH = {"test_both_kinds", "test_migrations", "test_outbox", "test_pauses", "test_search_agreement", "test_troubles"}
ALL = os.environ.get("HERALD_POSTGRES") == "all"


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    left_out = [item for item in items if not ALL and _is_for_sqlite_only(item)]
    config.hook.pytest_deselected(items=left_out)
    items[:] = [item for item in items if item not in set(left_out)]


def _is_for_sqlite_only(item: pytest.Item) -> bool:
    chosen = any("url" in mark.args[0] for mark in item.iter_markers("parametrize"))
    on_postgresql = isinstance(item, pytest.Function) and "[postgresql" in item.name and "tests/store" in item.nodeid
    return on_postgresql and not chosen and item.path.stem not in ON_BOTH


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
