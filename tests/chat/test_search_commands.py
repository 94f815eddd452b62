"""`/search` and `/latest` as any member uses them, and the buttons below what was found."""

from __future__ import annotations

from typing import Any

import pytest

from bot.errors import QueryError
from bot.sandbox import Reply
from tests.chat.conftest import Room
from tests.chat.fakes import stored


async def search(room: Room, query: str, **options: Any) -> Reply:
    return await room.guild.command(room.member, room.news, "search", query=query, **options)


def publish(room: Room, count: int) -> None:
    room.lookup.entries[room.guild.id] = [stored(n, channel_id=room.news.id) for n in range(1, count + 1)]


def labels_of(reply: Reply) -> list[str]:
    return [button["label"] for row in reply.components for button in row["components"]]


async def test_a_hit_shows_its_link_its_feed_its_post_and_the_words_found(room: Room) -> None:
    room.lookup.entries[room.guild.id] = [stored(7, title="A word [here](x)", channel_id=room.news.id)]
    reply = await search(room, "word")
    assert reply.deferred
    assert reply.ephemeral
    shown = reply.embeds[0]["description"]
    assert "https://example.com/7" in shown
    assert "Example feed" in shown
    assert f"https://discord.com/channels/{room.guild.id}/{room.news.id}/5007" in shown
    assert "[here](x)" not in shown
    assert "1 entry found" in reply.text


async def test_the_words_found_are_bold_and_the_rest_of_the_text_is_literal(room: Room) -> None:
    text = "# Some words, [a link](https://evil.example) and *words*"
    room.lookup.entries[room.guild.id] = [stored(1, title="Some words", text=text)]
    shown = (await search(room, "words")).embeds[0]["description"]
    assert r"\# Some **words**, \[a link\](https://evil.example) and \***words**\*" in shown


async def test_pages_are_turned_and_never_beyond_the_last(room: Room) -> None:
    publish(room, 12)
    reply = await search(room, "entry")
    assert "12 entries found" in reply.text
    assert "Page 1 of 3" in reply.text
    reply = await reply.click(room.member, "Next")
    assert "Entry 6" in reply.text
    publish(room, 4)  # meanwhile the others were swept away
    reply = await reply.click(room.member, "Next")
    assert "Entry 4" in reply.text
    assert "Page" not in reply.text


async def test_a_page_turned_asks_for_the_same_search_again(room: Room) -> None:
    publish(room, 12)
    await room.guild.command(room.manager, room.news, "feed add", url="https://example.com/feed.xml")
    reply = await search(room, "entry", feed="Example feed", since="7d")
    await reply.click(room.member, "Next")
    feed_id = room.follow.all[0].feed_id
    assert room.lookup.asked == [("entry", feed_id, "7d", 0), ("entry", feed_id, "7d", 1)]


async def test_a_query_survives_in_its_message_whatever_is_in_it(room: Room) -> None:
    query = '"<@&1> @everyone [x](y) \\ *" OR 沪深股市 OR "🦀 phrase" OR title:' + "y" * 120
    room.lookup.entries[room.guild.id] = [stored(n, title=query) for n in range(12)]
    reply = await search(room, query)
    await reply.click(room.member, "Next")
    assert [asked[0] for asked in room.lookup.asked] == [query, query]


async def test_white_space_in_what_was_typed_is_one_space_on_every_page(room: Room) -> None:
    publish(room, 12)
    room.lookup.entries[room.guild.id] = [stored(n, title="two words") for n in range(12)]
    reply = await search(room, " two \n words ", since=" 7 \n d ")
    await reply.click(room.member, "Next")
    assert room.lookup.asked == [("two words", None, "7 d", 0), ("two words", None, "7 d", 1)]


async def test_sharing_posts_the_page_for_everybody_once_and_pings_nobody(room: Room) -> None:
    publish(room, 1)
    reply = await search(room, "entry")
    pressed = await reply.click(room.member, "Share here")
    await pressed.wait_for(lambda answer: answer.followups)
    (shared,) = room.news.messages
    assert shared.content == f"{room.member.mention} shares a search:"
    assert "Entry 1" in shared.embeds[0]["description"]
    assert shared.components == []
    assert not shared.pings.users
    assert labels_of(reply) == ["Alert me"]


