"""REST: channels, their overwrites, threads and webhooks."""

from __future__ import annotations

import secrets
from typing import Any

from bot.sandbox.records import CHANNEL_KINDS, FORUM_KINDS, Channel, Json, Overwrite
from bot.sandbox.rest.routes import Call, Created, Routes
from bot.sandbox.rules.problems import ApiError, invalid_form, unknown
from bot.sandbox.rules.validate import bad_length
from bot.sandbox.state import messages, wire
from bot.sandbox.state.messages import Draft
from bot.sandbox.state.permissions import in_guild
from bot.sandbox.state.rights import may_see, needs
from bot.sandbox.state.world import Webhook

route = Routes()
KIND_NAMES = {number: name for name, number in CHANNEL_KINDS.items()}


def _channel(call: Call, *names: str) -> tuple[Channel, int]:
    """The path's channel and what the bot may in it, which has to include `names`."""
    channel = call.world.channel(call.id("channel_id"))
    may = may_see(call.world, call.world.bot.id, channel)
    needs(may, *names)
    return channel, may


def _check_name(name: str | None) -> str:
    if not name or len(name) > 100:
        raise invalid_form([bad_length(("name",), 1, 100)])
    return name


@route("GET", "/channels/{channel_id}")
def one(call: Call) -> Any:
    return wire.channel_json(call.world, _channel(call)[0])


@route("PATCH", "/channels/{channel_id}")
def change(call: Call) -> Any:
    channel, may = _channel(call)
    own_thread = channel.is_thread and channel.owner_id == call.world.bot.id
    if not own_thread:
        needs(may, "MANAGE_THREADS" if channel.is_thread else "MANAGE_CHANNELS")
    body = call.body
    if "name" in body:
        channel.name = _check_name(body["name"])
    fields = {"topic": "topic", "nsfw": "nsfw", "rate_limit_per_user": "slowmode_s", "position": "position"}
    fields |= {"archived": "archived", "locked": "locked", "auto_archive_duration": "archive_after_min"}
    for key, attribute in fields.items():
        if key in body:
            setattr(channel, attribute, body[key])
    call.world.changed_channel(channel)
    return wire.channel_json(call.world, channel)


@route("DELETE", "/channels/{channel_id}")
def delete(call: Call) -> Any:
    channel, _ = _channel(call)
    if not channel.is_dm:
        _channel(call, "MANAGE_THREADS" if channel.is_thread else "MANAGE_CHANNELS")
        call.world.remove_channel(channel)
    return wire.channel_json(call.world, channel)


@route("POST", "/guilds/{guild_id}/channels")
def create(call: Call) -> Any:
    world = call.world
    guild = world.guild(call.id("guild_id"))
    needs(in_guild(guild, guild.members[world.bot.id]), "MANAGE_CHANNELS")
    kind = KIND_NAMES.get(call.body.get("type") or 0)
    if kind is None:
        raise invalid_form([(("type",), "BASE_TYPE_CHOICES", "This channel type cannot be created.")])
    parent = guild.channels.get(int(call.body.get("parent_id") or 0))
    channel = world.add_channel(guild, _check_name(call.body.get("name")), kind=kind, parent=parent)
    channel.topic = call.body.get("topic")
    return Created(wire.channel_json(world, channel))


@route("PUT", "/channels/{channel_id}/permissions/{overwrite_id}")
def overwrite(call: Call) -> Any:
    channel, _ = _channel(call, "MANAGE_ROLES")
    target, body = call.id("overwrite_id"), call.body
    allow, deny = int(body.get("allow") or 0), int(body.get("deny") or 0)
    channel.overwrites[target] = Overwrite(target, body["type"], allow, deny)
    call.world.changed_channel(channel)


@route("DELETE", "/channels/{channel_id}/permissions/{overwrite_id}")
def remove_overwrite(call: Call) -> Any:
    channel, _ = _channel(call, "MANAGE_ROLES")
    if channel.overwrites.pop(call.id("overwrite_id"), None) is None:
        raise unknown("Overwrite")
    call.world.changed_channel(channel)


# --- Threads and forum posts -----------------------------------------------------------------------------------


@route("POST", "/channels/{channel_id}/threads")
def start_thread(call: Call) -> Any:
    """A thread without a message, or a post in a forum, which begins with one."""
    channel, _ = _channel(call)
    if channel.kind in FORUM_KINDS:
        return Created(_start_forum_post(call, channel))
    private = call.body.get("type") == CHANNEL_KINDS["private_thread"]
    _channel(call, "CREATE_PRIVATE_THREADS" if private else "CREATE_PUBLIC_THREADS")
    kind = "private_thread" if private else "announcement_thread" if channel.kind == 5 else "thread"
    name = _check_name(call.body.get("name"))
    thread = call.world.add_thread(channel, name, call.world.bot.id, kind=kind)
    return Created(wire.channel_json(call.world, thread))


