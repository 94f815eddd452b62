"""`/feed` as a manager of a guild uses it, and everything that may be wrong with what is asked."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bot.errors import AddressRefused, AlreadyThere, FetchError, ParseError, QueryError, StoreError
from bot.model import DeliveryNote
from bot.sandbox import Channel, Reply
from bot.sandbox.members.options import Upload
from tests.chat.conftest import Room
from tests.chat.fakes import NOW

URL = "https://example.com/feed.xml"


async def add(room: Room, url: str = URL, **options: Any) -> Reply:
    return await room.guild.command(room.manager, room.news, "feed add", url=url, **options)


async def test_adding_a_feed_says_so_and_shows_what_a_post_will_look_like(room: Room) -> None:
    reply = await add(room)
    assert reply.deferred
    assert reply.ephemeral
    assert f"Following **Example feed** in {room.news.mention}" in reply.content
    assert reply.embeds[0]["title"] == "Newest entry"
    assert [(one.channel_id, one.created_by) for one in room.follow.all] == [(room.news.id, room.manager.id)]


async def test_every_option_of_add_arrives(room: Room) -> None:
    other = room.guild.add_channel("elsewhere")
    role = room.guild.add_role("readers", mentionable=True)
    reply = await add(room, channel=other, filter=" rust -game ", style="compact", mention=role)
    (made,) = room.follow.all
    assert (made.channel_id, made.filter, made.style) == (other.id, "rust -game", "compact")
    assert made.mention_role_id == role.id
    assert "rust -game" in reply.content
    assert role.mention in reply.content


async def test_an_empty_feed_is_followed_and_said_to_be_empty(room: Room) -> None:
    room.follow.empty.add(URL)
    reply = await add(room)
    assert "empty at the moment" in reply.content
    assert reply.components == []


async def test_the_newest_entry_is_posted_when_asked_and_only_once(room: Room) -> None:
    reply = await add(room)
    pressed = await reply.click(room.manager, "Post the newest now")
    await pressed.wait_for(lambda answer: answer.followups)
    assert room.follow.newest_posted == [1]
    assert pressed.followups[0].ephemeral
    assert reply.components == []


@pytest.mark.parametrize("kind", ["announcement", "thread"])
async def test_announcement_channels_and_threads_take_posts(room: Room, kind: str) -> None:
    place = (
        room.guild.add_thread(room.news, "talk") if kind == "thread" else room.guild.add_channel("loud", "announcement")
    )
    assert "Following" in (await add(room, channel=place)).content


@pytest.mark.parametrize(
    ("permission", "name"),
    [
        ("VIEW_CHANNEL", "View Channel"),
        ("SEND_MESSAGES", "Send Messages"),
        ("EMBED_LINKS", "Embed Links"),
        ("READ_MESSAGE_HISTORY", "Read Message History"),
    ],
)
async def test_a_channel_that_herald_cannot_use_is_refused_naming_what_is_missing(
    room: Room, permission: str, name: str
) -> None:
    closed = room.guild.add_channel("closed")
    closed.deny(room.guild.bot_role, permission)
    reply = await add(room, channel=closed)
    assert name in reply.content
    assert closed.mention in reply.content
    assert room.follow.all == []


@pytest.mark.parametrize("kind", ["voice", "media"])
async def test_a_place_that_takes_no_posts_is_refused(room: Room, kind: str) -> None:
    hall = room.guild.add_channel("hall", kind)
    reply = await room.guild.command(room.manager, hall, "feed add", url=URL)
    assert "text channels, announcement channels, forums and threads" in reply.content
    assert room.follow.all == []


@pytest.mark.parametrize("state", ["archived", "locked"])
async def test_a_closed_thread_is_refused(room: Room, state: str) -> None:
    thread = room.guild.add_thread(room.news, "talk")
    setattr(thread.record, state, True)
    room.sandbox.world.changed_channel(thread.record)
    reply = await add(room, channel=thread)
    assert "archived or locked" in reply.content or "reopen it" in reply.content
    assert room.follow.all == []


async def test_a_channel_that_the_member_cannot_see_does_not_exist_for_them(room: Room) -> None:
    secret = room.guild.add_channel("secret")
    secret.deny(room.guild.everyone, "VIEW_CHANNEL")
    secret.allow(room.guild.bot_role, "VIEW_CHANNEL")
    reply = await room.guild.command(room.manager, room.news, "feed add", url=URL, channel=secret, force=True)
    assert "no such channel" in reply.content
    assert room.follow.all == []


async def test_a_role_that_could_not_be_mentioned_is_refused(room: Room) -> None:
    role = room.guild.add_role("quiet")
    assert "could not mention" in (await add(room, mention=role)).content
    assert "everyone" in (await add(room, mention=room.guild.everyone)).content
    assert room.follow.all == []


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (AlreadyThere("This channel follows that feed already."), "already"),
        (AddressRefused(URL, "inner"), "public http or https link"),
        (FetchError(URL, "404", status=404), "nothing at that address"),
        (FetchError(URL, "403", status=403), "to bots"),
        (FetchError(URL, "429", status=429), "fewer requests"),
        (FetchError(URL, "503", status=503), "trouble of its own"),
        (FetchError(URL, "418", status=418), "HTTP 418"),
        (FetchError(URL, "no answer within 30 s"), "no answer within 30 s"),
        (ParseError(URL, "no feed"), "not a feed"),
        (QueryError("A quote is not closed.", 'rust "a', 5, hint="Close it."), "Close it."),
        (StoreError("disk full"), "nothing was changed"),
        (RuntimeError("a defect"), "ref "),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else "",
)
async def test_what_went_wrong_is_told_in_one_answer(room: Room, error: Exception, words: str) -> None:
    room.follow.pages[URL] = error
    reply = await add(room)
    assert words in reply.text
    assert reply.ephemeral
    assert "Traceback" not in reply.text


async def test_the_list_shows_each_feed_with_its_channel_and_why_it_is_paused(room: Room) -> None:
    await add(room, filter="rust")
    await room.guild.command(room.manager, room.news, "feed pause", feed="Example feed")
    reply = await room.guild.command(room.manager, room.news, "feed list")
    assert "1 feed followed" in reply.text
    assert room.news.mention in reply.text
    assert "rust" in reply.text
    assert f"paused by {room.manager.mention}" in reply.text


async def test_a_long_list_is_turned_page_by_page(room: Room) -> None:
    for number in range(23):
        room.follow.titles[f"{URL}?{number}"] = f"Feed number {number}."
        await add(room, f"{URL}?{number}")
    reply = await room.guild.command(room.manager, room.news, "feed list")
    assert "Page 1 of 3" in reply.text
    reply = await reply.click(room.manager, "Next")
    reply = await reply.click(room.manager, "Next")
    assert "Feed number 22." in reply.text
    assert "Page 3 of 3" in reply.text
    room.follow.all = room.follow.all[:5]  # a page that has gone by now
    reply = await reply.click(room.manager, "Previous")
    assert "Feed number 4." in reply.text


async def test_the_list_of_one_channel_leaves_out_the_others(room: Room) -> None:
    other = room.guild.add_channel("other")
    room.follow.titles[URL] = "Here"
    await add(room)
    assert "No feed is followed" in (await room.guild.command(room.manager, other, "feed list", channel=other)).text
    assert "Here" in (await room.guild.command(room.manager, other, "feed list", channel=room.news)).text


async def test_a_feed_is_paused_resumed_and_removed_by_its_name(room: Room) -> None:
    await add(room)
    for command, words in [("pause", "paused in"), ("resume", "again"), ("remove", "no longer followed")]:
        reply = await room.guild.command(room.manager, room.news, f"feed {command}", feed="Example feed")
        assert words in reply.content
    assert room.follow.all == []


async def test_status_tells_of_polls_trouble_and_each_delivery(room: Room) -> None:
    await add(room)
    room.follow.feed_changes = lambda feed: replace(
        feed, failures=3, failing_since=NOW - timedelta(hours=1), last_error="the site does not answer"
    )
    room.follow.notes = (
        DeliveryNote(title="A [title](x)", url=None, state="sent", reason="", at=NOW, message_id=42),
        DeliveryNote(title="Second", url=None, state="gave up", reason="Invalid Form Body", at=NOW),
        DeliveryNote(title="Third", url=None, state="waiting", reason="Discord answered 503", at=NOW),
    )
    reply = await room.guild.command(room.manager, room.news, "feed status", feed="1")
    assert "the site does not answer (3 failed polls in a row" in reply.text
    assert "2 entries" in reply.text
    assert f"https://discord.com/channels/{room.guild.id}/{room.news.id}/42" in reply.text
    assert "Invalid Form Body" in reply.text
    assert "[title](x)" not in reply.text  # a stranger's words make no link


async def test_status_says_what_keeps_herald_from_posting(room: Room) -> None:
    await add(room)
    assert "Cannot post" not in (await room.guild.command(room.manager, room.news, "feed status", feed="1")).text
    room.news.deny(room.guild.bot_role, "EMBED_LINKS")
    reply = await room.guild.command(room.manager, room.news, "feed status", feed="1")
    assert "Cannot post" in reply.text
    assert "Embed Links" in reply.text
    room.news.delete()
    lobby = room.guild.add_channel("lobby")
    reply = await room.guild.command(room.manager, lobby, "feed status", feed="1")
    assert "I cannot see that channel" in reply.text


async def test_a_preview_shows_the_newest_posts_and_stores_nothing(room: Room) -> None:
    reply = await room.guild.command(room.manager, room.news, "feed preview", feed=URL)
    assert [embed["title"] for embed in reply.embeds] == ["Newest entry"] * 3
    assert "Nothing was stored" in reply.text
    assert room.follow.all == []


async def test_suggestions_are_names_with_their_channel_and_never_too_many(room: Room) -> None:
    for number in range(30):
        room.follow.titles[f"{URL}?{number}"] = f"Ünïcode 🦀 {'long ' * 40}{number}"
        await add(room, f"{URL}?{number}")
    choices = await room.guild.autocomplete(room.manager, room.news, "feed remove", option="feed", typed="ünï")
    assert len(choices) == 25
    assert choices[0]["value"] == "1"
    assert choices[0]["name"].endswith("#news")
    assert all(0 < len(choice["name"]) <= 100 for choice in choices)


@pytest.mark.parametrize("value", ["-1", "0", "10" * 15, "'; DROP TABLE feeds; --", "another guild's"])
async def test_a_value_that_was_not_suggested_is_only_a_name_that_is_not_found(room: Room, value: str) -> None:
    await add(room)
    reply = await room.guild.command(room.manager, room.news, "feed remove", feed=value)
    assert "No such feed" in reply.content
    assert len(room.follow.all) == 1


COMMANDS: dict[str, dict[str, Any]] = {
    "feed add": {"url": URL},
    "feed list": {},
    "feed edit": {"feed": "1"},
    "feed export": {},
    "feed import": {"file": Upload("list.opml", b"<opml/>")},
    "feed preview": {"feed": URL},
    "feed status": {"feed": "1"},
    "feed pause": {"feed": "1"},
    "feed resume": {"feed": "1"},
    "feed remove": {"feed": "1"},
}


@pytest.mark.parametrize("path", COMMANDS)
async def test_a_member_without_manage_server_is_refused_though_an_admin_opened_the_command(
    room: Room, path: str
) -> None:
    await add(room)
    before = list(room.follow.all)
    reply = await room.guild.command(room.member, room.news, path, force=True, **COMMANDS[path])
    assert reply.content == "Only members with Manage Server can do that here."
    assert reply.ephemeral
    assert room.follow.all == before


async def test_a_member_without_manage_server_is_suggested_nothing(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    await add(room)
    monkeypatch.setattr(room.sandbox, "_check_may_use", lambda *_, **__: None)  # as if an admin had opened it
    asked = {"option": "feed", "typed": ""}
    assert await room.guild.autocomplete(room.manager, room.news, "feed remove", **asked) != []
    assert await room.guild.autocomplete(room.member, room.news, "feed remove", **asked) == []


async def test_a_manager_who_is_one_no_more_cannot_press_old_buttons(room: Room) -> None:
    added = [await add(room, f"{URL}?{number}") for number in range(11)]
    listed = await room.guild.command(room.manager, room.news, "feed list")
    room.guild.record.members[room.manager.id].role_ids.clear()
    for reply, button in [(added[0], "Post the newest now"), (listed, "Next")]:
        pressed = await reply.click(room.manager, button)
        await pressed.wait_for(lambda answer: answer.followups)
        assert "Manage Server" in pressed.followups[0].content
    assert room.follow.newest_posted == []
    assert "Page 1 of 2" in listed.text


async def test_two_guilds_see_nothing_of_one_another(room: Room) -> None:
    await add(room)
    there = room.sandbox.add_guild("Another room")
    hall = there.add_channel("hall")
    await hall_is_known(room, hall)
    assert "No feed is followed" in (await there.command(there.owner, hall, "feed list")).text
    assert "No such feed" in (await there.command(there.owner, hall, "feed remove", feed="1")).content
    assert "No such feed" in (await there.command(there.owner, hall, "feed status", feed="Example feed")).content
    assert await there.autocomplete(there.owner, hall, "feed status", option="feed", typed="") == []
    assert len(room.follow.all) == 1


async def hall_is_known(room: Room, channel: Channel) -> None:
    """The bot has been told of the new guild: it answers there."""
    reply = await channel._sandbox.command(room.sandbox.guilds[-1].owner, channel, "help", {})
    assert not reply.failed
