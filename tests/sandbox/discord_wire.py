"""Bare gateway connections, for what a library would not send or would hide."""

from __future__ import annotations

from typing import Any

import aiohttp

from bot.sandbox import Sandbox


class Wire:
    """A bare gateway connection."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self.socket = socket

    async def send(self, op: int, data: Any) -> None:
        await self.socket.send_json({"op": op, "d": data})

    async def receive(self) -> dict[str, Any]:
        payload: dict[str, Any] = await self.socket.receive_json(timeout=5)
        return payload

    async def until(self, event: str) -> list[dict[str, Any]]:
        """Everything up to and with the named event."""
        heard = [await self.receive()]
        while heard[-1]["t"] != event:
            heard.append(await self.receive())
        return heard

    async def identify(self, sandbox: Sandbox, intents: int, **more: Any) -> dict[str, Any]:
        """READY's data."""
        await self.send(2, {"token": sandbox.token, "intents": intents, "properties": {}, **more})
        ready: dict[str, Any] = (await self.until("READY"))[-1]["d"]
        return ready


class Connect:
    """Opens connections and closes them at the end of the test."""

    def __init__(self, session: aiohttp.ClientSession, sandbox: Sandbox) -> None:
        self.session, self.url = session, sandbox.world.base_url + "/gateway"

    async def __call__(self, query: str = "?v=10&encoding=json") -> Wire:
        return Wire(await self.session.ws_connect(self.url + query))
