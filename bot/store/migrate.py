"""Brings a database to this version's tables: all steps in one transaction, so half a migration cannot be."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.resources import files
from typing import TYPE_CHECKING

from sqlalchemy import Connection, column, inspect, select, table
from sqlalchemy.exc import SQLAlchemyError

from bot.errors import SetupError
from bot.store.backend import Backend
from bot.store.urls import backend_of

if TYPE_CHECKING:
    from alembic.config import Config

SCRIPTS = files("bot.store") / "migrations"
_version = table("alembic_version", column("version_num"))


async def migrate(url: str) -> None:
    """Makes the database, or brings it up to date. Raises SetupError: newer than this Herald, or unusable."""
    await asyncio.to_thread(_upgrade, backend_of(url))


async def require_current(url: str) -> None:
    """Raises SetupError unless the database is there and this version's: a look into it changes nothing."""
    await asyncio.to_thread(_require_current, backend_of(url))


def require_known(revision: str | None) -> None:
    """Raises SetupError if a database of this revision was written by a newer Herald."""
    if revision is not None and revision not in revisions():
        raise SetupError(
            f"the database was written by a newer Herald (revision {revision})",
            "Install that version again, or restore a backup from before: herald restore FILE",
        )


def revisions() -> list[str]:
    """All that this version knows, the oldest first: a script's name begins with its own."""
    names = (script.name for script in (SCRIPTS / "versions").iterdir())
    return sorted(name.partition("_")[0] for name in names if name.endswith(".py"))


def _upgrade(backend: Backend) -> None:
    backend.make_ready()
    with _connected(backend) as connection:
        if not _is_current(connection):
            from alembic import command  # noqa: PLC0415  (10 MiB, which few starts need)

            command.upgrade(configured(connection), "head")


def _require_current(backend: Backend) -> None:
    backend.require_there()
    with _connected(backend, looking=True) as connection:
        if not _is_current(connection):
            raise SetupError(
                f"the database {backend.name} is of an older Herald", "Stop Herald, then run: herald migrate"
            )


@contextmanager
def _connected(backend: Backend, *, looking: bool = False) -> Iterator[Connection]:
    engine = backend.migrator(looking=looking)
    try:
        with engine.begin() as connection:
            yield connection
    except SQLAlchemyError as error:
        raise backend.refused(error) from error
    finally:
        engine.dispose()


def _is_current(connection: Connection) -> bool:
    current = (
        connection.scalar(select(_version.c.version_num)) if inspect(connection).has_table(_version.name) else None
    )
    require_known(current)
    return current == revisions()[-1]


def configured(connection: Connection) -> Config:
    """Alembic's settings: the scripts lie in this package, so an installed wheel needs no alembic.ini."""
    from alembic.config import Config  # noqa: PLC0415  (as above)

    config = Config()
    # ConfigParser would take a % in the path for its own.
    config.set_main_option("script_location", str(SCRIPTS).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config
