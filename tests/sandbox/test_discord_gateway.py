"""The gateway tells bots what they asked for, in order, and lets them take up a broken session."""

from __future__ import annotations

import asyncio
import json
import sys
import zlib
from collections.abc import Callable
from typing import Any

import aiohttp
import discord
import pytest
from discord.gateway import DiscordWebSocket
from yarl import URL

from bot.sandbox import Guild, Sandbox

from .discord_bot import SmallBot
from .discord_rest import HandClock
from .discord_wire import Connect, Wire

GUILDS, GUILD_MESSAGES, CONTENT = 1 << 0, 1 << 9, 1 << 15


async def test_it_says_hello_acknowledges_heartbeats_and_introduces_the_guilds(
    connect: Connect, sandbox: Sandbox, guild: Guild
) -> None:
    wire = await connect()
    assert (await wire.receive())["d"]["heartbeat_interval"] > 0
    await wire.send(1, None)
    assert (await wire.receive())["op"] == 11
    ready = await wire.identify(sandbox, GUILDS)
    assert ready["guilds"] == [{"id": str(guild.id), "unavailable": True}]
    created = (await wire.until("GUILD_CREATE"))[-1]["d"]
    assert (created["name"], created["member_count"]) == ("Reading room", 2)


@pytest.mark.parametrize(
    ("op", "data", "code"),
    [
        (2, {"token": "wrong", "intents": 1}, 4004),
        (2, {"intents": 1 << 60}, 4013),
        (2, {"intents": 1, "shard": [3, 2]}, 4010),
        (8, {"guild_id": "1"}, 4003),
        (2, {"token": 5, "intents": 1}, 4002),
        (2, {"intents": "all"}, 4002),
        (6, {"token": "wrong", "session_id": "x", "seq": 1}, 4004),
    ],
)
async def test_a_wrong_beginning_is_closed_with_its_code(
    connect: Connect, sandbox: Sandbox, op: int, data: dict[str, Any], code: int
) -> None:
    wire = await connect()
    await wire.receive()
    await wire.send(op, {"token": sandbox.token, **data})
    assert (await wire.socket.receive(timeout=5)).type in (aiohttp.WSMsgType.CLOSE, aiohttp.WSMsgType.CLOSED)
    assert wire.socket.close_code == code


@pytest.mark.parametrize(
    ("intents", "heard", "content"),
    [
        (GUILDS, ["CHANNEL_CREATE"], None),
        (GUILDS | GUILD_MESSAGES, ["CHANNEL_CREATE", "MESSAGE_CREATE"], ""),
        (GUILD_MESSAGES | CONTENT, ["MESSAGE_CREATE"], "hello"),
    ],
)
async def test_a_bot_hears_only_what_it_asked_for(
    connect: Connect, sandbox: Sandbox, guild: Guild, intents: int, heard: list[str], content: str | None
) -> None:
    wire = await connect()
    await wire.receive()
    await wire.identify(sandbox, intents)
    await wire.until("GUILD_CREATE")
    channel = guild.add_channel("news")
    channel.say(guild.owner, "hello")
    guild.kick_bot()
    events = [
        each for each in await _up_to_kick(wire, sandbox, guild) if each["t"] in ("CHANNEL_CREATE", "MESSAGE_CREATE")
    ]
    assert [each["t"] for each in events] == heard
    assert content is None or events[-1]["d"]["content"] == content


async def _up_to_kick(wire: Wire, sandbox: Sandbox, guild: Guild) -> list[dict[str, Any]]:
    """What was heard up to a heartbeat's answer, which is sent after everything before it."""
    await wire.send(1, None)
    heard = [await wire.receive()]
    while heard[-1]["op"] != 11:
        heard.append(await wire.receive())
    return heard


