"""How much memory a process and everything it started hold (Linux)."""

from __future__ import annotations

from pathlib import Path


def memory_mib(pid: int) -> float:
    """Resident memory in MiB of the process and all below it; pages they share are counted once for each."""
    return sum(_rss_kib(one) for one in _family(pid)) / 1024


def _family(pid: int) -> list[int]:
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except OSError:  # it ended meanwhile
        return []
    return [pid, *(one for child in children for one in _family(int(child)))]


def _rss_kib(pid: int) -> int:
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS")), 0)
