"""Validators go back as the bytes they came. aiohttp writes header fields as UTF-8 and drops what is none."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Iterable
from typing import Any

import aiohttp
from aiohttp.connector import Connection


def as_header(value: bytes) -> str:
    """`value` for aiohttp's headers; bytes that are no UTF-8 ride along as surrogates for `ExactRequest`."""
    return value.decode("utf-8", "surrogateescape")


class ExactRequest(aiohttp.ClientRequest):
    """A request whose header values may hold any byte, as servers' own ETags do."""

    async def send(self, conn: Connection) -> aiohttp.ClientResponse:
        marks = self._mark_bytes()
        protocol = conn.protocol
        if not marks or protocol is None or protocol.transport is None:
            return await super().send(conn)
        transport = protocol.transport
        protocol.transport = _Substituting(transport, marks)
        try:
            return await super().send(conn)
        finally:
            if protocol.transport is not None:  # None: the connection was lost meanwhile
                protocol.transport = transport

    def _mark_bytes(self) -> dict[bytes, bytes]:
        """Puts a mark nobody can guess in the place of each value that aiohttp would spoil."""
        marks = {}
        for name, value in list(self.headers.items()):
            raw = value.encode("utf-8", "surrogateescape")
            if not value.isascii() and value.encode("utf-8", "ignore") != raw:
                mark = secrets.token_hex(16)
                self.headers[name] = mark
                marks[mark.encode()] = raw
        return marks


class _Substituting(asyncio.Transport):
    """Writes to the real transport, with each mark replaced by the bytes it stands for."""

    def __init__(self, inner: asyncio.Transport, marks: dict[bytes, bytes]) -> None:
        super().__init__()
        self._inner, self._marks = inner, marks

    def write(self, data: bytes | bytearray | memoryview) -> None:
        exact = bytes(data)
        for mark, raw in self._marks.items():
            exact = exact.replace(mark, raw)
        self._inner.write(exact)

    def writelines(self, list_of_data: Iterable[bytes | bytearray | memoryview]) -> None:
        self.write(b"".join(list_of_data))

    def is_closing(self) -> bool:
        return self._inner.is_closing()

    def get_extra_info(self, name: str, default: Any = None) -> Any:
        return self._inner.get_extra_info(name, default)
