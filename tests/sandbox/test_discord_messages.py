"""Posting as Discord takes it: nonces, limits, permissions, pings, history, threads and forums."""

from __future__ import annotations

import io
from typing import Any

import discord
import pytest

from bot.sandbox import Guild, Pings, Role, Sandbox, User

from .discord_bot import SmallBot
from .discord_rest import HandClock, Rest


async def test_an_enforced_nonce_gives_the_first_message_again(rest: Rest, guild: Guild, clock: HandClock) -> None:
    channel = guild.add_channel("news")
    first = await rest.post_to(channel, content="one", nonce="n", enforce_nonce=True)
    clock.move(minutes=2, seconds=59)
    second = await rest.post_to(channel, content="two", nonce="n", enforce_nonce=True)
    assert second.status == 200
    assert second.json["id"] == first.json["id"]
    assert [message.content for message in channel.messages] == ["one"]


async def test_a_nonce_is_forgotten_after_its_window(rest: Rest, guild: Guild, clock: HandClock) -> None:
    channel = guild.add_channel("news")
    await rest.post_to(channel, content="one", nonce="n", enforce_nonce=True)
    clock.move(minutes=3)
    await rest.post_to(channel, content="two", nonce="n", enforce_nonce=True)
    assert [message.content for message in channel.messages] == ["one", "two"]


async def test_a_nonce_that_is_not_enforced_doubles(rest: Rest, guild: Guild) -> None:
    channel = guild.add_channel("news")
    for _ in range(2):
        await rest.post_to(channel, content="one", nonce="n")
    assert [message.nonce for message in channel.messages] == ["n", "n"]


async def test_a_nonce_whose_message_was_deleted_is_an_unknown_message(rest: Rest, guild: Guild) -> None:
    channel = guild.add_channel("news")
    await rest.post_to(channel, content="one", nonce="n", enforce_nonce=True)
    channel.remove(channel.messages[0])
    again = await rest.post_to(channel, content="one", nonce="n", enforce_nonce=True)
    assert (again.status, again.code) == (404, 10008)
    assert channel.messages == []


BIG = {"title": "t" * 256, "description": "d" * 4096}


@pytest.mark.parametrize(
    ("body", "place"),
    [
        ({"content": "x" * 2001}, "content"),
        ({"content": "x", "nonce": "n" * 26}, "nonce"),
        ({"embeds": [{"title": "x" * 257}]}, "embeds.0.title"),
        ({"embeds": [{"description": "x" * 4097}]}, "embeds.0.description"),
        ({"embeds": [{"title": "x", "footer": {"text": "x" * 2049}}]}, "embeds.0.footer.text"),
        ({"embeds": [{"title": "x", "author": {"name": "x" * 257}}]}, "embeds.0.author.name"),
        ({"embeds": [{"fields": [{"name": "", "value": "v"}]}]}, "embeds.0.fields.0.name"),
        ({"embeds": [{"fields": [{"name": "n", "value": "x" * 1025}]}]}, "embeds.0.fields.0.value"),
        ({"embeds": [{"fields": [{"name": "n", "value": "v"}] * 26}]}, "embeds.0.fields"),
        ({"embeds": [{"title": "x"}] * 11}, "embeds"),
        ({"embeds": [BIG, BIG]}, "embeds"),
        ({"embeds": [{"title": "x", "url": "ftp://e.example"}]}, "embeds.0.url"),
        ({"embeds": [{"title": "x", "image": {"url": "//e.example/i.png"}}]}, "embeds.0.image.url"),
        ({"embeds": [{"title": "x", "timestamp": "yesterday"}]}, "embeds.0.timestamp"),
        ({"content": "x", "allowed_mentions": {"parse": ["roles"], "roles": ["1"]}}, "allowed_mentions"),
        ({"components": [{"type": 2, "style": 1, "label": "x", "custom_id": "x"}]}, "components.0"),
        ({"components": [{"type": 1, "components": []}]}, "components.0.components"),
        ({"components": [{"type": 1, "components": [{"type": 2, "style": 1, "label": "x"}]}]},
         "components.0.components.0.custom_id"),
        ({"components": [{"type": 1, "components": [{"type": 3, "custom_id": "x", "options": []}]}]},
         "components.0.components.0.options"),
    ],
)  # fmt: skip
async def test_what_is_over_a_limit_is_refused_at_its_place(
    rest: Rest, guild: Guild, body: dict[str, Any], place: str
) -> None:
    channel = guild.add_channel("news")
    answer = await rest.post_to(channel, **body)
    assert (answer.status, answer.code) == (400, 50035)
    node = answer.json["errors"]
    for step in place.split("."):
        node = node[step]
    assert node["_errors"][0]["message"]
    assert channel.messages == []


