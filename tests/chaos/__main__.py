"""`python -m tests.chaos --seconds 600 --seed 7`: exits with 1 if an entry was lost, doubled, disordered or early."""

from __future__ import annotations

import argparse
import asyncio
import random
import sys
import tempfile
from pathlib import Path

from rich.console import Console

from tests.chaos.report import show
from tests.chaos.run import run


def main() -> int:
    asked = argparse.ArgumentParser(prog="python -m tests.chaos", description=__doc__)
    asked.add_argument("--seconds", type=float, default=60.0, help="of trouble, before the calm")
    asked.add_argument("--seed", default=str(random.randrange(10_000)), help="the same seed makes the same choices")
    asked.add_argument("--without", action="append", default=[], help="a deed of tests/chaos/trouble.py to leave out")
    asked.add_argument("--folder", type=Path, help="where the database and the bot's log stay (default: a new one)")
    options = asked.parse_args()
    console = Console()
    console.print(f"seed {options.seed}")
    folder = options.folder or Path(tempfile.mkdtemp(prefix="herald-chaos-"))
    folder.mkdir(parents=True, exist_ok=True)
    result = asyncio.run(run(folder, options.seed, options.seconds, without=options.without))
    show(result, console)
    return 0 if result.verdict.clean else 1


if __name__ == "__main__":
    sys.exit(main())
