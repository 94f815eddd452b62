"""What the control interface shows: the sandbox's state, replies, faults and log as JSON."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import asdict
from itertools import islice

from bot.sandbox.box import Box
from bot.sandbox.members.reply import Reply
from bot.sandbox.records import Channel, Event, Guild, Json, Message
from bot.sandbox.state import wire
from bot.sandbox.state.world import World


def state(sandbox: Box) -> Json:
    """Everything but the messages: how to reach it, who and what there is."""
    world = sandbox.world
    return {
        "api_base": sandbox.api_base,
        "token": sandbox.token,
        "application_id": str(sandbox.application_id),
        "connected": len(sandbox.server.gateway.live),
        "bot": wire.user_json(world.bot),
        "presence": sandbox.server.gateway.presences.get(0),
        "users": [wire.user_json(user) for user in world.users.values()],
        "guilds": [guild(world, each) for each in world.guilds.values()],
        "dms": [wire.channel_json(world, channel) for channel in world.channels.values() if channel.is_dm],
    }


def guild(world: World, record: Guild) -> Json:
    return wire.guild_json(record) | {
        "bot_inside": record.bot_inside,
        "members": [wire.member_json(world, member) for member in record.members.values()],
        "channels": [wire.channel_json(world, channel) for channel in record.channels.values()],
    }


def messages(
    world: World, channel: Channel, reader_id: int | None, *, before: int | None = None, limit: int | None = None
) -> Json:
    """The channel's messages, oldest first, and among them what only the reader sees: {"messages", "more"}."""
    hidden = [
        each for each in world.ephemeral.values() if each.channel_id == channel.id and each.visible_to == reader_id
    ]
    visible = sorted([*channel.messages.values(), *hidden], key=lambda message: message.id)
    if before is not None:
        visible = visible[: bisect_left(visible, before, key=lambda message: message.id)]
    start = 0 if limit is None else max(0, len(visible) - limit)
    return {"messages": [message(world, each) for each in visible[start:]], "more": start > 0}


def message(world: World, record: Message) -> Json:
    """Discord's JSON and, beside it, whom the message pings."""
    pings = {
        "users": [str(each) for each in record.pings.users],
        "roles": [str(each) for each in record.pings.roles],
        "everyone": record.pings.everyone,
    }
    return wire.message_json(world, record) | {"sandbox_pings": pings}


def reply(world: World, answer: Reply) -> Json:
    modal = answer.modal
    return {
        "interaction": str(answer.interaction_id),
        "failed": answer.failed,
        "deferred": answer.deferred,
        "ephemeral": answer.ephemeral,
        "message": message(world, answer.message) if answer.message else None,
        "followups": [message(world, each) for each in answer.followups],
        "modal": {"title": modal.title, "custom_id": modal.custom_id, "components": modal.components}
        if modal
        else None,
    }


def event(happened: Event) -> Json:
    return {
        "name": happened.name,
        "data": happened.data,
        "guild_id": str(happened.guild_id) if happened.guild_id else None,
        "channel_id": str(happened.channel_id) if happened.channel_id else None,
    }


def faults(sandbox: Box) -> Json:
    return {"faults": [asdict(fault) for fault in sandbox.faults.laid]}


def log(sandbox: Box, *, after: int = 0) -> Json:
    """The requests so far, without the first `after` of them; `next` is the `after` to ask with next time."""
    backend = sandbox.backend
    already_gone = backend.logged - len(backend.log)
    entries = islice(backend.log, max(0, after - already_gone), None)
    return {
        "requests": [asdict(each) | {"at": wire.stamp(each.at)} for each in entries],
        "next": backend.logged,
    }
