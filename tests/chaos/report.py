"""A run as a table for people."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.console import Console
from rich.table import Table

from tests.chaos.run import PATIENCE, Result

OFFENCES_SHOWN = 10


def show(result: Result, console: Console) -> None:
    table = Table(title=f"{result.seconds:g} s of trouble, seed {result.seed}", show_header=False)
    table.add_column()
    table.add_column(justify="right")
    for name, value in _rows(result):
        table.add_row(name, value)
    console.print(table)
    for name, lines in _offences(result):
        for line in lines[:OFFENCES_SHOWN]:
            console.print(f"{name}: {line}", markup=False)
        if len(lines) > OFFENCES_SHOWN:
            console.print(f"{name}: and {len(lines) - OFFENCES_SHOWN} more")
    if not result.verdict.clean:
        console.print(f"The bot's log: {result.log}")


def _rows(result: Result) -> Iterator[tuple[str, str]]:
    yield "entries published", str(result.published)
    yield "entries shown, in all channels", str(result.shown)
    for what, times in sorted(result.tally.items()):
        yield what, str(times)
    yield "published to shown, median", f"{share(result.waits, 0.5):.1f} s"
    yield "published to shown, 99 of 100", f"{share(result.waits, 0.99):.1f} s"
    yield "all shown, after the last trouble", "no" if result.calm is None else f"{result.calm:.1f} s"
    yield f"late (more than {PATIENCE:g} s after the last trouble)", str(result.late)
    for name, lines in _offences(result):
        yield name, str(len(lines))


def _offences(result: Result) -> list[tuple[str, list[str]]]:
    verdict = result.verdict
    return [
        ("LOST", verdict.lost),
        ("TWICE", verdict.twice),
        ("OUT OF ORDER", verdict.out_of_order),
        ("FROM BEFORE THE SUBSCRIPTION", verdict.early),
    ]


def share(values: Sequence[float], part: float) -> float:
    """The value that `part` of all do not exceed; 0 of none."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(part * len(ordered)))] if ordered else 0.0
