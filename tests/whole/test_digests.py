"""Digests end to end: ordered by a command, told at their time, once, whatever happens to the bot meanwhile."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from bot.sandbox import Channel, Message
from bot.sandbox.site.written import WrittenFeed
from bot.store.store import Store
from tests.whole.world import SOON, World, titles_of


async def brought(world: World, feed: WrittenFeed, *titles: str) -> None:
    """The feed publishes these, and the bot has them."""
    for title in titles:
        already = world.count("commit_poll")
        feed.publish(title=title)
        await world.ended("commit_poll", already + 1)


async def overdue(world: World) -> None:
    """The bot is down while its digests' time comes; it is not started again."""
    await world.stop()
    async with await Store.open(world.settings.database_url) as store:
        for one in await store.digests(world.guild.id):
            assert one.next_due_at is not None
            await store.plan_digest(replace(one, next_due_at=one.next_due_at - timedelta(days=8)))


async def arrived(place: Channel, count: int) -> list[Message]:
    def told() -> list[Message]:
        return [message for message in place.messages if message.interaction is None]

    await place.wait_for(lambda _: len(told()) >= count, SOON)
    return told()


async def test_a_feed_kept_for_digests_comes_in_one_message_when_the_bot_is_back(world: World) -> None:
    daily = world.guild.add_channel("daily")
    quiet, loud = world.site.add_feed("quiet", title="Quiet"), world.site.add_feed("loud", title="Loud")
    kept = await world.command("feed add", url=quiet.url, style="digest")
    assert "for this server's digests" in kept.text
    await world.add(loud.url)
    reply = await world.command("digest set", channel=daily, schedule="weekly mon 9:00", filter="-boring")
    assert "every Monday at 9:00 (UTC)" in reply.text
    await brought(world, quiet, "Quiet one", "Quiet and boring", "Quiet two")
    await brought(world, loud, "Loud one @everyone")
    await world.posted("Loud one @\u200beveryone")
    await overdue(world)
    assert titles_of(daily) == []

    await world.start()
    (message,) = await arrived(daily, 1)
    (embed,) = message.embeds
    assert embed["title"] == "3 new entries from 2 feeds"
    said = [line.partition("]")[0] for line in embed["description"].split("\n")[1:] if line]
    assert said == ["**Loud**", "- [Loud one @\u200beveryone", "**Quiet**", "- [Quiet two", "- [Quiet one"]
    assert not message.pings

    await brought(world, quiet, "Quiet three")
    await world.restart()
    await overdue(world)
    await world.start()
    first, second = await arrived(daily, 2)
    assert first.id == message.id
    assert "Quiet three" in second.embeds[0]["description"]
    assert second.embeds[0]["title"] == "1 new entry from 1 feed"
    assert titles_of(world.news) == ["Loud one @\u200beveryone"]


async def test_the_button_posts_now_and_a_restart_repeats_nothing(world: World) -> None:
    feed = world.site.add_feed("news", title="News")
    await world.command("feed add", url=feed.url, style="digest")
    await brought(world, feed, "One")
    reply = await world.command("digest set", channel=world.news, schedule="daily 9:00")
    pressed = await reply.click(world.owner, "Post it now")
    await pressed.wait_for(lambda answer: answer.followups)
    (message,) = await arrived(world.news, 1)
    assert message.embeds[0]["title"] == "1 new entry from 1 feed"
    await overdue(world)
    await world.start()
    await brought(world, feed, "Two")
    await overdue(world)
    await world.start()
    told = await arrived(world.news, 2)
    assert [one.embeds[0]["description"].count("- [") for one in told] == [1, 1]


async def test_a_channel_that_is_deleted_is_told_of_once_and_holds_nothing_else_up(world: World) -> None:
    daily = world.guild.add_channel("daily")
    feed = world.site.add_feed("news", title="News")
    await world.command("feed add", url=feed.url, style="digest")
    await world.command("digest set", channel=daily, schedule="daily 9:00")
    await brought(world, feed, "One")
    await world.stop()
    daily.delete()
    await overdue(world)
    await world.start()
    (told,) = await arrived(world.news, 1)
    assert f"I cannot post in {daily.mention} any more" in told.content
    listed = await world.command("digest list")
    assert "the last one is still on its way" in listed.text