@pytest.mark.parametrize(
    "body",
    [
        {"content": "x" * 2000},
        {"embeds": [{"title": "t" * 256, "description": "d" * 4096, "footer": {"text": "f" * 1648}}]},
        {"embeds": [{"title": "x"}] * 10},
        {"embeds": [{"fields": [{"name": "n", "value": "v"}] * 25}]},
        {"content": "x", "nonce": "n" * 25},
    ],
)
async def test_what_is_just_within_a_limit_is_taken(rest: Rest, guild: Guild, body: dict[str, Any]) -> None:
    assert (await rest.post_to(guild.add_channel("news"), **body)).status == 200


@pytest.mark.parametrize("body", [{}, {"content": "  \n "}, {"embeds": [{}]}])
async def test_a_message_with_nothing_in_it_is_refused(rest: Rest, guild: Guild, body: dict[str, Any]) -> None:
    assert (await rest.post_to(guild.add_channel("news"), **body)).code == 50006


@pytest.mark.parametrize("body", [b"{", b"[1]", b'{"embeds": 3}', b'{"content": {}}', b'{"embeds": [1]}'])
async def test_a_body_of_no_sense_is_a_400(rest: Rest, guild: Guild, body: bytes) -> None:
    path = f"{rest.base}/channels/{guild.add_channel('news').id}/messages"
    async with rest.session.post(path, data=body, headers={"Authorization": f"Bot {rest.token}"}) as response:
        assert response.status == 400
        assert response.headers["Content-Type"] == "application/json"


@pytest.mark.parametrize(
    ("denied", "body", "code"),
    [
        ("VIEW_CHANNEL", {"content": "x"}, 50001),
        ("SEND_MESSAGES", {"content": "x"}, 50013),
        ("EMBED_LINKS", {"embeds": [{"title": "x"}]}, 50013),
    ],
)
@pytest.mark.parametrize("whose", ["bot", "bot_role"])
async def test_a_denied_permission_is_missed(
    rest: Rest, sandbox: Sandbox, guild: Guild, denied: str, body: dict[str, Any], code: int, whose: str
) -> None:
    channel = guild.add_channel("news")
    target: User | Role = sandbox.bot if whose == "bot" else guild.bot_role
    channel.deny(target, denied)
    answer = await rest.post_to(channel, **body)
    assert (answer.status, answer.code) == (403, code)
    channel.reset(target)
    assert (await rest.post_to(channel, **body)).status == 200


async def test_what_is_gone_is_unknown(rest: Rest, guild: Guild) -> None:
    channel = guild.add_channel("news")
    channel.delete()
    assert (await rest.post_to(channel, content="x")).code == 10003
    other = guild.add_channel("other")
    guild.kick_bot()
    assert (await rest.post_to(other, content="x")).code == 10003
    assert (await rest("GET", f"/guilds/{guild.id}")).code == 10004


@pytest.mark.parametrize("token", ["", "wrong"])
async def test_a_wrong_token_is_unauthorized(rest: Rest, token: str) -> None:
    answer = await rest("GET", "/users/@me", token=token or "none")
    assert (answer.status, answer.json) == (401, {"message": "401: Unauthorized", "code": 0})


async def test_pings_are_what_allowed_mentions_and_rights_leave(rest: Rest, guild: Guild) -> None:
    ada, quiet = guild.add_member("ada"), guild.add_role("quiet")
    loud, channel = guild.add_role("loud", mentionable=True), guild.add_channel("news")
    text = f"@everyone {ada.mention} {quiet.mention} {loud.mention} `{guild.owner.mention}`"
    await rest.post_to(channel, content=text)
    await rest.post_to(channel, content=text, allowed_mentions={"parse": []})
    await rest.post_to(channel, content=text, allowed_mentions={"roles": [str(loud.id), str(quiet.id)]})
    assert [message.pings for message in channel.messages] == [
        Pings(users=(ada.id,), roles=(loud.id,)),
        Pings(),
        Pings(roles=(loud.id,)),
    ]


