"""What a kind of database must be able to do for the store: SQLite (sqlite.py) and PostgreSQL (postgres.py)."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Protocol

from sqlalchemy import ColumnElement, Engine, Executable
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.errors import SetupError
from bot.query.ast import Node
from bot.store.expressions import Expression


class SearchIndex(Protocol):
    """`entry_fts`, which every kind has in a shape of its own."""

    @property
    def adding(self) -> Executable:
        """The statement that takes rows of `row`."""

    def row(self, entry_id: int, title: str, author: str, body: str) -> Mapping[str, Any]:
        """Of an entry's texts, each in its index_form."""

    def finding(self, node: Node) -> Expression[ColumnElement[bool]]:
        """The condition on `entry_fts` for a query without feed: terms."""


class Backend(Protocol):
    """One database. Its methods block unless they are async; what they raise is a SetupError."""

    @property
    def name(self) -> str:
        """For people: where it is, without a password."""

    @property
    def index(self) -> SearchIndex: ...

    def make_ready(self) -> None:
        """Sees that it can be opened and written, and makes what Herald may make."""

    def require_there(self) -> None:
        """Raises if there is nothing to look into; makes nothing."""

    async def take(self) -> None:
        """Makes it this process's alone until `release`, or its death. Raises DatabaseInUse."""

    async def release(self) -> None:
        """After `engines` are disposed of."""

    def migrator(self, *, looking: bool = False) -> Engine:
        """For a thread: one connection, whose transactions hold changes of tables too. `looking`: it only reads."""

    def check(self) -> None:
        """Raises if it is damaged, or cannot be written."""

    async def backup(self, target: Path) -> None:
        """A consistent copy while all goes on. Raises StoreError too."""

    def engines(self) -> tuple[AsyncEngine, AsyncEngine]:
        """For the readers, whose transactions see one moment and cannot write; and for the one writer."""

    def refused(self, error: SQLAlchemyError) -> SetupError:
        """What a refusal at the start means, and what to do."""
