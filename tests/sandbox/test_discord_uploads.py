"""Files come as Discord takes them: parts by number, limits of size and number, and its own words for what is wrong."""

from __future__ import annotations

import io
import json
from typing import Any

import aiohttp
import discord
import pytest

from bot.sandbox import Channel, Guild
from bot.sandbox.rules.uploads import FILE_LIMIT_BYTES

from .discord_bot import SmallBot
from .discord_rest import Answer, Rest

Part = tuple[str, bytes | str, str | None]


async def send(rest: Rest, path: str, parts: list[Part], method: str = "POST") -> Answer:
    """A form of these parts: name, content, filename."""
    form = aiohttp.FormData(quote_fields=False, default_to_multipart=True)
    for name, content, filename in parts:
        form.add_field(name, content, filename=filename)
    headers = {"Authorization": f"Bot {rest.token}"}
    async with rest.session.request(method, rest.base + path, data=form, headers=headers) as response:
        return Answer(response.status, dict(response.headers), await response.text())


def payload(**body: Any) -> Part:
    return "payload_json", json.dumps(body), None


@pytest.fixture
def news(guild: Guild) -> Channel:
    return guild.add_channel("news")


async def test_each_file_finds_its_name_description_and_embed(bot: SmallBot, news: Channel) -> None:
    embed = discord.Embed(title="Pictures").set_image(url="attachment://a.png")
    embed.set_thumbnail(url="attachment://b.png")
    files = [
        discord.File(io.BytesIO(b"one"), "a.png", description="first"),
        discord.File(io.BytesIO(b"two"), "b.png", spoiler=False),
    ]
    channel = await bot.fetch_channel(news.id)
    assert isinstance(channel, discord.TextChannel)
    sent = await channel.send(embed=embed, files=files)
    assert [(each.filename, each.description, each.size) for each in sent.attachments] == [
        ("a.png", "first", 3),
        ("b.png", None, 3),
    ]
    assert await sent.attachments[1].read() == b"two"
    assert sent.embeds[0].image.url == sent.attachments[0].url
    assert sent.embeds[0].thumbnail.url == sent.attachments[1].url
    kept = await sent.edit(attachments=[sent.attachments[1], discord.File(io.BytesIO(b"three"), "c.txt")])
    assert [each.filename for each in kept.attachments] == ["b.png", "c.txt"]
    assert await kept.attachments[1].read() == b"three"


async def test_parts_are_told_apart_by_their_numbers(rest: Rest, news: Channel) -> None:
    notes = [{"id": 7, "description": "seven", "filename": "renamed.txt"}, {"id": "3"}]
    parts: list[Part] = [
        ("files[3]", b"3", "three ü!.txt"),
        ("files[7]", b"7", "seven.txt"),
        payload(attachments=notes),
    ]
    answer = await send(rest, f"/channels/{news.id}/messages", parts)
    assert [(each["filename"], each.get("description")) for each in answer.json["attachments"]] == [
        ("three_ü_.txt", None),
        ("renamed.txt", "seven"),
    ]


async def test_a_plain_field_needs_no_json(rest: Rest, news: Channel) -> None:
    answer = await send(rest, f"/channels/{news.id}/messages", [("content", "hello", None)])
    assert (answer.status, answer.json["content"]) == (200, "hello")


BIG = b"x" * FILE_LIMIT_BYTES


@pytest.mark.parametrize(
    ("parts", "status", "code"),
    [
        ([("files[0]", BIG + b"x", "big")], 413, 40005),
        ([(f"files[{number}]", BIG, "big") for number in range(3)], 413, 40005),
        ([(f"files[{number}]", b"x", "small") for number in range(11)], 400, 30015),
        ([("payload_json", "{", None)], 400, 50109),
        ([("payload_json", "[]", None)], 400, 50035),
        ([payload(content="")], 400, 50006),
        ([payload(attachments=[{"id": 1}]), ("files[0]", b"x", "x")], 400, 50035),
        ([payload(attachments=[{"id": 0, "description": "x" * 1025}]), ("files[0]", b"x", "x")], 400, 50035),
        ([payload(attachments="all"), ("files[0]", b"x", "x")], 400, 50035),
        ([payload(attachments=[5]), ("files[0]", b"x", "x")], 400, 50035),
    ],
    ids=[
        "a large file",
        "large in all",
        "too many",
        "no JSON",
        "a list",
        "empty",
        "no such file",
        "long",
        "text",
        "number",
    ],
)
async def test_what_is_wrong_with_a_form_is_said_as_discord_does(
    rest: Rest, news: Channel, parts: list[Part], status: int, code: int
) -> None:
    answer = await send(rest, f"/channels/{news.id}/messages", parts)
    assert (answer.status, answer.code) == (status, code), answer.text
    assert news.messages == []


async def test_the_largest_file_is_taken(rest: Rest, news: Channel) -> None:
    answer = await send(rest, f"/channels/{news.id}/messages", [("files[0]", BIG, "big")])
    assert answer.json["attachments"][0]["size"] == FILE_LIMIT_BYTES


async def test_a_listed_file_that_is_not_there_is_named(rest: Rest, news: Channel) -> None:
    answer = await rest.post_to(news, content="x", attachments=[{"id": "5"}])
    assert answer.json["errors"]["attachments"]["0"]["id"]["_errors"] == [
        {"code": "ATTACHMENT_NOT_FOUND", "message": "Attachment data not found for id 5"}
    ]
    made = (await rest.post_to(news, content="x")).json
    changed = await rest("PATCH", f"/channels/{news.id}/messages/{made['id']}", {"attachments": [{"id": "5"}]})
    assert (changed.status, changed.code) == (400, 50035)


async def test_an_edit_cannot_bring_a_message_over_ten_files(rest: Rest, news: Channel) -> None:
    ten: list[Part] = [(f"files[{number}]", b"x", f"{number}") for number in range(10)]
    made = (await send(rest, f"/channels/{news.id}/messages", ten)).json
    path = f"/channels/{news.id}/messages/{made['id']}"
    answer = await send(rest, path, [("files[0]", b"x", "one more")], "PATCH")
    assert (answer.status, answer.code) == (400, 30015)


async def test_other_kinds_of_body_are_refused(rest: Rest, news: Channel) -> None:
    headers = {"Authorization": f"Bot {rest.token}"}
    path = f"{rest.base}/channels/{news.id}/messages"
    for kind, sent in (("text/plain", b"hello"), ("multipart/form-data", b"hello")):
        async with rest.session.post(path, data=sent, headers=headers | {"Content-Type": kind}) as answer:
            assert answer.status == 400
            told = await answer.json()
            assert told["errors"]["_errors"][0]["code"] == "CONTENT_TYPE_INVALID"
