"""One plain GET of an address that the operator set: no guard, no redirects. Never for what members ask for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import aiohttp

PATIENCE = aiohttp.ClientTimeout(total=10)
MOST_BYTES = 65_536


@dataclass(frozen=True, slots=True)
class Answer:
    """What came, its body cut off; header names in any case."""

    headers: Mapping[str, str]
    body: bytes


async def ask(url: str) -> Answer:
    """Whatever the status. Raises OSError if nobody answers."""
    try:
        async with (
            aiohttp.ClientSession(timeout=PATIENCE) as web,
            web.get(url, allow_redirects=False) as answer,
        ):
            return Answer(answer.headers, await answer.content.read(MOST_BYTES))
    except (aiohttp.ClientError, ValueError) as error:
        raise OSError(f"{type(error).__name__}: {error}") from error
