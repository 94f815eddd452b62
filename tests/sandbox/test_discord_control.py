"""The control interface does over HTTP what the Python one does: members act, and programs look on."""

from __future__ import annotations

import asyncio
import base64
import os
import signal
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from bot.sandbox import Guild, Sandbox

from .discord_bot import SmallBot


class Http:
    """GET and POST below /sandbox/."""

    def __init__(self, session: aiohttp.ClientSession, base: str) -> None:
        self.session, self.base = session, base

    async def get(self, path: str) -> Any:
        async with self.session.get(f"{self.base}/sandbox/{path}") as response:
            return await response.json()

    async def post(self, act: str, /, **body: Any) -> Any:
        async with self.session.post(f"{self.base}/sandbox/{act}", json=body) as response:
            return {"status": response.status, **await response.json()}


@pytest.fixture
async def http(sandbox: Sandbox) -> AsyncIterator[Http]:
    async with aiohttp.ClientSession() as session:
        yield Http(session, sandbox.world.base_url)


async def test_the_state_says_how_to_reach_it_and_who_is_there(http: Http, sandbox: Sandbox, guild: Guild) -> None:
    state = await http.get("state")
    assert (state["api_base"], state["token"]) == (sandbox.api_base, sandbox.token)
    assert [each["name"] for each in state["guilds"]] == ["Reading room"]
    assert len(state["guilds"][0]["members"]) == 2


async def test_a_command_sent_over_http_is_answered(bot: SmallBot, http: Http, guild: Guild) -> None:
    channel = guild.add_channel("news")
    owner, place = str(guild.owner.id), str(channel.id)
    file = {"filename": "a.opml", "base64": base64.b64encode(b"1234").decode()}
    options = {"channel": place, "user": owner, "file": file}
    reply = await http.post("command", user=owner, channel=place, path="places show", options=options)
    assert (reply["deferred"], reply["ephemeral"]) == (True, True)
    assert reply["message"]["content"] == "news None reading-room-owner 4 1"
    seen = await http.get(f"messages?channel={place}&user={owner}")
    assert len(seen["messages"]) == 1
    assert (await http.get(f"messages?channel={place}"))["messages"] == []


async def test_buttons_selects_and_modals_work_over_http(bot: SmallBot, http: Http, guild: Guild) -> None:
    owner, place = str(guild.owner.id), str(guild.add_channel("news").id)
    shown = await http.post("command", user=owner, channel=place, path="counter")
    at: dict[str, Any] = {"user": owner, "channel": place, "message": shown["message"]["id"]}
    assert (await http.post("click", **at, button="Count"))["message"]["content"] == "1 clicks"
    assert (await http.post("select", **at, select="colour", values=["Red"]))["message"]["content"] == "Red it is"
    form = await http.post("click", **at, button="Note")
    assert form["modal"]["title"] == "A note"
    noted = await http.post("submit", user=owner, interaction=form["interaction"], values={"Text": "milk"})
    assert noted["message"]["content"] == "Noted: milk"


async def test_a_form_takes_members_channels_and_files_over_http(bot: SmallBot, http: Http, guild: Guild) -> None:
    owner, place = str(guild.owner.id), str(guild.add_channel("news").id)
    form = await http.post("command", user=owner, channel=place, path="everything")
    by_id = {each["label"]: each["component"]["custom_id"] for each in form["modal"]["components"]}
    file = {"filename": "a.txt", "base64": base64.b64encode(b"1").decode()}
    values = {"Words": "tea", by_id["Who"]: [owner], "Where": [place], "Files": [file]}
    sent = await http.post("submit", user=owner, interaction=form["interaction"], values=values)
    assert sent["message"]["content"] == f"tea |  | {guild.owner.name} | news | a.txt"


async def test_files_are_put_on_a_message_over_http(http: Http, guild: Guild) -> None:
    at = {"user": str(guild.owner.id), "channel": str(guild.add_channel("news").id), "content": ""}
    file = {"filename": "a.txt", "base64": base64.b64encode(b"12345").decode()}
    said = await http.post("say", **at, files=[file])
    assert [(each["filename"], each["size"]) for each in said["attachments"]] == [("a.txt", 5)]
    assert "10 files at most" in (await http.post("say", **at, files=[file] * 11))["error"]
    large = file | {"base64": base64.b64encode(bytes(10 * 1024 * 1024 + 1)).decode()}
    assert "too large" in (await http.post("say", **at, files=[large]))["error"]


async def test_a_message_is_changed_by_who_wrote_it(http: Http, guild: Guild) -> None:
    place = str(guild.add_channel("news").id)
    said = await http.post("say", user=str(guild.owner.id), channel=place, content="helo")
    at = {"channel": place, "message": said["id"], "content": "hello"}
    assert (await http.post("edit", user=str(guild.add_member("ada").id), **at))["code"] == 50005
    assert (await http.post("edit", user=str(guild.owner.id), **at))["content"] == "hello"


async def test_members_channels_and_rights_can_be_made_over_http(http: Http, guild: Guild) -> None:
    there = str(guild.id)
    ada = await http.post("members", guild=there, name="ada", permissions=["MANAGE_GUILD"])
    news = await http.post("channels", guild=there, name="news", kind="announcement")
    said = await http.post("say", user=ada["id"], channel=news["id"], content="hello")
    assert said["content"] == "hello"
    await http.post("overwrite", channel=news["id"], target=there, deny=["SEND_MESSAGES"])
    assert (await http.post("say", user=ada["id"], channel=news["id"], content="hello"))["code"] == 50013


