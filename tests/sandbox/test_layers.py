"""The sandbox's parts stand on one another in one order, types included; the drawing is in CONTRIBUTING.md."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

SANDBOX = Path(__file__).resolve().parents[2] / "bot" / "sandbox"
# A part may import those before it, and itself. `site` and `terminal` stand beside it all.
ORDER = [
    "snowflakes", "records", "rules", "state", "backend", "state_file", "members", "rest", "gateway", "server", "box",
    "control", "sandbox", "__main__",
]  # fmt: skip
BESIDE = {"site", "terminal", "__init__"}


def part_of(path: Path) -> str:
    return path.relative_to(SANDBOX).parts[0].removesuffix(".py")


FILES = [path for path in sorted(SANDBOX.rglob("*.py")) if part_of(path) not in BESIDE]


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(SANDBOX)))
def test_a_part_knows_only_those_below_it(path: Path) -> None:
    part = part_of(path)
    assert part in ORDER, "a new part: give it a place in the order"
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("bot.sandbox"):
            rest = (node.module or "").split(".")[2:]
            used = [rest[0]] if rest else [alias.name for alias in node.names]
            for other in used:
                below = other in BESIDE or ORDER.index(other) <= ORDER.index(part)
                assert below, f"{path.name} imports bot.sandbox.{other}, which stands above it"
