"""A short run of what `make chaos` does for as long as one likes."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.chaos.run import run

SEED = "2"
SECONDS = 8.0


@pytest.mark.timeout(240)
async def test_killed_and_lied_to_the_bot_loses_nothing_and_says_nothing_twice(tmp_path: Path) -> None:
    result = await run(tmp_path, SEED, SECONDS, haste=3)
    verdict = result.verdict
    assert (verdict.lost, verdict.twice, verdict.out_of_order, verdict.early) == ([], [], [], []), result.log
    # A run in which nothing happened would prove nothing.
    assert result.tally["lives of the bot"] >= 3
    assert result.shown >= 20
