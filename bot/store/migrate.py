"""Brings a database to this version's tables: all steps in one transaction, so half a migration cannot be."""

from __future__ import annotations

import asyncio
from importlib.resources import files

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import URL, Connection, make_url
from sqlalchemy.exc import ArgumentError, SQLAlchemyError

from bot.errors import SetupError
from bot.store import sqlite
from bot.store.failures import meaning


async def migrate(url: str) -> None:
    """Makes the database, or brings it up to date. Raises SetupError: newer than this Herald, or unusable."""
    await asyncio.to_thread(_upgrade, parse_url(url))


async def require_current(url: str) -> None:
    """Raises SetupError unless the database is there and this version's: a look into it changes nothing."""
    await asyncio.to_thread(_require_current, parse_url(url))


def require_known(revision: str | None) -> None:
    """Raises SetupError if a database of this revision was written by a newer Herald."""
    if revision is not None and revision not in _revisions(ScriptDirectory(str(SCRIPTS))):
        raise SetupError(
            f"the database was written by a newer Herald (revision {revision})",
            "Install that version again, or restore a backup from before: herald restore FILE",
        )


def parse_url(url: str) -> URL:
    """Raises SetupError unless it names a database Herald can use; its text holds no password."""
    try:
        parsed = make_url(url)
    except ArgumentError as error:
        raise SetupError("HERALD_DATABASE_URL is not a database URL", USE_SQLITE) from error
    if parsed.drivername not in ("sqlite", "sqlite+aiosqlite"):
        raise SetupError(f"Herald cannot use {parsed.render_as_string(hide_password=True)}", USE_SQLITE)
    return parsed.set(drivername="sqlite+aiosqlite")


SCRIPTS = files("bot.store") / "migrations"
USE_SQLITE = "Use HERALD_DATABASE_URL=sqlite+aiosqlite:///data/herald.db"


def _upgrade(url: URL) -> None:
    sqlite.make_ready(sqlite.path_of(url))
    engine = sqlite.migration_engine(url)
    try:
        with engine.begin() as connection:
            if not _is_current(connection):
                command.upgrade(configured(connection), "head")
    except SQLAlchemyError as error:
        raise SetupError(f"{sqlite.path_of(url)}: {meaning(error)}", *sqlite.DAMAGE_ADVICE) from error
    finally:
        engine.dispose()


def _require_current(url: URL) -> None:
    path = sqlite.path_of(url)
    if not path.is_file():
        raise SetupError(f"there is no database at {path}", "herald run makes it, or set HERALD_DATABASE_URL")
    engine = sqlite.migration_engine(url, begin="BEGIN")  # only to look: the bot beside us may be writing
    try:
        with engine.begin() as connection:
            if not _is_current(connection):
                raise SetupError(f"the database {path} is of an older Herald", "Stop Herald, then run: herald migrate")
    except SQLAlchemyError as error:
        raise SetupError(f"{path}: {meaning(error)}", *sqlite.DAMAGE_ADVICE) from error
    finally:
        engine.dispose()


def _is_current(connection: Connection) -> bool:
    scripts = ScriptDirectory.from_config(configured(connection))
    current = MigrationContext.configure(connection).get_current_revision()
    require_known(current)
    return current == scripts.get_current_head()


def _revisions(scripts: ScriptDirectory) -> set[str]:
    return {script.revision for script in scripts.walk_revisions()}


def configured(connection: Connection) -> Config:
    """Alembic's settings: the scripts lie in this package, so an installed wheel needs no alembic.ini."""
    config = Config()
    # ConfigParser would take a % in the path for its own.
    config.set_main_option("script_location", str(SCRIPTS).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config
