"""What Herald hears of its guilds, what it tells Discord of itself, and that it survives being restarted or refused."""

from __future__ import annotations

import asyncio

import pytest

from bot.chat.client import HeraldClient, command_fingerprint
from bot.chat.sender import DiscordSender
from bot.chat.services import Services
from bot.errors import SetupError
from bot.model import Destination, Payload, Posting, Refused, Sent, Unknown
from bot.sandbox import Sandbox
from tests.chat.conftest import Room
from tests.chat.fakes import FakeFollow, FakeGuilds, FakeLookup, services, stored
from tests.chat.online import online

PAYLOAD = Payload(embeds=({"title": "A title", "url": "https://example.com/1"},))


def no_services() -> Services:
    follow = FakeFollow()
    return services(follow, FakeLookup(follow), FakeGuilds())


async def told(room: Room, *events: tuple[str, int]) -> None:
    """Returns when the services were told all of these; the bot reads its gateway in its own time."""
    async with asyncio.timeout(3):
        while not set(events) <= set(room.guilds.told):
            await asyncio.sleep(0)


# --- Guilds and channels --------------------------------------------------------------------------------------


async def test_joining_and_leaving_a_guild_are_told_and_an_outage_is_not(room: Room) -> None:
    await room.client.wait_until_ready()
    there = room.sandbox.add_guild("Another room")
    await told(room, ("joined", there.id))
    there.set_available(False)
    there.set_available(True)
    there.kick_bot()
    await told(room, ("left", there.id))
    assert room.guilds.told == [("joined", there.id), ("left", there.id)]


async def test_a_channel_given_back_is_told_and_one_taken_away_is_not(room: Room) -> None:
    closed = room.guild.add_channel("closed")
    room.news.deny(room.guild.bot_role, "SEND_MESSAGES")
    closed.deny(room.guild.bot_role, "VIEW_CHANNEL")
    room.news.reset(room.guild.bot_role)
    await told(room, ("back", room.news.id))
    assert set(room.guilds.told) == {("back", room.news.id)}


async def test_a_role_that_gives_the_right_back_is_told(room: Room) -> None:
    room.guild.bot_role.set("VIEW_CHANNEL")
    room.guild.everyone.set("VIEW_CHANNEL")
    room.guilds.told.clear()
    room.guild.bot_role.set("VIEW_CHANNEL", "SEND_MESSAGES", "EMBED_LINKS", "READ_MESSAGE_HISTORY")
    await told(room, ("back", room.news.id))


# --- Commands as Discord knows them ---------------------------------------------------------------------------


async def test_feed_commands_are_offered_to_managers_and_all_but_privacy_in_guilds_only(room: Room) -> None:
    known = {command["name"]: command for command in room.sandbox.commands(room.guild)}
    assert set(known) == {
        "feed",
        "search",
        "latest",
        "keyword",
        "digest",
        "settings",
        "privacy",
        "More like this",
        "help",
        "about",
    }
    assert known["feed"]["default_member_permissions"] == str(1 << 5)  # Manage Server
    assert known["settings"]["default_member_permissions"] == str(1 << 5)
    assert known["search"]["default_member_permissions"] is None
    assert {option["name"] for option in known["feed"]["options"]} == {
        "add", "edit", "export", "import", "list", "remove", "pause", "resume", "status", "preview"
    }  # fmt: skip
    assert [command["name"] for command in room.sandbox.commands(None)] == ["privacy"]  # in DMs
    assert {tuple(command["contexts"]) for name, command in known.items() if name != "privacy"} == {(0,)}
    assert all(command["integration_types"] == [0] for command in known.values())


class Memory:
    """A SyncMemory in a variable."""

    def __init__(self) -> None:
        self.fingerprint: str | None = None

    async def recall(self) -> str | None:
        return self.fingerprint

    async def remember(self, fingerprint: str) -> None:
        self.fingerprint = fingerprint


async def test_commands_that_discord_knows_already_are_not_told_again(sandbox: Sandbox) -> None:
    sandbox.add_guild("Reading room")
    memory = Memory()
    for _ in range(2):
        async with online(sandbox, no_services(), sync_memory=memory) as client:
            assert memory.fingerprint == command_fingerprint(client.tree)
    assert [entry.method for entry in sandbox.log].count("PUT") == 1


