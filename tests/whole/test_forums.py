"""A forum as a place for a feed: a post for each entry, named for it, each once whatever goes wrong."""

from __future__ import annotations

from typing import Any

import pytest

from bot.sandbox import Channel
from bot.sandbox.records import Json
from tests.whole.world import SOON, World, titles_of

POST = {"method": "POST", "path": "/channels/*/threads"}


def forum_of(world: World, *tags: str, required: bool = False) -> Channel:
    forum = world.guild.add_channel("releases", "forum")
    forum.record.tags = [tag(number, name) for number, name in enumerate(tags, 1)]
    forum.record.tag_required = required
    world.sandbox.world.changed_channel(forum.record)
    return forum


def tag(number: int, name: str) -> Json:
    return {"id": str(number), "name": name, "moderated": name == "official", "emoji_id": None, "emoji_name": None}


async def posted(world: World, forum: Channel, *names: str) -> list[Channel]:
    def there() -> bool:
        return [post.name for post in forum.threads()] == list(names)

    assert await world.sandbox.waiting.until(there, SOON), [post.name for post in forum.threads()]
    return forum.threads()


async def test_each_entry_is_a_post_of_its_own_named_for_it_in_order(world: World) -> None:
    forum = forum_of(world)
    feed = world.site.add_feed("news", title="News")
    answer = await world.add(feed.url, channel=forum)
    assert forum.mention in answer.text
    for title in ("one", "two @everyone", "three\nlines"):
        feed.publish(title=title, body_html="<p>words</p>")
    found = await posted(world, forum, "one", "two @everyone", "three lines")
    for post in found:
        [message] = post.messages
        assert message.id == post.id
        assert len(message.embeds) == 1
        assert not message.pings


async def test_a_post_gets_the_tags_called_like_its_entrys_categories_or_its_feed(world: World) -> None:
    forum = forum_of(world, "Rust", "official", "News", "Other")
    feed = world.site.add_feed("news", title="news")
    await world.add(feed.url, channel=forum)
    feed.publish(title="one", categories=["rust", "official"])
    [post] = await posted(world, forum, "one")
    assert post.record.applied_tags == [1, 3]


async def test_where_every_post_needs_a_tag_it_gets_the_first_that_herald_may_give(world: World) -> None:
    forum = forum_of(world, "official", "Other", required=True)
    feed = world.site.add_feed("news", title="News")
    await world.add(feed.url, channel=forum)
    feed.publish(title="one")
    [post] = await posted(world, forum, "one")
    assert post.record.applied_tags == [2]


@pytest.mark.parametrize(
    "fault",
    [
        {"kind": "status", "status": 500},
        {"kind": "status", "status": 500, "when": "after"},
        {"kind": "status", "status": 502, "when": "after", "times": 3},
        {"kind": "status", "status": 503, "when": "after"},
        {"kind": "reset", "when": "after"},
        {"kind": "broken-json", "when": "after"},
        {"kind": "ratelimit", "retry_after": 0.2},
    ],
    ids=lambda fault: " ".join(str(value) for value in fault.values()),
)
async def test_an_odd_answer_neither_loses_nor_doubles_a_post(world: World, fault: dict[str, Any]) -> None:
    forum, feed = forum_of(world), world.site.add_feed("news")
    await world.add(feed.url, channel=forum)
    laid = world.sandbox.faults.add(**{**POST, **fault})
    feed.publish(title="one")
    await posted(world, forum, "one")
    feed.publish(title="two")
    await posted(world, forum, "one", "two")
    assert laid.hits >= 1
    await world.stop()
    assert [post.name for post in forum.threads()] == ["one", "two"]


async def test_a_post_whose_fate_a_former_life_did_not_learn_is_found_also_if_archived(world: World) -> None:
    forum, feed = forum_of(world), world.site.add_feed("news")
    await world.add(feed.url, channel=forum)
    world.sandbox.faults.add("reset", **POST, when="after", times=1)
    world.sandbox.faults.add("reset", **POST, times=None)
    world.sandbox.faults.add("reset", method="GET", path="/guilds/*/threads/active", times=None)
    feed.publish(title="one")
    [post] = await posted(world, forum, "one")
    await world.ended("put_off", 1)
    await world.stop()
    post.record.archived = True
    world.sandbox.faults.clear()
    await world.start()
    feed.publish(title="two")
    await posted(world, forum, "one", "two")


async def test_a_corrected_title_renames_the_post(world: World) -> None:
    forum, feed = forum_of(world), world.site.add_feed("news")
    await world.add(feed.url, channel=forum)
    entry = feed.publish(title="wrogn")
    [post] = await posted(world, forum, "wrogn")
    feed.edit(str(entry.guid), title="right")
    await posted(world, forum, "right")
    assert titles_of(post) == ["right"]


async def test_without_create_posts_a_forum_is_refused_by_that_name(world: World) -> None:
    forum = forum_of(world)
    forum.deny(world.guild.bot_role, "SEND_MESSAGES")
    feed = world.site.add_feed("news")
    answer = await world.command("feed add", url=feed.url, channel=forum)
    assert "Create Posts" in answer.text


async def test_a_keyword_in_a_forum_is_refused_in_words(world: World) -> None:
    forum = forum_of(world)
    answer = await world.command("keyword add", query="rust", channel=forum)
    assert "forum" in answer.text
