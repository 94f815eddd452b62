"""One run: trouble for a while, then calm, then the judge."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from random import Random

from tests.chaos.checker import Verdict, judge
from tests.chaos.stage import Stage
from tests.chaos.trouble import HANDS, Hand

LATER = timedelta(hours=2)  # longer than any pause the bot may take, and than anything Discord remembers
PATIENCE = 45.0  # seconds of calm in which everything should be there


@dataclass
class Result:
    """What a run came to."""

    seed: str
    seconds: float
    tally: Counter[str]
    verdict: Verdict
    published: int
    shown: int
    waits: list[float]  # seconds from publication to the message, of all that came
    calm: float | None  # seconds from the last trouble until all was there; None: not within PATIENCE
    late: int  # entries that took longer than PATIENCE after the last trouble
    log: Path


async def run(folder: Path, seed: str, seconds: float, *, without: Collection[str] = (), haste: float = 1) -> Result:
    """`without` names deeds that are left out; `haste` says how much faster than usual they follow each other.

    Raises what makes a run impossible, never what the bot did wrong.
    """
    tally: Counter[str] = Counter()
    async with Stage(folder, Random(seed)) as stage:
        before = len(stage.published)
        hands = [kind(stage, seed, tally, without=without, haste=haste) for kind in HANDS]
        await _for_a_while(hands, seconds)
        _heal(stage)
        calm_since = stage.clock.now()
        calm = await _calm(stage)
        await _one_more_life(stage)
        tally["lives of the bot"] = stage.starts
        shown = stage.shown()
        verdict = judge(stage.published, stage.follows, shown)
        waits = [stage.clock.waited(entry.at, seen.at) for entry, seen in verdict.waits]
        late = _late(stage, verdict, calm_since)
        count = len(stage.published) - before
        return Result(seed, seconds, tally, verdict, count, len(shown), waits, calm, late, stage.bot.log_path)


async def _for_a_while(hands: list[Hand], seconds: float) -> None:
    working = [asyncio.create_task(hand.work()) for hand in hands]
    done, still = await asyncio.wait(working, timeout=seconds, return_when=asyncio.FIRST_EXCEPTION)
    for task in still:
        task.cancel()
    await asyncio.gather(*still, return_exceptions=True)
    for task in done:
        task.result()  # raises the mistake of a hand, if it made one


def _heal(stage: Stage) -> None:
    stage.sandbox.faults.clear()
    for feed in stage.feeds:
        feed.heal()


async def _calm(stage: Stage) -> float | None:
    """Seconds until everything is there; None if that does not come."""
    loop = asyncio.get_running_loop()
    begun = loop.time()
    while loop.time() - begun < PATIENCE:
        if not stage.bot.is_running:
            await stage.start_bot()
        if stage.complete():
            return loop.time() - begun
        await asyncio.sleep(0.1)
    return None


async def _one_more_life(stage: Stage) -> None:
    """Hours later: whatever pause was taken is over, and whatever would be sent again is."""
    await stage.bot.stop()
    stage.clock.leap(LATER)
    asked = {feed.slug: len(feed.requests) for feed in stage.feeds}
    await stage.start_bot()
    async with asyncio.timeout(PATIENCE):
        while any(len(feed.requests) <= asked[feed.slug] for feed in stage.feeds):
            await asyncio.sleep(0.05)
    if not stage.complete():
        await _calm(stage)
    await stage.bot.stop()  # in order: what is about to be sent is sent


def _late(stage: Stage, verdict: Verdict, calm_since: datetime) -> int:
    return sum(
        stage.clock.waited(calm_since, seen.at) > PATIENCE - 1 for _, seen in verdict.waits if seen.at > calm_since
    )
