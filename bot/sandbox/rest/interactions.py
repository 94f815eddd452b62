"""REST: the first answer to an interaction. What may follow by its token is with the webhooks'."""

from __future__ import annotations

from typing import Any

from bot.sandbox.rest.routes import Call, Routes

route = Routes()


@route(
    "POST",
    "/interactions/{interaction_id}/{interaction_token}/callback",
    takes={"type": int, "data": {}},
    needs_token=False,
)
def callback(call: Call) -> Any:
    interactions = call.backend.interactions
    token = call.path["interaction_token"]
    answered = interactions.answer(call.id("interaction_id"), token, call.body, call.files)
    return interactions.callback_json(answered) if call.query.get("with_response") in ("1", "true") else None
