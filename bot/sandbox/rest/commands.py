"""REST: application commands, global and of single guilds."""

from __future__ import annotations

from typing import Any

from bot.sandbox.rest.routes import Call, Created, Routes
from bot.sandbox.rules.problems import ApiError, missing_access

route = Routes()

GLOBAL = "/applications/{application_id}/commands"
OF_GUILD = "/applications/{application_id}/guilds/{guild_id}/commands"


def _scope(call: Call) -> int | None:
    """The path's guild, None for the global commands; raises unless the application is the bot's own."""
    if call.id("application_id") != call.world.bot.id:
        raise ApiError(403, 20012, "You are not authorized to perform this action on this application")
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


@route("PUT", GLOBAL)
@route("PUT", OF_GUILD)
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
