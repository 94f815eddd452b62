"""What the database's refusals mean to an operator, without the statement, its values or a password."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DBAPIError

from bot.errors import StoreError

UNREACHABLE = "the server cannot be reached: is it running, and its address right?"
NOBODY = "the server knows no such user or database: createuser and createdb make them"
LOST = "the connection to the server was lost"
# What SQLite says (sqlite.org/rescode.html), and what to tell a person.
MEANINGS = (
    ("database or disk is full", "the disk is full: nothing can be written until there is room"),
    ("readonly database", "the database file cannot be written: check its owner and its directory's"),
    ("unable to open database file", "the database file cannot be opened: check its path and its directory's owner"),
    ("database is locked", "another program holds the database"),
    ("disk i/o error", "the disk refused to read or write the database"),
    ("malformed", "the database file is damaged: restore a backup (herald restore FILE)"),
    ("file is not a database", "the file is no database of Herald"),
    # What PostgreSQL says, and libpq of it.
    ("no space left on device", "the server's disk is full: nothing can be written until there is room"),
    ("password authentication failed", "the server refuses the user or the password"),
    ("no password supplied", "the server wants a password, and HERALD_DATABASE_URL has none"),
    ("no pg_hba.conf entry", "the server lets nobody in from here with this user: its pg_hba.conf says who may"),
    ('fatal:  database "', NOBODY),
    ('fatal:  role "', NOBODY),
    ("permission denied", "the user may not do this in the database: let it own the database, or its schema"),
    ("read-only transaction", "the database can only be read: it is a standby, or set so"),
    ("too many clients", "the server has no connection left: Herald needs six"),
    ("remaining connection slots", "the server has no connection left: Herald needs six"),
    ("starting up", "the server is starting: it takes connections in a moment"),
    ("shutting down", "the server is being stopped"),
    ("connection refused", UNREACHABLE),
    ("no such file or directory", UNREACHABLE),  # its socket
    ("could not translate host name", UNREACHABLE),
    ("failed to resolve host", UNREACHABLE),
    ("timeout expired", UNREACHABLE),
    ("connection timeout", UNREACHABLE),
    ("terminating connection", LOST),
    ("connection is lost", LOST),
    ("connection is closed", LOST),
    ("closed the connection", LOST),
    ("could not receive data", LOST),
    ("could not send data", LOST),
)

DAMAGE_ADVICE = ("Restore a backup: herald restore FILE",)


def meaning(error: Exception) -> str:
    """One line for the log and the terminal."""
    said = _said(error.orig if isinstance(error, DBAPIError) and error.orig else error)
    for sign, text in MEANINGS:
        if sign in said.lower():
            return text
    return f"the database refused: {said}"


def _said(error: BaseException) -> str:
    """PostgreSQL's details hold values (Key (url)=(...) already exists); its first line does not."""
    primary = getattr(getattr(error, "diag", None), "message_primary", None)
    return primary or next(iter(str(error).splitlines()), "")


@contextmanager
def as_store_error() -> Iterator[None]:
    """What the database refuses inside becomes a StoreError; a value no column can take stays the defect it is."""
    try:
        yield
    except DBAPIError as error:
        raise StoreError(meaning(error)) from error
