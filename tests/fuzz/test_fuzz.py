"""A short run of what `python -m tests.fuzz` does for as long as one likes."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.fuzz.run import run


@pytest.mark.timeout(60)
async def test_no_document_kills_a_worker_or_is_read_in_two_ways(tmp_path: Path) -> None:
    result = await run("1", 4.0, tmp_path)
    assert result.found == []
    # A run in which nothing happened would prove nothing.
    assert result.tally["read"] > 0
    assert result.tally["in the short way"] > 0
