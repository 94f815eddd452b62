"""Which database HERALD_DATABASE_URL names."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from bot.errors import SetupError
from bot.store.backend import Backend
from bot.store.postgres import Postgres, no_copies
from bot.store.sqlite import SQLite, path_of

POSTGRES = "postgresql+psycopg"
DRIVERS = {
    "sqlite": "sqlite+aiosqlite",
    "sqlite+aiosqlite": "sqlite+aiosqlite",
    "postgresql": POSTGRES,
    "postgres": POSTGRES,  # as many hosts write it
    POSTGRES: POSTGRES,
}
USE_POSTGRES = "Or, for PostgreSQL, postgresql://USER:PASSWORD@HOST/DATABASE"
USE_SQLITE = "Use HERALD_DATABASE_URL=sqlite+aiosqlite:///data/herald.db"


def backend_of(url: str) -> Backend:
    """Raises SetupError unless it names a database Herald can use; its text holds no password."""
    parsed = parse_url(url)
    return Postgres(parsed) if parsed.drivername == POSTGRES else SQLite(parsed)


def file_of(url: str) -> Path:
    """Where the database lies. Raises SetupError too if it is no file, for what copies files."""
    parsed = parse_url(url)
    if parsed.drivername == POSTGRES:
        raise no_copies()
    return path_of(parsed)


def parse_url(url: str) -> URL:
    """With the driver in it. Raises the same."""
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError):  # their texts may have the password in them
        raise SetupError("HERALD_DATABASE_URL is not a database URL", USE_SQLITE, USE_POSTGRES) from None
    driver = DRIVERS.get(parsed.drivername)
    if driver is None:
        raise SetupError(f"Herald cannot use {parsed.drivername} databases", USE_SQLITE, USE_POSTGRES)
    return parsed.set(drivername=driver)
