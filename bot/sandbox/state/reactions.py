"""Reactions to messages."""

from __future__ import annotations

from bot.sandbox.records import Channel, Json, Message
from bot.sandbox.state import wire
from bot.sandbox.state.world import World

GUILD_REACTIONS, DIRECT_REACTIONS = 1 << 10, 1 << 13  # intents


def react(world: World, channel: Channel, message: Message, emoji: str, user_id: int, *, add: bool) -> None:
    """Puts the user's reaction on or takes it off."""
    who = message.reactions.get(emoji, [])
    if (user_id in who) == add:
        return
    message.reactions[emoji] = who
    who.append(user_id) if add else who.remove(user_id)
    if not who:
        del message.reactions[emoji]
    data: Json = {"user_id": str(user_id), "emoji": _emoji_json(emoji), "burst": False, "type": 0}
    if add and channel.guild_id:
        member = world.guilds[channel.guild_id].members[user_id]
        data |= {"member": wire.member_json(world, member), "message_author_id": str(message.author_id)}
    _tell(world, "MESSAGE_REACTION_ADD" if add else "MESSAGE_REACTION_REMOVE", channel, message, data)


def clear(world: World, channel: Channel, message: Message, *, emoji: str | None = None) -> None:
    """Takes off everybody's reactions, or those with one emoji."""
    if emoji is None:
        message.reactions.clear()
        _tell(world, "MESSAGE_REACTION_REMOVE_ALL", channel, message, {})
    elif message.reactions.pop(emoji, None):
        _tell(world, "MESSAGE_REACTION_REMOVE_EMOJI", channel, message, {"emoji": _emoji_json(emoji)})


def _emoji_json(emoji: str) -> Json:
    name, _, emoji_id = emoji.partition(":")
    return {"id": emoji_id or None, "name": name}


def _tell(world: World, name: str, channel: Channel, message: Message, data: Json) -> None:
    data |= {"channel_id": str(channel.id), "message_id": str(message.id)}
    if channel.guild_id:
        data["guild_id"] = str(channel.guild_id)
    intent = DIRECT_REACTIONS if channel.is_dm else GUILD_REACTIONS
    world.emit(name, data, intent=intent, guild=channel.guild_id, channel=channel.id)
