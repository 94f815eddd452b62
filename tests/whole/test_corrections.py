"""What a publisher corrects is corrected in the channel, and one story of two feeds is one message."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from bot.sandbox import Message, Reply
from bot.sandbox.site.formats import FeedFormat
from tests.whole.world import SOON, World, embeds_of, titles_of

EDIT = {"method": "PATCH", "path": "/channels/*/messages/*"}


def footer(message: Message) -> str:
    return str(message.embeds[0]["footer"]["text"])


def posts(world: World) -> list[Message]:
    return [message for message in world.news.messages if message.interaction is None]


async def until(world: World, fits: Callable[[list[Message]], Any]) -> None:
    """Returns when the channel's posts are what they should be."""
    await world.news.wait_for(lambda _: fits(posts(world)), SOON)


async def press(world: World, reply: Reply, label: str) -> None:
    """The owner presses a button below an answer."""
    assert reply.message is not None
    await world.sandbox.click(world.owner, reply.message, label)


@pytest.mark.parametrize("format", ["rss", "atom", "json"])
async def test_a_corrected_title_summary_and_picture_edit_the_message_and_post_nothing(
    world: World, format: FeedFormat
) -> None:
    feed = world.site.add_feed("news", format=format)
    await world.add(feed.url)
    entry = feed.publish(title="Minister resigns", body_html="<p>It was a long day.</p>")
    await world.posted("Minister resigns")
    feed.edit(str(entry.guid), title="Minister does not resign", body_html="<p>It was all wrong.</p>")
    [message] = await world.posted("Minister does not resign")
    assert message.edited_at is not None
    assert "all wrong" in message.embeds[0]["description"]
    feed.edit(str(entry.guid), image_url="https://pictures.example/minister.jpg")
    await until(world, lambda messages: messages[0].embeds[0].get("image"))
    found = await world.command("search", query="wrong")
    assert "does not resign" in json.dumps(found.message.embeds if found.message else [])
    assert len(embeds_of(world.news)) == 1


async def test_clocks_and_counters_in_a_text_edit_nothing(world: World) -> None:
    feed = world.site.add_feed("news")
    await world.add(feed.url)
    entry = feed.publish(title="Live ticker", body_html="<p>Read 1 time, as of 09:00:00 UTC.</p>")
    await world.posted("Live ticker")
    feed.edit(str(entry.guid), body_html="<p>Read 2,017 times, as of 10:31:07 CET!</p>")
    feed.publish(title="Something else")
    await world.posted("Live ticker", "Something else")
    assert all(message.edited_at is None for message in posts(world))


async def test_a_message_is_edited_three_times_at_most(world: World) -> None:
    feed = world.site.add_feed("news")
    await world.add(feed.url)
    entry = feed.publish(title="Version")
    await world.posted("Version")
    for title in ("Version alpha", "Version beta", "Version gamma"):
        feed.edit(str(entry.guid), title=title)
        await world.posted(title)
    feed.edit(str(entry.guid), title="Version delta")
    feed.publish(title="Something else")
    await world.posted("Version gamma", "Something else")


async def test_an_entry_that_is_withdrawn_stays_posted(world: World) -> None:
    feed = world.site.add_feed("news")
    await world.add(feed.url)
    entry = feed.publish(title="Gone tomorrow")
    await world.posted("Gone tomorrow")
    feed.withdraw(str(entry.guid))
    feed.publish(title="Something else")
    await world.posted("Gone tomorrow", "Something else")


async def test_corrections_can_be_switched_off_and_on_again_below_the_status(world: World) -> None:
    feed = world.site.add_feed("news", title="News")
    await world.add(feed.url)
    entry = feed.publish(title="First words")
    await world.posted("First words")
    status = await world.command("feed status", feed="News")
    await press(world, status, "Do not follow corrections")
    feed.edit(str(entry.guid), title="Second words")
    feed.publish(title="Something else")
    await world.posted("First words", "Something else")
    await press(world, await world.command("feed status", feed="News"), "Follow corrections")
    feed.edit(str(entry.guid), title="Third words")
    await world.posted("Third words", "Something else")


