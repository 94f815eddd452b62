"""The database's tables: made in one transaction, the same as the metadata, refused when newer, and in the wheel."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import zipfile
from contextlib import closing
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import make_url, text

from bot.errors import SetupError
from bot.store import migrate as migrate_module
from bot.store.migrate import migrate, require_current
from bot.store.schema import metadata
from bot.store.sqlite import migration_engine
from bot.store.urls import backend_of
from tests.postgres_server import PostgresServer

ROOT = Path(__file__).resolve().parents[2]


def url_of(path: Path) -> str:
    return f"sqlite+aiosqlite:///{path}"


def run(path: Path, statement: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(path)) as connection:
        rows = connection.execute(statement).fetchall()
        connection.commit()
        return rows


async def test_migrations_and_metadata_agree(url: str) -> None:
    engine = backend_of(url).migrator()
    with engine.begin() as connection:
        options = {"include_name": lambda name, kind, _: not (kind == "table" and name.startswith("entry_fts"))}
        context = MigrationContext.configure(connection, opts={"compare_type": True, **options})
        assert compare_metadata(context, metadata) == []
    engine.dispose()


async def test_migrated_tables_are_those_the_metadata_would_make(tmp_path: Path) -> None:
    """`compare_metadata` looks at neither checks nor partial indexes nor AUTOINCREMENT; SQLite's own words do."""
    await migrate(url_of(tmp_path / "migrated.db"))
    engine = migration_engine(make_url(url_of(tmp_path / "made.db")))
    metadata.create_all(engine)
    engine.dispose()
    assert words(tmp_path / "migrated.db") == words(tmp_path / "made.db")


def words(path: Path) -> dict[str, list[str]]:
    """Each table's and index's parts in any order."""
    rows = run(path, "SELECT name, sql FROM sqlite_schema WHERE sql IS NOT NULL")
    ours = {str(name): str(sql) for name, sql in rows if not str(name).startswith(("entry_fts", "alembic", "sqlite_"))}
    return {name: sorted(line.strip().rstrip(",") for line in sql.splitlines()) for name, sql in ours.items()}


async def test_postgresqls_migrated_tables_are_those_the_metadata_would_make(postgres: PostgresServer) -> None:
    migrated, made = postgres.make(), postgres.make("template0")
    engine = backend_of(made).migrator()
    metadata.create_all(engine)
    engine.dispose()
    try:
        assert definitions(migrated) == definitions(made)
    finally:
        for url in (migrated, made):
            postgres.drop(url)


def definitions(url: str) -> list[tuple[object, ...]]:
    """Every column, index and constraint in PostgreSQL's own words."""
    engine = backend_of(url).migrator()
    with engine.begin() as connection:
        rows = [tuple(row) for row in connection.execute(text(DEFINITIONS))]
    engine.dispose()
    return [row for row in rows if "entry_fts" not in str(row[0]) and "alembic" not in str(row[0])]


DEFINITIONS = """
SELECT conrelid::regclass::text, conname::text, pg_get_constraintdef(oid) FROM pg_constraint
WHERE connamespace = 'public'::regnamespace
UNION ALL SELECT tablename::text, indexname::text, indexdef FROM pg_indexes WHERE schemaname = 'public'
UNION ALL SELECT table_name::text, column_name::text,
    concat_ws(' ', data_type, is_nullable, column_default, collation_name)
FROM information_schema.columns WHERE table_schema = 'public'
ORDER BY 1, 2, 3
"""


async def test_migrating_twice_changes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "herald.db"
    await migrate(url_of(path))
    run(path, "INSERT INTO guild (id) VALUES (1)")
    await migrate(url_of(path))
    assert run(path, "SELECT id FROM guild") == [(1,)]


async def test_a_database_of_a_newer_herald_is_refused_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "herald.db"
    await migrate(url_of(path))
    run(path, "UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(SetupError, match="newer Herald") as refused:
        await migrate(url_of(path))
    assert refused.value.advice
    assert run(path, "SELECT version_num FROM alembic_version") == [("9999",)]


def test_scripts_are_named_for_their_revisions_in_their_order() -> None:
    scripts = ScriptDirectory(str(migrate_module.SCRIPTS))
    known = [script.revision for script in scripts.walk_revisions()]
    assert migrate_module.revisions() == known[::-1]
    assert scripts.get_current_head() == known[0]


async def test_a_start_that_has_nothing_to_migrate_does_without_alembic(tmp_path: Path) -> None:
    await migrate(url_of(tmp_path / "herald.db"))
    code = (
        "import asyncio, sys, bot.store.migrate as m\n"
        "asyncio.run(m.migrate('sqlite:///herald.db'))\n"
        "assert 'alembic' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], cwd=tmp_path, check=True, env=os.environ | {"PYTHONPATH": str(ROOT)})


async def test_a_migration_that_fails_leaves_no_half_of_itself(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The power goes after the last table, before the commit."""

    upgrade = command.upgrade

    def upgrade_and_die(config: Config, revision: str) -> None:
        upgrade(config, revision)
        raise KeyboardInterrupt

    path = tmp_path / "herald.db"
    with monkeypatch.context() as patch:
        patch.setattr(command, "upgrade", upgrade_and_die)
        with pytest.raises(KeyboardInterrupt):
            migrate_module._upgrade(backend_of(url_of(path)))
    assert run(path, "SELECT name FROM sqlite_schema") == []
    await migrate(url_of(path))
    assert run(path, "SELECT version_num FROM alembic_version") == [("0001",)]


async def test_a_look_into_a_database_neither_makes_nor_migrates_it(tmp_path: Path) -> None:
    path = tmp_path / "herald.db"
    with pytest.raises(SetupError, match="there is no database"):
        await require_current(url_of(path))
    assert not path.exists()
    run(path, "CREATE TABLE other (id)")
    with pytest.raises(SetupError, match="older Herald"):
        await require_current(url_of(path))
    await migrate(url_of(path))
    await require_current(url_of(path))


def test_an_installed_wheel_can_migrate_far_from_the_sources(tmp_path: Path) -> None:
    built = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path / "dist")]
    subprocess.run(built, cwd=ROOT, check=True, capture_output=True)
    [wheel] = (tmp_path / "dist").glob("*.whl")
    site = tmp_path / "100% site"  # Alembic's configuration takes a % in a path for its own
    zipfile.ZipFile(wheel).extractall(site)
    code = (
        "import asyncio, bot.store.migrate as m\n"
        f"assert m.__file__.startswith({str(site)!r}), m.__file__\n"
        "asyncio.run(m.migrate('sqlite:///herald.db'))"
    )
    environment = {**os.environ, "PYTHONPATH": str(site)}
    subprocess.run([sys.executable, "-c", code], cwd=tmp_path, check=True, env=environment)
    assert run(tmp_path / "herald.db", "SELECT version_num FROM alembic_version") == [("0001",)]
