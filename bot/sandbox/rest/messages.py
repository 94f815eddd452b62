"""REST: messages and their reactions."""

from __future__ import annotations

from typing import Any
from urllib.parse import unquote

from bot.sandbox.records import Channel, Message
from bot.sandbox.rest.routes import Call, Routes
from bot.sandbox.rules.problems import ApiError, cannot_message_user, invalid_form, unknown
from bot.sandbox.state import messages, wire
from bot.sandbox.state.messages import Draft
from bot.sandbox.state.permissions import BITS
from bot.sandbox.state.reactions import react
from bot.sandbox.state.rights import check_may_edit, check_may_post, may_see, needs

route = Routes()


def _channel(call: Call) -> tuple[Channel, int]:
    """The path's channel and what the bot may in it."""
    channel = call.world.channel(call.id("channel_id"))
    return channel, may_see(call.world, call.world.bot.id, channel)


def _message(call: Call) -> tuple[Channel, Message, int]:
    channel, may = _channel(call)
    found = channel.messages.get(call.id("message_id"))
    if found is None:
        raise unknown("Message")
    return channel, found, may


@route("POST", "/channels/{channel_id}/messages")
def create(call: Call) -> Any:
    world = call.world
    channel = world.channel(call.id("channel_id"))
    check_may_post(world, world.bot.id, channel, call.body, with_files=bool(call.files))
    if channel.is_dm and not _reachable(call, channel):
        raise cannot_message_user()
    return wire.message_json(
        world, messages.post(world, call.backend.nonces, channel, world.bot.id, Draft(call.body, call.files))
    )


def _reachable(call: Call, channel: Channel) -> bool:
    """A DM arrives if the user lets DMs in and is in a guild with the bot."""
    user_id = channel.recipient_ids[0]
    together = any(user_id in guild.members and guild.bot_inside for guild in call.world.guilds.values())
    return together and call.world.users[user_id].dms_open


@route("GET", "/channels/{channel_id}/messages")
def history(call: Call) -> Any:
    channel, may = _channel(call)
    if not may & BITS["READ_MESSAGE_HISTORY"]:
        return []
    limit = call.number("limit", 50, 1, 100)
    newest_first = sorted(channel.messages.values(), key=lambda message: message.id, reverse=True)
    if "around" in call.query:
        return [wire.message_json(call.world, each) for each in _around(newest_first, int(call.query["around"]), limit)]
    if "after" in call.query:
        # The oldest ones after it, but still newest first.
        chosen = [each for each in newest_first if each.id > int(call.query["after"])][-limit:]
    else:
        before = int(call.query["before"]) if "before" in call.query else None
        chosen = [each for each in newest_first if before is None or each.id < before][:limit]
    return [wire.message_json(call.world, each) for each in chosen]


def _around(newest_first: list[Message], middle: int, limit: int) -> list[Message]:
    older = [each for each in newest_first if each.id <= middle][: limit // 2 + 1]
    newer = [each for each in newest_first if each.id > middle]
    return newer[-(limit // 2) :] + older if limit > 1 else older[:1]


@route("GET", "/channels/{channel_id}/messages/{message_id}")
def one(call: Call) -> Any:
    _, message, may = _message(call)
    needs(may, "READ_MESSAGE_HISTORY")
    return wire.message_json(call.world, message)


@route("PATCH", "/channels/{channel_id}/messages/{message_id}")
def edit(call: Call) -> Any:
    channel, message, may = _message(call)
    check_may_edit(message, call.world.bot.id, call.body)
    if message.author_id != call.world.bot.id:
        needs(may, "MANAGE_MESSAGES")
    if channel.archived:
        raise ApiError(400, 50083, "Thread is archived")
    return wire.message_json(call.world, messages.edit(call.world, channel, message, call.body, call.files))


@route("DELETE", "/channels/{channel_id}/messages/{message_id}")
def delete(call: Call) -> Any:
    channel, message, may = _message(call)
    if message.author_id != call.world.bot.id:
        needs(may, "MANAGE_MESSAGES")
    messages.delete(call.world, channel, message)


@route("POST", "/channels/{channel_id}/messages/bulk-delete")
def bulk_delete(call: Call) -> Any:
    channel, may = _channel(call)
    needs(may, "MANAGE_MESSAGES")
    chosen = call.body.get("messages") or []
    if not 2 <= len(chosen) <= 100:
        raise invalid_form([(("messages",), "BASE_TYPE_BAD_LENGTH", "Must be between 2 and 100 in length.")])
    for message_id in chosen:
        if message := channel.messages.get(int(message_id)):
            messages.delete(call.world, channel, message)


@route("POST", "/channels/{channel_id}/typing")
def typing(call: Call) -> Any:
    channel, may = _channel(call)
    needs(may, "SEND_MESSAGES_IN_THREADS" if channel.is_thread else "SEND_MESSAGES")
    data = {"user_id": str(call.world.bot.id), "channel_id": str(channel.id)}
    call.world.emit("SANDBOX_TYPING", data, guild=channel.guild_id, channel=channel.id)


@route("PUT", "/channels/{channel_id}/messages/{message_id}/reactions/{emoji}/@me")
def add_reaction(call: Call) -> Any:
    channel, message, may = _message(call)
    needs(may, "READ_MESSAGE_HISTORY")
    emoji = unquote(call.path["emoji"])
    if emoji not in message.reactions:
        needs(may, "ADD_REACTIONS")
    react(call.world, channel, message, emoji, call.world.bot.id, add=True)


@route("DELETE", "/channels/{channel_id}/messages/{message_id}/reactions/{emoji}/@me")
def remove_reaction(call: Call) -> Any:
    channel, message, _ = _message(call)
    react(call.world, channel, message, unquote(call.path["emoji"]), call.world.bot.id, add=False)


@route("GET", "/channels/{channel_id}/messages/{message_id}/reactions/{emoji}")
def who_reacted(call: Call) -> Any:
    _, message, _ = _message(call)
    return [wire.user_json(call.world.users[each]) for each in message.reactions.get(unquote(call.path["emoji"]), ())]


@route("POST", "/channels/{channel_id}/messages/{message_id}/crosspost")
def crosspost(call: Call) -> Any:
    channel, message, _ = _message(call)
    if channel.kind != 5:
        raise ApiError(400, 50024, "Cannot execute action on this channel type")
    if message.flags & 1:
        raise ApiError(400, 40033, "This message has already been crossposted")
    message.flags |= 1
    messages.announce(call.world, "MESSAGE_UPDATE", message)
    return wire.message_json(call.world, message)


@route("GET", "/channels/{channel_id}/messages/pins")
def pins(call: Call) -> Any:
    channel, _ = _channel(call)
    found = [message for message in channel.messages.values() if message.pinned]
    return {
        "items": [
            {"pinned_at": wire.stamp(message.created_at), "message": wire.message_json(call.world, message)}
            for message in reversed(found)
        ],
        "has_more": False,
    }


@route("PUT", "/channels/{channel_id}/messages/pins/{message_id}")
@route("PUT", "/channels/{channel_id}/pins/{message_id}")
def pin(call: Call) -> Any:
    _pin(call, pinned=True)


@route("DELETE", "/channels/{channel_id}/messages/pins/{message_id}")
@route("DELETE", "/channels/{channel_id}/pins/{message_id}")
def unpin(call: Call) -> Any:
    _pin(call, pinned=False)


def _pin(call: Call, *, pinned: bool) -> None:
    _, message, may = _message(call)
    needs(may, "MANAGE_MESSAGES")
    message.pinned = pinned
    messages.announce(call.world, "MESSAGE_UPDATE", message)