@pytest.mark.parametrize(
    "fault",
    [{"kind": "status", "status": 500}, {"kind": "reset", "when": "after"}, {"kind": "ratelimit", "retry_after": 0.2}],
    ids=lambda fault: str(fault["kind"]),
)
async def test_an_odd_answer_to_an_edit_delays_no_post(world: World, fault: dict[str, Any]) -> None:
    feed = world.site.add_feed("news")
    await world.add(feed.url)
    entry = feed.publish(title="First words")
    await world.posted("First words")
    laid = world.sandbox.faults.add(**{**EDIT, **fault})
    feed.edit(str(entry.guid), title="Second words")
    feed.publish(title="Something else")
    await until(world, lambda _: laid.hits == 1 and "Something else" in titles_of(world.news))


async def test_a_message_that_somebody_deleted_is_not_corrected_and_nothing_repeats(world: World) -> None:
    feed = world.site.add_feed("news")
    await world.add(feed.url)
    entry = feed.publish(title="First words")
    [message] = await world.posted("First words")
    world.news.remove(message)
    feed.edit(str(entry.guid), title="Second words")
    await world.ended("settle_correction", 1)
    feed.publish(title="Something else")
    await world.posted("Something else")
    assert world.count("settle_correction") == 1


async def test_a_correction_outlives_a_restart(world: World) -> None:
    feed = world.site.add_feed("news")
    await world.add(feed.url)
    entry = feed.publish(title="First words")
    await world.posted("First words")
    world.sandbox.faults.add("status", **EDIT, status=503, times=None)
    feed.edit(str(entry.guid), title="Second words")
    await world.ended("put_off_correction", 1)
    await world.stop()
    world.sandbox.faults.clear()
    await world.start()
    await world.posted("Second words")


# --- One story, two feeds --------------------------------------------------------------------------------------------


async def test_the_story_of_a_second_feed_is_named_in_the_first_ones_message(world: World) -> None:
    first, second = world.site.add_feed("one", title="The Post"), world.site.add_feed("two", title="The Courier")
    await world.add(first.url)
    await world.add(second.url)
    first.publish(title="A title of its own", url="https://story.example/7")
    await world.posted("A title of its own")
    second.publish(title="Quite another title", url="https://www.story.example/7/?utm_source=rss")
    await until(world, lambda messages: "also in: The Courier" in footer(messages[0]))
    second.publish(title="Something else")
    await world.posted("A title of its own", "Something else")


async def test_a_title_of_some_words_is_enough(world: World) -> None:
    first, second = world.site.add_feed("one", title="The Post"), world.site.add_feed("two", title="The Courier")
    await world.add(first.url)
    await world.add(second.url)
    first.publish(title="Minister resigns after long vote", url="https://post.example/1")
    await world.posted("Minister resigns after long vote")
    second.publish(title="MINISTER RESIGNS, after long vote!", url="https://courier.example/a")
    await until(world, lambda messages: "also in: The Courier" in footer(messages[0]))
    assert len(embeds_of(world.news)) == 1


async def test_stories_are_posted_each_by_itself_where_a_manager_wants_it_so(world: World) -> None:
    first, second = world.site.add_feed("one", title="The Post"), world.site.add_feed("two", title="The Courier")
    await world.add(first.url)
    await world.add(second.url)
    status = await world.command("feed status", feed="The Courier")
    await press(world, status, "Post every feed's story")
    first.publish(title="A title", url="https://story.example/7")
    await world.posted("A title")
    second.publish(title="Another title", url="https://story.example/7")
    await world.posted("A title", "Another title")


async def test_one_story_in_two_channels_is_told_in_both(world: World) -> None:
    first, second = world.site.add_feed("one"), world.site.add_feed("two")
    other = world.guild.add_channel("other")
    await world.add(first.url)
    await world.add(second.url, channel=other)
    first.publish(title="A title", url="https://story.example/7")
    await world.posted("A title")
    second.publish(title="Another title", url="https://story.example/7")
    await world.posted("Another title", channel=other)
