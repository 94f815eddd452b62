"""One shard's session and the connection it is told over."""

from __future__ import annotations

import asyncio
import json
from collections import deque
from dataclasses import dataclass, field

from aiohttp import web

from bot.sandbox.gateway.compression import Compress
from bot.sandbox.records import Json

DISPATCH = 0
REPLAYED_EVENTS = 10_000


@dataclass(eq=False)
class Connection:
    """One open socket. What is put in the queue is sent in order, by the task that owns the socket."""

    socket: web.WebSocketResponse
    compress: Compress | None
    queue: asyncio.Queue[Json | int] = field(default_factory=asyncio.Queue)

    def send(self, payload: Json) -> None:
        self.queue.put_nowait(payload)

    def close(self, code: int) -> None:
        """Closes once everything before is sent."""
        self.queue.put_nowait(code)

    async def write(self) -> None:
        while True:
            payload = await self.queue.get()
            if isinstance(payload, int):
                await self.socket.close(code=payload)
                return
            text = json.dumps(payload, separators=(",", ":"))
            if self.compress:
                await self.socket.send_bytes(self.compress(text.encode()))
            else:
                await self.socket.send_str(text)


@dataclass(eq=False)
class Session:
    """What one shard has been told; it outlives its connection so that it can be resumed."""

    id: str
    intents: int
    shard: tuple[int, int]
    seq: int = 0
    sent: deque[Json] = field(default_factory=lambda: deque(maxlen=REPLAYED_EVENTS))
    connection: Connection | None = None

    def dispatch(self, name: str, data: Json) -> None:
        self.seq += 1
        payload: Json = {"op": DISPATCH, "t": name, "s": self.seq, "d": data}
        self.sent.append(payload)
        if self.connection:
            self.connection.send(payload)

    def concerns(self, guild_id: int | None) -> bool:
        """A guild's events go to its shard, DMs to shard 0 (gateway: Sharding)."""
        number, count = self.shard
        return (guild_id >> 22) % count == number if guild_id else number == 0
