"""Which database HERALD_DATABASE_URL names."""

from __future__ import annotations

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from bot.errors import SetupError
from bot.store.backend import Backend
from bot.store.sqlite import SQLite

USE_SQLITE = "Use HERALD_DATABASE_URL=sqlite+aiosqlite:///data/herald.db"


def backend_of(url: str) -> Backend:
    """Raises SetupError unless it names a database Herald can use; its text holds no password."""
    return SQLite(parse_url(url))


def parse_url(url: str) -> URL:
    """Raises the same."""
    try:
        parsed = make_url(url)
    except ArgumentError as error:
        raise SetupError("HERALD_DATABASE_URL is not a database URL", USE_SQLITE) from error
    if parsed.drivername not in ("sqlite", "sqlite+aiosqlite"):
        raise SetupError(f"Herald cannot use {parsed.render_as_string(hide_password=True)}", USE_SQLITE)
    return parsed.set(drivername="sqlite+aiosqlite")
