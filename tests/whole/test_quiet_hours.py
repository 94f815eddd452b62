"""Quiet hours from `/settings` to the channel: nothing is late, nothing is lost, and nobody is woken."""

from __future__ import annotations

from datetime import timedelta

from bot.sandbox import Message, Reply
from bot.sandbox.site.written import WrittenFeed
from tests.whole.world import World

SEND = {"method": "POST", "path": "/channels/*/messages"}
HOUR = timedelta(hours=1)


async def quiet_now(world: World) -> Reply:
    """Quiet hours that began an hour ago and last for two more."""
    assert world.herald is not None
    now = world.herald.clock.now()
    opened = await (await world.command("settings")).click(world.owner, "Quiet hours")
    assert opened.modal is not None
    hours = {"field0": f"{now - HOUR:%H:%M}", "field1": f"{now + 2 * HOUR:%H:%M}"}
    panel = await world.sandbox.submit(world.owner, opened.modal, dict(hours))
    assert "It is quiet now" in panel.text
    return panel


async def loud_now(world: World) -> None:
    await (await world.command("settings")).click(world.owner, "No quiet hours")


async def followed(world: World) -> WrittenFeed:
    """A feed whose posts mention a role."""
    feed = world.site.add_feed("news", title="News")
    await world.add(feed.url, mention=world.guild.add_role("readers", mentionable=True))
    return feed


def how(message: Message) -> tuple[bool, bool]:
    """(silent, pings somebody)"""
    return message.silent, bool(message.pings)


async def test_by_night_a_post_comes_silently_and_names_its_role_without_a_ping(world: World) -> None:
    feed = await followed(world)
    await quiet_now(world)
    feed.publish(title="by night")
    [night] = await world.posted("by night")
    assert how(night) == (True, False)
    assert night.content.startswith("<@&")
    await loud_now(world)
    feed.publish(title="by day")
    assert how((await world.posted("by night", "by day"))[-1]) == (False, True)


async def test_a_channels_keyword_alert_is_silent_by_night_and_a_members_dm_is_their_own(world: World) -> None:
    feed = world.site.add_feed("news", title="News")
    other, mara = world.guild.add_channel("other"), world.guild.add_member("mara")
    await world.add(feed.url)
    role = world.guild.add_role("readers", mentionable=True)
    await world.command("keyword add", query="rust", channel=other, mention=role)
    await world.guild.command(mara, world.news, "keyword add", query="rust")
    await quiet_now(world)
    feed.publish(title="Rust news")
    [alert] = await world.posted("Rust news", channel=other)
    [direct] = await world.posted("Rust news", channel=mara.dm)
    assert how(alert) == (True, False)
    assert not direct.silent


async def test_what_may_be_there_already_is_sent_again_as_it_was(world: World) -> None:
    feed = await followed(world)
    await quiet_now(world)
    world.sandbox.faults.add("reset", **SEND, times=None)
    feed.publish(title="by night")
    await world.ended("put_off", 1)
    await loud_now(world)
    await world.stop()
    world.sandbox.faults.clear()
    await world.start()
    [message] = await world.posted("by night")
    assert how(message) == (True, False)


async def test_what_a_closed_channel_kept_until_the_day_is_heard(world: World) -> None:
    feed = await followed(world)
    await quiet_now(world)
    world.news.deny(world.sandbox.bot, "SEND_MESSAGES")
    feed.publish(title="by night")
    await world.ended("put_off", 1)
    panel = await world.guild.command(world.owner, world.guild.add_channel("staff"), "settings")
    await panel.click(world.owner, "No quiet hours")
    world.news.reset(world.sandbox.bot)
    [message] = await world.posted("by night")
    assert how(message) == (False, True)
