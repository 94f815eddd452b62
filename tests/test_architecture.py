"""Imports point inwards, and each outside library has one door. The drawing is in CONTRIBUTING.md."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

BOT = Path(__file__).resolve().parents[1] / "bot"

# What each part may import of the others. Parts that are not listed do not exist.
MAY_IMPORT: dict[str, set[str]] = {
    "errors": set(),
    "model": set(),
    "query": {"model", "errors"},
    "schedule": {"errors"},
    "render": {"model", "errors", "query"},
    "feeds": {"model", "errors"},
    "ports": {"model", "errors", "query", "feeds"},
    "settings": {"errors"},
    "slices": set(),
    "heap": set(),
    "work": {"model", "errors", "ports", "query", "schedule", "render", "feeds", "slices"},
    "reading": {"model", "errors", "feeds", "render", "slices", "heap"},
    "ops": {"model", "errors", "ports"},
    "net": {"model", "errors", "ports"},
    "store": {"model", "errors", "ports", "query", "feeds", "slices"},
    "chat": {"model", "errors", "ports", "query", "schedule", "render", "work"},
    "sandbox": set(),
    "demo": {"errors", "sandbox", "settings", "ops"},
    "opening": {"ports", "net", "ops", "settings", "store"},
    "life": {"*"},
    "app": {"*"},
    "cli": {"*"},
    "__main__": {"cli"},
    "__init__": set(),
}
PURE = ("model", "errors", "query", "schedule", "render", "feeds")

# Outside libraries that only one part may know.
DOORS = {
    "discord": {"chat"},
    "feedparser": {"feeds"},
    "sqlalchemy": {"store"},
    "psycopg": {"store"},
    "aiosqlite": {"store"},
    "alembic": {"store"},
    "aiohttp": {"net", "chat", "sandbox", "ops"},
    "selectolax": {"feeds", "render"},
    "prometheus_client": {"ops"},
    "dotenv": {"settings"},
    "pydantic_settings": {"settings"},
    "typer": {"cli"},
    "rich": {"cli", "demo", "sandbox"},
}
NOT_IN_PURE_PARTS = {
    "asyncio",
    "socket",
    "sqlite3",
    "aiohttp",
    "discord",
    "sqlalchemy",
    "time",
    "threading",
    "subprocess",
}


def _files() -> Iterator[tuple[str, Path]]:
    for path in sorted(BOT.rglob("*.py")):
        yield path.relative_to(BOT).parts[0].removesuffix(".py"), path


def _imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: imports are absolute"
            yield from ([f"bot.{alias.name}" for alias in node.names] if node.module == "bot" else [node.module or ""])


FILES = list(_files())


@pytest.mark.parametrize(("part", "path"), FILES, ids=lambda value: str(value).removeprefix(str(BOT)))
def test_imports_point_inwards(part: str, path: Path) -> None:
    allowed = MAY_IMPORT[part] | {part, "__version__"}
    for name in _imports(path):
        top, _, rest = name.partition(".")
        if top == "bot" and "*" not in allowed:
            assert rest.partition(".")[0] in allowed, f"{path.relative_to(BOT)} must not import {name}"


@pytest.mark.parametrize(("part", "path"), FILES, ids=lambda value: str(value).removeprefix(str(BOT)))
def test_each_outside_library_has_its_door(part: str, path: Path) -> None:
    for name in _imports(path):
        doors = DOORS.get(name.partition(".")[0])
        assert doors is None or part in doors, f"{path.relative_to(BOT)} must not import {name}"


@pytest.mark.parametrize("path", [path for part, path in FILES if part in PURE], ids=lambda p: str(p.relative_to(BOT)))
def test_pure_parts_do_nothing_but_compute(path: Path) -> None:
    assert not {name.partition(".")[0] for name in _imports(path)} & NOT_IN_PURE_PARTS
    tree = ast.parse(path.read_text("utf-8"))
    assert not [node for node in ast.walk(tree) if isinstance(node, ast.AsyncFunctionDef | ast.Await)]


CLOCKS = {("datetime", "now"), ("datetime", "utcnow"), ("date", "today"), ("time", "time")}


@pytest.mark.parametrize(
    ("part", "path"),
    [(part, path) for part, path in FILES if part not in {"sandbox", "cli"} and path != BOT / "ops" / "clock.py"],
    ids=lambda value: str(value).removeprefix(str(BOT)),
)
def test_only_the_clock_reads_the_time_of_day(part: str, path: Path) -> None:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            assert (node.value.id, node.attr) not in CLOCKS, f"{path.relative_to(BOT)}:{node.lineno}"
