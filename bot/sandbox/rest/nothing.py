"""REST: what this Discord has none of. Lists are empty, and single things are unknown.

Making such things is not implemented (501).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from bot.sandbox.rest.lookup import check_application, the_guild
from bot.sandbox.rest.routes import Call, Routes
from bot.sandbox.rules.problems import unknown

route = Routes()
APPLICATION = "/applications/{application_id}"
GUILD = "/guilds/{guild_id}"

LISTS: dict[str, Any] = {
    APPLICATION + "/emojis": {"items": []},
    APPLICATION + "/entitlements": [],
    APPLICATION + "/skus": [],
    "/soundboard-default-sounds": [],
    "/sticker-packs": {"sticker_packs": []},
    "/voice/regions": [],
    GUILD + "/regions": [],
    GUILD + "/emojis": [],
    GUILD + "/stickers": [],
    GUILD + "/soundboard-sounds": {"items": []},
    GUILD + "/integrations": [],
    GUILD + "/templates": [],
    GUILD + "/auto-moderation/rules": [],
    GUILD + "/scheduled-events": [],
}
SINGLE = {
    APPLICATION + "/emojis/{emoji_id}": "Emoji",
    APPLICATION + "/entitlements/{entitlement_id}": "Entitlement",
    "/skus/{sku_id}/subscriptions": "SKU",
    "/skus/{sku_id}/subscriptions/{subscription_id}": "SKU",
    "/sticker-packs/{pack_id}": "sticker pack",
    "/stickers/{sticker_id}": "sticker",
    GUILD + "/emojis/{emoji_id}": "Emoji",
    GUILD + "/stickers/{sticker_id}": "sticker",
    GUILD + "/soundboard-sounds/{sound_id}": "sound",
    GUILD + "/scheduled-events/{guild_scheduled_event_id}": "guild scheduled event",
    "/guilds/templates/{code}": "guild template",
    "/stage-instances/{channel_id}": "Stage Instance",
}


def _empty(nothing: Any) -> Callable[[Call], Any]:
    def answer(call: Call) -> Any:
        _check_place(call)
        return nothing

    return answer


def _unknown(what: str) -> Callable[[Call], Any]:
    def answer(call: Call) -> Any:
        _check_place(call)
        raise unknown(what)

    return answer


def _check_place(call: Call) -> None:
    if "guild_id" in call.path:
        the_guild(call)
    if "application_id" in call.path:
        check_application(call)


for template, nothing in LISTS.items():
    route("GET", template)(_empty(nothing))
for template, what in SINGLE.items():
    route("GET", template)(_unknown(what))