async def test_messages_of_channels_the_bot_cannot_see_are_not_told(
    connect: Connect, sandbox: Sandbox, guild: Guild
) -> None:
    wire = await connect()
    await wire.receive()
    await wire.identify(sandbox, GUILD_MESSAGES)
    hidden, open_ = guild.add_channel("hidden"), guild.add_channel("open")
    hidden.deny(guild.everyone, "VIEW_CHANNEL")
    hidden.say(guild.owner, "secret")
    open_.say(guild.owner, "hello")
    told = (await wire.until("MESSAGE_CREATE"))[-1]
    assert told["d"]["channel_id"] == str(open_.id)


async def test_a_dropped_session_is_resumed_with_what_it_missed(
    connect: Connect, sandbox: Sandbox, guild: Guild
) -> None:
    wire = await connect()
    await wire.receive()
    ready = await wire.identify(sandbox, GUILDS | GUILD_MESSAGES)
    seq = (await wire.until("GUILD_CREATE"))[-1]["s"]
    dropping = asyncio.create_task(sandbox.drop_gateway())
    assert (await wire.socket.receive(timeout=5)).data == 4000
    await dropping
    channel = guild.add_channel("missed")
    again = await connect()
    await again.receive()
    await again.send(6, {"token": sandbox.token, "session_id": ready["session_id"], "seq": seq})
    heard = await again.until("RESUMED")
    assert [each["t"] for each in heard] == ["CHANNEL_CREATE", "RESUMED"]
    assert heard[0]["d"]["id"] == str(channel.id)
    assert [each["s"] for each in heard] == [seq + 1, seq + 2]


async def test_an_unknown_session_cannot_be_resumed(connect: Connect, sandbox: Sandbox) -> None:
    wire = await connect()
    await wire.receive()
    await wire.send(6, {"token": sandbox.token, "session_id": "never", "seq": 5})
    assert await wire.receive() == {"op": 9, "t": None, "s": None, "d": False}


async def test_guilds_are_told_to_their_shard_alone(connect: Connect, sandbox: Sandbox, guild: Guild) -> None:
    mine = (guild.id >> 22) % 2
    wire = await connect()
    await wire.receive()
    ready = await wire.identify(sandbox, GUILDS, shard=[1 - mine, 2])
    assert (ready["guilds"], ready["shard"]) == ([], [1 - mine, 2])
    other = await connect()
    await other.receive()
    assert len((await other.identify(sandbox, GUILDS, shard=[mine, 2]))["guilds"]) == 1


def zstd_reader() -> Callable[[bytes], bytes]:
    try:
        from compression.zstd import ZstdDecompressor

        return ZstdDecompressor().decompress  # type: ignore[no-any-return]
    except ImportError:
        stream = pytest.importorskip("zstandard").ZstdDecompressor().decompressobj()
        return stream.decompress  # type: ignore[no-any-return]


@pytest.mark.parametrize(
    ("name", "reader"), [("zlib-stream", lambda: zlib.decompressobj().decompress), ("zstd-stream", zstd_reader)]
)
async def test_the_stream_is_compressed_when_asked(
    connect: Connect, sandbox: Sandbox, name: str, reader: Callable[[], Callable[[bytes], bytes]]
) -> None:
    wire, read = await connect(f"?v=10&encoding=json&compress={name}"), reader()
    first = await wire.socket.receive_bytes(timeout=5)
    # zlib's end of a payload is written in Discord's documentation; zstd has none but the WebSocket message's.
    assert first.endswith(b"\x00\x00\xff\xff") == (name == "zlib-stream")
    assert json.loads(read(first))["op"] == 10
    for _ in range(3):
        await wire.send(1, None)
        assert json.loads(read(await wire.socket.receive_bytes(timeout=5)))["op"] == 11


@pytest.mark.parametrize("name", ["zstd-stream", "brotli"])
async def test_a_compression_that_is_not_there_is_plain_text_and_a_line_in_the_log(
    connect: Connect, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, name: str
) -> None:
    for library in ("zstandard", "compression", "compression.zstd"):
        monkeypatch.setitem(sys.modules, library, None)
    wire = await connect(f"?v=10&encoding=json&compress={name}")
    assert (await wire.receive())["op"] == 10
    assert name in caplog.text


