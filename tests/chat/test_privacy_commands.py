"""`/privacy` as members use it, with the real store behind it."""

from __future__ import annotations

import json
from typing import Any

from bot.model import Sent
from bot.sandbox import Channel, Reply, User
from tests.chat.desk import Desk, labels_of


async def asked(desk: Desk, user: User, *, where: Channel | None = None) -> Reply:
    reply = await desk.sandbox.command(user, where or desk.news, "privacy", {})
    assert reply.ephemeral
    return reply


def field(reply: Reply, name: str) -> str:
    [embed] = reply.embeds
    return next((str(one["value"]) for one in embed["fields"] if one["name"] == name), "")


async def alerted(desk: Desk, user: User) -> None:
    """The member has a keyword, was told of one entry and is owed another; and follows feeds for the server."""
    await desk.add(user, "rust")
    await desk.publish("Rust one")
    for posting in await desk.store.lease(desk.clock.now(), 100):
        await desk.store.begin_attempt(posting.id, desk.clock.now())
        await desk.store.settle(posting.id, Sent(channel_id=5, message_id=6), desk.clock.now())
    await desk.publish("Rust two")


def file_of(desk: Desk, reply: Reply) -> dict[str, Any]:
    [message] = reply.followups
    assert message.ephemeral
    [attachment] = message.attachments
    read: dict[str, Any] = json.loads(attachment.data)
    return read


async def test_of_a_stranger_nothing_is_kept_and_it_says_so(desk: Desk) -> None:
    reply = await asked(desk, desk.member)
    assert field(reply, "What I keep of you").startswith("Nothing. I read no messages")
    assert "30 days later" in field(reply, "What I keep of this server")
    assert labels_of(reply.components) == []


async def test_it_says_what_is_kept_how_much_and_how_long(desk: Desk) -> None:
    await alerted(desk, desk.member)
    await desk.command(desk.member, "keyword mute", keyword="rust")
    words = field(await asked(desk, desk.member), "What I keep of you")
    assert "**1 keyword** in 1 server: the words, where they look, since when and until when they are muted." in words
    assert "**2 entries** told to you in direct messages, or waiting to be" in words
    assert "For 365 days." in words
    assert field(await asked(desk, desk.other), "What I keep of you").startswith("Nothing.")


async def test_the_data_comes_as_a_file_for_the_member_alone(desk: Desk) -> None:
    await alerted(desk, desk.member)
    await alerted(desk, desk.other)
    sent = file_of(desk, await (await asked(desk, desk.member)).click(desk.member, "Send me my data"))
    assert sent["member"] == str(desk.member.id)
    assert [(one["query"], one["server"]) for one in sent["keywords"]] == [("rust", str(desk.guild.id))]
    assert [one["entry"] for one in sent["direct_messages"]][-2:] == ["Rust two", "Rust one"]
    assert sent["direct_messages_count"] == len(sent["direct_messages"])
    assert str(desk.other.id) not in json.dumps(sent)


async def test_deleting_asks_first_and_then_says_what_went(desk: Desk) -> None:
    await alerted(desk, desk.member)
    await alerted(desk, desk.other)
    question = await (await asked(desk, desk.member)).click(desk.member, "Delete it")
    assert "This deletes your 1 keyword and the record of" in question.text
    assert "in **every** server" in question.text
    assert labels_of(question.components) == ["Delete it for good", "Keep it"]
    assert "Backups made before now hold it until who runs me deletes them." in question.text
    back = await question.click(desk.member, "Keep it")
    assert "1 keyword" in field(back, "What I keep of you")
    assert len(await desk.keywords()) == 2

    again = await back.click(desk.member, "Delete it")
    done = await again.click(desk.member, "Delete it for good")
    assert "Deleted: 1 keyword and the record of 4 entries told to you." in done.text
    assert "I keep nothing of you any more." in done.text
    assert labels_of(done.components) == []
    assert [one.user_id for one in await desk.keywords()] == [desk.other.id]
    owed = [posting.destination.id for posting in await desk.store.lease(desk.clock.now(), 100)]
    assert desk.member.id not in owed
    assert field(await asked(desk, desk.member), "What I keep of you").startswith("Nothing.")


async def test_an_old_question_deletes_nothing_twice(desk: Desk) -> None:
    await desk.add(desk.member, "rust")
    first, second = await asked(desk, desk.member), await asked(desk, desk.member)
    question = await first.click(desk.member, "Delete it")
    await question.click(desk.member, "Delete it for good")
    assert "nothing to delete" in (await second.click(desk.member, "Delete it")).text


async def test_what_a_manager_made_for_channels_stays_without_the_name(desk: Desk) -> None:
    await desk.add(desk.manager, "rust", channel=desk.news)
    reply = await asked(desk, desk.manager)
    assert "**1 keyword** that you made for channels" in field(reply, "What I keep of you")
    question = await reply.click(desk.manager, "Delete it")
    assert "stays there, but without your Discord ID" in question.text
    done = await question.click(desk.manager, "Delete it for good")
    assert "Your Discord ID is taken from **1 keyword of a channel**." in done.text
    listed = await desk.command(desk.manager, "keyword list")
    assert "rust" in listed.text
    assert "by <@" not in listed.text


async def test_it_works_in_a_direct_message_and_other_commands_do_not(desk: Desk) -> None:
    await alerted(desk, desk.member)
    assert {one["name"] for one in desk.sandbox.commands(None)} == {"privacy"}
    reply = await asked(desk, desk.member, where=desk.member.dm)
    assert "1 keyword" in field(reply, "What I keep of you")
    assert field(reply, "What I keep of this server") == ""
    question = await reply.click(desk.member, "Delete it")
    done = await question.click(desk.member, "Delete it for good")
    assert "I keep nothing of you any more." in done.text
    assert await desk.keywords() == []
