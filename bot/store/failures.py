"""What the database's refusals mean to an operator, without the statement, its values or a password."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DBAPIError

from bot.errors import StoreError

# What SQLite says (sqlite.org/rescode.html), and what to tell a person.
MEANINGS = (
    ("database or disk is full", "the disk is full: nothing can be written until there is room"),
    ("readonly database", "the database file cannot be written: check its owner and its directory's"),
    ("unable to open database file", "the database file cannot be opened: check its path and its directory's owner"),
    ("database is locked", "another program holds the database"),
    ("disk i/o error", "the disk refused to read or write the database"),
    ("malformed", "the database file is damaged: restore a backup (herald restore FILE)"),
    ("file is not a database", "the file is no database of Herald"),
)

DAMAGE_ADVICE = ("Restore a backup: herald restore FILE",)


def meaning(error: Exception) -> str:
    """One line for the log and the terminal."""
    said = str(error.orig if isinstance(error, DBAPIError) else error)
    for sign, text in MEANINGS:
        if sign in said.lower():
            return text
    return f"the database refused: {said}"


@contextmanager
def as_store_error() -> Iterator[None]:
    """What the database refuses inside becomes a StoreError; a value no column can take stays the defect it is."""
    try:
        yield
    except DBAPIError as error:
        raise StoreError(meaning(error)) from error
