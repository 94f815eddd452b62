"""A server on a real socket that answers a bot's requests exactly as it is told, line by line where need be."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from types import SimpleNamespace
from typing import Any

import discord
import pytest
from aiohttp import web

BOT_ID = 4242
CHANNEL_ID = 777
DM_ID = 888
USER = {"id": str(BOT_ID), "username": "herald", "discriminator": "0", "avatar": None, "bot": True}

Answer = Callable[[web.Request], Awaitable[web.StreamResponse]]


class OddDiscord:
    """Answers requests for messages from `answers`, one each, the last one for ever; remembers all of them."""

    def __init__(self) -> None:
        self.answers: list[Answer] = []
        self.posted: list[dict[str, Any]] = []
        self.history: list[dict[str, Any]] = []
        self.dm_requests = 0

    async def _me(self, request: web.Request) -> web.Response:
        return plain_json(USER)

    async def _application(self, request: web.Request) -> web.Response:
        return plain_json({"id": "99", "name": "herald", "description": "", "bot_public": True, "icon": None,
                           "bot_require_code_grant": False, "verify_key": "", "owner": USER, "flags": 0})  # fmt: skip

    async def _dm(self, request: web.Request) -> web.Response:
        self.dm_requests += 1
        return plain_json({"id": str(DM_ID), "type": 1, "recipients": [USER | {"id": "5"}], "last_message_id": None})

    async def _create(self, request: web.Request) -> web.StreamResponse:
        self.posted.append({"channel": int(request.match_info["channel"]), **json.loads(await request.read())})
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        return await answer(request)

    async def _list(self, request: web.Request) -> web.StreamResponse:
        if self.answers:
            return await self.answers[0](request)
        before = int(request.query.get("before", 1 << 62))
        newest_first = [one for one in self.history if int(one["id"]) < before]
        return plain_json(newest_first[: int(request.query["limit"])])

    def application(self) -> web.Application:
        app = web.Application()
        app.router.add_get("/users/@me", self._me)
        app.router.add_get("/oauth2/applications/@me", self._application)
        app.router.add_post("/users/@me/channels", self._dm)
        app.router.add_post("/channels/{channel}/messages", self._create)
        app.router.add_get("/channels/{channel}/messages", self._list)
        return app


def plain_json(body: object, status: int = 200, **headers: str) -> web.Response:
    """JSON with the exact content type that discord.py asks for."""
    return web.Response(
        body=json.dumps(body).encode(), status=status, headers={"Content-Type": "application/json", **headers}
    )


def message(message_id: int = 1000, *, author: int = BOT_ID, **fields: Any) -> dict[str, Any]:
    """A message as Discord writes it."""
    return {
        "id": str(message_id), "channel_id": str(CHANNEL_ID), "author": USER | {"id": str(author)}, "content": "",
        "timestamp": "2026-05-13T10:00:00+00:00", "edited_timestamp": None, "tts": False, "mention_everyone": False,
        "mentions": [], "mention_roles": [], "attachments": [], "embeds": [], "pinned": False, "type": 0,
        "components": [], **fields,
    }  # fmt: skip


def answer(status: int, body: object, **headers: str) -> Answer:
    """Always this JSON."""

    async def give(_: web.Request) -> web.Response:
        return plain_json(body, status, **headers)

    return give


def raw(status: int, body: bytes, content_type: str, **headers: str) -> Answer:
    """Always these bytes."""

    async def give(_: web.Request) -> web.Response:
        return web.Response(body=body, status=status, headers={"Content-Type": content_type, **headers})

    return give


def hang_up(*, reset: bool, after: bytes = b"") -> Answer:
    """Ends the connection without an answer, or in the middle of one: with a FIN, or with a RST."""

    async def give(request: web.Request) -> web.StreamResponse:
        transport = request.transport
        assert transport is not None
        if after:
            transport.write(after)
        if reset:
            transport.abort()
        else:
            transport.close()
        return web.Response()

    return give


@asynccontextmanager
async def logged_in(odd: OddDiscord, **options: Any) -> AsyncIterator[discord.Client]:
    """A client that talks to it and has no gateway."""
    runner = web.AppRunner(odd.application())
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    host, port = runner.addresses[0][:2]
    former, discord.http.Route.BASE = discord.http.Route.BASE, f"http://{host}:{port}"
    client = discord.Client(intents=discord.Intents.none(), **options)
    try:
        await client.login("token")
        yield client
    finally:
        await client.close()
        await runner.cleanup()
        discord.http.Route.BASE = former


@pytest.fixture
def pauses(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """discord.py's waits between tries, as seconds it wanted to wait; none of them takes time."""
    wanted: list[float] = []

    async def sleep(seconds: float) -> None:
        if seconds > 0:  # an empty bucket without a limit is slept on for 0 s
            wanted.append(seconds)

    names = {name: getattr(asyncio, name) for name in dir(asyncio)} | {"sleep": sleep}
    monkeypatch.setattr(discord.http, "asyncio", SimpleNamespace(**names))
    return wanted
