"""One Herald a database: two would post everything twice."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import IO, Any

from bot.errors import DatabaseInUse, SetupError


class SoleUse:
    """Holds `<database>.lock` until closed or killed: the kernel frees it, so it is never left behind.

    The file stays; its being there means nothing. Raises SetupError if another process holds it.
    """

    def __init__(self, database: Path) -> None:
        path = database.with_name(database.name + ".lock")
        try:
            self._file: IO[str] = path.open("a+", encoding="ascii")
        except OSError as error:
            raise SetupError(
                f"{path} cannot be written: {error.strerror}", f"Let the user that runs Herald own {path.parent}"
            ) from error
        if not locked(self._file):
            self._file.seek(0)
            holder = self._file.read().strip() or "?"
            self._file.close()
            raise DatabaseInUse(
                f"another Herald (process {holder}) uses the database {database}",
                "Stop it first, or give this one a database of its own: HERALD_DATABASE_URL",
            )
        self._file.truncate(0)
        self._file.write(str(os.getpid()))
        self._file.flush()

    def close(self) -> None:
        self._file.close()


def locked(file: IO[Any]) -> bool:
    """Takes the file's lock until it is closed; False if somebody else holds it."""
    if sys.platform == "win32":  # no flock: SQLite's own locks still keep the file whole
        return True
    import fcntl  # noqa: PLC0415 - not there on Windows

    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
