"""An unmodified discord.py bot lives in the sandbox as it would on Discord."""

from __future__ import annotations

import asyncio
import time

import discord
import pytest

from bot.sandbox import Guild, Sandbox, Upload, WrongUse

from .discord_bot import SmallBot


async def test_a_bot_logs_in_and_sees_its_guild(bot: SmallBot, guild: Guild) -> None:
    assert bot.user is not None
    assert [known.name for known in bot.guilds] == [guild.name]
    assert bot.application_id == bot.user.id


async def test_a_slash_command_is_answered_in_the_channel(bot: SmallBot, guild: Guild) -> None:
    channel = guild.add_channel("news")
    reply = await guild.command(guild.owner, channel, "ping", name="Ada")
    assert not reply.failed
    assert reply.content == "pong, Ada"
    assert reply.embeds[0]["title"] == "Pong"
    assert [message.content for message in channel.messages] == ["pong, Ada"]


async def test_a_slash_command_takes_less_than_a_tenth_of_a_second(bot: SmallBot, guild: Guild) -> None:
    channel = guild.add_channel("news")
    took = []
    for _ in range(5):
        started = time.perf_counter()
        await guild.command(guild.owner, channel, "ping")
        took.append(time.perf_counter() - started)
    assert min(took) < 0.1


async def test_options_of_every_kind_arrive_resolved(bot: SmallBot, guild: Guild) -> None:
    channel, role, ada = guild.add_channel("news"), guild.add_role("readers"), guild.add_member("ada")
    upload = Upload("feeds.opml", b"<opml/>")
    reply = await guild.command(
        guild.owner, channel, "places show", channel=channel, role=role, user=ada, file=upload, count=3
    )
    assert reply.deferred
    assert reply.ephemeral
    assert reply.content == "news readers ada 7 3"
    assert channel.messages == []


async def test_autocompletion_offers_what_the_bot_finds(bot: SmallBot, guild: Guild) -> None:
    channel = guild.add_channel("news")
    choices = await guild.autocomplete(guild.owner, channel, "places find", option="place", typed="ber")
    assert choices == [{"name": "Berlin", "value": "berlin"}, {"name": "Bern", "value": "bern"}]


async def test_a_button_updates_its_message(bot: SmallBot, guild: Guild) -> None:
    channel = guild.add_channel("news")
    shown = await guild.command(guild.owner, channel, "counter")
    await shown.click(guild.owner, "Count")
    clicked = await shown.click(guild.owner, "counter")
    assert clicked.content == shown.content == "2 clicks"
    assert len(channel.messages) == 1


async def test_a_click_that_is_deferred_is_waited_for(bot: SmallBot, guild: Guild) -> None:
    channel = guild.add_channel("news")
    shown = await guild.command(guild.owner, channel, "panel")
    assert shown.text == "A panel"
    clicked = await shown.click(guild.owner, "Slow")
    assert clicked.deferred
    with pytest.raises(WrongUse, match="there are: Done"):
        await shown.click(guild.owner, "Slow")


async def test_a_condition_that_fails_fails_for_who_waits(bot: SmallBot, guild: Guild) -> None:
    channel = guild.add_channel("news")
    waiting = asyncio.create_task(channel.wait_for(lambda messages: messages and messages[0].embeds[5]))
    await asyncio.sleep(0)
    reply = await guild.command(guild.owner, channel, "ping")
    assert reply.content == "pong, you"
    with pytest.raises(IndexError):
        await waiting


async def test_a_select_is_answered_for_its_member_alone(bot: SmallBot, guild: Guild) -> None:
    channel = guild.add_channel("news")
    shown = await guild.command(guild.owner, channel, "counter")
    chosen = await shown.select(guild.owner, "colour", ["Blue"])
    assert (chosen.content, chosen.ephemeral) == ("Blue it is", True)


async def test_a_modal_is_filled_in_and_sent(bot: SmallBot, guild: Guild) -> None:
    channel = guild.add_channel("news")
    shown = await guild.command(guild.owner, channel, "counter")
    form = (await shown.click(guild.owner, "Note")).modal
    assert form is not None
    assert form.title == "A note"
    answered = await guild.owner.submit(form, {"Text": "milk"})
    assert answered.content == "Noted: milk"


async def test_a_message_command_gets_the_message(bot: SmallBot, guild: Guild) -> None:
    channel = guild.add_channel("news")
    message = channel.say(guild.owner, "twelve chars")
    reply = await guild.message_command(guild.owner, channel, "Length", message)
    assert reply.content == "12 characters"


async def test_a_prefix_command_reacts_and_replies(bot: SmallBot, guild: Guild) -> None:
    channel = guild.add_channel("news")
    asked = channel.say(guild.owner, "!hello")
    messages = await channel.wait_for(lambda messages: len(messages) == 2)
    assert messages[1].content == "hello"
    assert messages[1].reply_to == (channel.id, asked.id)
    assert list(asked.reactions) == ["👋"]


async def test_a_member_without_the_right_is_not_offered_the_command(bot: SmallBot, guild: Guild) -> None:
    channel, ada = guild.add_channel("news"), guild.add_member("ada")
    with pytest.raises(WrongUse, match="ada may not use /secret"):
        await guild.command(ada, channel, "secret")
    forced = await guild.command(ada, channel, "secret", force=True)
    assert forced.content == "the secret"
    moderator = guild.add_member("mod", permissions=["MANAGE_GUILD"])
    assert (await guild.command(moderator, channel, "secret")).content == "the secret"


async def test_the_bot_posts_by_itself_and_to_members(bot: SmallBot, guild: Guild, sandbox: Sandbox) -> None:
    channel, ada = guild.add_channel("news"), guild.add_member("ada")
    await bot.get_partial_messageable(channel.id).send("news!", nonce="n1")
    assert [(message.content, message.nonce) for message in channel.messages] == [("news!", "n1")]
    user = await bot.fetch_user(ada.id)
    await user.send("psst")
    assert [message.content for message in ada.dm.messages] == ["psst"]
    ada.close_dms()
    with pytest.raises(discord.Forbidden) as refused:
        await user.send("again")
    assert refused.value.code == 50007
