"""More than anybody wants to read at once, and places that refuse: seen from the channel."""

from __future__ import annotations

from tests.whole.world import SOON, World, titles_of


async def test_a_flood_is_its_newest_and_one_message_with_the_rest(world: World) -> None:
    feed = world.site.add_feed("news", title="News")
    await world.add(feed.url)
    feed.flood(45)
    newest = [f"One of 45: number {number}" for number in range(36, 46)]
    await world.posted("35 more entries from News", *newest)
    rest = world.news.messages[0].embeds[0]["description"]
    assert "One of 45: number 35" in rest
    assert "… and 5 more" in rest
    found = await world.command("search", query='"number 7"')
    assert "One of 45: number 7" in found.text


async def test_a_pause_keeps_what_comes_if_asked(world: World) -> None:
    feed = world.site.add_feed("news", title="News")
    await world.add(feed.url)
    paused = await world.command("feed pause", feed="News", meanwhile="keep")
    assert "kept" in paused.text
    for number in range(1, 15):
        feed.publish(title=f"kept {number}")
    await world.ended("commit_poll", 1)
    assert titles_of(world.news) == []
    await world.command("feed resume", feed="News")
    await world.posted("4 more entries from News", *(f"kept {number}" for number in range(5, 15)))


async def test_a_channel_that_refuses_is_told_of_once_where_somebody_reads_it(world: World) -> None:
    feed = world.site.add_feed("news", title="News")
    office = world.guild.add_channel("office")
    await world.add(feed.url)
    world.news.deny(world.sandbox.bot, "SEND_MESSAGES")
    feed.publish(title="one")
    [notice] = await office.wait_for(lambda messages: messages, SOON)
    assert f"<#{world.news.id}>" in notice.content
    assert "Send Messages" in notice.content
    feed.publish(title="two")
    await world.restart()
    status = await world.command("feed status", feed="News")
    assert "Discord refuses" in status.text
    world.news.reset(world.sandbox.bot)
    await world.posted("one", "two")
    assert len(office.messages) == 1


async def test_the_owner_is_told_where_no_other_channel_can_be_written_to(world: World) -> None:
    feed = world.site.add_feed("news", title="News")
    await world.add(feed.url)
    world.news.deny(world.sandbox.bot, "SEND_MESSAGES")
    feed.publish(title="one")
    [notice] = await world.owner.dm.wait_for(lambda messages: messages, SOON)
    assert f"<#{world.news.id}>" in notice.content
