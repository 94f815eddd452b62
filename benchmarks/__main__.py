"""`python -m benchmarks [NAME ...]`: measures Herald on this machine and prints a table. Nothing is asserted here.

`soak` takes a quarter of an hour and is only run by name.
"""

from __future__ import annotations

import importlib
import sys

from rich.console import Console
from rich.table import Table

USUAL = ("running", "polling", "cadence", "watch")
ALL = (*USUAL, "soak")


def main(names: list[str]) -> int:
    """Measures what is named, or all the usual."""
    if unknown := [name for name in names if name not in ALL]:
        print(f"there is no benchmark {unknown[0]}; there are {', '.join(ALL)}", file=sys.stderr)
        return 2
    console = Console(highlight=False)
    for name in names or USUAL:
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
