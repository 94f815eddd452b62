"""REST: who voted for what, and ending a poll."""

from __future__ import annotations

from typing import Any

from bot.sandbox.rest.lookup import the_message
from bot.sandbox.rest.routes import Call, Routes
from bot.sandbox.rules.problems import invalid_form, not_yours
from bot.sandbox.state import polls, wire

route = Routes()


@route("GET", "/channels/{channel_id}/polls/{message_id}/answers/{answer_id}")
def voters(call: Call) -> Any:
    _, message, _ = the_message(call, "READ_MESSAGE_HISTORY")
    poll = polls.poll_of(message)
    if not 1 <= call.id("answer_id") <= len(poll.answers):
        raise invalid_form([(("answer_id",), "BASE_TYPE_CHOICES", "The poll has no such answer.")])
    limit, after = call.number("limit", 25, 1, 100), call.number("after", 0, 0, 1 << 63)
    chosen = sorted(each for each in poll.votes.get(call.id("answer_id"), ()) if each > after)[:limit]
    return {"users": [wire.user_json(call.world.users[each]) for each in chosen]}


@route("POST", "/channels/{channel_id}/polls/{message_id}/expire")
def expire(call: Call) -> Any:
    channel, message, _ = the_message(call)
    if message.author_id != call.world.bot.id:
        raise not_yours()
    polls.end(call.world, channel, message)
    return wire.message_json(call.world, message)
