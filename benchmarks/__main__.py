"""`python -m benchmarks [NAME ...]`: measures Herald on this machine and prints a table. Nothing is asserted here."""

from __future__ import annotations

import importlib
import sys

from rich.console import Console
from rich.table import Table

ALL = ("running", "polling", "cadence", "watch")


def main(names: list[str]) -> int:
    """Measures what is named, or everything."""
    if unknown := [name for name in names if name not in ALL]:
        print(f"there is no benchmark {unknown[0]}; there are {', '.join(ALL)}", file=sys.stderr)
        return 2
    console = Console(highlight=False)
    for name in names or ALL:
        module = importlib.import_module(f"benchmarks.{name}")
        table = Table(title=str(module.__doc__).splitlines()[0], title_justify="left", title_style="bold")
        table.add_column("what")
        table.add_column("measured", justify="right")
        for what, result in module.run():
            table.add_row(what, result)
        console.print(table)
        console.print()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
