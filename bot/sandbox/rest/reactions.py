"""REST: reactions to messages."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import unquote

from bot.sandbox.records import Channel, Message
from bot.sandbox.rest.lookup import the_message
from bot.sandbox.rest.routes import Call, Routes
from bot.sandbox.rules.problems import ApiError, archived_thread, unknown
from bot.sandbox.state import wire
from bot.sandbox.state.reactions import clear, react
from bot.sandbox.state.rights import needs

route = Routes()
OF = "/channels/{channel_id}/messages/{message_id}/reactions"
KINDS = 20  # different emoji on one message
CUSTOM = re.compile(r"(?:a:)?\w{2,32}:\d{15,20}")


def _emoji(call: Call) -> str:
    """The path's emoji; raises 10014 for what is none. Any short text in no Latin letters passes for Unicode."""
    emoji = unquote(call.path["emoji"])
    if CUSTOM.fullmatch(emoji):
        return emoji.removeprefix("a:")
    if emoji.isascii() or len(emoji) > 32 or any(char.isascii() and char.isalpha() for char in emoji):
        raise unknown("Emoji")
    return emoji


@route("PUT", OF + "/{emoji}/@me")
def add(call: Call) -> Any:
    channel, message, may = the_message(call, "READ_MESSAGE_HISTORY")
    emoji = _emoji(call)
    if channel.archived:
        raise archived_thread()
    if emoji not in message.reactions:
        needs(may, "ADD_REACTIONS")
        if len(message.reactions) >= KINDS:
            raise ApiError(400, 30010, f"Maximum number of reactions reached ({KINDS})")
    react(call.world, channel, message, emoji, call.world.bot.id, add=True)


@route("DELETE", OF + "/{emoji}/@me")
def remove_own(call: Call) -> Any:
    channel, message, _ = the_message(call)
    _take_off(call, channel, message, call.world.bot.id)


@route("DELETE", OF + "/{emoji}/{user_id}")
def remove(call: Call) -> Any:
    channel, message, _ = the_message(call, "MANAGE_MESSAGES")
    _take_off(call, channel, message, call.id("user_id"))


def _take_off(call: Call, channel: Channel, message: Message, user_id: int) -> None:
    react(call.world, channel, message, _emoji(call), user_id, add=False)


@route("DELETE", OF)
def remove_all(call: Call) -> Any:
    channel, message, _ = the_message(call, "MANAGE_MESSAGES")
    clear(call.world, channel, message)


@route("DELETE", OF + "/{emoji}")
def remove_emoji(call: Call) -> Any:
    channel, message, _ = the_message(call, "MANAGE_MESSAGES")
    clear(call.world, channel, message, emoji=_emoji(call))


@route("GET", OF + "/{emoji}")
def who(call: Call) -> Any:
    _, message, _ = the_message(call)
    limit, after = call.number("limit", 25, 1, 100), call.number("after", 0, 0, 1 << 63)
    reacted = sorted(each for each in message.reactions.get(_emoji(call), ()) if each > after)
    return [wire.user_json(call.world.users[each]) for each in reacted[:limit]]
