"""Time that can be made to pass at once, and a bot whose clock can be wrong: two numbers in a file shared by all."""

from __future__ import annotations

import mmap
import struct
from datetime import UTC, datetime, timedelta
from pathlib import Path

OFFSETS = struct.Struct("dd")  # seconds: how far the world has leapt, how wrong the bot's clock is


class WorldClock:
    """What Discord and the sites read. It leaps while the bot is down: nobody has to wait for an outage to pass."""

    def __init__(self, path: Path) -> None:
        path.write_bytes(OFFSETS.pack(0.0, 0.0))
        with path.open("r+b") as file:
            self._shared = mmap.mmap(file.fileno(), OFFSETS.size)
        self._leaps: list[tuple[datetime, timedelta]] = []

    def now(self) -> datetime:
        """Aware, UTC."""
        return datetime.now(UTC) + timedelta(seconds=self._offsets()[0])

    def leap(self, by: timedelta) -> None:
        """It is `by` later, for everybody."""
        world, wrong = self._offsets()
        self._leaps.append((self.now(), by))
        OFFSETS.pack_into(self._shared, 0, world + by.total_seconds(), wrong)

    def mislead_bot(self, by: timedelta) -> None:
        """The bot's clock is wrong by this much from now on; zero puts it right."""
        OFFSETS.pack_into(self._shared, 0, self._offsets()[0], by.total_seconds())

    def waited(self, since: datetime, until: datetime) -> float:
        """Seconds between the two without those that were leapt over."""
        leapt = sum((by for at, by in self._leaps if since <= at < until), timedelta())
        return (until - since - leapt).total_seconds()

    def _offsets(self) -> tuple[float, float]:
        world, wrong = OFFSETS.unpack_from(self._shared)
        return world, wrong


def bot_offset(shared: mmap.mmap) -> timedelta:
    """What the bot's own clock is off the machine's."""
    return timedelta(seconds=sum(OFFSETS.unpack_from(shared)))
