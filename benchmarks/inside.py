"""`python -m benchmarks.inside run`: a `herald run` that tells what its memory is made of, for `benchmarks.soak`.

A line each half minute on standard error. With TRACE=1 in the environment it also tells which lines of code hold more
than at the first look; that doubles the time that everything takes.
"""

from __future__ import annotations

import ctypes
import gc
import os
import sys
import threading
import time
import tracemalloc
from collections import Counter

from bot import heap
from bot.demo import tether

LOOK_EACH = 30.0  # seconds
MOST_TOLD = 25


class _Mallinfo2(ctypes.Structure):
    """glibc 2.33 and later, malloc.h; all in bytes but the counts."""

    _fields_ = [
        (name, ctypes.c_size_t)
        for name in (
            *("arena", "ordblks", "smblks", "hblks", "hblkhd"),
            *("usmblks", "fsmblks", "uordblks", "fordblks", "keepcost"),
        )
    ]


def main() -> None:
    traced = os.environ.get("TRACE") == "1"
    if traced:
        tracemalloc.start(4)
    threading.Thread(target=_look, args=(traced,), daemon=True).start()
    tether.main()


def _look(traced: bool) -> None:
    first: tracemalloc.Snapshot | None = None
    before: Counter[str] = Counter()
    while True:
        time.sleep(LOOK_EACH)
        kinds = Counter(f"{type(one).__module__}.{type(one).__qualname__}" for one in gc.get_objects())
        more = [(name, count - before[name], count) for name, count in kinds.items()]
        more.sort(key=lambda one: -one[1])
        before = before or kinds
        print("INSIDE", _heap(), "threads", threading.active_count(), more[:MOST_TOLD], file=sys.stderr)
        if traced:
            snapshot = tracemalloc.take_snapshot()
            first = first or snapshot
            for line in snapshot.compare_to(first, "traceback")[:MOST_TOLD]:
                print("TRACE", line, line.traceback.format(), file=sys.stderr)


def _heap() -> str:
    libc = ctypes.CDLL(None)
    libc.mallinfo2.restype = _Mallinfo2
    info = libc.mallinfo2()
    parts = {"heap": info.arena, "mmapped": info.hblkhd, "used": info.uordblks, "free": info.fordblks}
    parts = {"resident": heap.resident_bytes(), **parts}
    return " ".join(f"{name} {size / 2**20:.0f}" for name, size in parts.items()) + " MiB"


if __name__ == "__main__":
    main()
