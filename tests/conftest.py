"""For all tests: laws are checked with the same examples in each run, at whatever speed the machine has.

`HYPOTHESIS_PROFILE=search make unit` looks for new ones.
"""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from hypothesis import settings

from tests.postgres_server import PostgresServer

settings.register_profile("suite", deadline=None, derandomize=True, max_examples=25)
settings.register_profile("search", deadline=None, max_examples=2_000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "suite"))


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PostgresServer]:
    """Started by the first test that asks for it; pytest-xdist's workers share it."""
    folder = tmp_path_factory.getbasetemp()
    server = PostgresServer(folder.parent if "PYTEST_XDIST_WORKER" in os.environ else folder)
    yield server
    server.close()
