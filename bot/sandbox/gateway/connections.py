"""The gateway: sessions over WebSocket that are told what happens, and can be resumed where they broke off.

Protocol: docs "Gateway", "Gateway Events", "Opcodes and Status Codes".
"""

from __future__ import annotations

import asyncio
import json
import secrets
from typing import Any

from aiohttp import WSMsgType, web

from bot.sandbox.gateway.compression import compressor
from bot.sandbox.gateway.requests import member_chunks, presence
from bot.sandbox.gateway.sessions import Connection, Session
from bot.sandbox.records import Event, Json
from bot.sandbox.rest.bot import APPLICATION_FLAGS, bot_user_json, gateway_url
from bot.sandbox.rules.ratelimits import RateLimits
from bot.sandbox.state import wire
from bot.sandbox.state.permissions import BITS
from bot.sandbox.state.world import World

HEARTBEAT, IDENTIFY, PRESENCE, VOICE_STATE, RESUME, RECONNECT, REQUEST_MEMBERS = 1, 2, 3, 4, 6, 7, 8
VERSIONS = ("9", "10")
INVALID_SESSION, HELLO, ACK = 9, 10, 11
UNKNOWN_OPCODE, DECODE_ERROR, NOT_AUTHENTICATED, AUTHENTICATION_FAILED = 4001, 4002, 4003, 4004
ALREADY_AUTHENTICATED, INVALID_SEQUENCE, RATE_LIMITED = 4005, 4007, 4008
INVALID_SHARD, SHARDING_REQUIRED, INVALID_VERSION, INVALID_INTENTS, DISALLOWED_INTENTS = 4010, 4011, 4012, 4013, 4014
GUILD_PRESENCES, MESSAGE_CONTENT = 1 << 8, 1 << 15
ALL_INTENTS = sum(1 << place for place in (*range(17), 20, 21, 24, 25))  # gateway: List of Intents
HEARTBEAT_MS = 41_250
PATIENCE = 1.5  # heartbeats' intervals without one before the connection is closed
PAYLOAD_BYTES = 4096  # gateway: Sending Events
GUILDS_OF_A_SHARD = 2500
MAX_CONCURRENCY = 1
CHANNEL_EVENTS = ("MESSAGE_", "TYPING_")  # only for who can see the channel


