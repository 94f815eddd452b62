"""The connector: every socket of every request is made here, after the guard has seen where it leads.

A resolver of one's own would not do: aiohttp does not ask it about literal addresses. The socket factory is called
with the final address of each attempt, redirects and second tries included.
"""

from __future__ import annotations

import asyncio
import functools
import socket
import ssl
from contextvars import ContextVar
from dataclasses import dataclass

import aiodns
import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.resolver import AsyncResolver, ThreadedResolver

from bot.net.answers import TolerantAnswers
from bot.net.guard import Guard, is_public

# c-ares: the name servers answered, and the answer is no (ares.h: ARES_ENODATA, ARES_ENOTFOUND).
_NO_SUCH_NAME = frozenset({1, 4})

NAMES_KEPT_SECONDS = 300


@dataclass(slots=True)
class Dialled:
    """What became of the connections of one request: to tell a refusal from a failure, and inside from outside."""

    refused: int = 0
    public: int = 0
    private: int = 0


# Each attempt may run in a task of its own (happy eyeballs); they inherit the context, and with it this very record.
dialled: ContextVar[Dialled | None] = ContextVar("dialled", default=None)


class GuardedSocket:
    """Makes sockets for permitted addresses; for others it raises before a packet leaves."""

    def __init__(self, guard: Guard) -> None:
        self._guard = guard

    def __call__(self, info: aiohttp.AddrInfoType) -> socket.socket:
        family, kind, protocol, _, (host, port, *_) = info
        record = dialled.get() or Dialled()
        if not isinstance(host, str) or not self._guard.permits(host, int(port)):
            record.refused += 1
            raise PermissionError("refused")
        if is_public(host):
            record.public += 1
        else:
            record.private += 1
        return socket.socket(family=family, type=kind, proto=protocol)


class SteadyResolver(AbstractResolver):
    """aiodns, which needs no thread a look-up; where it cannot work, the system's own way."""

    def __init__(self) -> None:
        self._threaded = ThreadedResolver()
        self._fast: AbstractResolver | None
        try:
            self._fast = AsyncResolver()
        except (RuntimeError, OSError, aiodns.error.DNSError):
            self._fast = None  # Windows' proactor loop; a system without name servers to be found

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        """Raises OSError if there is no such name, or nobody to ask."""
        if self._fast is not None:
            try:
                return await self._fast.resolve(host, port, family)
            except OSError as error:
                if _is_final(error):
                    raise
        return await self._threaded.resolve(host, port, family)

    async def close(self) -> None:
        if self._fast is not None:
            await self._fast.close()


def _is_final(error: OSError) -> bool:
    cause = error.__cause__
    return isinstance(cause, aiodns.error.DNSError) and bool(cause.args) and cause.args[0] in _NO_SUCH_NAME


def guarded_connector(
    guard: Guard,
    *,
    connections: int,
    resolver: AbstractResolver,
    ssl_context: ssl.SSLContext | None = None,
) -> aiohttp.TCPConnector:
    """A connector that dials only what `guard` permits. It leaves `resolver` to be closed by the caller."""
    loop = asyncio.get_running_loop()
    connector = aiohttp.TCPConnector(
        socket_factory=GuardedSocket(guard),
        resolver=resolver,
        ssl=ssl_context or True,  # aiohttp keeps one strict context for the process; each takes 20 ms to make
        limit=connections,
        ttl_dns_cache=NAMES_KEPT_SECONDS,
        loop=loop,
    )
    # aiohttp has no public door to this; the test of a 304 with a body guards it.
    connector._factory = functools.partial(TolerantAnswers, loop=loop)  # type: ignore[assignment]
    return connector
