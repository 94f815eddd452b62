"""REST: messages."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from bot.sandbox.records import Channel, Message
from bot.sandbox.rest.lookup import guild_of, note, the_channel, the_message
from bot.sandbox.rest.routes import Call, Routes
from bot.sandbox.rules.problems import ApiError, archived_thread, cannot_message_user, invalid_form
from bot.sandbox.rules.shapes import Identifier
from bot.sandbox.rules.validate import bad_length
from bot.sandbox.snowflakes import at
from bot.sandbox.state import audit, messages, wire
from bot.sandbox.state.messages import Draft
from bot.sandbox.state.permissions import BITS
from bot.sandbox.state.rights import check_may_edit, check_may_post, needs
from bot.sandbox.state.typing import typing_starts

route = Routes()


@route("POST", "/channels/{channel_id}/messages", takes="message")
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
    channel, may = the_channel(call)
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
    _, message, may = the_message(call)
    needs(may, "READ_MESSAGE_HISTORY")
    return wire.message_json(call.world, message)


@route("PATCH", "/channels/{channel_id}/messages/{message_id}", takes="message")
def edit(call: Call) -> Any:
    channel, message, may = the_message(call)
    check_may_edit(message, call.world.bot.id, call.body)
    if message.author_id != call.world.bot.id:
        needs(may, "MANAGE_MESSAGES")
    if channel.archived:
        raise archived_thread()
    return wire.message_json(call.world, messages.edit(call.world, channel, message, call.body, call.files))


@route("DELETE", "/channels/{channel_id}/messages/{message_id}")
def delete(call: Call) -> Any:
    channel, message, may = the_message(call)
    foreign = message.author_id != call.world.bot.id
    if foreign:
        needs(may, "MANAGE_MESSAGES")
    messages.delete(call.world, channel, message)
    if foreign and channel.guild_id:
        guild = guild_of(call, channel)
        note(call, guild, audit.MESSAGE_DELETE, message.author_id, channel_id=channel.id, count=1)


BULK_DELETE_AGE = timedelta(days=14)


@route("POST", "/channels/{channel_id}/messages/bulk-delete", takes={"messages": [Identifier]})
def bulk_delete(call: Call) -> Any:
    channel, _ = the_channel(call, "MANAGE_MESSAGES")
    if channel.is_dm:
        raise ApiError(400, 50003, "Cannot execute action on a DM channel")
    chosen = list(dict.fromkeys(int(each) for each in call.body.get("messages") or ()))
    if not 2 <= len(chosen) <= 100:
        raise invalid_form([bad_length(("messages",), 2, 100)])
    if min(chosen) < at(call.world.clock.now() - BULK_DELETE_AGE):
        raise ApiError(400, 50034, "You can only bulk delete messages that are under 14 days old.")
    gone = messages.delete_many(call.world, channel, [each for each in chosen if each in channel.messages])
    note(call, guild_of(call, channel), audit.MESSAGE_BULK_DELETE, channel.id, count=gone)


@route("POST", "/channels/{channel_id}/typing")
def typing(call: Call) -> Any:
    channel, may = the_channel(call)
    needs(may, "SEND_MESSAGES_IN_THREADS" if channel.is_thread else "SEND_MESSAGES")
    typing_starts(call.world, channel, call.world.bot.id)
