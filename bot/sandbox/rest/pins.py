"""REST: pinned messages, and announcements that are published."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from bot.sandbox.records import Channel, Message
from bot.sandbox.rest.lookup import guild_of, note, the_channel, the_message
from bot.sandbox.rest.routes import Call, Routes
from bot.sandbox.rules.problems import ApiError
from bot.sandbox.state import audit, messages, wire
from bot.sandbox.state.crossposts import publish
from bot.sandbox.state.permissions import BITS
from bot.sandbox.state.rights import needs

route = Routes()
PINS = 250  # resources/message: Pin Message
GUILDS, DIRECT_MESSAGES = 1 << 0, 1 << 12  # intents
PUBLISHED = 1 << 0  # message flag


def _pinned(channel: Channel) -> list[tuple[datetime, Message]]:
    """The latest first."""
    found = [(each.pinned_at, each) for each in channel.messages.values() if each.pinned_at]
    return sorted(found, key=lambda each: (each[0], each[1].id), reverse=True)


@route("GET", "/channels/{channel_id}/messages/pins")
def pins(call: Call) -> Any:
    channel, may = the_channel(call)
    if not may & BITS["READ_MESSAGE_HISTORY"]:
        return {"items": [], "has_more": False}
    limit, found = call.number("limit", 50, 1, 50), _pinned(channel)
    if before := call.query.get("before"):
        found = [each for each in found if each[0] < datetime.fromisoformat(before)]
    items = [{"pinned_at": wire.stamp(at), "message": wire.message_json(call.world, each)} for at, each in found]
    return {"items": items[:limit], "has_more": len(items) > limit}


@route("GET", "/channels/{channel_id}/pins")
def pins_as_before(call: Call) -> Any:
    """The deprecated list, without dates."""
    channel, _ = the_channel(call)
    return [wire.message_json(call.world, each) for _, each in _pinned(channel)][:50]


@route("PUT", "/channels/{channel_id}/messages/pins/{message_id}")
@route("PUT", "/channels/{channel_id}/pins/{message_id}")
def pin(call: Call) -> Any:
    channel, message, _ = _to_pin(call)
    if message.pinned_at:
        return
    if len(_pinned(channel)) >= PINS:
        raise ApiError(400, 30003, f"Maximum number of pins reached for the channel ({PINS})")
    message.pinned_at = call.world.clock.now()
    _told(call, channel, message, audit.MESSAGE_PIN)


@route("DELETE", "/channels/{channel_id}/messages/pins/{message_id}")
@route("DELETE", "/channels/{channel_id}/pins/{message_id}")
def unpin(call: Call) -> Any:
    channel, message, _ = _to_pin(call)
    if message.pinned_at:
        message.pinned_at = None
        _told(call, channel, message, audit.MESSAGE_UNPIN)


def _to_pin(call: Call) -> tuple[Channel, Message, int]:
    channel, message, may = the_message(call)
    if not channel.is_dm:
        needs(may, "PIN_MESSAGES")
    return channel, message, may


def _told(call: Call, channel: Channel, message: Message, action: int) -> None:
    messages.announce(call.world, "MESSAGE_UPDATE", message)
    last = _pinned(channel)
    data = {"channel_id": str(channel.id), "last_pin_timestamp": wire.stamp(last[0][0]) if last else None}
    if channel.guild_id:
        data["guild_id"] = str(channel.guild_id)
        guild = guild_of(call, channel)
        note(call, guild, action, message.author_id, channel_id=channel.id, message_id=message.id)
    intent = DIRECT_MESSAGES if channel.is_dm else GUILDS
    call.world.emit("CHANNEL_PINS_UPDATE", data, intent=intent, guild=channel.guild_id, channel=channel.id)


@route("POST", "/channels/{channel_id}/messages/{message_id}/crosspost")
def crosspost(call: Call) -> Any:
    channel, message, may = the_message(call)
    if channel.kind != 5:
        raise ApiError(400, 50024, "Cannot execute action on this channel type")
    needs(may, "SEND_MESSAGES" if message.author_id == call.world.bot.id else "MANAGE_MESSAGES")
    if message.flags & PUBLISHED:
        raise ApiError(400, 40033, "This message has already been crossposted")
    publish(call.world, channel, message)
    return wire.message_json(call.world, message)
