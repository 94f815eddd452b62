"""How feeds misbehave: a fault is chosen by name, holds for a number of requests, and answers in place of the feed.

Every kind here was met in the wild. Those of `SHAPES` serve a feed all the same, but not the usual one.
"""

from __future__ import annotations

import asyncio
import socket
import struct
import zlib
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from aiohttp import web

STATUSES = {"403": 403, "404": 404, "410": 410, "429": 429, "500": 500, "503": 503}
SHAPES = frozenset({"shrink", "reversed", "wrong-type"})
ONE_MEBIBYTE = 1 << 20


@dataclass(slots=True)
class Fault:
    """`left` requests to spoil, None for all; `options` are the kind's own (see KINDS)."""

    kind: str
    left: int | None = None
    options: dict[str, Any] = field(default_factory=dict)

    def use(self) -> None:
        if self.left is not None:
            self.left -= 1


@dataclass(frozen=True, slots=True)
class Spoiled:
    """What a fault may know: the answer that would have been right, and where the feed can be found unspoiled."""

    request: web.Request
    body: bytes
    content_type: str
    behind_url: str  # the same feed, never faulty
    loop_url: str  # redirects to itself
    closing: asyncio.Event  # set when the site goes down: nothing waits longer than that
    options: dict[str, Any]

    async def wait(self, seconds: float | None) -> None:
        try:
            await asyncio.wait_for(self.closing.wait(), seconds)
        except TimeoutError:
            return

    async def start(self, headers: dict[str, str]) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Type": self.content_type} | headers)
        await response.prepare(self.request)
        return response


Answer = Callable[[Spoiled], Awaitable[web.StreamResponse]]


async def _status(spoiled: Spoiled) -> web.StreamResponse:
    """`retry_after`: seconds or an HTTP date; unset, 429 and 503 say 60."""
    status = int(spoiled.options["status"])
    asked = spoiled.options.get("retry_after", 60 if status in {429, 503} else None)
    headers = {} if asked is None else {"Retry-After": str(asked)}
    return web.Response(status=status, text=f"{status}: not today", headers=headers)


async def _garbage(spoiled: Spoiled) -> web.StreamResponse:
    noise = b"".join(zlib.crc32(step.to_bytes(4, "big")).to_bytes(4, "big") for step in range(1024))
    return web.Response(body=noise, headers={"Content-Type": spoiled.content_type})


async def _html(spoiled: Spoiled) -> web.StreamResponse:
    page = "<!doctype html><title>Moment, please</title><h1>Checking that you are a person</h1><p>Please wait&hellip;"
    return web.Response(text=page, content_type="text/html")


async def _empty(spoiled: Spoiled) -> web.StreamResponse:
    return web.Response(body=b"", headers={"Content-Type": spoiled.content_type})


async def _slow(spoiled: Spoiled) -> web.StreamResponse:
    """`delay`: seconds before the first byte of the head, 5 unless told."""
    await spoiled.wait(float(spoiled.options.get("delay", 5)))
    return web.Response(body=spoiled.body, headers={"Content-Type": spoiled.content_type})


async def _drip(spoiled: Spoiled) -> web.StreamResponse:
    """`bytes` at a time (1), every `delay` seconds (1): always alive, never done."""
    step, delay = int(spoiled.options.get("bytes", 1)), float(spoiled.options.get("delay", 1))
    response = await spoiled.start({"Content-Length": str(len(spoiled.body))})
    with suppress(ConnectionResetError):  # the reader had enough
        for at in range(0, len(spoiled.body), step):
            await response.write(spoiled.body[at : at + step])
            await spoiled.wait(delay)
            if spoiled.closing.is_set():
                break
    return response


async def _hang(spoiled: Spoiled) -> web.StreamResponse:
    await spoiled.wait(None)
    return web.Response(status=503)


async def _reset(spoiled: Spoiled) -> web.StreamResponse:
    transport = spoiled.request.transport
    if transport is not None:
        # SO_LINGER with no time to linger: the close becomes a TCP RST (socket(7)).
        raw = transport.get_extra_info("socket")
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        transport.abort()
    return web.Response()


async def _cut_off(spoiled: Spoiled) -> web.StreamResponse:
    """Half the body under a Content-Length for the whole, then the connection ends."""
    response = await spoiled.start({"Content-Length": str(max(2, len(spoiled.body)))})
    await response.write(spoiled.body[: len(spoiled.body) // 2])
    if spoiled.request.transport is not None:
        spoiled.request.transport.close()
    return response


async def _endless(spoiled: Spoiled) -> web.StreamResponse:
    """A well-begun feed that does not end before `megabytes` (64), without a Content-Length."""
    response = await spoiled.start({})
    filler = b"<!--" + b" tick tock" * (ONE_MEBIBYTE // 10) + b"-->"
    with suppress(ConnectionResetError):
        await response.write(spoiled.body[: len(spoiled.body) // 2])
        for _ in range(int(spoiled.options.get("megabytes", 64))):
            await response.write(filler)
    return response


@lru_cache(maxsize=2)
def _bomb(megabytes: int) -> bytes:
    packer = zlib.compressobj(9, wbits=31)  # 31: with a gzip header
    parts = [packer.compress(b"<rss><channel><title>")]
    parts += [packer.compress(b"\0" * ONE_MEBIBYTE) for _ in range(megabytes)]
    return b"".join([*parts, packer.flush()])


async def _gzip_bomb(spoiled: Spoiled) -> web.StreamResponse:
    """A thousandth of `megabytes` (64) on the wire, gzip whatever the client accepts."""
    body = _bomb(int(spoiled.options.get("megabytes", 64)))
    response = await spoiled.start({"Content-Encoding": "gzip", "Content-Length": str(len(body))})
    with suppress(ConnectionResetError):
        await response.write(body)
    return response


async def _redirect(spoiled: Spoiled) -> web.StreamResponse:
    """`status` as the kind says, or told; `to`: any address, the unspoiled feed unless told."""
    where = str(spoiled.options.get("to", spoiled.behind_url))
    return web.Response(status=int(spoiled.options["status"]), headers={"Location": where})


async def _redirect_away(spoiled: Spoiled) -> web.StreamResponse:
    """To the same feed under another host name."""
    where = str(spoiled.options.get("to", spoiled.behind_url.replace("127.0.0.1", "localhost")))
    return web.Response(status=302, headers={"Location": where})


async def _redirect_loop(spoiled: Spoiled) -> web.StreamResponse:
    return web.Response(status=302, headers={"Location": spoiled.loop_url})


ANSWERS: dict[str, tuple[Answer, dict[str, Any]]] = {
    **{name: (_status, {"status": status}) for name, status in STATUSES.items()},
    "garbage": (_garbage, {}),
    "html": (_html, {}),
    "empty": (_empty, {}),
    "slow": (_slow, {}),
    "drip": (_drip, {}),
    "hang": (_hang, {}),
    "reset": (_reset, {}),
    "cut-off": (_cut_off, {}),
    "endless": (_endless, {}),
    "gzip-bomb": (_gzip_bomb, {}),
    "redirect": (_redirect, {"status": 302}),
    "redirect-permanent": (_redirect, {"status": 301}),
    "redirect-away": (_redirect_away, {}),
    "redirect-loop": (_redirect_loop, {}),
}

# "reissue" and "flood" change the feed's own state, once (see WrittenFeed).
KINDS = frozenset(ANSWERS) | SHAPES | {"reissue", "flood"}
