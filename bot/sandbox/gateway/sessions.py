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
SESSION_TIMED_OUT = 4009
SENDING = (120, 60.0)  # payloads of a connection, seconds


@dataclass(eq=False)
class Connection:
    """One open socket. What is put in the queue is sent in order, by the task that owns the socket."""

    socket: web.WebSocketResponse
    compress: Compress | None
    queue: asyncio.Queue[Json | int] = field(default_factory=asyncio.Queue)
    _patience: asyncio.TimerHandle | None = None
    _taken: deque[float] = field(default_factory=deque)

    def send(self, payload: Json) -> None:
        self.queue.put_nowait(payload)

    def close(self, code: int) -> None:
        """Closes once everything before is sent."""
        self.queue.put_nowait(code)

    def expect_heartbeat(self, within_s: float) -> None:
        """Closes the connection unless this is called again in time."""
        self.forget_heartbeat()
        self._patience = asyncio.get_running_loop().call_later(within_s, self.close, SESSION_TIMED_OUT)

    def forget_heartbeat(self) -> None:
        if self._patience:
            self._patience.cancel()

    def takes_more(self, now: float) -> bool:
        """Whether another payload is within what a connection may send (gateway: Rate Limiting); `now` in seconds."""
        while self._taken and now - self._taken[0] >= SENDING[1]:
            self._taken.popleft()
        self._taken.append(now)
        return len(self._taken) <= SENDING[0]

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
