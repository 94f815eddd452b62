"""A forum that the gateway has not told of yet, as in the first moments of a life."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime

import discord
import pytest

from bot.chat.sender import DiscordSender
from bot.model import Destination, Payload, Posting, Refused, Sent
from bot.sandbox import Channel, Sandbox

PAYLOAD = Payload(embeds=({"title": "A title", "url": "https://example.com/1"},), title="A title")


@pytest.fixture
async def sender(sandbox: Sandbox) -> AsyncIterator[DiscordSender]:
    """Of a client that has logged in and is not connected."""
    former, discord.http.Route.BASE = discord.http.Route.BASE, sandbox.api_base
    client = discord.Client(intents=discord.Intents.none())
    try:
        await client.login(sandbox.token)
        yield DiscordSender(client)
    finally:
        await client.close()
        discord.http.Route.BASE = former


def posting_for(channel: Channel) -> Posting:
    where = Destination(kind="channel", id=channel.id, guild_id=channel.record.guild_id or 0)
    return Posting(id=1, destination=where, nonce="n0nce", deliveries=())


async def test_a_post_is_made_there_once_and_found_again(sandbox: Sandbox, sender: DiscordSender) -> None:
    forum = sandbox.add_guild("Reading room").add_channel("releases", "forum")
    posting = posting_for(forum)
    sent = await sender.send(posting, PAYLOAD)
    [post] = forum.threads()
    assert sent == Sent(channel_id=post.id, message_id=post.id)
    tried = replace(posting, attempts=1, first_attempt_at=datetime.now(UTC))
    assert await sender.send(tried, PAYLOAD) == sent
    assert len(forum.threads()) == 1


@pytest.mark.parametrize("code", [50008, 50024])
async def test_one_that_does_not_show_its_history_is_looked_through_as_a_forum(
    sandbox: Sandbox, sender: DiscordSender, code: int
) -> None:
    forum = sandbox.add_guild("Reading room").add_channel("releases", "forum")
    posting = posting_for(forum)
    sent = await sender.send(posting, PAYLOAD)
    path = f"/channels/{forum.id}/messages"
    refusal = {"message": "Not in this kind of channel", "code": code}
    sandbox.faults.add("status", method="GET", path=path, status=400, body=refusal, times=None)
    tried = replace(posting, attempts=1, first_attempt_at=datetime.now(UTC))
    assert await sender.find(tried, PAYLOAD) == sent


async def test_what_refuses_and_is_no_forum_is_told_as_it_was(sandbox: Sandbox, sender: DiscordSender) -> None:
    hall = sandbox.add_guild("Reading room").add_channel("hall", "category")
    outcome = await sender.send(posting_for(hall), PAYLOAD)
    assert isinstance(outcome, Refused)
    assert outcome.code == 50008