async def test_who_may_not_post_in_the_channel_may_not_share_there(room: Room) -> None:
    publish(room, 1)
    room.news.deny(room.guild.everyone, "SEND_MESSAGES")
    reply = await search(room, "entry")
    pressed = await reply.click(room.member, "Share here")
    await pressed.wait_for(lambda answer: answer.followups)
    assert "cannot post in this channel" in pressed.followups[0].content
    assert room.news.messages == []


async def test_nothing_found_says_how_it_was_understood_and_what_is_near(room: Room) -> None:
    reply = await search(room, "entyr")
    assert "Nothing found for `entyr`" in reply.text
    assert "Did you mean `entry`?" in reply.text
    assert labels_of(reply) == ["Search for entry", "Alert me"]


async def test_what_was_understood_is_said_where_it_is_not_what_was_written(room: Room) -> None:
    room.lookup.entries[room.guild.id] = [stored(1, title="Two words and more")]
    assert "understood as" not in (await search(room, "two words")).text
    room.lookup.entries[room.guild.id] = [stored(1, title="A (two words) B")]
    assert "understood as `two words`" in (await search(room, "(two words)")).text


async def test_a_mistake_in_a_query_is_pointed_at(room: Room) -> None:
    room.lookup.error = QueryError("This quote is not closed.", 'rust "a', 5, hint="Close it.")
    reply = await search(room, 'rust "a')
    assert "This quote is not closed." in reply.content
    assert '```\nrust "a\n     ^\n```' in reply.content
    assert reply.ephemeral


async def test_the_newest_entries_are_listed(room: Room) -> None:
    publish(room, 12)
    reply = await room.guild.command(room.member, room.news, "latest", count=3)
    assert reply.ephemeral
    assert [word in reply.text for word in ("Entry 1", "Entry 3", "Entry 4")] == [True, True, False]


async def test_nothing_published_is_said(room: Room) -> None:
    reply = await room.guild.command(room.member, room.news, "latest")
    assert "Nothing has been published yet" in reply.content


async def test_everybody_gets_suggestions_for_the_feed(room: Room) -> None:
    await room.guild.command(room.manager, room.news, "feed add", url="https://example.com/feed.xml")
    choices = await room.guild.autocomplete(room.member, room.news, "search", option="feed", typed="exa", query="x")
    assert choices == [{"name": "Example feed", "value": "1"}]


async def test_what_one_guild_reads_another_does_not_find(room: Room) -> None:
    publish(room, 3)
    there = room.sandbox.add_guild("Another room")
    hall = there.add_channel("hall")
    assert "Nothing found" in (await there.command(there.owner, hall, "search", query="entry")).text
    assert "Nothing has been published" in (await there.command(there.owner, hall, "latest")).text
    reply = await there.command(there.owner, hall, "search", query="entry", feed="1")
    assert "No such feed" in reply.content


@pytest.mark.parametrize("path", ["help", "about"])
async def test_help_and_about_answer_the_member_alone(room: Room, path: str) -> None:
    reply = await room.guild.command(room.member, room.news, path)
    assert reply.ephemeral
    assert "/search" in reply.text or "Herald" in reply.text


@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        ("", ["24h", "7d", "30d", "today", "yesterday", "this week", "this month"]),
        ("y", ["yesterday"]),
        ("3 DAYS ago", ["3 days ago"]),
        ("2026-05-01", ["2026-05-01"]),
        ("next week", []),
        ("2099-01-01", []),
        ("9" * 100, []),
    ],
)
async def test_times_are_offered_and_only_those_that_can_be_meant(room: Room, typed: str, offered: list[str]) -> None:
    choices = await room.guild.autocomplete(room.member, room.news, "search", option="since", typed=typed, query="x")
    assert [choice["value"] for choice in choices] == offered
    assert all("since" in choice["name"] or choice["name"] == "2026-05-01" for choice in choices)
