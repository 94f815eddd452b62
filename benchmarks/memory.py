"""How much memory a process and everything it started hold (Linux)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Held:
    """Resident memory in MiB; pages that processes share are counted once for each."""

    bot: float  # the process itself
    readers: float  # what it started: the processes that read documents

    @property
    def all(self) -> float:
        return self.bot + self.readers


def held(pid: int) -> Held:
    """What the process holds, and what all below it do."""
    return Held(_rss_mib(pid), sum(map(_rss_mib, _below(pid))))


def memory_mib(pid: int) -> float:
    """What the process and all below it hold."""
    return held(pid).all


def _below(pid: int) -> Iterator[int]:
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except OSError:  # it ended meanwhile
        return
    for child in map(int, children):
        yield child
        yield from _below(child)


def _rss_mib(pid: int) -> float:
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return 0.0
    return next((int(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS")), 0) / 1024
