"""A member asks to be forgotten while everything is under way."""

from __future__ import annotations

from tests.whole.world import World, titles_of

SEND = {"method": "POST", "path": "/channels/*/messages"}


async def test_what_was_under_way_to_a_member_who_is_forgotten_is_not_sent_again(world: World) -> None:
    feed, mara = world.site.add_feed("news"), world.guild.add_member("mara")
    other = world.guild.add_channel("other")
    await world.add(feed.url, channel=other)
    await world.guild.command(mara, world.news, "keyword add", query="rust")
    feed.publish(title="Rust one")
    await mara.dm.wait_for(lambda _: titles_of(mara.dm) == ["Rust one"])
    laid = world.sandbox.faults.add("status", **SEND, status=503, times=None)
    feed.publish(title="Rust two")
    await world.ended("put_off", 2)

    question = await (await world.guild.command(mara, world.news, "privacy")).click(mara, "Delete it")
    done = await question.click(mara, "Delete it for good")
    assert "Deleted: 1 keyword and the record of 2 entries told to you." in done.text
    laid.times = 0
    feed.publish(title="Rust three")
    await world.posted("Rust one", "Rust two", "Rust three", channel=other)
    await world.restart()
    feed.publish(title="Rust four")
    await world.posted("Rust one", "Rust two", "Rust three", "Rust four", channel=other)
    assert titles_of(mara.dm) == ["Rust one"]
