"""REST: webhooks, made and managed by the bot, and messages sent by their token."""

from __future__ import annotations

import secrets
from typing import Any

from bot.sandbox.records import FORUM_KINDS, Channel, Json, Message, Webhook
from bot.sandbox.rest.lookup import guild_of, note, the_channel, the_guild
from bot.sandbox.rest.routes import Call, Routes
from bot.sandbox.rest.threads import forum_post
from bot.sandbox.rules.problems import ApiError, invalid_form, invalid_token, unknown
from bot.sandbox.rules.shapes import Identifier
from bot.sandbox.rules.validate import bad_length
from bot.sandbox.state import audit, messages, wire
from bot.sandbox.state.messages import Draft, post
from bot.sandbox.state.rights import may_see, needs

route = Routes()
HOOK = "/webhooks/{webhook_id}/{webhook_token}"
MESSAGE = HOOK + "/messages/{message_id}"
INCOMING, FOLLOWER = 1, 2
OF_A_CHANNEL = 15
GUILD_WEBHOOKS = 1 << 5  # intent


def _json(call: Call, hook: Webhook, *, with_user: bool = True) -> Json:
    world = call.world
    data: Json = {
        "id": str(hook.id), "type": hook.kind, "name": hook.name, "avatar": None, "channel_id": str(hook.channel_id),
        "guild_id": str(hook.guild_id), "application_id": str(world.bot.id) if hook.kind == INCOMING else None,
    }  # fmt: skip
    if hook.kind == INCOMING:
        data |= {"token": hook.token, "url": f"{world.base_url}/api/v10/webhooks/{hook.id}/{hook.token}"}
    elif source := world.channels.get(hook.source_id or 0):
        data["source_channel"] = {"id": str(source.id), "name": source.name}
        guild = world.guilds[source.guild_id or 0]
        data["source_guild"] = {"id": str(guild.id), "name": guild.name, "icon": None}
    return data | ({"user": wire.user_json(world.users[hook.owner_id or world.bot.id])} if with_user else {})


def _tell(call: Call, hook: Webhook) -> None:
    data = {"guild_id": str(hook.guild_id), "channel_id": str(hook.channel_id)}
    call.world.emit("WEBHOOKS_UPDATE", data, intent=GUILD_WEBHOOKS, guild=hook.guild_id, channel=hook.channel_id)


def _facts(hook: Webhook) -> Json:
    return {"name": hook.name, "channel_id": str(hook.channel_id), "type": hook.kind}


# --- Managing them ----------------------------------------------------------------------------------------------


@route("GET", "/channels/{channel_id}/webhooks")
def of_channel(call: Call) -> Any:
    channel, _ = the_channel(call, "MANAGE_WEBHOOKS")
    return [_json(call, hook) for hook in call.world.webhooks.values() if hook.channel_id == channel.id]


@route("GET", "/guilds/{guild_id}/webhooks")
def of_guild(call: Call) -> Any:
    guild = the_guild(call, "MANAGE_WEBHOOKS")
    return [_json(call, hook) for hook in call.world.webhooks.values() if hook.guild_id == guild.id]


@route("POST", "/channels/{channel_id}/webhooks", takes="webhook")
def create(call: Call) -> Any:
    channel, _ = the_channel(call, "MANAGE_WEBHOOKS")
    return _json(call, _made(call, channel, _checked_name(call.body.get("name"))))


def _made(call: Call, channel: Channel, name: str, *, source: Channel | None = None) -> Webhook:
    world = call.world
    if sum(hook.channel_id == channel.id for hook in world.webhooks.values()) >= OF_A_CHANNEL:
        raise ApiError(400, 30007, f"Maximum number of webhooks reached ({OF_A_CHANNEL})")
    guild = guild_of(call, channel)
    hook = Webhook(world.new_id(), secrets.token_urlsafe(51), channel.id, guild.id, name, owner_id=world.bot.id)
    if source:
        hook.kind, hook.source_id = FOLLOWER, source.id
    world.webhooks[hook.id] = hook
    note(call, guild, audit.WEBHOOK_CREATE, hook.id, after=_facts(hook))
    _tell(call, hook)
    return hook


def _checked_name(name: str | None) -> str:
    if not 1 <= len(name or "") <= 80:
        raise invalid_form([bad_length(("name",), 1, 80)])
    if any(word in (name or "").lower() for word in ("clyde", "discord")):
        text = 'Username cannot contain "clyde" or "discord"'
        raise invalid_form([(("name",), "USERNAME_INVALID_CONTAINS", text)])
    return name or ""


@route("POST", "/channels/{channel_id}/followers", takes={"webhook_channel_id": Identifier})
def follow(call: Call) -> Any:
    """From now on what is published in the channel comes to the other one too."""
    source, _ = the_channel(call)
    if source.kind != 5:
        raise ApiError(400, 50024, "Cannot execute action on this channel type")
    target = call.world.channel(int(call.body.get("webhook_channel_id") or 0))
    needs(may_see(call.world, call.world.bot.id, target), "MANAGE_WEBHOOKS")
    name = f"{guild_of(call, source).name} #{source.name}"[:80]
    hook = _made(call, target, name, source=source)
    return {"channel_id": str(source.id), "webhook_id": str(hook.id)}


def _by_id(call: Call) -> Webhook:
    """The path's webhook, which the bot has to be allowed to manage."""
    hook = call.world.webhooks.get(call.id("webhook_id"))
    if hook is None:
        raise unknown("Webhook")
    needs(call.world.may(call.world.bot.id, call.world.channel(hook.channel_id)), "MANAGE_WEBHOOKS")
    return hook


