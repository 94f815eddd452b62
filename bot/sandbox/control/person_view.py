"""The sandbox as one person sees it: their guilds, the channels open to them, and the commands offered there."""

from __future__ import annotations

from collections.abc import Iterator

from bot.sandbox.box import Box
from bot.sandbox.records import Channel, Guild, Json, User
from bot.sandbox.state import wire
from bot.sandbox.state.permissions import BITS, in_guild
from bot.sandbox.state.world import World


def view(sandbox: Box, user: User | None) -> Json:
    """Everything but messages. None is the first person there is, an owner."""
    world = sandbox.world
    people = list(_people(world))
    me = user or (people[0][0] if people else world.operator)
    guilds = [each for each in world.guilds.values() if me.id in each.members and each.available]
    shares_a_guild = any(each.bot_inside for each in guilds)
    dms = [world.dm_with(me)] if shares_a_guild else []
    return {
        "me": wire.user_json(me),
        "people": [wire.user_json(person) | {"standing": standing} for person, standing in people],
        "bot": wire.user_json(world.bot),
        "connected": len(sandbox.server.gateway.live),
        "guilds": [_guild(sandbox, each, me) for each in guilds],
        "dms": [_channel(world, each, me) for each in dms],
        "dm_commands": list(sandbox.backend.commands.usable(None)),
    }


def _people(world: World) -> Iterator[tuple[User, str]]:
    """Everybody who is in a guild, once, with what they are there: owners first."""
    seen: set[int] = set()
    for guild in world.guilds.values():
        for member in sorted(guild.members.values(), key=lambda member: _rank(guild, member.user_id)):
            user = world.users[member.user_id]
            if not user.bot and user.id not in seen:
                seen.add(user.id)
                yield user, _STANDINGS[_rank(guild, user.id)]


_STANDINGS = ("owner", "manager", "member")


def _rank(guild: Guild, user_id: int) -> int:
    if user_id == guild.owner_id:
        return 0
    return 1 if in_guild(guild, guild.members[user_id]) & BITS["MANAGE_GUILD"] else 2


def _guild(sandbox: Box, guild: Guild, me: User) -> Json:
    world = sandbox.world
    seen = [each for each in guild.channels.values() if world.may(me.id, each) & BITS["VIEW_CHANNEL"]]
    return wire.guild_json(guild) | {
        "bot_inside": guild.bot_inside,
        "members": [wire.member_json(world, member) for member in guild.members.values()],
        "channels": [_channel(world, each, me) for each in seen],
        "commands": list(sandbox.backend.commands.usable(guild.id)) if guild.bot_inside else [],
        "bot_permissions": str(in_guild(guild, guild.members[world.bot.id])) if guild.bot_inside else "0",
    }


def _channel(world: World, channel: Channel, me: User) -> Json:
    """With what they, and what the bot, may do in it."""
    return wire.channel_json(world, channel) | {
        "permissions": str(world.may(me.id, channel)),
        "bot_permissions": str(world.may(world.bot.id, channel)),
    }
