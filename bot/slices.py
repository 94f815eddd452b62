"""Long computing in slices: whatever else runs in the event loop waits no longer than one of them.

A document of 4,000 entries takes seconds to take in. Nobody's command, heartbeat or message may wait for that.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TypeVar

SLICE_S = 0.008

T = TypeVar("T")
Made = TypeVar("Made")


class Slices:
    """To be asked for a turn after each small piece of work."""

    def __init__(self) -> None:
        self._over_at = time.perf_counter() + SLICE_S

    async def turn(self) -> None:
        """Lets the rest of the loop run if this slice is used up."""
        if time.perf_counter() >= self._over_at:
            await asyncio.sleep(0)
            self._over_at = time.perf_counter() + SLICE_S


async def each(make: Callable[[T], Made], things: Iterable[T]) -> list[Made]:
    """`[make(one) for one in things]`, in slices."""
    slices, made = Slices(), []
    for one in things:
        made.append(make(one))
        await slices.turn()
    return made


def batches(values: Sequence[T], size: int) -> Iterator[Sequence[T]]:
    """Parts of a long list, in its order."""
    return (values[start : start + size] for start in range(0, len(values), size))
