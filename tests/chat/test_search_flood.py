"""Searching as people who try things do: floods, FTS syntax, odd scripts, pages of old messages."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from tests.chat.desk import Desk, labels_of

HOSTILE = [
    '"*',
    "NEAR(rust zig)",
    "AND",
    "title:",
    "col:rust",
    "rust AND AND zig",
    "a" * 200,
    "the and of",
    "%",
    "_",
    "rust*zig",
    "'; DROP TABLE entry; --",
    "\x00rust",
    "rust\u202e",
    "沪深股市大涨",
    "((((((rust))))))",
    "^rust",
    "{title} : rust",
    "-",
    "💥",
]


@pytest.mark.parametrize("query", HOSTILE)
async def test_no_query_breaks_the_search_or_finds_another_guilds_entries(desk: Desk, query: str) -> None:
    there = desk.sandbox.add_guild("Another house")
    secret = await desk.follow("Secret", there, there.add_channel("hall"))
    await desk.publish(f"Secret {query} rust zig the and of col {'a' * 200}", query, feed=secret)
    reply = await desk.guild.command(desk.member, desk.news, "search", query=query)
    assert not reply.failed
    assert "Something went wrong" not in reply.text
    assert "Secret" not in reply.text
    assert "entry found" not in reply.text


async def test_a_member_who_floods_is_told_to_wait_and_nobody_else_is(desk: Desk) -> None:
    await desk.publish("Rust")
    replies = await asyncio.gather(*(desk.command(desk.member, "search", query="rust") for _ in range(25)))
    refused = [reply.content for reply in replies if "entry found" not in reply.text]
    assert refused == ["That is 20 searches in a minute. Try again in 60 seconds."] * 5
    assert "1 entry found" in (await desk.command(desk.other, "search", query="rust")).text
    assert "20 searches" in (await desk.command(desk.member, "latest")).content
    await desk.clock.advance(timedelta(minutes=1))
    assert "1 entry found" in (await desk.command(desk.member, "search", query="rust")).text


async def test_turning_pages_counts_too(desk: Desk) -> None:
    for number in range(12):
        await desk.publish(f"Rust {number}")
    reply = await desk.command(desk.member, "search", query="rust")
    for _ in range(9):
        await reply.click(desk.member, "Next")
        await reply.click(desk.member, "Previous")
    await reply.click(desk.member, "Next")
    pressed = await reply.click(desk.member, "Next")
    await pressed.wait_for(lambda answer: answer.followups)
    assert "20 searches in a minute" in pressed.followups[0].content
    assert "Page 2 of 3" in reply.text


async def test_title_goes_before_text_and_newer_before_older_on_the_page(desk: Desk) -> None:
    await desk.publish("Something", "about ferries", days_ago=0)
    await desk.publish("Ferries, long ago", days_ago=20)
    await desk.publish("Ferries, lately", days_ago=2)
    text = (await desk.command(desk.member, "search", query="ferries")).text
    assert text.index("Ferries, lately") < text.index("Ferries, long ago") < text.index("Something")
    assert "about **ferries**" in text
    since = (await desk.command(desk.member, "search", query="ferries", since="7d")).text
    assert "2 entries found" in since
    narrowed = (await desk.command(desk.member, "search", query="nothing", since="7d")).text
    assert "There may be something without `feed` and `since`." in narrowed


async def test_what_was_perhaps_meant_is_one_press_away_in_the_same_feed_and_time(desk: Desk) -> None:
    await desk.publish("Ferry timetable", days_ago=2)
    await desk.publish("Ferry of old", days_ago=20)
    reply = await desk.command(desk.member, "search", query="ferri", since="7d", feed="Example feed")
    assert "Did you mean `ferry`?" in reply.text
    assert labels_of(reply.components) == ["Search for ferry", "Alert me"]
    found = await reply.click(desk.member, "Search for ferry")
    assert "1 entry found" in found.text
    assert "Ferry timetable" in found.text
    assert found.embeds[0]["author"]["name"] == "ferry"
    assert labels_of(found.components) == ["Share here", "Alert me"]


async def test_a_spelling_too_long_for_a_button_is_said_all_the_same(desk: Desk) -> None:
    words = [f"lengthyword{letter}" for letter in "abcdefgh"]
    await desk.publish(" ".join(words))
    reply = await desk.command(desk.member, "search", query=" ".join([*words[:-1], "lengthywrodh"]))
    assert f"Did you mean `{' '.join(words)}`?" in reply.text
    assert labels_of(reply.components) == ["Alert me"]
