"""Buttons, menus and forms in the wrong hands, in another server, and long after (88): a clear answer, and no more.

Each press is of a copy of a message with the component, as if the message had been forged or taken elsewhere.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from discord.http import Route

from bot.chat.views import BUTTONS
from bot.model import Digest, GuildSettings, Keyword, Subscription
from bot.sandbox import Channel, Guild, Message, Reply, User
from tests.chat.desk import Desk
from tests.chat.online import online

SECRET = "Comet report of the harbour"
BUTTON, MENU, ROLE_MENU, CHANNEL_MENU = 2, 3, 6, 8

# Every component that Herald makes: who may use it, and its custom_id.
MANAGERS = [
    (MENU, "herald:choose:{news}:full:0"),
    (BUTTON, "herald:digest:{digest}"),
    (CHANNEL_MENU, "herald:edit:channel:{subscription}"),
    (BUTTON, "herald:edit:filter:{subscription}"),
    (ROLE_MENU, "herald:edit:mention:{subscription}"),
    (BUTTON, "herald:edit:pause:{subscription}"),
    (BUTTON, "herald:edit:bare:{subscription}"),
    (MENU, "herald:edit:style:{subscription}"),
    (BUTTON, "herald:held:post:{feed}:{subscription}"),
    (BUTTON, "herald:held:forget:{feed}:0"),
    (BUTTON, "herald:list:1:0"),
    (BUTTON, "herald:login:{news}:full:0"),
    (BUTTON, "herald:login:feed:{subscription}"),
    (BUTTON, "herald:newest:{subscription}"),
    (BUTTON, "herald:switch:edits:off:{subscription}"),
    (BUTTON, "set:loud"),
    (CHANNEL_MENU, "set:notices"),
    (BUTTON, "set:quiet"),
    (BUTTON, "set:zone"),
    (BUTTON, "set:zone:Europe/Berlin"),
]
EVERYBODY = [
    (BUTTON, "herald:found:0:0:"),
    (BUTTON, "herald:found:0:{feed}:30d"),
    (BUTTON, "herald:meant:0::comet"),
    (BUTTON, "herald:share:0:{feed}:"),
    (BUTTON, "kw:again"),
    (BUTTON, "kw:change"),
    (BUTTON, "kw:list:0"),
    (MENU, "kw:more"),
    (BUTTON, "kw:mute:{keyword}"),
    (BUTTON, "kw:remove:{keyword}"),
    (BUTTON, "kw:watch:{feed}"),
    (BUTTON, "mine:delete"),
    (BUTTON, "mine:keep"),
    (BUTTON, "mine:really"),
    (BUTTON, "mine:send"),
]
EVERY = [*MANAGERS, *EVERYBODY]


@dataclass
class Scene:
    """What the desk's guild has, and another guild that has nothing."""

    desk: Desk
    there: Guild
    hall: Channel
    ids: dict[str, int]

    async def holds(self) -> tuple[list[Subscription], list[Keyword], list[Digest], GuildSettings, int]:
        """All of the desk's guild that a press could change."""
        store, guild_id = self.desk.store, self.desk.guild.id
        return (
            await store.subscriptions(guild_id),
            await store.keywords(guild_id),
            await store.digests(guild_id),
            await store.guild_settings(guild_id),
            await store.waiting(guild_id, self.ids["subscription"]),
        )

    async def message(self, where: Channel, kind: int, custom_id: str) -> Message:
        """A message of Herald's there, with this one component."""
        part: dict[str, Any] = {"type": kind, "custom_id": custom_id.format(**self.ids)}
        if kind == BUTTON:
            part |= {"style": 2, "label": "Press"}
        elif kind == MENU:
            value = "title" if "style" in custom_id else str(self.ids["entry"]) if "more" in custom_id else "0"
            part["options"] = [{"label": value, "value": value}]
        else:
            part["min_values"] = 0
        body = {
            "content": "Some words.",
            "embeds": [
                {
                    "author": {"name": "comet"},
                    "fields": [{"name": "Address", "value": "https://feeds.example/a"}],
                    "footer": {"text": "Filter: comet"},
                }
            ],
            "components": [{"type": 1, "components": [part]}],
        }
        route = Route("POST", "/channels/{channel_id}/messages", channel_id=where.id)
        sent = await self.desk.client.http.request(route, json=body)
        return next(one for one in where.messages if one.id == int(sent["id"]))

    async def press(self, user: User, message: Message) -> Reply:
        """Whatever the component is; a form that opens is sent as it is."""
        (part,) = message.components[0]["components"]
        if part["type"] == BUTTON:
            reply = await self.desk.sandbox.click(user, message, part["custom_id"])
        else:
            reply = await self.desk.sandbox.select(user, message, part["custom_id"], self._chosen(part, message))
        if reply.modal is None:
            return reply
        written = {one["custom_id"]: one.get("value") or "x" for one in reply.modal.fields}
        return await user.submit(reply.modal, written)

    def _chosen(self, part: dict[str, Any], message: Message) -> list[object]:
        if part["type"] == MENU:
            return [part["options"][0]["value"]]
        here = self.hall if message.channel_id == self.hall.id else self.desk.news
        return [here] if "edit" in part["custom_id"] and part["type"] == CHANNEL_MENU else []


