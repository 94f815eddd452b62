"""Roles, bans, timeouts, slow mode, invites: kept as Discord keeps them, and told in the audit log."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import discord
import pytest

from bot.sandbox import Guild, Sandbox, WrongUse
from bot.sandbox.rules.problems import ApiError
from bot.sandbox.state.permissions import ALL, bits

from .discord_bot import SmallBot
from .discord_rest import HandClock, Rest


@pytest.fixture
def guild(sandbox: Sandbox) -> Guild:
    return sandbox.add_guild("Reading room", bot_permissions=ALL & ~bits("ADMINISTRATOR"))


async def known(bot: SmallBot, guild: Guild) -> discord.Guild:
    await bot.wait_until_ready()
    found = bot.get_guild(guild.id)
    assert found
    return found


async def test_the_audit_log_says_who_did_what_and_why(bot: SmallBot, guild: Guild, sandbox: Sandbox) -> None:
    home, ada = await known(bot, guild), guild.add_member("ada")
    made = await home.create_role(name="readers", reason="for reading")
    await made.edit(name="writers")
    member = await home.fetch_member(ada.id)
    await member.add_roles(made)
    await member.kick(reason="rude: ü")
    channel = guild.add_channel("news")
    channel.remove(channel.say(guild.owner, "oops"))
    logged = [entry async for entry in home.audit_logs(limit=7, oldest_first=False)]
    action = discord.AuditLogAction
    assert [(entry.action, entry.user and entry.user.id, entry.reason) for entry in logged] == [
        (action.message_delete, guild.owner.id, None),
        (action.channel_create, guild.owner.id, None),
        (action.kick, sandbox.application_id, "rude: ü"),
        (action.member_role_update, sandbox.application_id, None),
        (action.role_update, sandbox.application_id, None),
        (action.role_create, sandbox.application_id, "for reading"),
    ]
    assert (logged[4].before.name, logged[4].after.name) == ("readers", "writers")
    assert [role.name for role in logged[3].after.roles] == ["writers"]
    kicks = [entry async for entry in home.audit_logs(action=action.kick)]
    assert [entry.target and entry.target.id for entry in kicks] == [ada.id]


async def test_a_bot_hears_of_entries_as_they_are_written(bot: SmallBot, guild: Guild) -> None:
    await bot.wait_until_ready()
    heard = asyncio.ensure_future(bot.wait_for("audit_log_entry_create", timeout=5))
    await asyncio.sleep(0)
    guild.add_role("readers")
    assert (await heard).action is discord.AuditLogAction.role_create


@pytest.mark.parametrize("what", ["PATCH", "DELETE", "PUT"])
async def test_nobody_reaches_above_themselves(rest: Rest, guild: Guild, what: str) -> None:
    above, ada = guild.add_role("above"), guild.add_member("ada")
    above.record.position = guild.bot_role.record.position + 1
    path = f"/guilds/{guild.id}/roles/{above.id}"
    if what == "PUT":
        path = f"/guilds/{guild.id}/members/{ada.id}/roles/{above.id}"
    answer = await rest(what, path, {"name": "mine"} if what == "PATCH" else None)
    assert (answer.status, answer.code) == (403, 50013)
    assert above.id in guild.record.roles


async def test_no_role_can_be_given_what_the_bot_lacks(rest: Rest, guild: Guild) -> None:
    administrator = {"name": "x", "permissions": str(bits("ADMINISTRATOR"))}
    answer = await rest("POST", f"/guilds/{guild.id}/roles", administrator)
    assert (answer.status, answer.code) == (403, 50013)


async def test_roles_change_places(bot: SmallBot, guild: Guild) -> None:
    home = await known(bot, guild)
    guild.bot_role.record.position = 5
    one, two = await home.create_role(name="one"), await home.create_role(name="two")
    assert one > two
    await home.edit_role_positions({one: 1, two: 2})
    assert guild.record.roles[two.id].position == 2
    fetched = {role.name: role for role in await home.fetch_roles()}
    assert fetched["two"] > fetched["one"]


async def test_a_ban_keeps_out_and_can_take_messages_along(bot: SmallBot, guild: Guild, clock: HandClock) -> None:
    home, eve, channel = await known(bot, guild), guild.add_member("eve"), guild.add_channel("news")
    channel.say(eve, "long ago")
    clock.move(hours=2)
    channel.say(eve, "spam")
    member = await home.fetch_member(eve.id)
    await member.ban(reason="spam", delete_message_seconds=3600)
    assert [message.content for message in channel.messages] == ["long ago"]
    assert [(entry.user.name, entry.reason) async for entry in home.bans()] == [("eve", "spam")]
    with pytest.raises(discord.NotFound):
        await home.fetch_member(eve.id)
    await home.unban(member)
    with pytest.raises(discord.NotFound) as refused:
        await home.fetch_ban(member)
    assert refused.value.code == 10026
    banned = await home.bulk_ban([member, discord.Object(5)])
    assert ([each.id for each in banned.banned], [each.id for each in banned.failed]) == ([eve.id], [5])


async def test_who_is_timed_out_can_only_read(bot: SmallBot, guild: Guild, clock: HandClock) -> None:
    home, ada, channel = await known(bot, guild), guild.add_member("ada"), guild.add_channel("news")
    member = await home.fetch_member(ada.id)
    await member.timeout(clock.now() + timedelta(minutes=5))
    with pytest.raises(ApiError, match="50013"):
        channel.say(ada, "hello")
    clock.move(minutes=6)
    assert channel.say(ada, "hello").content == "hello"
    with pytest.raises(discord.HTTPException, match="28 days"):
        await member.timeout(clock.now() + timedelta(days=29))


async def test_slow_mode_holds_members_back_but_no_bot(rest: Rest, guild: Guild, clock: HandClock) -> None:
    channel, ada = guild.add_channel("news"), guild.add_member("ada")
    assert (await rest("PATCH", f"/channels/{channel.id}", {"rate_limit_per_user": 30})).status == 200
    channel.say(ada, "one")
    clock.move(seconds=10)
    with pytest.raises(ApiError) as refused:
        channel.say(ada, "two")
    assert (refused.value.status, refused.value.body()) == (
        429,
        {
            "message": "This action cannot be performed due to slowmode rate limit.",
            "code": 20016,
            "retry_after": 20.0,
        },
    )
    channel.say(guild.owner, "one")
    channel.say(guild.owner, "two")
    assert [(await rest.post_to(channel, content="x")).status for _ in range(2)] == [200, 200]
    clock.move(seconds=20)
    channel.say(ada, "two")
    answer = await rest("PATCH", f"/channels/{channel.id}", {"rate_limit_per_user": 21601})
    assert (answer.status, answer.code) == (400, 50035)


async def test_an_invite_lives_as_long_as_it_was_made_for(bot: SmallBot, guild: Guild, clock: HandClock) -> None:
    home, channel = await known(bot, guild), guild.add_channel("news")
    news = await home.fetch_channel(channel.id)
    assert isinstance(news, discord.TextChannel)
    made = await news.create_invite(max_age=60, max_uses=3, unique=False)
    assert (await news.create_invite(max_age=60, max_uses=3, unique=False)).code == made.code
    assert [each.max_uses for each in await home.invites()] == [3]
    fetched = await bot.fetch_invite(made.code)
    assert fetched.guild
    assert (fetched.guild.id, fetched.approximate_member_count) == (guild.id, 2)
    clock.move(seconds=61)
    with pytest.raises(discord.NotFound):
        await bot.fetch_invite(made.code)
    other = await news.create_invite()
    await other.delete()
    assert await news.invites() == []


async def test_a_guild_says_who_may_use_a_command(bot: SmallBot, guild: Guild, rest: Rest, sandbox: Sandbox) -> None:
    channel, ada, bert = guild.add_channel("news"), guild.add_member("ada"), guild.add_member("bert")
    readers = guild.add_role("readers")
    guild.record.members[bert.id].role_ids.append(readers.id)
    guild.allow_command("ping", {guild.everyone: False, readers: True})
    with pytest.raises(WrongUse, match="ada may not use /ping"):
        await guild.command(ada, channel, "ping")
    assert (await guild.command(bert, channel, "ping")).content == "pong, you"
    guild.allow_command("secret", {ada: True})
    assert (await guild.command(ada, channel, "secret")).content == "the secret"
    guild.allow_command("ping", {channel: False})
    with pytest.raises(WrongUse, match="bert may not use /ping"):
        await guild.command(bert, channel, "ping")
    [ping] = [each for each in await bot.tree.fetch_commands() if each.name == "ping"]
    fetched = await ping.fetch_permissions(discord.Object(guild.id))
    assert [(each.id, each.permission) for each in fetched.permissions] == [(channel.id, False)]
    path = f"/applications/{sandbox.application_id}/guilds/{guild.id}/commands/{ping.id}/permissions"
    assert (await rest("PUT", path, {"permissions": []})).code == 20001
    bearer = {"Authorization": f"Bearer {sandbox.token}"}
    async with rest.session.put(rest.base + path, json={"permissions": []}, headers=bearer) as answer:
        assert (await answer.json())["permissions"] == []
    assert (await guild.command(bert, channel, "ping")).content == "pong, you"


async def test_messages_are_deleted_in_bulk_unless_they_are_old(
    bot: SmallBot, guild: Guild, clock: HandClock, rest: Rest
) -> None:
    home, channel = await known(bot, guild), guild.add_channel("news")
    old = channel.say(guild.owner, "old")
    clock.move(days=15)
    new = [channel.say(guild.owner, str(number)) for number in range(3)]
    heard: asyncio.Future[Any] = asyncio.ensure_future(bot.wait_for("raw_bulk_message_delete", timeout=5))
    await asyncio.sleep(0)
    news = await home.fetch_channel(channel.id)
    assert isinstance(news, discord.TextChannel)
    await news.delete_messages([discord.Object(each.id) for each in new])
    assert (await heard).message_ids == {each.id for each in new}
    ids = [str(old.id), str(channel.say(guild.owner, "x").id)]
    answer = await rest("POST", f"/channels/{channel.id}/messages/bulk-delete", {"messages": ids})
    assert (answer.status, answer.code) == (400, 50034)