def _by_token(call: Call) -> Webhook:
    hook = call.world.webhooks.get(call.id("webhook_id"))
    if hook is None:
        raise unknown("Webhook")
    if hook.token != call.path["webhook_token"] or hook.kind != INCOMING:
        raise invalid_token()
    return hook


@route("GET", "/webhooks/{webhook_id}")
def one(call: Call) -> Any:
    return _json(call, _by_id(call))


@route("GET", HOOK, needs_token=False)
def one_by_token(call: Call) -> Any:
    return _json(call, _by_token(call), with_user=False)


@route("PATCH", "/webhooks/{webhook_id}", takes="webhook")
def change(call: Call) -> Any:
    hook = _by_id(call)
    if call.body.get("channel_id") is not None:
        target = call.world.channel(int(call.body["channel_id"]))
        needs(may_see(call.world, call.world.bot.id, target), "MANAGE_WEBHOOKS")
        if target.guild_id != hook.guild_id:
            raise unknown("Channel")
        return _changed(call, hook, target.id)
    return _changed(call, hook, hook.channel_id)


@route("PATCH", HOOK, takes="webhook", needs_token=False)
def change_by_token(call: Call) -> Any:
    hook = _by_token(call)
    _changed(call, hook, hook.channel_id)
    return _json(call, hook, with_user=False)


def _changed(call: Call, hook: Webhook, channel_id: int) -> Json:
    before = _facts(hook)
    if "name" in call.body:
        hook.name = _checked_name(call.body["name"])
    hook.channel_id = channel_id
    note(call, call.world.guilds[hook.guild_id], audit.WEBHOOK_UPDATE, hook.id, before=before, after=_facts(hook))
    _tell(call, hook)
    return _json(call, hook)


@route("DELETE", "/webhooks/{webhook_id}")
def delete(call: Call) -> Any:
    _delete(call, _by_id(call))


@route("DELETE", HOOK, needs_token=False)
def delete_by_token(call: Call) -> Any:
    _delete(call, _by_token(call))


def _delete(call: Call, hook: Webhook) -> None:
    del call.world.webhooks[hook.id]
    note(call, call.world.guilds[hook.guild_id], audit.WEBHOOK_DELETE, hook.id, before=_facts(hook))
    _tell(call, hook)


# --- Messages by token: of an interaction if the path names the bot, else of a webhook -------------------------------


def _is_interaction(call: Call) -> bool:
    return call.id("webhook_id") == call.world.bot.id


@route("POST", HOOK, takes="webhook message", needs_token=False)
def send(call: Call) -> Any:
    if _is_interaction(call):
        made = call.backend.interactions.follow_up(call.path["webhook_token"], call.body, call.files)
        return wire.message_json(call.world, made)
    hook = _by_token(call)
    # A webhook has no nonce: an enforced one would be ignored (discord-api-docs #6647).
    body = {key: value for key, value in call.body.items() if key not in ("nonce", "enforce_nonce")}
    if (name := body.get("username")) is not None:
        _checked_name(name)
    draft = Draft(body, call.files, webhook_id=hook.id, alias=body.get("username") or hook.name)
    made = _posted(call, hook, draft)
    return wire.message_json(call.world, made) if call.query.get("wait") in ("true", "1") else None


def _posted(call: Call, hook: Webhook, draft: Draft) -> Message:
    world, channel = call.world, call.world.channel(hook.channel_id)
    thread_id, name = call.number("thread_id", 0, 0, 1 << 63), draft.body.get("thread_name")
    if thread_id:
        thread = channel_in(channel, thread_id, call)
        return post(world, call.backend.nonces, thread, hook.id, draft)
    if channel.kind not in FORUM_KINDS:
        if name:
            raise ApiError(400, 220003, "Webhooks can only create threads in forum channels")
        return post(world, call.backend.nonces, channel, hook.id, draft)
    if not name:
        raise ApiError(400, 220001, "Webhooks posted to forum channels must have a thread_name or thread_id")
    return forum_post(call, channel, name, hook.id, draft)[1]


def channel_in(channel: Channel, thread_id: int, call: Call) -> Channel:
    """The channel's thread of that identifier; raises 10003."""
    thread = call.world.channels.get(thread_id)
    if thread is None or not thread.is_thread or thread.parent_id != channel.id:
        raise unknown("Channel")
    return thread


@route("GET", MESSAGE, needs_token=False)
def message(call: Call) -> Any:
    if _is_interaction(call):
        return wire.message_json(call.world, call.backend.interactions.message(*_answer(call)))
    return wire.message_json(call.world, _own(call)[1])


@route("PATCH", MESSAGE, takes="message", needs_token=False)
def edit(call: Call) -> Any:
    if _is_interaction(call):
        edited = call.backend.interactions.edit(*_answer(call), call.body, call.files)
        return wire.message_json(call.world, edited)
    channel, own = _own(call)
    return wire.message_json(call.world, messages.edit(call.world, channel, own, call.body, call.files))


@route("DELETE", MESSAGE, needs_token=False)
def delete_message(call: Call) -> Any:
    if _is_interaction(call):
        return call.backend.interactions.delete(*_answer(call))
    channel, own = _own(call)
    return messages.delete(call.world, channel, own)


def _answer(call: Call) -> tuple[str, int | None]:
    """The interaction's token and the message's identifier, None for the original answer."""
    which = None if call.path["message_id"] == "@original" else call.id("message_id")
    return call.path["webhook_token"], which


def _own(call: Call) -> tuple[Channel, Message]:
    hook = _by_token(call)
    channel, thread_id = call.world.channel(hook.channel_id), call.number("thread_id", 0, 0, 1 << 63)
    place = channel_in(channel, thread_id, call) if thread_id else channel
    own = place.messages.get(call.id("message_id"))
    if own is None or own.webhook_id != hook.id:
        raise unknown("Message")
    return place, own
