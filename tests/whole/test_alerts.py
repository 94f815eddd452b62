"""Alerts end to end: a keyword, a new entry, one message that says why, and buttons that work after a restart."""

from __future__ import annotations

from typing import Any

import pytest

from bot.sandbox import Channel, Message, Reply, User
from tests.chat.desk import labels_of
from tests.whole.world import SOON, World


async def arrived(place: Channel, count: int = 1) -> list[Message]:
    """The place's messages of Herald's own accord, once there are so many."""
    await place.wait_for(lambda _: len(announced(place)) >= count, SOON)
    return announced(place)


def announced(place: Channel) -> list[Message]:
    return [message for message in place.messages if message.interaction is None]


async def press(world: World, user: User, message: Message, button: str) -> Reply:
    """Presses it and waits until the member was told something."""
    reply = await world.sandbox.click(user, message, button)
    return await reply.wait_for(lambda answer: answer.followups)


async def following(world: World, **options: Any) -> Any:
    feed = world.site.add_feed("news", title="News")
    await world.add(feed.url, **options)
    return feed


async def test_a_member_gets_a_message_that_says_why_with_buttons_and_the_way_to_the_entry(world: World) -> None:
    feed, mara = await following(world), world.guild.add_member("mara")
    assert "Watching" in (await world.guild.command(mara, world.news, "keyword add", query="rust")).text
    feed.publish(title="Zig today")
    feed.publish(title="Rust today")
    (message,) = await arrived(mara.dm)
    assert message.content == "🔔 in **Reading room**: matches `rust`"
    assert [embed["title"] for embed in message.embeds] == ["Rust today"]
    assert labels_of(message.components) == ["Mute for a day", "Remove", "Open"]
    assert message.components[0]["components"][2]["url"] == message.embeds[0]["url"]
    await world.posted("Zig today", "Rust today")
    assert all(not message.components for message in announced(world.news))


async def test_one_message_names_all_the_keywords_and_the_subscription_stands_for_itself(world: World) -> None:
    role = world.guild.add_role("readers", mentionable=True)
    feed = await following(world, style="compact")
    for query in ("rust", "async OR await", "title:rust"):
        added = await world.command("keyword add", query=query, channel=world.news, mention=role)
        assert "I post each" in added.text
    feed.publish(title="Rust async book")
    (message,) = await arrived(world.news)
    assert message.content == f"{role.mention} 🔔 matches `rust`, `async OR await`, `title:rust`"
    assert labels_of(message.components)[:3] == ["Mute a day: rust", "Remove: rust", "Open"]
    assert labels_of(message.components)[-1] == "Remove: title:rust"
    feed.publish(title="Something else")
    await world.posted("Rust async book", "Something else")
    assert announced(world.news)[1].content == ""


@pytest.mark.parametrize("restarted", [False, True])
async def test_muting_and_unmuting_by_the_buttons_of_an_alert(world: World, restarted: bool) -> None:
    feed, mara = await following(world), world.guild.add_member("mara")
    await world.guild.command(mara, world.news, "keyword add", query="rust")
    feed.publish(title="Rust one")
    (message,) = await arrived(mara.dm)
    if restarted:
        await world.restart()
    told = await press(world, mara, message, "Mute for a day")
    assert "`rust` is muted" in told.followups[0].content
    assert labels_of(message.components) == ["Unmute", "Remove", "Open"]
    feed.publish(title="Rust two, unheard")
    await world.posted("Rust one", "Rust two, unheard")
    told = await press(world, mara, message, "Unmute")
    assert "is heard again" in told.followups[0].content
    assert labels_of(message.components) == ["Mute for a day", "Remove", "Open"]
    feed.publish(title="Rust three")
    assert [one.embeds[0]["title"] for one in await arrived(mara.dm, 2)] == ["Rust one", "Rust three"]