@pytest.mark.parametrize(
    ("act", "body", "status"),
    [
        ("say", {"user": "1", "channel": "2", "content": "x"}, 404),
        ("say", {}, 400),
        ("nonsense", {}, 404),
        ("gateway", {"do": "dance"}, 400),
        ("faults", {"kind": "earthquake"}, 400),
    ],
)
async def test_a_mistake_is_answered_with_what_it_is(http: Http, act: str, body: dict[str, Any], status: int) -> None:
    answer = await http.post(act, **body)
    assert answer["status"] == status
    assert answer["error"]


async def test_what_a_client_would_not_allow_is_a_409(bot: SmallBot, http: Http, guild: Guild) -> None:
    owner, place = str(guild.owner.id), str(guild.add_channel("news").id)
    answer = await http.post("command", user=owner, channel=place, path="no such")
    assert (answer["status"], answer["error"]) == (409, "there is no command /no such here")


async def test_listeners_hear_of_everything_as_it_happens(http: Http, sandbox: Sandbox, guild: Guild) -> None:
    async with http.session.ws_connect(f"{http.base}/sandbox/events") as stream:
        channel = guild.add_channel("news")
        channel.say(guild.owner, "hello")
        heard = [await stream.receive_json(timeout=5) for _ in range(2)]
    assert [each["name"] for each in heard] == ["CHANNEL_CREATE", "MESSAGE_CREATE"]
    assert heard[1]["channel_id"] == str(channel.id)


async def test_listeners_learn_who_an_ephemeral_answer_is_for(bot: SmallBot, http: Http, guild: Guild) -> None:
    channel = guild.add_channel("news")
    async with http.session.ws_connect(f"{http.base}/sandbox/events") as stream:
        await guild.command(guild.owner, channel, "secret")
        heard = [await stream.receive_json(timeout=5)]
        while heard[-1]["name"] != "SANDBOX_EPHEMERAL_MESSAGE_CREATE":
            heard.append(await stream.receive_json(timeout=5))
    assert heard[0]["name"] == "INTERACTION_CREATE"
    assert heard[-1]["data"]["sandbox_visible_to"] == str(guild.owner.id)


async def test_faults_and_the_gateway_can_be_had_over_http(bot: SmallBot, http: Http, sandbox: Sandbox) -> None:
    await http.post("faults", kind="status", method="GET", path="/users/*", status=500, times=3)
    laid = (await http.get("faults"))["faults"]
    assert [(each["status"], each["times"]) for each in laid] == [(500, 3)]
    async with http.session.delete(f"{http.base}/sandbox/faults") as response:
        assert response.status == 200
    assert sandbox.faults.laid == []
    session = sandbox.server.gateway.live[0]
    before = session.connection
    await http.post("gateway", do="drop")
    assert await sandbox.waiting.until(lambda: session.connection not in (None, before), 5)


async def test_other_sites_and_other_names_are_kept_out(http: Http, sandbox: Sandbox) -> None:
    address = f"{http.base}/sandbox/state"
    for headers in ({"Host": "evil.example"}, {"Origin": "https://evil.example"}):
        async with http.session.get(address, headers=headers) as response:
            assert response.status == 403
    async with http.session.post(f"{http.base}/sandbox/guilds", data='{"name": "x"}') as response:
        assert response.status == 415
    async with http.session.get(address, headers={"Origin": http.base}) as response:
        assert response.status == 200


async def test_the_request_log_can_be_read_on_from_where_one_was(bot: SmallBot, http: Http) -> None:
    first = await http.get("log")
    assert "GET /users/@me 200" in [f"{each['method']} {each['path']} {each['status']}" for each in first["requests"]]
    await bot.application_info()
    later = await http.get(f"log?after={first['next']}")
    assert [each["path"] for each in later["requests"]] == ["/oauth2/applications/@me"]


async def test_on_its_own_it_prints_where_it_is_and_finds_its_state_again(tmp_path: Path) -> None:
    async def start() -> tuple[asyncio.subprocess.Process, dict[str, str]]:
        command = [sys.executable, "-m", "bot.sandbox", "--state", str(tmp_path / "state.json")]
        pipe = asyncio.subprocess.PIPE
        process = await asyncio.create_subprocess_exec(*command, stdout=pipe, env={**os.environ, "PYTHONPATH": "."})
        assert process.stdout
        lines = [(await process.stdout.readline()).decode() for _ in range(2)]
        return process, {name: value for line in lines for name, _, value in [line.strip().partition("=")]}

    async def stop(process: asyncio.subprocess.Process) -> None:
        process.send_signal(signal.SIGTERM)
        assert await process.wait() == 0

    async with aiohttp.ClientSession() as session:
        process, first = await start()
        http = Http(session, first["DISCORD_API_BASE"].removesuffix("/api/v10"))
        await http.post("guilds", name="Second")
        await stop(process)
        process, second = await start()
        http = Http(session, second["DISCORD_API_BASE"].removesuffix("/api/v10"))
        state = await http.get("state")
        await stop(process)
    assert second["DISCORD_TOKEN"] == first["DISCORD_TOKEN"]
    assert [each["name"] for each in state["guilds"]] == ["Reading room", "Second"]
