"""/feed status answers "why was this not posted?", and a refusal costs only the entry that it speaks of."""

from __future__ import annotations

from typing import Any

import pytest

from tests.whole.world import SOON, World, titles_of

SEND = {"method": "POST", "path": "/channels/*/messages"}


async def why(world: World, entry: str, feed: str = "News") -> str:
    return (await world.command("feed status", feed=feed, entry=entry)).text


async def test_an_entry_that_was_posted_one_that_is_older_and_one_that_was_never_seen(world: World) -> None:
    feed = world.site.add_feed("news", title="News")
    old = feed.publish(title="Old story")
    await world.add(feed.url)
    new = feed.publish(title="New story")
    [message] = await world.posted("New story")
    await world.ended("settle", 1)
    assert f"/{world.news.id}/{message.id}" in await why(world, "new story")
    assert f"/{world.news.id}/{message.id}" in await why(world, str(new.url))
    assert "there already" in await why(world, str(old.url))
    assert "not seen such an entry" in await why(world, "https://elsewhere.example/1")


async def test_a_filter_names_the_word_that_decided(world: World) -> None:
    feed = world.site.add_feed("news", title="News")
    await world.add(feed.url, filter="rust -crypto")
    feed.publish(title="Rust and crypto")
    feed.publish(title="Nothing of it")
    feed.publish(title="Rust alone")
    await world.posted("Rust alone")
    assert "has `crypto`" in await why(world, "Rust and crypto")
    assert "lacks `rust`" in await why(world, "Nothing of it")


async def test_what_appeared_during_a_pause_says_so_while_it_lasts_and_afterwards(world: World) -> None:
    feed = world.site.add_feed("news", title="News")
    await world.add(feed.url)
    await world.command("keyword add", query="story")  # so that the feed is polled all the same
    await world.command("feed pause", feed="News")
    feed.publish(title="Missed story")
    await world.ended("commit_poll", 1)
    assert "paused here" in await why(world, "Missed story")
    await world.command("feed resume", feed="News")
    assert "paused here" in await why(world, "Missed story")


async def test_what_another_feed_told_names_it_and_links_its_post(world: World) -> None:
    first, second = world.site.add_feed("one", title="The Post"), world.site.add_feed("two", title="The Courier")
    await world.add(first.url)
    await world.add(second.url)
    first.publish(title="A title", url="https://story.example/7")
    [message] = await world.posted("A title")
    second.publish(title="Another title", url="https://story.example/7")
    await world.ended("settle_correction", 1)
    said = await why(world, "Another title", feed="The Courier")
    assert "The Post" in said
    assert f"/{world.news.id}/{message.id}" in said
    assert "told by another feed" in (await world.command("feed status", feed="The Courier")).text


async def test_entries_are_suggested_by_title_for_the_feed_that_was_chosen(world: World) -> None:
    feed, other = world.site.add_feed("news", title="News"), world.site.add_feed("other", title="Other")
    feed.publish(title="Rust is out")
    feed.publish(title="Zig is out")
    other.publish(title="Rust elsewhere")
    await world.add(feed.url)
    await world.add(other.url)
    ask = {"option": "entry", "typed": "rust", "feed": "News"}
    found = await world.guild.autocomplete(world.owner, world.news, "feed status", **ask)
    assert [choice["name"] for choice in found] == ["Rust is out"]
    assert "there already" in await why(world, str(found[0]["value"]))


async def test_a_channel_that_refuses_is_why_it_waits(world: World) -> None:
    feed = world.site.add_feed("news", title="News")
    await world.add(feed.url)
    world.news.deny(world.sandbox.bot, "SEND_MESSAGES")
    feed.publish(title="Waiting story")
    await world.ended("put_off", 1)
    said = await why(world, "Waiting story")
    assert "Discord refuses this channel" in said
    assert "Missing Permissions" in said


# --- One refused entry ---------------------------------------------------------------------------------------------


async def test_a_refused_embed_among_several_leaves_the_others_as_they_are(world: World) -> None:
    feed = world.site.add_feed("news", title="News")
    await world.add(feed.url)
    errors: dict[str, Any] = {"embeds": {"1": {"image": {"url": {"_errors": [{"code": "X", "message": "bad"}]}}}}}
    body = {"message": "Invalid Form Body", "code": 50035, "errors": errors}
    world.sandbox.faults.add("status", **SEND, status=400, body=body)
    for number in range(3):
        feed.publish(title=f"Story {'abc'[number]}", image=f"https://pictures.example/{number}.png")
    messages = await world.posted("Story a", "Story b", "Story c")
    posts = [message for message in messages if message.interaction is None]
    assert ["image" in embed for message in posts for embed in message.embeds] == [True, False, True]
    assert [len(message.embeds) for message in posts] == [1, 1, 1]


async def test_words_that_automod_blocks_cost_that_entry_alone(world: World) -> None:
    feed = world.site.add_feed("news", title="News")
    await world.add(feed.url)
    body = {"message": "Message was blocked by automatic moderation", "code": 200000}
    world.sandbox.faults.add("status", **SEND, status=400, body=body, times=2)
    feed.publish(title="Bad words")
    await world.ended("give_up", 1)
    feed.publish(title="Good words")
    await world.posted("Good words")
    assert "automatic moderation" in await why(world, "Bad words")
    assert "Discord refuses" not in (await world.command("feed status", feed="News")).text


async def test_a_link_that_is_filtered_as_harmful_is_left_out(world: World) -> None:
    feed = world.site.add_feed("news", title="News")
    await world.add(feed.url)
    body = {"message": "This link has been blocked", "code": 240000}
    world.sandbox.faults.add("status", **SEND, status=400, body=body)
    entry = feed.publish(title="Odd link")
    await world.news.wait_for(lambda messages: any("Odd link" in message.content for message in messages), SOON)
    assert all(str(entry.url) not in message.content for message in world.news.messages)
    assert titles_of(world.news) == []


@pytest.mark.parametrize("title", ["<@&1> [x](https://evil.example)"])
async def test_the_answer_shows_a_strangers_title_literally(world: World, title: str) -> None:
    feed = world.site.add_feed("news", title="News")
    feed.publish(title=title)
    await world.add(feed.url)
    assert "[x](https://evil" not in await why(world, "evil.example")
