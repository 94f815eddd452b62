"""Discord, the channel and the site have trouble of every kind; each entry still arrives once, in order."""

from __future__ import annotations

from typing import Any

import pytest

from bot.sandbox.site.written import WrittenFeed
from tests.whole.world import SOON, World, titles_of

SEND = {"method": "POST", "path": "/channels/*/messages"}


@pytest.mark.parametrize(
    "fault",
    [
        {"kind": "status", "status": 500},
        {"kind": "status", "status": 500, "when": "after"},
        {"kind": "status", "status": 503, "when": "after"},
        {"kind": "reset"},
        {"kind": "reset", "when": "after"},
        {"kind": "close", "when": "after"},
        {"kind": "broken-json", "when": "after"},
        {"kind": "ratelimit", "retry_after": 0.2},
        {"kind": "ratelimit", "retry_after": 0.2, "scope": "global"},
        {"kind": "ratelimit", "retry_after": 0.2, "scope": "shared"},
    ],
    ids=lambda fault: " ".join(str(value) for value in fault.values()),
)
async def test_an_odd_answer_to_a_send_neither_loses_nor_doubles(world: World, fault: dict[str, Any]) -> None:
    feed = world.site.add_feed("news")
    await world.add(feed.url)
    laid = world.sandbox.faults.add(**{**SEND, **fault})
    feed.publish(title="one")
    await world.posted("one")
    feed.publish(title="two")
    await world.posted("one", "two")
    assert laid.hits == 1
    await world.stop()  # whatever was about to be sent again is sent by then
    assert titles_of(world.news) == ["one", "two"]


async def test_what_a_dying_discord_swallowed_is_sent_by_the_next_life(world: World) -> None:
    feed = world.site.add_feed("news")
    await world.add(feed.url)
    world.sandbox.faults.add("reset", **SEND, times=None)
    feed.publish(title="one")
    await world.ended("put_off", 1)
    feed.publish(title="two")
    await world.stop()
    assert titles_of(world.news) == []
    world.sandbox.faults.clear()
    await world.start()
    await world.posted("one", "two")


@pytest.mark.parametrize("code", [4000, 1006, 4009])
async def test_a_dropped_gateway_stops_neither_news_nor_commands(world: World, code: int) -> None:
    feed = world.site.add_feed("news", title="News")
    await world.add(feed.url)
    await world.sandbox.drop_gateway(code)
    feed.publish(title="meanwhile")  # sending needs no gateway
    await world.posted("meanwhile")
    await world.sandbox.bot_ready()
    assert "News" in (await world.command("feed list")).text


async def test_a_channel_that_the_bot_cannot_write_to_is_refused_at_once(world: World) -> None:
    feed = world.site.add_feed("news")
    closed = world.guild.add_channel("closed")
    closed.deny(world.sandbox.bot, "SEND_MESSAGES", "EMBED_LINKS")
    reply = await world.command("feed add", url=feed.url, channel=closed)
    assert "Send Messages" in reply.text
    assert "Embed Links" in reply.text
    assert not feed.requests
    assert "No feed is followed" in (await world.command("feed list")).text


async def test_entries_wait_for_a_permission_that_was_taken_and_arrive_once_it_is_back(world: World) -> None:
    feed = world.site.add_feed("news", title="News")
    await world.add(feed.url)
    world.news.deny(world.sandbox.bot, "SEND_MESSAGES")
    feed.publish(title="one")
    await world.ended("put_off", 1)
    feed.publish(title="two")
    await world.ended("commit_poll", 2)
    status = await world.command("feed status", feed="News")
    assert "Send Messages" in status.text
    assert titles_of(world.news) == []
    world.news.reset(world.sandbox.bot)
    await world.posted("one", "two")