def _start_forum_post(call: Call, forum: Channel) -> Json:
    world, body = call.world, call.body
    _channel(call, "SEND_MESSAGES")
    name, first = _check_name(body.get("name")), body.get("message")
    if first is None:
        raise invalid_form([(("message",), "BASE_TYPE_REQUIRED", "This field is required")])
    tags = [int(tag) for tag in body.get("applied_tags") or ()]
    if len(tags) > 5:
        raise invalid_form([bad_length(("applied_tags",), 0, 5)])
    if not set(tags) <= {int(tag["id"]) for tag in forum.tags}:
        raise ApiError(400, 40066, "One or more of the tags are invalid")
    if forum.tag_required and not tags:
        raise ApiError(400, 40067, "A tag is required to create a forum post in this channel")
    # Checked before the thread is there: a refused message shall not leave an empty post behind.
    messages.check_form(first)
    messages.build(world, forum, world.bot.id, Draft(first, call.files))
    thread = world.add_thread(forum, name, world.bot.id)
    thread.applied_tags = tags
    # A forum post knows no nonce (resources/channel: Start Thread in Forum); its first message has the thread's id.
    body = {key: value for key, value in first.items() if key not in ("nonce", "enforce_nonce")}
    message = messages.post(world, call.backend.nonces, thread, world.bot.id, Draft(body, call.files, id=thread.id))
    return wire.channel_json(world, thread) | {"message": wire.message_json(world, message)}


@route("POST", "/channels/{channel_id}/messages/{message_id}/threads")
def start_thread_from_message(call: Call) -> Any:
    channel, _ = _channel(call, "CREATE_PUBLIC_THREADS")
    message = channel.messages.get(call.id("message_id"))
    if message is None:
        raise unknown("Message")
    if message.thread_id:
        raise ApiError(400, 160004, "A thread has already been created for this message")
    kind = "announcement_thread" if channel.kind == 5 else "thread"
    name = _check_name(call.body.get("name"))
    thread = call.world.add_thread(channel, name, call.world.bot.id, kind=kind, id=message.id)
    message.thread_id = thread.id
    messages.announce(call.world, "MESSAGE_UPDATE", message)
    return Created(wire.channel_json(call.world, thread))


@route("PUT", "/channels/{channel_id}/thread-members/@me")
def join_thread(call: Call) -> Any:
    channel, _ = _channel(call)
    if call.world.bot.id not in channel.joined:
        channel.joined.append(call.world.bot.id)


@route("GET", "/channels/{channel_id}/threads/archived/public")
def archived_threads(call: Call) -> Any:
    channel, _ = _channel(call, "READ_MESSAGE_HISTORY")
    found = [
        each
        for each in call.world.guilds[channel.guild_id or 0].channels.values()
        if each.is_thread and each.archived and each.parent_id == channel.id
    ]
    return {"threads": [wire.channel_json(call.world, each) for each in found], "members": [], "has_more": False}


# --- Webhooks ---------------------------------------------------------------------------------------------------


def _webhook_json(call: Call, hook: Webhook) -> Json:
    return {
        "id": str(hook.id),
        "type": 1,
        "name": hook.name,
        "avatar": None,
        "channel_id": str(hook.channel_id),
        "guild_id": str(hook.guild_id),
        "application_id": str(call.world.bot.id),
        "token": hook.token,
        "url": f"{call.world.base_url}/api/v10/webhooks/{hook.id}/{hook.token}",
        "user": wire.user_json(call.world.bot),
    }


@route("GET", "/channels/{channel_id}/webhooks")
def webhooks(call: Call) -> Any:
    channel, _ = _channel(call, "MANAGE_WEBHOOKS")
    return [_webhook_json(call, hook) for hook in call.world.webhooks.values() if hook.channel_id == channel.id]


@route("POST", "/channels/{channel_id}/webhooks")
def create_webhook(call: Call) -> Any:
    channel, _ = _channel(call, "MANAGE_WEBHOOKS")
    own = [hook for hook in call.world.webhooks.values() if hook.channel_id == channel.id]
    if len(own) >= 15:
        raise ApiError(400, 30007, "Maximum number of webhooks reached (15)")
    name = call.body.get("name") or ""
    if not 1 <= len(name) <= 80:
        raise invalid_form([bad_length(("name",), 1, 80)])
    assert channel.guild_id
    hook = Webhook(call.world.new_id(), secrets.token_urlsafe(51), channel.id, channel.guild_id, name)
    call.world.webhooks[hook.id] = hook
    return _webhook_json(call, hook)


@route("DELETE", "/webhooks/{webhook_id}")
def delete_webhook(call: Call) -> Any:
    hook = call.world.webhooks.get(call.id("webhook_id"))
    if hook is None:
        raise unknown("Webhook")
    needs(call.world.may(call.world.bot.id, call.world.channel(hook.channel_id)), "MANAGE_WEBHOOKS")
    del call.world.webhooks[hook.id]
