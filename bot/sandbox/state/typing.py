"""Somebody is writing."""

from __future__ import annotations

from bot.sandbox.records import Channel, Json
from bot.sandbox.state import wire
from bot.sandbox.state.world import World

GUILD_TYPING, DIRECT_TYPING = 1 << 11, 1 << 14  # intents


def typing_starts(world: World, channel: Channel, user_id: int) -> None:
    """Tells the sandbox's own listeners, and of members, bots too."""
    data: Json = {
        "user_id": str(user_id),
        "channel_id": str(channel.id),
        "timestamp": int(world.clock.now().timestamp()),
    }
    world.emit("SANDBOX_TYPING", data, guild=channel.guild_id, channel=channel.id)
    if channel.guild_id:
        data["guild_id"] = str(channel.guild_id)
        if member := world.guilds[channel.guild_id].members.get(user_id):
            data["member"] = wire.member_json(world, member)
    intent = DIRECT_TYPING if channel.is_dm else GUILD_TYPING
    world.emit("TYPING_START", data, intent=intent, guild=channel.guild_id, channel=channel.id)
