"""How a web page begins: guarded as every request is, and never more of it than its head."""

from __future__ import annotations

import re
from datetime import timedelta

import aiohttp
from aiohttp import hdrs

from bot.net.fetch import CHUNK_BYTES, HttpFetcher, Progress
from bot.net.guard import Guard
from bot.net.inflate import Beginning, Broken
from bot.net.large import Turn
from bot.ports import Clock

LONGEST_BEGINNING = 512 * 1024  # bytes, unpacked
TIMEOUT = timedelta(seconds=8)
CONNECTIONS = 64

_ACCEPT = "text/html, application/xhtml+xml;q=0.9"
_HEAD_ENDS = re.compile(rb"</head[\s>]|<body[\s>]", re.IGNORECASE)
_LONGEST_END = 8


class PageFetcher(HttpFetcher):
    """An HttpFetcher whose bodies end with the page's head, or at 512 KiB. What is no HTML is a FetchError."""

    def __init__(self, guard: Guard, clock: Clock, *, user_agent: str, timeout: timedelta = TIMEOUT) -> None:
        super().__init__(
            guard,
            clock,
            user_agent=user_agent,
            accept=_ACCEPT,
            timeout=timeout,
            max_bytes=LONGEST_BEGINNING,
            connections=CONNECTIONS,
        )

    async def _body(self, progress: Progress, response: aiohttp.ClientResponse, turn: Turn) -> bytes:
        journey = progress.journey
        kind = response.headers.get(hdrs.CONTENT_TYPE, "").lower()
        if kind and "html" not in kind:
            raise journey.failed("that is no web page", status=response.status)
        try:
            beginning = Beginning(",".join(response.headers.getall(hdrs.CONTENT_ENCODING, [])), self._max_bytes)
            async for chunk in response.content.iter_chunked(CHUNK_BYTES):
                searched = max(0, len(beginning.plain) - _LONGEST_END)
                beginning.take(chunk)
                if beginning.is_whole or _HEAD_ENDS.search(beginning.plain, searched):
                    break
        except Broken as error:
            raise journey.failed("the answer cannot be unpacked", status=response.status) from error
        return bytes(beginning.plain)
