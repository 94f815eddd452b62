"""What discord.py bots do every day works in the sandbox: cogs, prefix and hybrid commands, views, tasks, waiting."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import discord
import pytest
from yarl import URL

from bot.sandbox import Guild, Sandbox
from bot.sandbox.state.permissions import ALL

from .everyday_bot import Everyday, EverydayBot, everyday_bot


@pytest.fixture
async def sandbox(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Sandbox]:
    # By the machine's own clock, by which discord.py tells whether an interaction is over.
    async with Sandbox(rate_limits=False, patience=3.0) as running:
        monkeypatch.setattr(discord.http.Route, "BASE", running.api_base)
        yield running


@pytest.fixture
def guild(sandbox: Sandbox) -> Guild:
    return sandbox.add_guild("Reading room", bot_permissions=ALL)


@pytest.fixture
async def bot(sandbox: Sandbox, guild: Guild, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[EverydayBot]:
    monkeypatch.setattr(discord.gateway.DiscordWebSocket, "DEFAULT_GATEWAY", URL(sandbox.gateway_url))
    client = everyday_bot(guild_ready_timeout=0.0)
    running = asyncio.create_task(client.start(sandbox.token))
    try:
        await sandbox.bot_ready()
        yield client
    finally:
        await client.close()
        await running


async def test_a_prefix_command_reads_its_arguments_and_its_errors(bot: EverydayBot, guild: Guild) -> None:
    channel, ada = guild.add_channel("talk"), guild.add_member("ada")
    channel.say(ada, "!add 2 3")
    assert (await channel.wait_for(lambda all_: len(all_) == 2))[1].content == "5"
    asked = channel.say(ada, "!add two 3")
    answer = (await channel.wait_for(lambda all_: len(all_) == 4))[3]
    assert (answer.content, answer.reply_to) == ("no: BadArgument", (channel.id, asked.id))


async def test_a_hybrid_command_works_both_ways_with_its_view(bot: EverydayBot, guild: Guild) -> None:
    channel, ada = guild.add_channel("talk"), guild.add_member("ada")
    said = channel.say(guild.owner, f"!greet {ada.mention}")
    greeting = (await channel.wait_for(lambda all_: len(all_) == 2))[1]
    assert (said.pings.users, greeting.content) == ((ada.id,), "hello ada")
    reply = await guild.command(guild.owner, channel, "greet", member=ada)
    assert reply.content == "hello ada"
    chosen = await reply.select(ada, "Who?", [guild.owner])
    assert chosen.content == f"chose {guild.owner.name}"
    pressed = await reply.click(ada, "Yes")
    await pressed.wait_for(lambda it: it.followups)
    assert (reply.content, pressed.followups[0].content, pressed.followups[0].ephemeral) == (
        "confirmed",
        "and thanks",
        True,
    )


async def test_a_bot_waits_for_messages_and_reactions(bot: EverydayBot, guild: Guild) -> None:
    channel, ada = guild.add_channel("talk"), guild.add_member("ada")
    channel.say(ada, "!quiz")
    assert (await channel.wait_for(lambda all_: len(all_) == 2))[1].content == "not for you"
    channel.say(guild.owner, "!quiz")
    await channel.wait_for(lambda all_: all_[-1].content == "2 + 2?")
    channel.say(guild.owner, "5")
    channel.say(guild.owner, "4")
    sure = (await channel.wait_for(lambda all_: all_[-1].content == "sure?" and all_[-1].reactions))[-1]
    channel.react(guild.owner, sure, "👍")
    assert (await channel.wait_for(lambda all_: "is 👍" in all_[-1].content))[-1].author_id == bot.application_id


async def test_a_command_makes_threads_posts_webhooks_and_polls(bot: EverydayBot, guild: Guild) -> None:
    channel = guild.add_channel("talk")
    channel.say(guild.owner, "!places")
    messages = await channel.wait_for(lambda all_: all_[-1].poll)
    assert [message.alias for message in messages if message.webhook_id] == ["Courier"]
    [thread] = channel.threads()
    assert [message.content for message in thread.messages] == ["in the thread"]
    [forum] = [each for each in guild.channels if each.name == "ideas"]
    [post] = forum.threads()
    assert [message.content for message in post.messages] == ["post"]
    assert post.record.applied_tags == [int(forum.record.tags[0]["id"])]


async def test_modals_and_menus_are_answered(bot: EverydayBot, guild: Guild) -> None:
    channel, ada = guild.add_channel("talk"), guild.add_member("ada")
    form = (await guild.command(ada, channel, "feedback")).modal
    assert form
    assert (await ada.submit(form, {"Text": "fine"})).content == "heard: fine"
    assert (await guild.message_command(ada, channel, "Quote", channel.say(ada, "words"))).content == "> words"
    since = await guild.user_command(ada, channel, "Since", ada)
    assert since.content == f"ada since {guild.record.members[ada.id].joined_at:%Y}"


async def test_a_task_runs_once_the_bot_is_ready(bot: EverydayBot) -> None:
    cog = bot.get_cog("Everyday")
    assert isinstance(cog, Everyday)
    task = cog.tick.get_task()
    assert task
    await asyncio.wait_for(task, 5)
    assert cog.ticks == 2


async def line_of(process: asyncio.subprocess.Process) -> str:
    assert process.stdout
    return (await asyncio.wait_for(process.stdout.readline(), 20)).decode().strip()


async def test_a_bot_that_follows_the_help_is_at_home(tmp_path: Any) -> None:
    """Three processes: `herald sandbox`, a bot told of it by the three variables, and this one as a member."""
    environment = {**os.environ, "PYTHONPATH": os.getcwd()}
    pipe = asyncio.subprocess.PIPE
    command = [sys.executable, "-m", "bot", "sandbox"]
    sandbox = await asyncio.create_subprocess_exec(*command, stdout=pipe, env=environment)
    said = dict([(await line_of(sandbox)).partition("=")[::2] for _ in range(3)])
    script = [sys.executable, "-m", "tests.sandbox.everyday_bot"]
    client = await asyncio.create_subprocess_exec(*script, env=environment | said)
    try:
        async with aiohttp.ClientSession(said["DISCORD_API_BASE"].removesuffix("/api/v10")) as session:
            await _ready(session)
            async with session.get("/sandbox/state") as answer:
                home = (await answer.json())["guilds"][0]
            place = {"user": home["owner_id"], "channel": home["channels"][0]["id"]}
            async with session.ws_connect("/sandbox/events") as events:
                await session.post("/sandbox/say", json={**place, "content": "!add 2 3"})
                while (heard := await events.receive_json(timeout=10))["data"].get("content") != "5":
                    pass
            assert heard["name"] == "MESSAGE_CREATE"
            async with session.post("/sandbox/command", json={**place, "path": "feedback"}) as answer:
                assert (await answer.json())["modal"]["title"] == "Feedback"
    finally:
        for process in (client, sandbox):
            process.terminate()
            await process.wait()


async def _ready(session: aiohttp.ClientSession) -> None:
    """Once the bot has synchronised its commands and is connected."""
    async with session.ws_connect("/sandbox/events") as events:
        while True:
            async with session.get("/sandbox/state") as answer:
                if (await answer.json())["connected"]:
                    return
            while (await events.receive_json(timeout=20))["name"] != "SANDBOX_GATEWAY":
                pass