async def test_commands_that_changed_are_told_again(sandbox: Sandbox) -> None:
    sandbox.add_guild("Reading room")
    memory = Memory()
    async with online(sandbox, no_services(), sync_memory=memory):
        memory.fingerprint = "of an older version"
    async with online(sandbox, no_services(), sync_memory=memory):
        pass
    assert [entry.method for entry in sandbox.log].count("PUT") == 2


async def test_herald_asks_for_one_intent_and_invites_itself_with_what_it_needs(room: Room) -> None:
    assert room.client.intents.value == 1
    assert room.client.invite_url is not None
    assert f"client_id={room.sandbox.application_id}" in room.client.invite_url


async def test_a_channel_names_its_guild_and_an_unknown_one_none(room: Room) -> None:
    assert room.client.guild_of(room.news.id) == room.guild.id
    assert room.client.guild_of(1) is None


# --- Restarts and late answers --------------------------------------------------------------------------------


async def test_buttons_outlive_a_restart(room: Room) -> None:
    room.lookup.entries[room.guild.id] = [stored(n, channel_id=room.news.id) for n in range(1, 8)]
    followed = await room.guild.command(room.manager, room.news, "feed add", url="https://example.com/feed.xml")
    found = await room.guild.command(room.member, room.news, "search", query="entry")
    await room.client.close()
    async with online(room.sandbox, room.services):
        assert "Entry 6" in (await found.click(room.member, "Next")).text
        pressed = await followed.click(room.manager, "Post the newest now")
        await pressed.wait_for(lambda answer: answer.followups)
    assert room.follow.newest_posted == [1]


@pytest.mark.parametrize("code", [10062, 40060])
async def test_an_answer_that_comes_too_late_touches_nothing_and_costs_nothing(room: Room, code: int) -> None:
    room.sandbox.patience = 0.2
    late = {"message": "Unknown interaction", "code": code}
    room.sandbox.faults.add("status", "POST", "/interactions/**", status=404, body=late)
    reply = await room.guild.command(room.manager, room.news, "feed add", url="https://example.com/feed.xml")
    assert reply.failed
    assert room.follow.all == []
    again = await room.guild.command(room.manager, room.news, "feed add", url="https://example.com/feed.xml")
    assert "Following" in again.content


async def test_every_command_answers_well_within_discords_deadline(room: Room) -> None:
    await room.guild.command(room.manager, room.news, "feed add", url="https://example.com/feed.xml")
    loop = asyncio.get_running_loop()
    for path, options in {"feed list": {}, "feed status": {"feed": "1"}, "search": {"query": "x"}, "help": {}}.items():
        begun = loop.time()
        await room.sandbox.command(room.manager, room.news, path, dict(options))
        assert loop.time() - begun < 0.3, path


async def test_a_guild_that_has_the_commands_but_not_the_bot_is_told_so(room: Room) -> None:
    guild = room.client.get_guild(room.guild.id)
    assert guild is not None
    room.client._connection._remove_guild(guild)  # the gateway does not tell of guilds where only the commands are
    reply = await room.guild.command(room.manager, room.news, "feed list")
    assert "I work in servers that I have been invited to" in reply.content


# --- Coming online --------------------------------------------------------------------------------------------


async def test_no_token_is_said_before_anything_is_dialled(sandbox: Sandbox) -> None:
    with pytest.raises(SetupError, match="no bot token") as refusal:
        await HeraldClient(no_services(), api_base=sandbox.api_base).login(" ")
    assert "DISCORD_TOKEN" in " ".join(refusal.value.advice)
    assert sandbox.log == []


async def test_a_refused_token_says_where_to_get_one_and_not_what_it_was(sandbox: Sandbox) -> None:
    with pytest.raises(SetupError, match="refused the bot token") as refusal:
        await HeraldClient(no_services(), api_base=sandbox.api_base).login("not.the.token")
    assert "Reset Token" in " ".join(refusal.value.advice)
    assert "not.the.token" not in str(refusal.value) + " ".join(refusal.value.advice)


