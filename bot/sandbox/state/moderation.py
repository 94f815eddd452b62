"""Bans, slow mode: what keeps members from writing."""

from __future__ import annotations

from datetime import timedelta

from bot.sandbox.records import Channel, Guild
from bot.sandbox.rules.problems import slowed_down
from bot.sandbox.snowflakes import at
from bot.sandbox.state import messages, wire
from bot.sandbox.state.permissions import BITS
from bot.sandbox.state.world import World

GUILD_MODERATION = 1 << 2  # intent


def ban(world: World, guild: Guild, user_id: int, reason: str | None, *, delete_s: int = 0) -> None:
    """Out of the guild, with what they wrote in the last seconds, until they are let back in."""
    guild.bans[user_id] = reason or None
    _tell(world, "GUILD_BAN_ADD", guild, user_id)
    if user_id in guild.members:
        world.remove_member(guild, user_id)
    since = at(world.clock.now() - timedelta(seconds=delete_s))
    for channel in list(guild.channels.values()) if delete_s else ():
        for message in [each for each in channel.messages.values() if each.author_id == user_id and each.id >= since]:
            messages.delete(world, channel, message)


def unban(world: World, guild: Guild, user_id: int) -> None:
    del guild.bans[user_id]
    _tell(world, "GUILD_BAN_REMOVE", guild, user_id)


def _tell(world: World, name: str, guild: Guild, user_id: int) -> None:
    data = {"guild_id": str(guild.id), "user": wire.user_json(world.users[user_id])}
    world.emit(name, data, intent=GUILD_MODERATION, guild=guild.id)


def check_slow_mode(world: World, user_id: int, channel: Channel) -> None:
    """Raises 20016 for who has written here too lately.

    Bots, and who may manage the channel or its messages, are not slowed (resources/channel: rate_limit_per_user).
    """
    free = BITS["MANAGE_MESSAGES"] | BITS["MANAGE_CHANNELS"] | BITS["BYPASS_SLOWMODE"]
    if not channel.slowmode_s or world.users[user_id].bot or world.may(user_id, channel) & free:
        return
    own = (each.created_at for each in reversed(channel.messages.values()) if each.author_id == user_id)
    last = next(own, None)
    if last is None:
        return
    left_s = (last + timedelta(seconds=channel.slowmode_s) - world.clock.now()).total_seconds()
    if left_s > 0:
        raise slowed_down(left_s)
