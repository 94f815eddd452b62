"""REST: invites into guilds."""

from __future__ import annotations

import secrets
import string
from datetime import timedelta
from typing import Any

from bot.sandbox.records import Channel, Guild, Invite, Json
from bot.sandbox.rest.lookup import guild_of, may_in, note, the_channel, the_guild
from bot.sandbox.rest.routes import Call, Routes
from bot.sandbox.rules.problems import ApiError, invalid_form, missing_permissions, not_implemented, unknown
from bot.sandbox.state import audit, wire
from bot.sandbox.state.permissions import BITS
from bot.sandbox.state.world import World

route = Routes()
GUILD_INVITES = 1 << 6  # intent
LETTERS = string.ascii_letters + string.digits
BOUNDS = {"max_age": 604800, "max_uses": 100}  # resources/channel: Create Channel Invite
INVITES = 1000


def _expires(invite: Invite) -> Any:
    return invite.created_at + timedelta(seconds=invite.max_age_s) if invite.max_age_s else None


def _live(call: Call, guild: Guild) -> list[Invite]:
    """Without those whose time is over."""
    now = call.world.clock.now()
    guild.invites = {code: each for code, each in guild.invites.items() if (_expires(each) or now) >= now}
    return list(guild.invites.values())


def _partial(world: World, guild: Guild, invite: Invite) -> Json:
    data, channel = wire.guild_json(guild), guild.channels[invite.channel_id]
    told = (
        "id", "name", "splash", "banner", "description", "icon", "features", "verification_level", "vanity_url_code",
        "nsfw_level", "nsfw", "premium_subscription_count",
    )  # fmt: skip
    return {
        "type": 0,
        "code": invite.code,
        "guild_id": str(guild.id),
        "guild": {key: data[key] for key in told},
        "channel": {"id": str(channel.id), "type": channel.kind, "name": channel.name},
        "inviter": wire.user_json(world.users[invite.inviter_id]),
        "expires_at": wire.stamp(_expires(invite)),
        "flags": 0,
    }


def _whole(world: World, guild: Guild, invite: Invite) -> Json:
    """With what only who manages the channel is told."""
    return _partial(world, guild, invite) | {
        "uses": invite.uses,
        "max_uses": invite.max_uses,
        "max_age": invite.max_age_s,
        "temporary": invite.temporary,
        "created_at": wire.stamp(invite.created_at),
    }


def _find(call: Call) -> tuple[Guild, Invite]:
    for guild in call.world.guilds.values():
        for invite in _live(call, guild):
            if invite.code == call.path["code"]:
                return guild, invite
    raise unknown("Invite")


def _facts(invite: Invite) -> Json:
    return {
        "code": invite.code,
        "channel_id": str(invite.channel_id),
        "inviter_id": str(invite.inviter_id),
        "max_age": invite.max_age_s,
        "max_uses": invite.max_uses,
        "temporary": invite.temporary,
        "uses": invite.uses,
    }


@route("POST", "/channels/{channel_id}/invites", takes="invite")
def create(call: Call) -> Any:
    channel, _ = the_channel(call, "CREATE_INSTANT_INVITE")
    guild, body = guild_of(call, channel), call.body
    if body.get("target_type"):
        raise not_implemented("invites to streams and activities")
    for key, highest in BOUNDS.items():
        if not 0 <= (body.get(key) or 0) <= highest:
            text = f"int value should be less than or equal to {highest}."
            raise invalid_form([((key,), "NUMBER_TYPE_MAX", text)])
    if len(_live(call, guild)) >= INVITES:
        raise ApiError(400, 30016, f"Maximum number of invites reached ({INVITES})")
    asked = _asked(call, channel)
    same = None if body.get("unique") else next((each for each in _live(call, guild) if _alike(each, asked)), None)
    if same:
        return _whole(call.world, guild, same)
    guild.invites[asked.code] = asked
    note(call, guild, audit.INVITE_CREATE, None, after=_facts(asked))
    told = _whole(call.world, guild, asked) | {"channel_id": str(channel.id)}
    _tell(
        call.world, "INVITE_CREATE", guild, channel, {key: told[key] for key in told if key not in ("guild", "channel")}
    )
    return _whole(call.world, guild, asked)


def _asked(call: Call, channel: Channel) -> Invite:
    body = call.body
    return Invite(
        code="".join(secrets.choice(LETTERS) for _ in range(8)),
        channel_id=channel.id,
        inviter_id=call.world.bot.id,
        created_at=call.world.clock.now(),
        max_age_s=86400 if body.get("max_age") is None else body["max_age"],
        max_uses=body.get("max_uses") or 0,
        temporary=bool(body.get("temporary")),
    )


def _alike(one: Invite, other: Invite) -> bool:
    def kind(invite: Invite) -> tuple[object, ...]:
        return invite.channel_id, invite.inviter_id, invite.max_age_s, invite.max_uses, invite.temporary

    return kind(one) == kind(other)


@route("GET", "/channels/{channel_id}/invites")
def of_channel(call: Call) -> Any:
    channel, _ = the_channel(call, "MANAGE_CHANNELS")
    guild = guild_of(call, channel)
    return [_whole(call.world, guild, each) for each in _live(call, guild) if each.channel_id == channel.id]


@route("GET", "/guilds/{guild_id}/invites")
def of_guild(call: Call) -> Any:
    guild = the_guild(call, "MANAGE_GUILD")
    return [_whole(call.world, guild, each) for each in _live(call, guild)]


@route("GET", "/invites/{code}")
def one(call: Call) -> Any:
    guild, invite = _find(call)
    counts = {"approximate_member_count": len(guild.members), "approximate_presence_count": 1}
    return _partial(call.world, guild, invite) | (counts if call.query.get("with_counts") in ("true", "1") else {})


@route("DELETE", "/invites/{code}")
def delete(call: Call) -> Any:
    guild, invite = _find(call)
    guild = call.world.guild(guild.id)
    channel = guild.channels[invite.channel_id]
    here = call.world.may(call.world.bot.id, channel) & BITS["MANAGE_CHANNELS"]
    if not here and not may_in(call, guild) & BITS["MANAGE_GUILD"]:
        raise missing_permissions()
    del guild.invites[invite.code]
    note(call, guild, audit.INVITE_DELETE, None, before=_facts(invite))
    _tell(call.world, "INVITE_DELETE", guild, channel, {"code": invite.code})
    return _partial(call.world, guild, invite)


def _tell(world: World, name: str, guild: Guild, channel: Channel, data: Json) -> None:
    ids = {"guild_id": str(guild.id), "channel_id": str(channel.id)}
    world.emit(name, data | ids, intent=GUILD_INVITES, guild=guild.id, channel=channel.id)
