"""A long scenario over every route: each answer and each request taken is what Discord's own API description says."""

from __future__ import annotations

import asyncio
import io
import re
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import discord
import pytest

from bot.sandbox import Guild, Sandbox
from bot.sandbox.rest.everything import all_routes
from bot.sandbox.state.permissions import ALL
from tests.material import OPENAPI, needs

from .discord_bot import SmallBot, small_bot
from .discord_openapi import DOCUMENTED_ONLY, Traffic, template_of

pytestmark = needs(OPENAPI)


@pytest.fixture
def traffic() -> Traffic:
    return Traffic()


@pytest.fixture
async def watched(traffic: Traffic, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Sandbox]:
    sandbox = Sandbox(rate_limits=False)
    sandbox.server.app.on_response_prepare.append(traffic.note)
    async with sandbox:
        monkeypatch.setattr(discord.http.Route, "BASE", sandbox.api_base)
        yield sandbox


@pytest.fixture
def home(watched: Sandbox) -> Guild:
    return watched.add_guild("Home", bot_permissions=ALL)


@pytest.fixture
async def client(watched: Sandbox, home: Guild) -> AsyncIterator[SmallBot]:
    bot = small_bot()
    running = asyncio.create_task(bot.start(watched.token))
    try:
        await watched.bot_ready()
        yield bot
    finally:
        await bot.close()
        await running


async def test_a_bots_whole_life_is_as_discord_describes(
    client: SmallBot, watched: Sandbox, home: Guild, traffic: Traffic
) -> None:
    news, owner = home.add_channel("news"), home.owner
    await everything_members_do(home)
    await everything_about_messages(client, news.id)
    await everything_about_places(client, home)
    member = await client.get_guild(home.id).fetch_member(owner.id)  # type: ignore[union-attr]
    await member.send("psst")
    await client.application_info()
    await client.tree.fetch_commands()
    assert not traffic.problems, "\n".join(traffic.problems)
    assert len(traffic.routes) >= 40, sorted(traffic.routes)


async def everything_members_do(guild: Guild) -> None:
    channel, owner = guild.add_channel("talk"), guild.owner
    shown = await guild.command(owner, channel, "counter")
    await shown.click(owner, "Count")
    await shown.select(owner, "colour", ["Red"])
    await (await guild.command(owner, channel, "panel")).click(owner, "Slow")
    form = (await shown.click(owner, "Note")).modal
    assert form
    await owner.submit(form, {"Text": "milk"})
    await guild.command(owner, channel, "places show", channel=channel, user=owner)
    await guild.autocomplete(owner, channel, "places find", option="place", typed="b")
    message = channel.say(owner, f"!hello {owner.mention}")
    await channel.wait_for(lambda messages: any(each.content == "hello" for each in messages))
    await guild.message_command(owner, channel, "Length", message)


async def everything_about_messages(client: SmallBot, channel_id: int) -> None:
    channel = await client.fetch_channel(channel_id)
    assert isinstance(channel, discord.TextChannel)
    embed = discord.Embed(title="T", description="D", url="https://e.example/", colour=0x123456)
    embed.set_author(name="A", url="https://e.example/a").set_footer(text="F").set_image(url="https://e.example/i.png")
    embed.set_thumbnail(url="https://e.example/t.png").add_field(name="N", value="V", inline=False)
    embed.timestamp = discord.utils.utcnow()
    link = discord.ui.View().add_item(discord.ui.Button(label="Open", url="https://e.example/"))
    first = await channel.send("@everyone hello", embed=embed, view=link, nonce="n")
    await channel.send("again", nonce="n")
    await channel.send(file=discord.File(io.BytesIO(b"x"), "x.txt"), reference=first)
    await first.edit(content="changed", embed=None)
    await first.add_reaction("👋")
    [_ async for _ in first.reactions[0].users()] if first.reactions else None
    await first.remove_reaction("👋", client.user)  # type: ignore[arg-type]
    await first.pin()
    assert [each.id async for each in channel.pins()] == [first.id]
    await first.unpin()
    assert len([_ async for _ in channel.history(limit=10)]) == 2
    await channel.fetch_message(first.id)
    async with channel.typing():
        pass
    thread = await first.create_thread(name="about it")
    await thread.send("in the thread")
    await thread.edit(archived=True)
    with pytest.raises(discord.NotFound):
        await channel.fetch_message(1)
    with pytest.raises(discord.HTTPException):
        await channel.send(embed=discord.Embed(title="x" * 300))
    await first.delete()


async def everything_about_places(client: SmallBot, home: Guild) -> None:
    guild = await client.fetch_guild(home.id)
    await guild.fetch_channels()
    await guild.fetch_roles()
    await guild.active_threads()
    await client.http.get_members(home.id, 10, None)
    await guild.query_members("home", limit=5)
    role = await guild.create_role(name="readers", mentionable=True)
    member = await guild.fetch_member(client.user.id)  # type: ignore[union-attr]
    await member.add_roles(role)
    await member.remove_roles(role)
    await member.edit(nick="Herald")
    await role.delete()
    made = await guild.create_text_channel("made")
    await made.edit(topic="about")
    await made.set_permissions(guild.default_role, send_messages=False)
    await made.set_permissions(guild.default_role, overwrite=None)
    await made.create_thread(name="public", type=discord.ChannelType.public_thread)
    [_ async for _ in made.archived_threads()]
    hook = await made.create_webhook(name="hook")
    await hook.send("by webhook", wait=True)
    await made.webhooks()
    await hook.delete()
    await made.delete()
    forum = await client.fetch_channel(home.add_channel("forum", "forum").id)
    assert isinstance(forum, discord.ForumChannel)
    post = await forum.create_thread(name="first post", content="hello")
    assert post.message.id == post.thread.id


async def test_every_route_exists_at_discord_too() -> None:
    mine = [route for known in all_routes().known.values() for _, route in known]
    unknown = {re.sub("{.*?}", "*", each.name) for each in mine if template_of(each.method, each.template) is None}
    assert unknown == DOCUMENTED_ONLY


@pytest.mark.parametrize("method", ["GET", "PATCH", "DELETE"])
async def test_whatever_is_not_there_is_refused_as_discord_does(
    watched: Sandbox, home: Guild, traffic: Traffic, method: str
) -> None:
    """Every route with identifiers that nothing has: a 4xx of the described shape, never a 5xx."""
    headers = {"Authorization": f"Bot {watched.token}"}
    statuses: dict[str, int] = {}
    async with aiohttp.ClientSession(headers=headers) as session:
        for route in (each for known in all_routes().known.values() for _, each in known):
            if route.method != method or "{" not in route.template:
                continue
            path = "/".join("1" if part.startswith("{") else part for part in route.template.split("/"))
            body: Any = None if method == "GET" else {}
            async with session.request(method, watched.api_base + path, json=body) as response:
                statuses[route.name] = response.status
    assert {status for status in statuses.values() if not 400 <= status < 500} == set(), statuses
    assert not traffic.problems, "\n".join(traffic.problems)
