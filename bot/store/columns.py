"""Column types that mean the same in SQLite and PostgreSQL."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import BigInteger, Dialect, Integer, Text
from sqlalchemy.types import TypeDecorator

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)

# SQLite counts up only a column that is spelt INTEGER (sqlite.org/autoinc.html), which holds 64 bits there.
Int64 = BigInteger().with_variant(Integer(), "sqlite")

# Of two texts the one with the smaller code points comes first, and only ASCII has capitals: as SQLite has it, and not
# as the language of PostgreSQL's machine has it.
PlainText = Text().with_variant(Text(collation="C"), "postgresql")


class UtcTime(TypeDecorator[datetime]):
    """An aware UTC datetime, kept as whole microseconds since 1970: sorts, compares and survives any driver."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:
        """Raises ValueError for a naive time: nobody knows which hour it means."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"a time without a zone cannot be stored: {value!r}")
        return (value - EPOCH) // MICROSECOND

    def process_result_value(self, value: Any | None, dialect: Dialect) -> datetime | None:
        return None if value is None else EPOCH + value * MICROSECOND


class Json(TypeDecorator[Any]):
    """Lists and dictionaries as JSON text; None stays NULL. Nothing queries inside it."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any | None, dialect: Dialect) -> str | None:
        return None if value is None else json.dumps(value, ensure_ascii=False, separators=(",", ":"))

    def process_result_value(self, value: str | None, dialect: Dialect) -> Any:
        return None if value is None else json.loads(value)


def packed_times(times: Iterable[datetime]) -> bytes:
    """Whole seconds since 1970, four bytes each (until 2106); what does not fit is left out."""
    seconds = ((time - EPOCH) // timedelta(seconds=1) for time in times)
    return b"".join(second.to_bytes(4, "little") for second in seconds if 0 <= second < 2**32)


def times_of(packed: bytes | None) -> tuple[datetime, ...]:
    """The reverse of `packed_times`."""
    places = range(0, len(packed or b""), 4)
    return tuple(EPOCH + timedelta(seconds=int.from_bytes((packed or b"")[at : at + 4], "little")) for at in places)
