"""A bare REST client, for what a library would not send or would hide."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import aiohttp

from bot.sandbox import Channel, Sandbox


@dataclass(frozen=True)
class Answer:
    status: int
    headers: dict[str, str]
    text: str

    @property
    def json(self) -> Any:
        return json.loads(self.text)

    @property
    def code(self) -> int:
        """Discord's own error code."""
        return int(self.json["code"])


class Rest:
    """Asks as the bot."""

    def __init__(self, session: aiohttp.ClientSession, sandbox: Sandbox) -> None:
        self.session, self.base, self.token = session, sandbox.api_base, sandbox.token

    async def __call__(self, method: str, path: str, body: Any = None, *, token: str | None = None) -> Answer:
        headers = {"Authorization": f"Bot {token or self.token}"}
        async with self.session.request(method, self.base + path, json=body, headers=headers) as response:
            return Answer(response.status, dict(response.headers), await response.text())

    async def post_to(self, channel: Channel, **body: Any) -> Answer:
        return await self("POST", f"/channels/{channel.id}/messages", body)


class HandClock:
    """A clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.time = datetime(2026, 5, 13, 12, tzinfo=UTC)

    def now(self) -> datetime:
        return self.time

    def move(self, **units: float) -> None:
        self.time += timedelta(**units)
