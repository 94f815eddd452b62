"""`python -m tests.fuzz --seconds 600 --seed 7`: exits with 1 if a worker died, raised, or the two ways disagree.

What is found is kept as files, to be read again with `herald preview`.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import sys
import tempfile
from pathlib import Path

from tests.fuzz.run import Result, run


def main() -> int:
    asked = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    asked.add_argument("--seconds", type=float, default=60.0)
    asked.add_argument("--seed", default=str(random.randrange(10_000)), help="the same seed makes the same documents")
    asked.add_argument("--folder", type=Path, help="where what is found is kept (default: a new one)")
    options = asked.parse_args()
    folder = options.folder or Path(tempfile.mkdtemp(prefix="herald-fuzz-"))
    print(f"seed {options.seed}", flush=True)
    return show(asyncio.run(run(options.seed, options.seconds, folder)))


def show(result: Result) -> int:
    for what, count in (*result.tally.items(), *((f'"{reason}"', n) for reason, n in result.reasons.most_common())):
        print(f"{count:8,}  {what}")
    print(f"{result.slowest_s:8.2f}  seconds for the slowest")
    print("\n".join(["", "FOUND", *result.found] if result.found else ["nothing found"]))
    return 1 if result.found else 0


if __name__ == "__main__":
    sys.exit(main())
