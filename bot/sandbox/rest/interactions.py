"""REST: answering interactions, and what may follow by their token."""

from __future__ import annotations

from typing import Any

from bot.sandbox.rest.routes import Call, Routes
from bot.sandbox.rules.problems import invalid_token, unknown
from bot.sandbox.state import wire
from bot.sandbox.state.messages import Draft, post
from bot.sandbox.state.world import Webhook

route = Routes()

HOOK = "/webhooks/{webhook_id}/{webhook_token}"


@route("POST", "/interactions/{interaction_id}/{interaction_token}/callback", needs_token=False)
def callback(call: Call) -> Any:
    interactions = call.backend.interactions
    token = call.path["interaction_token"]
    answered = interactions.answer(call.id("interaction_id"), token, call.body, call.files)
    return interactions.callback_json(answered) if call.query.get("with_response") in ("1", "true") else None


@route("POST", HOOK, needs_token=False)
def follow_up(call: Call) -> Any:
    if hook := _webhook(call):
        return _post_by_webhook(call, hook)
    message = call.backend.interactions.follow_up(call.path["webhook_token"], call.body, call.files)
    return wire.message_json(call.world, message)


@route("GET", HOOK + "/messages/{message_id}", needs_token=False)
def message(call: Call) -> Any:
    found = call.backend.interactions.message(call.path["webhook_token"], _which(call))
    return wire.message_json(call.world, found)


@route("PATCH", HOOK + "/messages/{message_id}", needs_token=False)
def edit(call: Call) -> Any:
    edited = call.backend.interactions.edit(call.path["webhook_token"], _which(call), call.body, call.files)
    return wire.message_json(call.world, edited)


@route("DELETE", HOOK + "/messages/{message_id}", needs_token=False)
def delete(call: Call) -> Any:
    call.backend.interactions.delete(call.path["webhook_token"], _which(call))


def _which(call: Call) -> int | None:
    """The message's identifier; None for the interaction's original answer."""
    if call.id("webhook_id") != call.world.bot.id:
        raise unknown("Webhook")
    return None if call.path["message_id"] == "@original" else call.id("message_id")


def _webhook(call: Call) -> Webhook | None:
    """A channel's own webhook; None if the path means an interaction of the bot."""
    if call.id("webhook_id") == call.world.bot.id:
        return None
    hook = call.world.webhooks.get(call.id("webhook_id"))
    if hook is None:
        raise unknown("Webhook")
    if hook.token != call.path["webhook_token"]:
        raise invalid_token()
    return hook


def _post_by_webhook(call: Call, hook: Webhook) -> Any:
    # A webhook has no nonce: an enforced one would be ignored (discord-api-docs #6647).
    body = {key: value for key, value in call.body.items() if key not in ("nonce", "enforce_nonce")}
    draft = Draft(body, call.files, webhook_id=hook.id)
    made = post(call.world, call.backend.nonces, call.world.channel(hook.channel_id), hook.id, draft)
    return wire.message_json(call.world, made) if call.query.get("wait") in ("true", "1") else None
