"""For all tests: laws are checked with the same examples in each run, at whatever speed the machine has.

`HYPOTHESIS_PROFILE=search make unit` looks for new ones.
"""

from __future__ import annotations

import gc
import logging
import os
from collections.abc import Generator, Iterator
from typing import Any

import pytest
import structlog
from hypothesis import settings

from tests.postgres_server import PostgresServer

settings.register_profile("suite", deadline=None, derandomize=True, max_examples=25)
settings.register_profile("search", deadline=None, max_examples=2_000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "suite"))

# The tests of each of these run in one of xdist's workers: they share a browser and two bots, or databases.
TOGETHER = ("tests/browser/", "tests/store/test_postgres.py")


def _group(nodeid: str) -> str:
    return next((start for start in TOGETHER if nodeid.startswith(start)), nodeid)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> object:
    """Sends tests out one by one, and first of all those that belong together."""
    from xdist.scheduler import LoadScopeScheduling

    scheduler = LoadScopeScheduling(config, log)
    # Marks (xdist_group) are written into names by a way that pytest 9.2 has no more: they were not heeded.
    scheduler._split_scope = _group
    return scheduler


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """What is imported and collected stays to the end: looking for garbage in it took a sixth of all time."""
    gc.disable()
    result = yield
    gc.collect()
    gc.freeze()
    gc.enable()
    return result


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PostgresServer]:
    """Started by the first test that asks for it; pytest-xdist's workers share it."""
    folder = tmp_path_factory.getbasetemp()
    server = PostgresServer(folder.parent if "PYTEST_XDIST_WORKER" in os.environ else folder)
    yield server
    server.close()


@pytest.fixture
def logging_as_it_was() -> Iterator[None]:
    """What a test configures of logging ends with it."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()
