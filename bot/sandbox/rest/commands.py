"""REST: application commands, global and of single guilds."""

from __future__ import annotations

from typing import Any

from bot.sandbox.rest.lookup import check_application, the_guild
from bot.sandbox.rest.routes import Call, Created, Routes
from bot.sandbox.rules.problems import ApiError, missing_access
from bot.sandbox.rules.shapes import Identifier
from bot.sandbox.state.command_permissions import override_json, overrides_of, set_overrides

route = Routes()

GLOBAL = "/applications/{application_id}/commands"
OF_GUILD = "/applications/{application_id}/guilds/{guild_id}/commands"


def _scope(call: Call) -> int | None:
    """The path's guild, None for the global commands; raises unless the application is the bot's own."""
    check_application(call)
    if "guild_id" not in call.path:
        return None
    guild = call.world.guilds.get(call.id("guild_id"))
    if guild is None or not guild.bot_inside:
        raise missing_access()
    return guild.id


@route("GET", GLOBAL)
@route("GET", OF_GUILD)
def commands(call: Call) -> Any:
    return call.backend.commands.all(_scope(call))


@route("PUT", GLOBAL, takes=["command"])
@route("PUT", OF_GUILD, takes=["command"])
def overwrite(call: Call) -> Any:
    return call.backend.commands.overwrite(call.body or [], _scope(call))


@route("POST", GLOBAL)
@route("POST", OF_GUILD)
def create(call: Call) -> Any:
    made, new = call.backend.commands.create(call.body, _scope(call))
    return Created(made) if new else made


@route("GET", GLOBAL + "/{command_id}")
@route("GET", OF_GUILD + "/{command_id}")
def one(call: Call) -> Any:
    return call.backend.commands.one(call.id("command_id"), _scope(call))


@route("PATCH", GLOBAL + "/{command_id}")
@route("PATCH", OF_GUILD + "/{command_id}")
def change(call: Call) -> Any:
    return call.backend.commands.change(call.id("command_id"), call.body, _scope(call))


@route("DELETE", GLOBAL + "/{command_id}")
@route("DELETE", OF_GUILD + "/{command_id}")
def delete(call: Call) -> Any:
    call.backend.commands.remove(call.id("command_id"), _scope(call))


# --- Who may use them in a guild -------------------------------------------------------------------------------------


@route("GET", OF_GUILD + "/permissions")
def all_permissions(call: Call) -> Any:
    _scope(call)
    guild = the_guild(call)
    known = call.backend.commands.overrides.items()
    return [override_json(call.world, guild, which, given) for (where, which), given in known if where == guild.id]


@route("GET", OF_GUILD + "/{command_id}/permissions")
def permissions(call: Call) -> Any:
    _scope(call)
    guild, command_id = the_guild(call), call.id("command_id")
    return override_json(call.world, guild, command_id, overrides_of(call.backend.commands, guild, command_id))


@route(
    "PUT",
    OF_GUILD + "/{command_id}/permissions",
    takes={"permissions": [{"id": Identifier, "type": int, "permission": bool}]},
    takes_bearer=True,
)
def set_permissions(call: Call) -> Any:
    """For who may manage the guild, by a Bearer token; here the bot's own token stands for its owner's."""
    _scope(call)
    if not call.bearer:
        raise ApiError(403, 20001, "Bots cannot use this endpoint")
    guild, command_id = the_guild(call), call.id("command_id")
    given = call.body.get("permissions") or []
    made = set_overrides(call.world, call.backend.commands, guild, command_id, given, by=guild.owner_id)
    return override_json(call.world, guild, command_id, made)
