"""Every route that discord.py knows either works here or says that it is not there; none fails by accident."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest

from bot.sandbox import Sandbox
from bot.sandbox.rest.everything import all_routes
from bot.sandbox.state import interactions
from bot.sandbox.state.permissions import ALL
from tests.material import OPENAPI, needs

from .discord_library import library_routes
from .discord_openapi import Traffic
from .discord_rest import Rest

pytestmark = needs(OPENAPI)

POLL = {"question": {"text": "Tea?"}, "answers": [{"poll_media": {"text": "yes"}}, {"poll_media": {"text": "no"}}]}
ANSWER = {"type": 4, "data": {"content": "yes"}}
COMMAND = {"name": "made", "description": "Made"}
HOOK = "/webhooks/{webhook_id}/{webhook_token}"

# What a route has to be told; others are asked with an empty object.
BODIES: dict[str, Any] = {
    "POST /users/@me/channels": {"recipient_id": "{member_id}"},
    "POST /channels/{channel_id}/messages": {"content": "x", "nonce": "n", "enforce_nonce": True},
    "PATCH /channels/{channel_id}/messages/{message_id}": {"content": "changed"},
    "POST /channels/{channel_id}/messages/bulk-delete": {"messages": ["{message_id}", "{poll_id}"]},
    "PATCH /guilds/{guild_id}/members/@me": {"nick": "Nick"},
    "PATCH /guilds/{guild_id}/members/{user_id}": {"nick": "Ada", "roles": ["{role_id}"]},
    "POST /guilds/{guild_id}/bulk-ban": {"user_ids": ["{member_id}"]},
    "PATCH /channels/{channel_id}": {"name": "renamed", "topic": "new", "rate_limit_per_user": 5},
    "PATCH /guilds/{guild_id}/channels": [{"id": "{channel_id}", "position": 3}],
    "POST /guilds/{guild_id}/channels": {"name": "new", "type": 15, "available_tags": [{"name": "tag"}]},
    "POST /channels/{channel_id}/messages/{message_id}/threads": {"name": "about it"},
    "POST /channels/{channel_id}/threads": {"name": "a thread", "type": 11},
    "POST /channels/{channel_id}/webhooks": {"name": "hook"},
    "PATCH /webhooks/{webhook_id}": {"name": "other"},
    f"PATCH {HOOK}": {"name": "other"},
    f"POST {HOOK}": {"content": "by webhook", "username": "Somebody"},
    f"PATCH {HOOK}/messages/{{message_id}}": {"content": "changed"},
    "POST /channels/{channel_id}/followers": {"webhook_channel_id": "{channel_id}"},
    "PATCH /guilds/{guild_id}": {"name": "Renamed"},
    "PATCH /guilds/{guild_id}/roles/{role_id}": {"name": "renamed", "color": 255},
    "PATCH /guilds/{guild_id}/roles": [{"id": "{role_id}", "position": 1}],
    "POST /guilds/{guild_id}/roles": {"name": "new", "hoist": True},
    "PUT /channels/{channel_id}/permissions/{target}": {"type": 0, "allow": "1024", "deny": "0"},
    "POST /channels/{channel_id}/invites": {"max_age": 60},
    "POST /applications/{application_id}/commands": COMMAND,
    "PATCH /applications/{application_id}/commands/{command_id}": {"description": "changed"},
    "PUT /applications/{application_id}/commands": [COMMAND],
    "POST /applications/{application_id}/guilds/{guild_id}/commands": COMMAND,
    "PUT /applications/{application_id}/guilds/{guild_id}/commands": [COMMAND],
    "PATCH /users/@me": {"username": "herald"},
    "POST /interactions/{interaction_id}/{token}/callback": ANSWER,
    "POST /interactions/{webhook_id}/{webhook_token}/callback": ANSWER,
    f"PATCH {HOOK}/messages/@original": {"content": "changed"},
}
# Other things than the usual ones, where a route is about them.
THINGS = {
    "/messages/{message_id}/crosspost": {"channel_id": "announcements", "message_id": "announcement_id"},
    "/channels/{channel_id}/followers": {"channel_id": "announcements"},
    "/polls/": {"message_id": "poll_id"},
    "/thread-members": {"channel_id": "thread_id"},
    "/bans/{user_id}": {"user_id": "banned_id"},
    "/guilds/{guild_id}/commands/{command_id}": {"command_id": "guild_command_id"},
    "/commands/{command_id}/permissions": {"command_id": "command_id"},
    HOOK + "/messages/": {"message_id": "hook_message_id"},
    "PUT /guilds/{guild_id}/bans/{user_id}": {"user_id": "member_id"},
    "/messages/@original": {"webhook_id": "application_id", "webhook_token": "answered_token"},
    "/callback": dict.fromkeys(("interaction_id", "webhook_id"), "open_id")
    | dict.fromkeys(("token", "webhook_token"), "open_token"),
}
# What is refused, with Discord's code, since it is not for bots or there is nothing of the kind.
REFUSED = {
    "PUT /applications/{application_id}/guilds/{guild_id}/commands/{command_id}/permissions": 20001,
    "GET /applications/{application_id}/emojis/{emoji_id}": 10014,
    "GET /applications/{application_id}/entitlements/{entitlement_id}": 10029,
    "GET /guilds/{guild_id}/emojis/{emoji_id}": 10014,
    "GET /guilds/{guild_id}/stickers/{sticker_id}": 10060,
    "GET /guilds/{guild_id}/soundboard-sounds/{sound_id}": 10097,
    "GET /guilds/{guild_id}/scheduled-events/{guild_scheduled_event_id}": 10070,
    "GET /guilds/templates/{code}": 10057,
    "GET /skus/{sku_id}/subscriptions": 10027,
    "GET /skus/{sku_id}/subscriptions/{subscription_id}": 10027,
    "GET /stage-instances/{channel_id}": 10067,
    "GET /sticker-packs/{sticker_pack_id}": 10061,
    "GET /stickers/{sticker_id}": 10060,
}


class Home:
    """A guild with one of everything, and the identifiers of it all by the names that routes use."""

    def __init__(self, sandbox: Sandbox, rest: Rest) -> None:
        self.sandbox, self.rest = sandbox, rest
        self.ids: dict[str, str] = {}

    async def fill(self) -> None:
        guild = self.sandbox.add_guild("Home", bot_permissions=ALL)
        news, announcements = guild.add_channel("news"), guild.add_channel("announcements", "announcement")
        thread = guild.add_thread(news, "thread")
        ada, role = guild.add_member("ada"), guild.add_role("readers")
        banned = guild.add_member("eve")
        thread.record.joined.append(ada.id)
        things = {
            "guild_id": guild.id, "channel_id": news.id, "announcements": announcements.id, "thread_id": thread.id,
            "member_id": ada.id, "user_id": ada.id, "banned_id": banned.id, "role_id": role.id,
            "target": role.id, "application_id": self.sandbox.application_id,
        }  # fmt: skip
        self.ids = {name: str(value) for name, value in things.items()}
        mine = f"/applications/{self.sandbox.application_id}"
        await self.make("message_id", f"/channels/{news.id}/messages", {"content": "hello"})
        await self.make("poll_id", f"/channels/{news.id}/messages", {"poll": POLL})
        await self.make("announcement_id", f"/channels/{announcements.id}/messages", {"content": "hear"})
        hook = await self.make("webhook_id", f"/channels/{news.id}/webhooks", {"name": "hook"})
        self.ids["webhook_token"] = hook["token"]
        await self.make("hook_message_id", f"/webhooks/{hook['id']}/{hook['token']}?wait=true", {"content": "x"})
        command = await self.make("command_id", f"{mine}/commands", COMMAND)
        await self.make("guild_command_id", f"{mine}/guilds/{guild.id}/commands", COMMAND)
        self.sandbox.backend.commands.overrides[guild.id, int(command["id"])] = [
            {"id": str(role.id), "type": 1, "permission": True}
        ]
        invite = await self.rest("POST", f"/channels/{news.id}/invites", {})
        self.ids["invite_id"] = invite.json["code"]
        self.ids |= {"answer_id": "1", "emoji": "%F0%9F%91%8B", "code": "none"}
        for name in ("answered", "open"):
            data = {"id": command["id"], "name": "made", "type": 1}
            asked = self.sandbox.backend.interactions.open(interactions.COMMAND, ada.id, news.record, data)
            self.ids |= {f"{name}_id": str(asked.id), f"{name}_token": asked.token}
        await self.rest("POST", self.path("/interactions/{answered_id}/{answered_token}/callback"), ANSWER)
        await self.rest("PUT", self.path("/channels/{channel_id}/messages/{message_id}/reactions/{emoji}/@me"))
        await self.rest("PUT", f"/channels/{news.id}/permissions/{role.id}", {"type": 0, "allow": "1024"})
        await self.rest("PUT", f"/guilds/{guild.id}/bans/{banned.id}", {})

    async def make(self, name: str, path: str, body: Any) -> dict[str, Any]:
        answer = await self.rest("POST", path, body)
        assert answer.status < 300, answer.text
        made: dict[str, Any] = answer.json
        self.ids[name] = made["id"]
        return made

    def path(self, template: str, method: str = "") -> str:
        """The template filled in; what there is none of has the identifier 1."""
        ids = dict(self.ids)
        for part, things in THINGS.items():
            if part in f"{method} {template}":
                ids |= {variable: self.ids[thing] for variable, thing in things.items()}
        return "/".join(ids.get(part[1:-1], "1") if part.startswith("{") else part for part in template.split("/"))

    def body(self, route: str) -> Any:
        return self._filled(BODIES.get(route, {}))

    def _filled(self, value: Any) -> Any:
        if isinstance(value, dict):
            return {key: self._filled(each) for key, each in value.items()}
        if isinstance(value, list):
            return [self._filled(each) for each in value]
        return self.ids[value[1:-1]] if isinstance(value, str) and value.startswith("{") else value


@pytest.fixture
def traffic() -> Traffic:
    return Traffic()


@pytest.fixture
async def home(traffic: Traffic) -> AsyncIterator[Home]:
    sandbox = Sandbox(rate_limits=False)
    sandbox.server.app.on_response_prepare.append(traffic.note)
    async with sandbox, aiohttp.ClientSession() as session:
        made = Home(sandbox, Rest(session, sandbox))
        await made.fill()
        yield made


ROUTES = library_routes()
HERE = all_routes()


def is_here(method: str, template: str) -> bool:
    return (
        HERE.find(method, "/".join("1" if part.startswith("{") else part for part in template.split("/"))) is not None
    )


@pytest.mark.parametrize(("method", "template"), ROUTES, ids=str)
async def test_a_route_of_the_library_works_or_says_that_it_is_not_there(
    home: Home, traffic: Traffic, caplog: pytest.LogCaptureFixture, method: str, template: str
) -> None:
    route = f"{method} {template}"
    with caplog.at_level(logging.WARNING, "bot.sandbox"):
        path = home.path(template, method)
        answer = await home.rest(method, path, None if method == "GET" else home.body(route))
    if not is_here(method, template):
        assert (answer.status, answer.code) == (501, 0)
        assert answer.json["message"] == f"sandbox: not implemented: {method} {path}"
        assert f"{method} {path}" in caplog.text
    elif route in REFUSED:
        assert (answer.status in (403, 404), answer.code) == (True, REFUSED[route]), answer.text
    else:
        assert answer.status in (200, 201, 204), answer.text
        assert not caplog.text
    assert not traffic.problems, "\n".join(traffic.problems)


def test_most_of_the_librarys_routes_are_here() -> None:
    here = [route for route in ROUTES if is_here(*route)]
    assert len(ROUTES) >= 190
    assert len(here) >= 132


KEYS = (
    "name", "content", "embeds", "components", "attachments", "allowed_mentions", "message_reference", "nonce", "poll",
    "flags", "type", "data", "message", "messages", "permissions", "permission_overwrites", "available_tags",
    "applied_tags", "parent_id", "topic", "position", "allow", "deny", "roles", "nick", "communication_disabled_until",
    "user_ids", "delete_message_seconds", "webhook_channel_id", "channel_id", "max_age", "max_uses", "recipient_id",
    "description", "options", "color", "colors", "auto_archive_duration", "rate_limit_per_user", "username", "id",
    "sticker_ids", "thread_name", "archived", "preferred_locale", "target_type",
)  # fmt: skip
CHANGING = ("POST", "PUT", "PATCH")
NONSENSE: list[Any] = [None, [], {}, "x", -1, 10**30, 1.5, True, [None], [[]], [{}], {"x": {}}, "1", "\ud800"]


@pytest.mark.parametrize("nonsense", NONSENSE, ids=repr)
async def test_no_nonsense_brings_a_route_down(home: Home, traffic: Traffic, nonsense: Any) -> None:
    """Bodies that are nonsense, or have nothing but nonsense in them, and one wrong key in what would be right."""
    downs = []
    for route in (route for known in HERE.known.values() for _, route in known if route.method in CHANGING):
        right = home.body(route.name)
        bodies = [nonsense, dict.fromkeys(KEYS, nonsense)]
        bodies += [{**right, key: nonsense} for key in right] if isinstance(right, dict) else [[nonsense]]
        for body in bodies:
            answer = await home.rest(route.method, home.path(route.template, route.method), body)
            if answer.status >= 500 and answer.status != 501:
                downs.append((route.name, body, answer.status))
    assert downs == []
    traffic.problems.clear()
    for path in ("/guilds/{guild_id}", "/guilds/{guild_id}/channels", "/guilds/{guild_id}/members"):
        assert (await home.rest("GET", home.path(path))).status == 200
    for path in ("/channels/{channel_id}", "/channels/{channel_id}/messages", "/channels/{thread_id}"):
        assert (await home.rest("GET", home.path(path))).status == 200
    assert traffic.problems == []
