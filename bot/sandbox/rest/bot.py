"""REST: the bot itself (its user, its application, its gateway), other users, and DMs."""

from __future__ import annotations

from typing import Any

from bot.sandbox.records import Json
from bot.sandbox.rest.routes import Call, Routes
from bot.sandbox.rules.problems import ApiError, unknown
from bot.sandbox.rules.shapes import Identifier
from bot.sandbox.state import wire
from bot.sandbox.state.permissions import in_guild
from bot.sandbox.state.world import World

route = Routes()

# Application flags: gateway presence, members and message content "limited", what an unverified bot may switch on.
APPLICATION_FLAGS = 1 << 13 | 1 << 15 | 1 << 19


def bot_user_json(world: World) -> Json:
    """The bot's own user, with what only it may know."""
    return wire.user_json(world.bot) | {"mfa_enabled": False, "locale": "en-US", "verified": True, "email": None}


def application_json(world: World) -> Json:
    user = wire.user_json(world.bot)
    return {
        "id": str(world.bot.id), "name": world.bot.name, "icon": None, "description": "", "type": None, "bot": user,
        "bot_public": True, "bot_require_code_grant": False, "verify_key": "0" * 64, "flags": APPLICATION_FLAGS,
        "flags_new": str(APPLICATION_FLAGS), "tags": [], "redirect_uris": [], "interactions_endpoint_url": None,
        "role_connections_verification_url": None, "owner": wire.user_json(world.operator), "team": None,
        "approximate_guild_count": sum(guild.bot_inside for guild in world.guilds.values()),
        "approximate_user_install_count": 0, "approximate_user_authorization_count": 0,
        "explicit_content_filter": 0, "integration_types_config": {"0": {}}, "rpc_origins": [],
        "eligible_oauth2_scopes": ["bot", "applications.commands"],
    }  # fmt: skip


STARTS = 1000  # sessions a day


@route("GET", "/gateway", needs_token=False)
def gateway(call: Call) -> Any:
    return {"url": gateway_url(call.world)}


@route("GET", "/gateway/bot")
def gateway_bot(call: Call) -> Any:
    return {
        "url": gateway_url(call.world),
        "shards": call.backend.shards,
        "session_start_limit": {
            "total": STARTS,
            "remaining": max(0, STARTS - call.backend.limits.identifies),
            "reset_after": 86_400_000,
            "max_concurrency": 1,
        },
    }


def gateway_url(world: World) -> str:
    return world.base_url.replace("http", "ws", 1) + "/gateway"


@route("GET", "/users/@me")
def me(call: Call) -> Any:
    return bot_user_json(call.world)


@route("PATCH", "/users/@me", takes={"username": str})
def change_me(call: Call) -> Any:
    call.world.bot.name = call.body.get("username") or call.world.bot.name
    return bot_user_json(call.world)


@route("GET", "/users/@me/guilds")
def my_guilds(call: Call) -> Any:
    inside = [guild for guild in call.world.guilds.values() if guild.bot_inside]
    return [
        {
            "id": str(guild.id),
            "name": guild.name,
            "icon": None,
            "banner": None,
            "owner": False,
            "permissions": str(in_guild(guild, guild.members[call.world.bot.id])),
            "features": [],
        }
        for guild in inside
    ]


@route("DELETE", "/users/@me/guilds/{guild_id}")
def leave_guild(call: Call) -> Any:
    call.world.kick_bot(call.world.guild(call.id("guild_id")))


@route("GET", "/users/{user_id}")
def user(call: Call) -> Any:
    found = call.world.users.get(call.id("user_id"))
    if found is None:
        raise unknown("User")
    return wire.user_json(found)


@route("POST", "/users/@me/channels", takes={"recipient_id": Identifier})
def open_dm(call: Call) -> Any:
    found = call.world.users.get(int(call.body.get("recipient_id") or 0))
    if found is None:
        raise unknown("User")
    if found.bot:
        raise ApiError(400, 50007, "Cannot send messages to this user")
    return wire.channel_json(call.world, call.world.dm_with(found))


@route("GET", "/oauth2/applications/@me")
@route("GET", "/applications/@me")
def application(call: Call) -> Any:
    return application_json(call.world)