async def test_removing_by_the_button_after_a_restart_ends_it_and_takes_the_buttons_away(world: World) -> None:
    feed, mara = await following(world), world.guild.add_member("mara")
    await world.guild.command(mara, world.news, "keyword add", query="rust")
    feed.publish(title="Rust one")
    (message,) = await arrived(mara.dm)
    await world.restart()
    told = await press(world, mara, message, "Remove")
    assert "`rust` is removed" in told.followups[0].content
    assert labels_of(message.components) == ["Open"]
    listed = await world.guild.command(mara, world.news, "keyword list")
    assert "You have no keywords here" in listed.content
    feed.publish(title="Rust two")
    await world.posted("Rust one", "Rust two")
    assert len(announced(mara.dm)) == 1


async def test_in_a_channel_only_managers_press(world: World) -> None:
    feed, milo = await following(world), world.guild.add_member("milo")
    await world.command("keyword add", query="rust", channel=world.news)
    feed.publish(title="Rust one")
    (message,) = await arrived(world.news)
    for button in ("Mute for a day", "Remove"):
        told = await press(world, milo, message, button)
        assert "Only members with Manage Server" in told.followups[0].content
    assert labels_of(message.components) == ["Mute for a day", "Remove", "Open"]
    manager = world.guild.add_member("mara", permissions=["MANAGE_GUILD"])
    told = await press(world, manager, message, "Remove")
    assert "is removed" in told.followups[0].content


async def test_closed_dms_wait_are_told_at_the_next_command_and_arrive_when_opened(world: World) -> None:
    feed, mara = await following(world), world.guild.add_member("mara")
    await world.guild.command(mara, world.news, "keyword add", query="rust")
    mara.close_dms()
    feed.publish(title="Rust one")
    await world.ended("put_off", 1)
    reply = await world.guild.command(mara, world.news, "latest")
    await reply.wait_for(lambda answer: answer.followups)
    (note,) = reply.followups
    assert "I could not send you 1 alert" in note.content
    await world.restart()
    mara.open_dms()
    await reply.click(mara, "Try again", on=note)
    (message,) = await arrived(mara.dm)
    assert message.embeds[0]["title"] == "Rust one"


async def test_who_left_the_server_gets_no_more_of_its_alerts(world: World) -> None:
    feed, mara = await following(world), world.guild.add_member("mara")
    await world.guild.command(mara, world.news, "keyword add", query="rust")
    world.guild.remove_member(mara)
    feed.publish(title="Rust one")
    await world.posted("Rust one")
    await world.ended("put_off", 1)
    assert announced(mara.dm) == []
    world.guild.add_member(mara)
    assert "no keywords" in (await world.guild.command(mara, world.news, "keyword list")).content


async def test_more_like_this_proposes_what_finds_the_post_again_and_becomes_a_keyword(world: World) -> None:
    feed, milo = await following(world), world.guild.add_member("milo")
    feed.publish(title="Ferry timetable of Tallinn changes")
    (post,) = await arrived(world.news)
    await world.ended("settle", 1)
    reply = await world.guild.message_command(milo, world.news, "More like this", post)
    assert reply.ephemeral
    assert "it would have caught 1 entry" in reply.text
    assert "Ferry timetable of Tallinn changes" in reply.text
    await world.restart()
    opened = await reply.click(milo, "Change it first")
    assert opened.modal is not None
    (field,) = opened.modal.fields
    assert field["value"] == reply.embeds[0]["author"]["name"]
    done = await milo.submit(opened.modal, {"query": "ferry  tallinn"})
    assert "Watching for `ferry tallinn`" in done.text
    feed.publish(title="Tallinn ferry sunk")
    (alert,) = await arrived(milo.dm)
    assert alert.embeds[0]["title"] == "Tallinn ferry sunk"


async def test_a_filter_says_what_it_holds_back_and_why(world: World) -> None:
    feed = world.site.add_feed("news", title="News")
    feed.publish(title="Rust and more")
    feed.publish(title="Zig only")
    feed.publish(title="Rust, sponsored")
    reply = await world.add(feed.url, filter="rust -sponsored")
    assert "Of the feed's 3 entries, 1 would have passed." in reply.text
    assert "Zig only: lacks `rust`" in reply.text
    assert "Rust, sponsored: has `sponsored`" in reply.text