@pytest.fixture
async def scene(desk: Desk) -> Scene:
    await desk.publish(SECRET, "comet")
    (entry,) = await desk.store.latest(desk.guild.id, limit=1)
    await desk.post_all()
    await desk.add(desk.member, "comet")
    await desk.command(desk.manager, "digest set", channel=desk.news, schedule="daily 9:00")
    (subscription,) = await desk.store.subscriptions(desk.guild.id)
    (keyword,) = await desk.keywords()
    (digest,) = await desk.store.digests(desk.guild.id)
    there = desk.sandbox.add_guild("Another house")
    hall = there.add_channel("hall")
    await desk.client.wait_until_ready()
    async with asyncio.timeout(3):
        while desk.client.get_channel(hall.id) is None:  # the gateway tells of it in its own time
            await asyncio.sleep(0)
    ids = {
        "subscription": subscription.id,
        "keyword": keyword.id,
        "digest": digest.id,
        "feed": desk.feed.id,
        "news": desk.news.id,
        "entry": entry.id,
    }
    return Scene(desk, there, hall, ids)


def answered(reply: Reply) -> str:
    """What the presser sees; there is something, and it is no fault of ours."""
    assert not reply.failed, "silence"
    assert reply.text.strip()
    assert "on my side" not in reply.text
    return reply.text


@pytest.mark.parametrize("button", BUTTONS, ids=lambda one: one.__name__)
def test_every_component_of_heralds_is_pressed_here(button: Any) -> None:
    ids = dict.fromkeys(("subscription", "keyword", "digest", "feed", "news", "entry"), 1)
    assert any(button.__discord_ui_compiled_template__.fullmatch(id_.format(**ids)) for _, id_ in EVERY)


@pytest.mark.parametrize(("kind", "custom_id"), MANAGERS)
async def test_what_is_managers_alone_is_refused_to_another_member(scene: Scene, kind: int, custom_id: str) -> None:
    before = await scene.holds()
    reply = await scene.press(scene.desk.other, await scene.message(scene.desk.news, kind, custom_id))
    assert "Manage Server" in answered(reply)
    assert SECRET not in reply.text
    assert await scene.holds() == before


@pytest.mark.parametrize(("kind", "custom_id"), EVERYBODY)
async def test_another_member_gets_their_own_and_nothing_of_who_asked_first(
    scene: Scene, kind: int, custom_id: str
) -> None:
    desk, before = scene.desk, await scene.holds()
    reply = await scene.press(desk.other, await scene.message(desk.news, kind, custom_id))
    text = answered(reply)
    if "{keyword}" in custom_id:
        assert "That keyword is gone already" in text, "whose it is is nobody's business"
    kept = await scene.holds()
    assert [one for one in kept[1] if one.user_id == desk.member.id] == before[1]
    assert kept[0] == before[0]
    assert kept[2:] == before[2:]


@pytest.mark.parametrize(("kind", "custom_id"), EVERY)
async def test_in_another_server_even_its_owner_reaches_nothing_of_this_one(
    scene: Scene, kind: int, custom_id: str
) -> None:
    before = await scene.holds()
    reply = await scene.press(scene.there.owner, await scene.message(scene.hall, kind, custom_id))
    text = f"{answered(reply)} {reply.embeds} {[one.data for one in reply.attachments]}"
    assert SECRET not in text
    assert "Example feed" not in text
    assert await scene.holds() == before


@pytest.mark.parametrize(("kind", "custom_id"), EVERY)
async def test_hours_and_a_restart_later_the_one_who_may_is_answered(scene: Scene, kind: int, custom_id: str) -> None:
    desk = scene.desk
    user = desk.manager if (kind, custom_id) in MANAGERS else desk.member
    message = await scene.message(desk.news, kind, custom_id)
    services = desk.client.services
    await desk.client.close()
    await desk.clock.advance(timedelta(hours=3))
    async with online(desk.sandbox, services) as client:
        scene.desk.client = client
        answered(await scene.press(user, message))


@pytest.mark.parametrize("custom_id", ["herald:of-an-older-version:1", "herald:list:1:x", "kw:remove:" + "9" * 60])
async def test_a_button_that_no_herald_of_today_makes_is_too_old(scene: Scene, custom_id: str) -> None:
    message = await scene.message(scene.desk.news, BUTTON, custom_id)
    assert "too old for its buttons" in answered(await scene.press(scene.desk.manager, message))


@pytest.mark.parametrize("custom_id", ["herald:found:0:0:", "herald:share:0:0:", "kw:watch:0", "kw:change"])
async def test_a_button_whose_message_lost_its_embed_is_too_old(scene: Scene, custom_id: str) -> None:
    message = await scene.message(scene.desk.news, BUTTON, custom_id)
    message.embeds.clear()  # a moderator may take embeds off a message
    assert "too old for its buttons" in answered(await scene.press(scene.desk.member, message))


@pytest.mark.parametrize(
    "custom_id", ["kw:change", "set:quiet", "herald:edit:filter:{subscription}", "herald:login:feed:{subscription}"]
)
async def test_a_form_that_outlived_its_herald_is_answered_and_can_be_opened_again(
    scene: Scene, custom_id: str
) -> None:
    desk, before = scene.desk, await scene.holds()
    message = await scene.message(desk.news, BUTTON, custom_id)
    opened = await desk.sandbox.click(desk.manager, message, custom_id.format(**scene.ids))
    assert opened.modal is not None
    services = desk.client.services
    await desk.client.close()
    async with online(desk.sandbox, services):
        written: dict[str, object] = {one["custom_id"]: "x" for one in opened.modal.fields}
        late = await desk.manager.submit(opened.modal, written)
        assert "open for too long" in answered(late)
        assert (await desk.sandbox.click(desk.manager, message, custom_id.format(**scene.ids))).modal is not None
    assert await scene.holds() == before