async def test_an_address_where_nobody_listens_is_named(unused_tcp_port: int) -> None:
    client = HeraldClient(no_services(), api_base=f"http://127.0.0.1:{unused_tcp_port}/api/v10")
    with pytest.raises(SetupError, match=r"127\.0\.0\.1 cannot be reached") as refusal:
        await client.login("token")
    assert "DISCORD_API_BASE" in " ".join(refusal.value.advice)


@pytest.mark.parametrize(("status", "words"), [(403, "does not let this machine in"), (503, "answered HTTP 503")])
async def test_a_discord_that_answers_with_an_error_is_told(sandbox: Sandbox, status: int, words: str) -> None:
    sandbox.faults.add("status", status=status, body="<html>no</html>", times=None)
    with pytest.raises(SetupError, match=words):
        await HeraldClient(no_services(), api_base=sandbox.api_base).login(sandbox.token)


@pytest.mark.parametrize(("code", "words"), [(4004, "refused the bot token"), (4014, "refused the intents")])
async def test_a_gateway_that_closes_for_good_ends_the_connection(sandbox: Sandbox, code: int, words: str) -> None:
    client = HeraldClient(no_services(), api_base=sandbox.api_base)
    await client.login(sandbox.token)
    connection = asyncio.create_task(client.stay_connected())
    await sandbox.bot_ready()
    await sandbox.drop_gateway(code)
    with pytest.raises(SetupError, match=words):
        await connection
    await client.close()


async def test_closing_ends_the_connection_also_while_the_gateway_cannot_be_reached(
    sandbox: Sandbox, unused_tcp_port: int
) -> None:
    client = HeraldClient(no_services(), api_base=sandbox.api_base)
    await client.login(sandbox.token)
    limit = {"total": 1000, "remaining": 999, "reset_after": 0, "max_concurrency": 1}
    nowhere = {"url": f"ws://127.0.0.1:{unused_tcp_port}", "shards": 1, "session_start_limit": limit}
    fault = sandbox.faults.add("status", "GET", "/gateway/bot", status=200, body=nowhere)
    connection = asyncio.create_task(client.stay_connected())
    while not fault.hits:
        await asyncio.sleep(0)
    await client.close()
    async with asyncio.timeout(3):
        await connection


# --- Sending --------------------------------------------------------------------------------------------------


def posting(room: Room, *, user: int | None = None, attempts: int = 0) -> Posting:
    place = Destination(kind="user" if user else "channel", id=user or room.news.id, guild_id=room.guild.id)
    return Posting(id=1, destination=place, nonce="n0nce", deliveries=(), attempts=attempts)


async def test_a_posting_sent_again_with_its_nonce_is_one_message(room: Room) -> None:
    sender = DiscordSender(room.client)
    first = await sender.send(posting(room), PAYLOAD)
    assert isinstance(first, Sent)
    assert await sender.send(posting(room, attempts=1), PAYLOAD) == first
    assert [message.id for message in room.news.messages] == [first.message_id]


async def test_a_posting_whose_answer_was_lost_is_not_posted_twice(room: Room) -> None:
    sender = DiscordSender(room.client)
    room.sandbox.faults.add("reset", "POST", "/channels/*/messages", when="after")
    assert isinstance(await sender.send(posting(room), PAYLOAD), Unknown)
    assert isinstance(await sender.send(posting(room, attempts=1), PAYLOAD), Sent)
    assert len(room.news.messages) == 1


async def test_a_posting_that_a_moderator_removed_counts_as_delivered(room: Room) -> None:
    sender = DiscordSender(room.client)
    await sender.send(posting(room), PAYLOAD)
    room.news.remove(room.news.messages[0])
    assert await sender.send(posting(room, attempts=1), PAYLOAD) == Sent()
    assert room.news.messages == []


async def test_a_closed_channel_and_closed_dms_are_refusals(room: Room) -> None:
    sender = DiscordSender(room.client)
    room.news.deny(room.guild.bot_role, "VIEW_CHANNEL")
    room.member.close_dms()
    refused = await sender.send(posting(room), PAYLOAD)
    assert isinstance(refused, Refused)
    assert refused.code in {50001, 50013}
    told_off = await sender.send(posting(room, user=room.member.id), PAYLOAD)
    assert isinstance(told_off, Refused)
    assert told_off.code == 50007