async def test_history_is_read_from_any_point_newest_first(rest: Rest, guild: Guild) -> None:
    channel = guild.add_channel("news")
    ids = [int((await rest.post_to(channel, content=str(number))).json["id"]) for number in range(6)]

    async def texts(query: str) -> str:
        answer = await rest("GET", f"/channels/{channel.id}/messages{query}")
        return "".join(message["content"] for message in answer.json)

    assert await texts("") == "543210"
    assert await texts("?limit=2") == "54"
    assert await texts(f"?before={ids[3]}&limit=2") == "21"
    assert await texts(f"?after={ids[1]}&limit=2") == "32"
    assert await texts(f"?around={ids[3]}&limit=3") == "432"
    channel.deny(guild.everyone, "READ_MESSAGE_HISTORY")
    channel.deny(guild.bot_role, "READ_MESSAGE_HISTORY")
    assert await texts("") == ""


async def test_only_ones_own_messages_can_be_edited(rest: Rest, guild: Guild) -> None:
    channel = guild.add_channel("news")
    said = channel.say(guild.owner, "mine")
    path = f"/channels/{channel.id}/messages/{said.id}"
    assert (await rest("PATCH", path, {"content": "yours"})).code == 50005
    assert (await rest("DELETE", path)).code == 50013
    own = (await rest.post_to(channel, content="own")).json["id"]
    edited = await rest("PATCH", f"/channels/{channel.id}/messages/{own}", {"embeds": [{"title": "T"}]})
    assert (edited.json["content"], edited.json["embeds"][0]["title"]) == ("own", "T")
    assert edited.json["edited_timestamp"]
    assert (await rest("DELETE", f"/channels/{channel.id}/messages/{own}")).status == 204


async def test_whether_a_message_is_silent_is_decided_when_it_is_posted(rest: Rest, guild: Guild) -> None:
    channel = guild.add_channel("news")
    silent = (await rest.post_to(channel, content="hush", flags=1 << 12)).json
    loud = (await rest.post_to(channel, content="hey")).json
    assert [silent["flags"], loud["flags"]] == [1 << 12, 0]
    # Edit Message: "flags", only SUPPRESS_EMBEDS and IS_COMPONENTS_V2 can be set.
    for posted, flags in ((silent, 1 << 2), (loud, 1 << 12)):
        await rest("PATCH", f"/channels/{channel.id}/messages/{posted['id']}", {"content": "new", "flags": flags})
    assert [message.flags for message in channel.messages] == [1 << 12 | 1 << 2, 0]
    assert [message.silent for message in channel.messages] == [True, False]


async def test_a_refused_edit_changes_nothing(rest: Rest, guild: Guild) -> None:
    channel = guild.add_channel("news")
    path = f"/channels/{channel.id}/messages/{(await rest.post_to(channel, content='own')).json['id']}"
    assert (await rest("PATCH", path, {"content": ""})).code == 50006
    assert (await rest("PATCH", path, {"content": "new", "embeds": [{"title": "x" * 257}]})).code == 50035
    assert [message.content for message in channel.messages] == ["own"]


async def test_an_uploaded_picture_is_shown_in_its_embed(bot: SmallBot, rest: Rest, guild: Guild) -> None:
    channel = guild.add_channel("news")
    picture = discord.File(io.BytesIO(b"png"), "a b.png", description="A picture")
    embed = discord.Embed(title="T").set_image(url="attachment://a_b.png")
    await bot.get_partial_messageable(channel.id).send(embed=embed, file=picture)
    message = channel.messages[0]
    assert (message.attachments[0].data, message.attachments[0].description) == (b"png", "A picture")
    url = message.embeds[0]["image"]["url"]
    async with rest.session.get(url) as response:
        assert await response.read() == b"png"
    posted = bot.get_partial_messageable(channel.id).get_partial_message(message.id)
    await posted.edit(content="with words")
    assert len(message.attachments) == 1
    await posted.edit(attachments=[])
    assert message.attachments == []