async def test_another_channel_does_not_wait_for_one_that_refuses(world: World) -> None:
    feed = world.site.add_feed("news")
    other = world.guild.add_channel("other")
    await world.add(feed.url)
    await world.add(feed.url, channel=other)
    world.news.deny(world.sandbox.bot, "SEND_MESSAGES")
    feed.publish(title="one")
    await world.posted("one", channel=other)
    assert titles_of(world.news) == []


@pytest.mark.parametrize("kind", ["500", "reset", "garbage", "html", "cut-off", "empty", "404", "redirect-loop"])
async def test_a_feed_in_trouble_is_asked_again_and_nothing_of_it_is_lost(world: World, kind: str) -> None:
    feed = world.site.add_feed("news", title="News")
    feed.publish(title="old")
    await world.add(feed.url)
    feed.fault(kind, times=2)
    feed.publish(title="one")
    await world.posted("one")
    assert not feed.faults
    assert "Trouble" not in (await world.command("feed status", feed="News")).text


async def test_a_document_that_lost_its_entries_for_a_moment_brings_none_of_them_back_as_news(world: World) -> None:
    feed = world.site.add_feed("news", title="News")
    for number in range(20):
        feed.publish(title=f"old {number}")
    await world.add(feed.url)
    kept = dict(feed.entries)
    feed.entries.clear()
    await world.ended("record_visits", world.count("record_visits") + 3)
    feed.entries.update(kept)
    feed.publish(title="one")
    await world.posted("one")


async def test_a_feed_that_renames_its_guids_posts_nothing_again(world: World) -> None:
    feed = world.site.add_feed("news", title="News")
    for number in range(20):
        feed.publish(title=f"old {number}")
    await world.add(feed.url)
    feed.reissue_guids()
    feed.publish(title="one")
    await world.posted("one")


async def test_a_refused_embed_is_sent_plainer_and_not_dropped(world: World) -> None:
    feed = world.site.add_feed("news")
    await world.add(feed.url)
    refusal = {"message": "Invalid Form Body", "code": 50035}
    world.sandbox.faults.add("status", **SEND, status=400, body=refusal, times=2)
    feed.publish(title="one", image="https://pictures.example/one.png")
    await world.news.wait_for(lambda messages: messages, SOON)
    message = world.news.messages[0]
    assert "one" in message.content + str(message.embeds)
    feed.publish(title="two")
    await world.news.wait_for(lambda messages: len(messages) == 2, SOON)


async def test_a_channel_that_was_deleted_ends_nothing_else(world: World) -> None:
    feed = world.site.add_feed("news", title="News")
    gone = world.guild.add_channel("gone")
    await world.add(feed.url, channel=gone)
    await world.add(feed.url)
    gone.delete()
    feed.publish(title="one")
    await world.posted("one")
    status = await world.command("feed status", feed="News", channel=world.news)
    assert "one" in status.text


async def test_a_guild_that_removed_the_bot_is_left_in_peace_until_it_invites_it_again(world: World) -> None:
    feed = world.site.add_feed("news", title="News")
    await world.add(feed.url)
    await world.ready()
    world.guild.kick_bot()
    await world.ended("forget_guild", 1)
    feed.publish(title="while away")
    polls = world.count("commit_poll")
    world.guild.invite_bot()
    await world.ended("commit_poll", polls + 1)
    assert "News" in (await world.command("feed list")).text
    await _goes_on(world, feed)


async def test_guilds_that_come_and_go_while_nobody_listens_are_noticed_at_the_start(world: World) -> None:
    feed = world.site.add_feed("news", title="News")
    await world.add(feed.url)
    await world.stop()
    world.guild.kick_bot()
    await world.start()
    await world.ended("forget_guild", 1)
    await world.stop()
    feed.publish(title="while away")
    world.guild.invite_bot()
    await world.start()
    await world.ended("commit_poll", 1)
    await _goes_on(world, feed)


async def _goes_on(world: World, feed: WrittenFeed) -> None:
    feed.publish(title="back again")
    await world.news.wait_for(lambda _: "back again" in titles_of(world.news), SOON)
    assert titles_of(world.news).count("back again") == 1
