"""REST: guilds, their members and roles."""

from __future__ import annotations

from typing import Any

from bot.sandbox.records import Guild, Member, Role
from bot.sandbox.rest.routes import Call, Routes
from bot.sandbox.rules.problems import unknown
from bot.sandbox.state import wire
from bot.sandbox.state.permissions import in_guild
from bot.sandbox.state.rights import needs

route = Routes()


def _guild(call: Call, *names: str) -> Guild:
    """The path's guild; raises 50013 unless the bot has the named permissions in it."""
    guild = call.world.guild(call.id("guild_id"))
    needs(in_guild(guild, guild.members[call.world.bot.id]), *names)
    return guild


def _member(call: Call, guild: Guild) -> Member:
    member = guild.members.get(call.id("user_id"))
    if member is None:
        raise unknown("Member" if call.id("user_id") in call.world.users else "User")
    return member


def _role(call: Call, guild: Guild) -> Role:
    role = guild.roles.get(call.id("role_id"))
    if role is None:
        raise unknown("Role")
    return role


@route("GET", "/guilds/{guild_id}")
def guild(call: Call) -> Any:
    found = _guild(call)
    counts = {"approximate_member_count": len(found.members), "approximate_presence_count": 1}
    return wire.guild_json(found) | (counts if call.query.get("with_counts") in ("true", "1") else {})


@route("GET", "/guilds/{guild_id}/channels")
def channels(call: Call) -> Any:
    found = _guild(call)
    return [wire.channel_json(call.world, each) for each in found.channels.values() if not each.is_thread]


@route("GET", "/guilds/{guild_id}/threads/active")
def active_threads(call: Call) -> Any:
    bot_id = call.world.bot.id
    threads = [each for each in _guild(call).channels.values() if each.is_thread and not each.archived]
    return {
        "threads": [wire.channel_json(call.world, each) for each in threads],
        "members": [wire.thread_member_json(each, bot_id) for each in threads if bot_id in each.joined],
        "has_more": False,
    }


@route("GET", "/guilds/{guild_id}/members")
def members(call: Call) -> Any:
    limit, after = call.number("limit", 1, 1, 1000), call.number("after", 0, 0, 1 << 63)
    chosen = sorted((each for each in _guild(call).members.values() if each.user_id > after), key=lambda m: m.user_id)
    return [wire.member_json(call.world, each) for each in chosen[:limit]]


@route("GET", "/guilds/{guild_id}/members/search")
def search_members(call: Call) -> Any:
    wanted, limit = call.query.get("query", "").lower(), call.number("limit", 1, 1, 1000)
    known = _guild(call).members.values()
    chosen = [each for each in known if (each.nick or call.world.users[each.user_id].name).lower().startswith(wanted)]
    return [wire.member_json(call.world, each) for each in chosen[:limit]]


@route("GET", "/guilds/{guild_id}/members/{user_id}")
def member(call: Call) -> Any:
    return wire.member_json(call.world, _member(call, _guild(call)))


@route("PATCH", "/guilds/{guild_id}/members/@me")
def change_my_nick(call: Call) -> Any:
    found = _guild(call, "CHANGE_NICKNAME")
    mine = found.members[call.world.bot.id]
    mine.nick = call.body.get("nick")
    call.world.changed_member(found, mine)
    return wire.member_json(call.world, mine)


@route("PUT", "/guilds/{guild_id}/members/{user_id}/roles/{role_id}")
def give_role(call: Call) -> Any:
    found = _guild(call, "MANAGE_ROLES")
    receiver, role = _member(call, found), _role(call, found)
    if role.id not in receiver.role_ids:
        receiver.role_ids.append(role.id)
        call.world.changed_member(found, receiver)


@route("DELETE", "/guilds/{guild_id}/members/{user_id}/roles/{role_id}")
def take_role(call: Call) -> Any:
    found = _guild(call, "MANAGE_ROLES")
    loser, role = _member(call, found), _role(call, found)
    if role.id in loser.role_ids:
        loser.role_ids.remove(role.id)
        call.world.changed_member(found, loser)


@route("GET", "/guilds/{guild_id}/roles")
def roles(call: Call) -> Any:
    return [wire.role_json(each) for each in _guild(call).roles.values()]


@route("GET", "/guilds/{guild_id}/roles/{role_id}")
def role(call: Call) -> Any:
    return wire.role_json(_role(call, _guild(call)))


@route("POST", "/guilds/{guild_id}/roles")
def create_role(call: Call) -> Any:
    found = _guild(call, "MANAGE_ROLES")
    body = call.body
    made = call.world.add_role(
        found,
        body.get("name") or "new role",
        permissions=int(body.get("permissions") or 0),
        mentionable=bool(body.get("mentionable")),
    )
    return wire.role_json(made)


@route("DELETE", "/guilds/{guild_id}/roles/{role_id}")
def delete_role(call: Call) -> Any:
    found = _guild(call, "MANAGE_ROLES")
    call.world.remove_role(found, _role(call, found))
