"""REST: roles, their order, and who has them."""

from __future__ import annotations

from typing import Any

from bot.sandbox.records import Guild, Json, Member, Role
from bot.sandbox.rest.lookup import checked_name, may_in, note, the_guild, the_member, the_role
from bot.sandbox.rest.routes import Call, Routes
from bot.sandbox.rules.problems import ApiError, invalid_form, unknown
from bot.sandbox.state import audit, wire
from bot.sandbox.state.permissions import role_rank
from bot.sandbox.state.rights import check_above, check_may_grant

route = Routes()
ROLES = 250  # resources/guild: a guild's roles


def _role_below(call: Call, guild: Guild) -> Role:
    """The path's role, which the bot has to stand above."""
    role = the_role(call, guild)
    check_above(guild, call.world.bot.id, role)
    return role


@route("GET", "/guilds/{guild_id}/roles")
def roles(call: Call) -> Any:
    return [wire.role_json(each) for each in the_guild(call).roles.values()]


@route("GET", "/guilds/{guild_id}/roles/member-counts")
def counts(call: Call) -> Any:
    guild = the_guild(call)
    return {
        str(role_id): sum(role_id in member.role_ids for member in guild.members.values())
        for role_id in guild.roles
        if role_id != guild.id
    }


@route("GET", "/guilds/{guild_id}/roles/{role_id}")
def role(call: Call) -> Any:
    return wire.role_json(the_role(call, the_guild(call)))


@route("POST", "/guilds/{guild_id}/roles", takes="role")
def create(call: Call) -> Any:
    guild, body = the_guild(call, "MANAGE_ROLES"), call.body
    if len(guild.roles) >= ROLES:
        raise ApiError(400, 30005, f"Maximum number of guild roles reached ({ROLES})")
    everyone = guild.roles[guild.id].permissions
    wanted = int(body["permissions"]) if body.get("permissions") is not None else everyone
    check_may_grant(may_in(call, guild), wanted)
    made = call.world.add_role(
        guild,
        checked_name(body.get("name") or "new role"),
        permissions=wanted,
        mentionable=bool(body.get("mentionable")),
        color=_color(body),
        hoist=bool(body.get("hoist")),
    )
    note(call, guild, audit.ROLE_CREATE, made.id, after=audit.role_facts(made))
    return wire.role_json(made)


def _color(body: Json) -> int:
    color = (body.get("colors") or {}).get("primary_color", body.get("color")) or 0
    if not isinstance(color, int) or not 0 <= color <= 0xFFFFFF:
        raise invalid_form([(("color",), "NUMBER_TYPE_MAX", "int value should be less than or equal to 16777215.")])
    return color


@route("PATCH", "/guilds/{guild_id}/roles/{role_id}", takes="role")
def change(call: Call) -> Any:
    guild, body = the_guild(call, "MANAGE_ROLES"), call.body
    changed = _role_below(call, guild)
    before = audit.role_facts(changed)
    name = checked_name(body["name"]) if body.get("name") is not None else changed.name
    wanted = int(body["permissions"]) if body.get("permissions") is not None else changed.permissions
    check_may_grant(may_in(call, guild), wanted ^ changed.permissions)
    changed.name, changed.permissions = name, wanted
    if "color" in body or "colors" in body:
        changed.color = _color(body)
    for key in ("hoist", "mentionable"):
        if body.get(key) is not None:
            setattr(changed, key, bool(body[key]))
    call.world.changed_role(guild, changed)
    note(call, guild, audit.ROLE_UPDATE, changed.id, before=before, after=audit.role_facts(changed))
    return wire.role_json(changed)


@route("PATCH", "/guilds/{guild_id}/roles", takes=["place"])
def move(call: Call) -> Any:
    """New positions: no role can be moved from or to where the bot does not reach."""
    guild = the_guild(call, "MANAGE_ROLES")
    wanted = {int(each["id"]): int(each["position"]) for each in call.body if each.get("position") is not None}
    if wanted.keys() - guild.roles.keys():
        raise unknown("Role")
    for role_id, position in wanted.items():
        check_above(guild, call.world.bot.id, guild.roles[role_id])
        check_above(guild, call.world.bot.id, Role(role_id, "", position=position))
    for role_id, position in wanted.items():
        moved = guild.roles[role_id]
        if moved.position != position:
            before = audit.role_facts(moved)
            moved.position = position
            call.world.changed_role(guild, moved)
            note(call, guild, audit.ROLE_UPDATE, role_id, before=before, after=audit.role_facts(moved))
    return [wire.role_json(each) for each in sorted(guild.roles.values(), key=role_rank)]


@route("DELETE", "/guilds/{guild_id}/roles/{role_id}")
def delete(call: Call) -> Any:
    guild = the_guild(call, "MANAGE_ROLES")
    gone = _role_below(call, guild)
    if gone.id == guild.id or gone.bot_id is not None:
        raise ApiError(400, 50028, "Invalid Role")
    call.world.remove_role(guild, gone)
    note(call, guild, audit.ROLE_DELETE, gone.id, before=audit.role_facts(gone))


@route("PUT", "/guilds/{guild_id}/members/{user_id}/roles/{role_id}")
def give(call: Call) -> Any:
    guild = the_guild(call, "MANAGE_ROLES")
    member, given = the_member(call, guild), _role_below(call, guild)
    set_roles(call, guild, member, [*member.role_ids, given.id])


@route("DELETE", "/guilds/{guild_id}/members/{user_id}/roles/{role_id}")
def take(call: Call) -> Any:
    guild = the_guild(call, "MANAGE_ROLES")
    member, taken = the_member(call, guild), _role_below(call, guild)
    set_roles(call, guild, member, [each for each in member.role_ids if each != taken.id])


def set_roles(call: Call, guild: Guild, member: Member, role_ids: list[int]) -> None:
    """Gives the member exactly these roles and says in the audit log which came and went; raises 10011."""
    role_ids = list(dict.fromkeys(role_ids))
    changed = set(role_ids) ^ set(member.role_ids)
    if changed - guild.roles.keys():
        raise unknown("Role")
    for role_id in changed:
        check_above(guild, call.world.bot.id, guild.roles[role_id])
        if guild.roles[role_id].bot_id is not None:
            raise ApiError(400, 50028, "Invalid Role")
    if not changed:
        return
    facts = {
        key: [
            {"id": str(each), "name": guild.roles[each].name} for each in sorted(changed) if (each in role_ids) == came
        ]
        for key, came in (("$add", True), ("$remove", False))
    }
    member.role_ids = role_ids
    call.world.changed_member(guild, member)
    after = {key: value for key, value in facts.items() if value}
    note(call, guild, audit.MEMBER_ROLE_UPDATE, member.user_id, after=after)
