"""Lists of feeds in and out, with real feeds behind real sockets."""

from __future__ import annotations

from bot.feeds.opml import Outline, read_opml, write_opml
from bot.sandbox import Reply
from bot.sandbox.members.options import Upload
from tests.clocks import START
from tests.whole.world import World, titles_of


def opml(*urls: str) -> Upload:
    return Upload("list.opml", write_opml([Outline(url=url) for url in urls], title="Mine", now=START))


async def take(world: World, file: Upload) -> Reply:
    reply = await world.command("feed import", file=file)
    return await reply.wait_for(lambda answer: "This may take some minutes" not in answer.content)


async def test_an_import_announces_nothing_and_then_what_is_new(world: World) -> None:
    feeds = [world.site.add_feed(name, title=name) for name in ("one", "two", "three")]
    for feed in feeds:
        feed.publish(title=f"old in {feed.title}")
    reply = await take(world, opml(*(feed.url for feed in feeds), "http://10.0.0.1/feed"))
    assert "**3 feeds added.** 1 failed." in reply.content
    assert "I do not open that address" in reply.content
    feeds[1].publish(title="new in two")
    await world.posted("new in two")


async def test_what_one_server_exports_another_can_import(world: World) -> None:
    feed = world.site.add_feed("one", title="One")
    await world.add(feed.url, filter="comet")
    (file,) = (await world.command("feed export")).attachments
    assert [one.filter for one in read_opml(file.data).outlines] == ["comet"]
    there = world.sandbox.add_guild("Another room")
    news = there.add_channel("news")
    await world.ready()
    reply = await there.command(there.owner, news, "feed import", file=Upload("feeds.opml", file.data))
    await reply.wait_for(lambda answer: "**1 feed added.**" in answer.content)
    feed.publish(title="A moon")
    feed.publish(title="A comet")
    await world.posted("A comet", channel=news)
    await world.posted("A comet")


async def test_an_import_that_a_restart_interrupted_is_finished_by_another(world: World) -> None:
    one, two = world.site.add_feed("one", title="One"), world.site.add_feed("two", title="Two")
    two.fault("hang")
    begun = await world.command("feed import", file=opml(one.url, two.url))
    assert "Reading 2 feeds" in begun.content
    await world.ended("add_subscription", 1)
    await world.restart()
    two.heal()
    assert "**1 feed added.** 1 followed already." in (await take(world, opml(one.url, two.url))).content
    one.publish(title="first")
    await world.posted("first")
    two.publish(title="second")
    await world.posted("first", "second")
    assert titles_of(world.news) == ["first", "second"]
