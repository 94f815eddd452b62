"""REST: guilds, and who is in them."""

from __future__ import annotations

from typing import Any

from bot.sandbox.records import Guild, Json
from bot.sandbox.rest.lookup import checked_name, note, the_guild, the_member
from bot.sandbox.rest.routes import Call, Routes
from bot.sandbox.rules.problems import not_implemented
from bot.sandbox.state import audit, wire

route = Routes()


@route("GET", "/guilds/{guild_id}")
def guild(call: Call) -> Any:
    found = the_guild(call)
    return wire.guild_json(found) | (_counts(found) if call.query.get("with_counts") in ("true", "1") else {})


def _counts(found: Guild) -> Json:
    return {"approximate_member_count": len(found.members), "approximate_presence_count": 1}


@route("PATCH", "/guilds/{guild_id}", takes="guild")
def change(call: Call) -> Any:
    """The name and the language; what else a guild has is not kept here."""
    found = the_guild(call, "MANAGE_GUILD")
    if other := set(call.body) - {"name", "preferred_locale"}:
        raise not_implemented(f"changing {', '.join(sorted(other))} of a guild")
    before = {"name": found.name, "preferred_locale": found.locale}
    if "name" in call.body:
        found.name = checked_name(call.body["name"])
    found.locale = call.body.get("preferred_locale") or found.locale
    note(
        call,
        found,
        audit.GUILD_UPDATE,
        found.id,
        before=before,
        after={"name": found.name, "preferred_locale": found.locale},
    )
    call.world.changed_guild(found)
    return wire.guild_json(found)


@route("GET", "/guilds/{guild_id}/preview")
def preview(call: Call) -> Any:
    found = the_guild(call)
    told = ("id", "name", "icon", "description", "home_header", "splash", "discovery_splash", "features", "emojis")
    data = wire.guild_json(found)
    return {key: data[key] for key in (*told, "stickers")} | _counts(found)


@route("GET", "/guilds/{guild_id}/members")
def members(call: Call) -> Any:
    limit, after = call.number("limit", 1, 1, 1000), call.number("after", 0, 0, 1 << 63)
    chosen = sorted(
        (each for each in the_guild(call).members.values() if each.user_id > after), key=lambda m: m.user_id
    )
    return [wire.member_json(call.world, each) for each in chosen[:limit]]


@route("GET", "/guilds/{guild_id}/members/search")
def search_members(call: Call) -> Any:
    wanted, limit = call.query.get("query", "").lower(), call.number("limit", 1, 1, 1000)
    known = the_guild(call).members.values()
    users = call.world.users
    chosen = [
        each
        for each in known
        if any((name or "").lower().startswith(wanted) for name in (each.nick, users[each.user_id].name))
    ]
    return [wire.member_json(call.world, each) for each in chosen[:limit]]


@route("GET", "/guilds/{guild_id}/members/{user_id}")
def member(call: Call) -> Any:
    return wire.member_json(call.world, the_member(call, the_guild(call)))