@pytest.mark.parametrize("text", ["", "{", "[]", "5", '{"d": 1}', '{"op": 2}', '{"op": 2, "d": []}'])
async def test_what_cannot_be_read_closes_the_connection(connect: Connect, text: str) -> None:
    wire = await connect()
    await wire.receive()
    await wire.socket.send_str(text)
    await wire.socket.receive(timeout=5)
    assert wire.socket.close_code == 4002


async def test_a_sharded_bot_is_ready_when_all_its_shards_are(
    monkeypatch: pytest.MonkeyPatch, clock: HandClock
) -> None:
    class Hasty(discord.AutoShardedClient):
        async def before_identify_hook(self, shard_id: int | None, *, initial: bool = False) -> None:
            await _at_once(shard_id, initial=initial)

    async with Sandbox(shards=3, clock=clock) as sandbox:
        monkeypatch.setattr(discord.http.Route, "BASE", sandbox.api_base)
        guilds = []
        for number in range(6):
            guilds.append(sandbox.add_guild(str(number)))
            clock.move(milliseconds=1)
        async with Hasty(intents=discord.Intents.default(), guild_ready_timeout=0.0) as client:
            running = asyncio.create_task(client.start(sandbox.token))
            await sandbox.bot_ready()
            await client.wait_until_ready()
            assert {known.id: known.shard_id for known in client.guilds} == {
                guild.id: (guild.id >> 22) % 3 for guild in guilds
            }
            assert len({known.shard_id for known in client.guilds}) == 3
            await client.close()
            await running


async def test_members_are_listed_on_request(connect: Connect, sandbox: Sandbox, guild: Guild) -> None:
    ada = guild.add_member("ada")
    wire = await connect()
    await wire.receive()
    await wire.identify(sandbox, GUILDS)
    await wire.send(8, {"guild_id": str(guild.id), "user_ids": [str(ada.id), "5"], "limit": 0, "nonce": "n"})
    chunk = (await wire.until("GUILD_MEMBERS_CHUNK"))[-1]["d"]
    assert [each["user"]["username"] for each in chunk["members"]] == ["ada"]
    assert (chunk["not_found"], chunk["nonce"]) == (["5"], "n")


@pytest.mark.parametrize("how", ["drop", "reconnect", "invalidate"])
async def test_a_real_bot_comes_back_and_still_answers(
    bot: SmallBot, guild: Guild, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    # A discord.py bot whose session is invalid goes to its default gateway, whatever REST had said, after 5 seconds.
    monkeypatch.setattr(DiscordWebSocket, "DEFAULT_GATEWAY", URL(sandbox.gateway_url))
    monkeypatch.setattr(bot, "before_identify_hook", _at_once)
    channel = guild.add_channel("news")
    if how == "drop":
        await sandbox.drop_gateway()
    elif how == "reconnect":
        await sandbox.reconnect_gateway()
    else:
        await sandbox.invalidate_sessions()
    await sandbox.bot_ready()
    assert (await guild.command(guild.owner, channel, "ping")).content == "pong, you"


async def _at_once(shard_id: int | None, *, initial: bool = False) -> None:
    """In place of discord.py's 5 seconds between identifies."""


async def test_a_kicked_bot_loses_the_guild_and_gets_it_back(bot: SmallBot, guild: Guild) -> None:
    await bot.wait_until_ready()
    left = asyncio.ensure_future(bot.wait_for("guild_remove", timeout=5))
    await asyncio.sleep(0)
    guild.kick_bot()
    assert (await left).id == guild.id
    with pytest.raises(discord.NotFound) as refused:
        await bot.fetch_guild(guild.id)
    assert refused.value.code == 10004
    joined = asyncio.ensure_future(bot.wait_for("guild_join", timeout=5))
    await asyncio.sleep(0)
    guild.invite_bot()
    assert (await joined).id == guild.id
