"""What the gateway refuses, and with which code; what it gives on request."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest

from bot.sandbox import Guild, RateLimits, Sandbox
from bot.sandbox.gateway.sessions import SENDING

from .discord_rest import HandClock, Rest
from .discord_wire import Connect, Wire

GUILDS, MEMBERS, PRESENCES = 1 << 0, 1 << 1, 1 << 8
PRESENCE = {"status": "idle", "activities": [{"name": "feeds", "type": 3}], "since": None, "afk": False}


async def closed_with(wire: Wire) -> int | None:
    while True:
        message = await wire.socket.receive(timeout=5)
        if message.type in (aiohttp.WSMsgType.CLOSE, aiohttp.WSMsgType.CLOSED, aiohttp.WSMsgType.CLOSING):
            return wire.socket.close_code


async def begun(connect: Connect, sandbox: Sandbox, intents: int = GUILDS, **more: Any) -> Wire:
    wire = await connect()
    await wire.receive()
    await wire.identify(sandbox, intents, **more)
    return wire


@pytest.mark.parametrize(
    ("op", "data", "code"),
    [
        (99, None, 4001),
        ("1", None, 4001),
        (3, {"status": "asleep", "activities": []}, 4002),
        (3, {"status": "online"}, 4002),
        (8, {"query": ""}, 4002),
        (2, {"intents": 0}, 4005),
        (6, {"session_id": "x", "seq": 1}, 4005),
    ],
)
async def test_a_wrong_payload_of_a_session_is_closed_with_its_code(
    connect: Connect, sandbox: Sandbox, op: Any, data: Any, code: int
) -> None:
    wire = await begun(connect, sandbox)
    await wire.send(op, data)
    assert await closed_with(wire) == code


@pytest.mark.parametrize("op", [3, 4, 8])
async def test_nothing_but_identifying_comes_first(connect: Connect, op: int) -> None:
    wire = await connect()
    await wire.receive()
    await wire.send(op, {})
    assert await closed_with(wire) == 4003


async def test_a_privileged_intent_has_to_be_granted(connect: Connect, sandbox: Sandbox) -> None:
    sandbox.server.gateway.refused_intents = MEMBERS | PRESENCES
    for intents, code in ((GUILDS | MEMBERS, 4014), (1 << 17, 4013), (1 << 26, 4013), (-1, 4013)):
        wire = await connect()
        await wire.receive()
        await wire.send(2, {"token": sandbox.token, "intents": intents, "properties": {}})
        assert await closed_with(wire) == code


async def test_a_large_bot_has_to_shard(connect: Connect, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.sandbox.gateway.connections.GUILDS_OF_A_SHARD", 2)
    for number in range(3):
        sandbox.add_guild(str(number))
    wire = await connect()
    await wire.receive()
    await wire.send(2, {"token": sandbox.token, "intents": GUILDS, "properties": {}})
    assert await closed_with(wire) == 4011


async def test_an_old_version_is_refused(connect: Connect) -> None:
    assert await closed_with(await connect("?v=6&encoding=json")) == 4012


async def test_too_large_a_payload_and_no_text_are_no_payload(connect: Connect) -> None:
    for sent in (json.dumps({"op": 1, "d": "x" * 4096}), b"\x83t"):
        wire = await connect()
        await wire.receive()
        await (wire.socket.send_str(sent) if isinstance(sent, str) else wire.socket.send_bytes(sent))
        assert await closed_with(wire) == 4002


async def test_a_client_without_a_heartbeat_is_let_go(connect: Connect, sandbox: Sandbox, guild: Guild) -> None:
    sandbox.server.gateway.heartbeat_ms = 40
    wire = await begun(connect, sandbox)
    seq = (await wire.until("GUILD_CREATE"))[-1]["s"]
    assert await closed_with(wire) == 4009
    [session] = sandbox.server.gateway.sessions.values()
    sandbox.server.gateway.heartbeat_ms = 40_000
    again = await connect()
    await again.receive()
    await again.send(6, {"token": sandbox.token, "session_id": session.id, "seq": seq})
    assert [each["t"] for each in await again.until("RESUMED")] == ["RESUMED"]


async def test_a_sequence_from_the_future_cannot_be_resumed(connect: Connect, sandbox: Sandbox) -> None:
    await begun(connect, sandbox)
    [session] = sandbox.server.gateway.sessions.values()
    again = await connect()
    await again.receive()
    await again.send(6, {"token": sandbox.token, "session_id": session.id, "seq": session.seq + 1})
    assert await closed_with(again) == 4007


async def test_a_gap_that_is_too_long_makes_the_session_invalid(connect: Connect, sandbox: Sandbox) -> None:
    await begun(connect, sandbox)
    [session] = sandbox.server.gateway.sessions.values()
    session.dispatch("TEST", {})
    session.sent.popleft()
    again = await connect()
    await again.receive()
    await again.send(6, {"token": sandbox.token, "session_id": session.id, "seq": 0})
    assert await again.receive() == {"op": 9, "t": None, "s": None, "d": False}
    assert (await again.identify(sandbox, GUILDS))["session_id"] != session.id


async def test_members_come_in_chunks_of_a_thousand(connect: Connect, sandbox: Sandbox, guild: Guild) -> None:
    for number in range(1001):
        guild.add_member(f"reader {number}")
    wire = await begun(connect, sandbox, GUILDS | MEMBERS)
    await wire.send(8, {"guild_id": str(guild.id), "query": "", "limit": 0, "nonce": "n"})
    chunks = [(await wire.until("GUILD_MEMBERS_CHUNK"))[-1]["d"] for _ in range(2)]
    assert [(len(each["members"]), each["chunk_index"], each["chunk_count"]) for each in chunks] == [
        (1000, 0, 2),
        (3, 1, 2),
    ]
    assert {each["nonce"] for each in chunks} == {"n"}
    await wire.send(8, {"guild_id": str(guild.id), "query": "READER 100", "limit": 2, "nonce": "x" * 33})
    found = (await wire.until("GUILD_MEMBERS_CHUNK"))[-1]["d"]
    assert [each["user"]["username"] for each in found["members"]] == ["reader 100", "reader 1000"]
    assert "nonce" not in found


async def test_the_whole_list_of_members_is_privileged(
    connect: Connect, sandbox: Sandbox, guild: Guild, caplog: pytest.LogCaptureFixture
) -> None:
    guild.add_member("ada")
    wire = await begun(connect, sandbox, GUILDS)
    introduced = (await wire.until("GUILD_CREATE"))[-1]["d"]
    assert [each["user"]["id"] for each in introduced["members"]] == [str(sandbox.application_id)]
    assert introduced["member_count"] == 3
    await wire.send(8, {"guild_id": str(guild.id), "query": "", "limit": 0})
    assert (await wire.until("GUILD_MEMBERS_CHUNK"))[-1]["d"]["members"] == []
    assert "GUILD_MEMBERS intent" in caplog.text
    privileged = await begun(connect, sandbox, GUILDS | PRESENCES)
    assert len((await privileged.until("GUILD_CREATE"))[-1]["d"]["members"]) == 3


async def test_presence_is_kept_and_voice_ignored(connect: Connect, sandbox: Sandbox) -> None:
    wire = await begun(connect, sandbox, presence=PRESENCE | {"status": "online"})
    assert sandbox.server.gateway.presences[0]["status"] == "online"
    await wire.send(3, PRESENCE)
    await wire.send(4, {"guild_id": "1", "channel_id": None, "self_mute": False, "self_deaf": False})
    await wire.send(1, None)
    assert (await wire.receive())["op"] == 11
    assert sandbox.server.gateway.presences[0]["activities"][0]["name"] == "feeds"


class Timed:
    time = 0.0


@pytest.fixture
async def strict(clock: HandClock) -> AsyncIterator[tuple[Sandbox, Timed]]:
    timed = Timed()
    limits = RateLimits(identify_s=5.0, monotonic=lambda: timed.time)
    async with Sandbox(clock=clock, rate_limits=limits) as sandbox:
        yield sandbox, timed


async def test_shards_identify_one_after_the_other(strict: tuple[Sandbox, Timed]) -> None:
    sandbox, timed = strict
    async with aiohttp.ClientSession() as session:
        connect = Connect(session, sandbox)
        await begun(connect, sandbox, shard=[0, 2])
        early = await connect()
        await early.receive()
        await early.send(2, {"token": sandbox.token, "intents": GUILDS, "properties": {}, "shard": [1, 2]})
        assert (await early.receive())["op"] == 9
        timed.time = 5.0
        await early.identify(sandbox, GUILDS, shard=[1, 2])
        limit = (await Rest(session, sandbox)("GET", "/gateway/bot")).json["session_start_limit"]
        assert (limit["total"], limit["remaining"]) == (1000, 998)


async def test_a_connection_may_send_a_hundred_and_twenty_payloads_a_minute(strict: tuple[Sandbox, Timed]) -> None:
    sandbox, timed = strict
    async with aiohttp.ClientSession() as session:
        wire = await Connect(session, sandbox)()
        await wire.receive()
        for _ in range(2):
            await asyncio.gather(*(wire.send(1, None) for _ in range(SENDING[0])))
            assert {(await wire.receive())["op"] for _ in range(SENDING[0])} == {11}
            timed.time += SENDING[1]
        await asyncio.gather(*(wire.send(1, None) for _ in range(SENDING[0] + 1)))
        assert await closed_with(wire) == 4008
