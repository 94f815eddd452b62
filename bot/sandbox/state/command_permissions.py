"""A guild's own word on who may use which command where (application-commands: Permissions)."""

from __future__ import annotations

from bot.sandbox.records import Channel, Guild, Json
from bot.sandbox.rules.problems import ApiError, invalid_form, unknown
from bot.sandbox.rules.validate import bad_length
from bot.sandbox.state import audit
from bot.sandbox.state.commands import Commands
from bot.sandbox.state.permissions import BITS
from bot.sandbox.state.world import World

ROLE, USER, CHANNEL = 1, 2, 3
OVERRIDES = 100


def override_json(world: World, guild: Guild, command_id: int, overrides: list[Json]) -> Json:
    return {
        "id": str(command_id),
        "application_id": str(world.bot.id),
        "guild_id": str(guild.id),
        "permissions": overrides,
    }


def set_overrides(
    world: World, commands: Commands, guild: Guild, command_id: int, given: list[Json], *, by: int
) -> list[Json]:
    """Replaces the command's overrides in the guild; raises 10063 for a command that is not there."""
    if command_id != world.bot.id:
        known = commands.scopes.get(guild.id, {}).get(command_id)
        if known is None:
            commands.one(command_id)
    if len(given) > OVERRIDES:
        raise invalid_form([bad_length(("permissions",), 0, OVERRIDES)])
    if any(each.get("type") not in (ROLE, USER, CHANNEL) for each in given):
        raise ApiError(400, 50035, "Invalid Form Body")
    overrides = [
        {"id": str(each["id"]), "type": each["type"], "permission": bool(each["permission"])} for each in given
    ]
    commands.overrides[guild.id, command_id] = overrides
    data = override_json(world, guild, command_id, overrides)
    facts = {"application_id": world.bot.id}
    audit.note(world, guild, audit.COMMAND_PERMISSIONS_UPDATE, command_id, by=by, options=facts)
    world.emit("APPLICATION_COMMAND_PERMISSIONS_UPDATE", data, guild=guild.id)
    return overrides


def overrides_of(commands: Commands, guild: Guild, command_id: int) -> list[Json]:
    """Raises 10066 for a command without any."""
    found = commands.overrides.get((guild.id, command_id))
    if not found:
        raise unknown("application command permissions")
    return found


def may_use(commands: Commands, world: World, command: Json, *, user_id: int, channel: Channel) -> bool:
    """Whether a client offers the member the command there: the command's own overrides go before the application's."""
    guild, may = world.guilds[channel.guild_id or 0], world.may(user_id, channel)
    if may & BITS["ADMINISTRATOR"]:
        return True
    if not may & BITS["USE_APPLICATION_COMMANDS"]:
        return False
    of_all = commands.overrides.get((guild.id, world.bot.id), [])
    of_it = commands.overrides.get((guild.id, int(command["id"])), [])
    words = (_said_of_channel(overrides, guild, channel) for overrides in (of_it, of_all))
    if next((word for word in words if word is not None), True) is False:
        return False
    member = guild.members[user_id]
    own = _of_member(of_it, guild, user_id, member.role_ids)
    if own is not None:
        return own
    needed = command["default_member_permissions"]
    by_default = needed is None or (needed != "0" and may & int(needed) == int(needed))
    return by_default and _of_member(of_all, guild, user_id, member.role_ids) is not False


def _said_of_channel(overrides: list[Json], guild: Guild, channel: Channel) -> bool | None:
    """The word on the channel (a thread's parent), else on all channels, which are named by the guild's id - 1."""
    said = {int(each["id"]): bool(each["permission"]) for each in overrides if each["type"] == CHANNEL}
    place = channel.parent_id if channel.is_thread else channel.id
    return said.get(place or 0, said.get(guild.id - 1))


def _of_member(overrides: list[Json], guild: Guild, user_id: int, role_ids: list[int]) -> bool | None:
    """The member's own override, else any of their roles' that allows, else one that denies, else @everyone's."""
    said = {(each["type"], int(each["id"])): bool(each["permission"]) for each in overrides}
    if (USER, user_id) in said:
        return said[USER, user_id]
    of_roles = [said[ROLE, role_id] for role_id in role_ids if (ROLE, role_id) in said]
    return any(of_roles) if of_roles else said.get((ROLE, guild.id))