class Gateway:
    """All sessions. `refused_intents` are privileged ones that the application was not given."""

    def __init__(self, world: World, limits: RateLimits) -> None:
        self._world, self._limits = world, limits
        self.sessions: dict[str, Session] = {}
        self.refused_intents = 0
        self.heartbeat_ms = HEARTBEAT_MS
        self.presences: dict[int, Json] = {}  # what each shard shows itself as
        self._connections: set[Connection] = set()
        world.listeners.append(self._on_event)

    @property
    def live(self) -> list[Session]:
        """Sessions with an open connection."""
        return [session for session in self.sessions.values() if session.connection]

    # --- Telling ------------------------------------------------------------------------------------------

    def _on_event(self, event: Event) -> None:
        if event.name.startswith("SANDBOX_"):
            return
        for session in self.sessions.values():
            if not session.concerns(event.guild_id) or (event.intent and not session.intents & event.intent):
                continue
            if event.guild_id and not self._reaches(event):
                continue
            session.dispatch(event.name, self._as_seen(event, session))

    def _reaches(self, event: Event) -> bool:
        """A bot hears nothing of a guild it is not in, and no message of a channel it cannot see."""
        assert event.guild_id is not None
        if event.name == "GUILD_DELETE":
            return True
        if not self._world.guilds[event.guild_id].bot_inside:
            return False
        channel = self._world.channels.get(event.channel_id or 0)
        if channel is None or not event.name.startswith(CHANNEL_EVENTS):
            return True
        return bool(self._world.may(self._world.bot.id, channel) & BITS["VIEW_CHANNEL"])

    def _as_seen(self, event: Event, session: Session) -> Json:
        """Without the privileged intent a bot reads only what is its own, in a DM, or mentions it."""
        data, me = event.data, str(self._world.bot.id)
        if event.name == "GUILD_CREATE":
            return self._introduced(data, session)
        if event.name not in ("MESSAGE_CREATE", "MESSAGE_UPDATE") or session.intents & MESSAGE_CONTENT:
            return data
        mentioned = any(user["id"] == me for user in data["mentions"])
        if event.guild_id is None or data["author"]["id"] == me or mentioned:
            return data
        return {**data, "content": "", "embeds": [], "attachments": [], "components": []}

    def _introduced(self, data: Json, session: Session) -> Json:
        """A guild's members come with the privileged intent only, but for the bot (gateway-events: Guild Create)."""
        if session.intents & GUILD_PRESENCES:
            return data
        me = str(self._world.bot.id)
        return {**data, "members": [each for each in data["members"] if each["user"]["id"] == me]}

    # --- Connections --------------------------------------------------------------------------------------

    async def handle(self, request: web.Request) -> web.WebSocketResponse:
        """Serves one WebSocket from HELLO to its end."""
        socket = web.WebSocketResponse(heartbeat=None, compress=False, max_msg_size=1 << 16)
        await socket.prepare(request)
        connection = Connection(socket, compressor(request.query.get("compress", "")))
        self._connections.add(connection)
        writer = asyncio.create_task(connection.write())
        connection.send({"op": HELLO, "t": None, "s": None, "d": {"heartbeat_interval": self.heartbeat_ms}})
        connection.expect_heartbeat(self.heartbeat_ms / 1000 * PATIENCE)
        if request.query.get("v", "10") not in VERSIONS:
            connection.close(INVALID_VERSION)
        try:
            await self._listen(connection)
        finally:
            connection.forget_heartbeat()
            writer.cancel()
            self._connections.discard(connection)
            for session in self.sessions.values():
                if session.connection is connection:
                    session.connection = None
                    self._world.emit("SANDBOX_GATEWAY", {"session": session.id, "connected": False})
        return socket

    async def _listen(self, connection: Connection) -> None:
        session: Session | None = None
        async for message in connection.socket:
            if message.type is not WSMsgType.TEXT or len(message.data.encode()) > PAYLOAD_BYTES:
                connection.close(DECODE_ERROR)  # ETF, or too much
                continue
            if self._limits.enabled and not connection.takes_more(self._limits.monotonic()):
                connection.close(RATE_LIMITED)
                continue
            try:
                payload = json.loads(message.data)
                session = self._obey(connection, session, payload["op"], payload.get("d"))
            except (ValueError, KeyError, TypeError, AttributeError):
                connection.close(DECODE_ERROR)

    def _obey(self, connection: Connection, session: Session | None, op: int, data: Any) -> Session | None:
        """Does what the payload asks; returns the connection's session. Raises for data of the wrong shape."""
        if op == HEARTBEAT:
            connection.expect_heartbeat(self.heartbeat_ms / 1000 * PATIENCE)
            connection.send({"op": ACK, "t": None, "s": None, "d": None})
        elif op in (IDENTIFY, RESUME):
            if session is None:
                return self._identify(connection, data) if op == IDENTIFY else self._resume(connection, data)
            connection.close(ALREADY_AUTHENTICATED)
        elif session is None:
            connection.close(NOT_AUTHENTICATED)
        elif op == REQUEST_MEMBERS:
            for chunk in member_chunks(self._world, session, data):
                session.dispatch("GUILD_MEMBERS_CHUNK", chunk)
        elif op == PRESENCE:
            self.presences[session.shard[0]] = presence(data)
        elif op != VOICE_STATE:  # taken, without effect
            connection.close(UNKNOWN_OPCODE)
        return session

    def _identify(self, connection: Connection, data: Json) -> Session | None:
        number, count = data.get("shard") or (0, 1)
        intents = data.get("intents")
        if data.get("token", "").removeprefix("Bot ") != self._world.token:
            connection.close(AUTHENTICATION_FAILED)
        elif intents is None or intents & ~ALL_INTENTS:
            connection.close(INVALID_INTENTS)
        elif intents & self.refused_intents:
            connection.close(DISALLOWED_INTENTS)
        elif not 0 <= number < count:
            connection.close(INVALID_SHARD)
        elif self._guilds_of((number, count)) > GUILDS_OF_A_SHARD:
            connection.close(SHARDING_REQUIRED)
        elif not self._limits.take_identify(number % MAX_CONCURRENCY):
            connection.send({"op": INVALID_SESSION, "t": None, "s": None, "d": False})
        else:
            if data.get("presence"):
                self.presences[number] = presence(data["presence"])
            return self._begin(connection, Session(secrets.token_hex(16), intents, (number, count)))
        return None

    def _guilds_of(self, shard: tuple[int, int]) -> int:
        number, count = shard
        return sum(guild.bot_inside and (guild.id >> 22) % count == number for guild in self._world.guilds.values())

    def _begin(self, connection: Connection, session: Session) -> Session:
        """READY, then each of the shard's guilds."""
        self._limits.identifies += 1
        session.connection = connection
        # A shard that identifies anew has given its former session up.
        self.sessions = {
            key: known for key, known in self.sessions.items() if known.connection or known.shard != session.shard
        }
        self.sessions[session.id] = session
        world = self._world
        guilds = [guild for guild in world.guilds.values() if guild.bot_inside and session.concerns(guild.id)]
        ready = {
            "v": 10,
            "user": bot_user_json(world),
            "guilds": [{"id": str(guild.id), "unavailable": True} for guild in guilds],
            "session_id": session.id,
            "resume_gateway_url": gateway_url(world),
            "session_type": "normal",
            "private_channels": [],
            "shard": list(session.shard),
            "application": {"id": str(world.bot.id), "flags": APPLICATION_FLAGS},
        }
        session.dispatch("READY", ready)
        for guild in guilds:
            if guild.available:
                introduced = self._introduced(wire.guild_create_json(world, guild), session)
                session.dispatch("GUILD_CREATE", introduced)
        world.emit("SANDBOX_GATEWAY", {"session": session.id, "connected": True})
        return session

    def _resume(self, connection: Connection, data: Json) -> Session | None:
        """Replays what was missed, then RESUMED; op 9 if the session is not known (any more)."""
        session = self.sessions.get(data.get("session_id", ""))
        if data.get("token", "").removeprefix("Bot ") != self._world.token:
            connection.close(AUTHENTICATION_FAILED)
            return None
        if session and data["seq"] > session.seq:
            connection.close(INVALID_SEQUENCE)
            return None
        missed = [payload for payload in session.sent if payload["s"] > data["seq"]] if session else []
        if session is None or (missed and missed[0]["s"] != data["seq"] + 1):
            connection.send({"op": INVALID_SESSION, "t": None, "s": None, "d": False})
            return None
        for payload in missed:
            connection.send(payload)
        session.connection = connection
        session.dispatch("RESUMED", {"_trace": []})
        self._world.emit("SANDBOX_GATEWAY", {"session": session.id, "connected": True})
        return session

    # --- Faults -------------------------------------------------------------------------------------------

    def drop(self, code: int = 4000) -> None:
        """Every connection is closed with `code`; the sessions can be resumed."""
        for session in self.live:
            assert session.connection
            session.connection.close(code)

    def ask_to_reconnect(self) -> None:
        """Op 7 to everybody."""
        self._tell_all({"op": RECONNECT, "t": None, "s": None, "d": None})

    def invalidate(self, *, resumable: bool) -> None:
        """Op 9 to everybody; unless `resumable` the sessions are forgotten."""
        self._tell_all({"op": INVALID_SESSION, "t": None, "s": None, "d": resumable})
        if not resumable:
            self.sessions.clear()

    def _tell_all(self, payload: Json) -> None:
        for session in self.live:
            assert session.connection
            session.connection.send(payload)

    async def close(self) -> None:
        for connection in tuple(self._connections):
            await connection.socket.close(code=1001)