async def test_a_reaction_is_counted_once_and_taken_off(guild: Guild) -> None:
    channel = guild.add_channel("news")
    message = channel.say(guild.owner, "x")
    channel.react(guild.owner, message, "👍", add=False)
    assert message.reactions == {}
    for _ in range(2):
        channel.react(guild.owner, message, "👍")
    assert message.reactions == {"👍": [guild.owner.id]}
    channel.react(guild.owner, message, "👍", add=False)
    assert message.reactions == {}


async def test_a_forum_post_begins_with_its_message_and_knows_no_nonce(rest: Rest, guild: Guild) -> None:
    forum = guild.add_channel("forum", "forum")
    assert (await rest.post_to(forum, content="x")).code == 50008
    body = {"name": "A post", "message": {"content": "first", "nonce": "n", "enforce_nonce": True}}
    posts = [await rest("POST", f"/channels/{forum.id}/threads", body) for _ in range(2)]
    assert [post.status for post in posts] == [201, 201]
    assert posts[0].json["message"]["id"] == posts[0].json["id"] != posts[1].json["id"]
    assert [thread.messages[0].content for thread in forum.threads()] == ["first", "first"]
    refused = await rest("POST", f"/channels/{forum.id}/threads", {"name": "x", "message": {}})
    assert refused.code == 50006
    assert len(forum.threads()) == 2


async def test_a_required_tag_is_asked_for(rest: Rest, guild: Guild) -> None:
    forum = guild.add_channel("forum", "forum")
    forum.record.tag_required = True
    forum.record.tags = [{"id": "7", "name": "news", "moderated": False, "emoji_id": None, "emoji_name": None}]
    body = {"name": "A post", "message": {"content": "first"}}
    assert (await rest("POST", f"/channels/{forum.id}/threads", body)).code == 40067
    assert (await rest("POST", f"/channels/{forum.id}/threads", body | {"applied_tags": ["8"]})).code == 40066
    assert (await rest("POST", f"/channels/{forum.id}/threads", body | {"applied_tags": ["7"]})).status == 201


async def test_a_message_in_an_archived_thread_opens_it_and_a_locked_one_stays_shut(rest: Rest, guild: Guild) -> None:
    thread = guild.add_thread(guild.add_channel("news"), "about")
    thread.record.archived = True
    assert (await rest.post_to(thread, content="x")).status == 200
    assert thread.record.archived is False
    thread.record.locked = True
    assert (await rest.post_to(thread, content="x")).code == 160005


async def test_what_is_not_there_says_so(rest: Rest) -> None:
    answer = await rest("POST", "/stage-instances", {})
    assert answer.status == 501
    assert answer.json == {"message": "sandbox: not implemented: POST /stage-instances", "code": 0}


async def test_what_a_route_has_only_in_part_says_so_too(
    rest: Rest, guild: Guild, caplog: pytest.LogCaptureFixture
) -> None:
    guild.bot_role.set("ADMINISTRATOR")
    answer = await rest("PATCH", f"/guilds/{guild.id}", {"icon": None})
    assert (answer.status, answer.json["message"]) == (501, "sandbox: not implemented: changing icon of a guild")
    assert "changing icon of a guild" in caplog.text
    channel = guild.add_channel("news")
    reference = {"type": 1, "channel_id": str(channel.id), "message_id": str(channel.say(guild.owner, "x").id)}
    assert (await rest.post_to(channel, message_reference=reference)).status == 501
    assert (await rest.post_to(channel, sticker_ids=["1"])).code == 50081


async def test_threads_have_their_places(rest: Rest, guild: Guild) -> None:
    guild.bot_role.set("ADMINISTRATOR")
    thread, voice = guild.add_thread(guild.add_channel("news"), "thread"), guild.add_channel("talk", "voice")
    answers = [
        await rest("POST", f"/channels/{each.id}/threads", {"name": "x", "type": 11})
        for each in (guild.owner.dm, thread, voice)
    ]
    assert [answer.code for answer in answers] == [50003, 50024, 50024]


async def test_a_reply_needs_the_history(rest: Rest, guild: Guild) -> None:
    channel = guild.add_channel("news")
    message = channel.say(guild.owner, "hello")
    channel.deny(guild.everyone, "READ_MESSAGE_HISTORY")
    guild.bot_role.set("VIEW_CHANNEL", "SEND_MESSAGES")
    answer = await rest.post_to(channel, content="x", message_reference={"message_id": str(message.id)})
    assert (answer.status, answer.code) == (403, 160002)
