"""The page as it is served: its files and policy, what one person sees, threads, pictures, and the log's words."""

from __future__ import annotations

from collections.abc import AsyncIterator
from importlib.resources import files
from typing import Any

import aiohttp
import pytest

from bot.sandbox import Guild, Sandbox, Upload
from bot.sandbox.site import FeedSite

from .discord_rest import Rest


class Around:
    """A site, and a bot that is only a word here."""

    def __init__(self, site: FeedSite) -> None:
        self.site = site
        self.bot_is_running = True

    async def start_bot(self) -> None:
        self.bot_is_running = True

    async def kill_bot(self) -> None:
        self.bot_is_running = False

    def tour(self) -> dict[str, Any]:
        return {"word": "chip"}

    def bot_log(self) -> list[str]:
        return ["hello"]


@pytest.fixture
async def site() -> AsyncIterator[FeedSite]:
    async with FeedSite(pictures_url="https://pictures.example") as running:
        yield running


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as running:
        yield running


async def _get(session: aiohttp.ClientSession, sandbox: Sandbox, path: str, **headers: str) -> tuple[int, Any]:
    async with session.get(sandbox.page.url.rstrip("/") + path, headers=headers) as answer:
        return answer.status, await (answer.json() if answer.content_type == "application/json" else answer.text())


async def test_every_file_of_the_page_is_served_under_the_policy(
    session: aiohttp.ClientSession, sandbox: Sandbox
) -> None:
    for file in files("bot.sandbox").joinpath("page").iterdir():
        path = "" if file.name == "index.html" else f"page/{file.name}"
        async with session.get(sandbox.page.url + path) as answer:
            assert answer.status == 200
            assert await answer.read() == file.read_bytes()
            policy = answer.headers["Content-Security-Policy"]
            assert policy.startswith("default-src 'none'; script-src 'self';")
            assert "unsafe" not in policy
            assert "require-trusted-types-for 'script'" in policy
            assert answer.headers["X-Content-Type-Options"] == "nosniff"


async def test_the_page_names_no_other_host_and_has_no_script_of_its_own(sandbox: Sandbox) -> None:
    for file in files("bot.sandbox").joinpath("page").iterdir():
        text = file.read_text("utf-8").replace("http://www.w3.org/2000/svg", "")
        assert "innerHTML" not in text
        assert "https://" not in text.replace("https?:\\/\\/", "")
        if file.name.endswith(".html"):
            assert "<script>" not in text
            assert "style=" not in text


@pytest.mark.parametrize(
    "path", ["/page/nothing.js", "/page/..%2fserver.py", "/page/picture?url=https://x.example/a.png"]
)
async def test_nothing_else_is_served(session: aiohttp.ClientSession, sandbox: Sandbox, path: str) -> None:
    assert (await _get(session, sandbox, path))[0] == 404


async def test_another_site_s_page_gets_nothing(session: aiohttp.ClientSession, sandbox: Sandbox) -> None:
    for path in ("/", "/around/", "/sandbox/view", "/desk/feeds"):
        assert (await _get(session, sandbox, path, Origin="https://evil.example"))[0] == 403
        assert (await _get(session, sandbox, path, Host="evil.example"))[0] == 403


async def test_an_uploaded_page_is_only_a_file(session: aiohttp.ClientSession, sandbox: Sandbox, guild: Guild) -> None:
    channel = guild.add_channel("files")
    channel.say(guild.owner, "look", files=[Upload("x.html", b"<script>1</script>", "text/html")])
    _, body = await _get(session, sandbox, f"/sandbox/messages?channel={channel.id}")
    async with session.get(body["messages"][0]["attachments"][0]["url"]) as answer:
        assert answer.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"


async def test_without_surroundings_there_is_no_site_and_no_process(
    session: aiohttp.ClientSession, sandbox: Sandbox
) -> None:
    assert await _get(session, sandbox, "/around/") == (200, {"site": False, "bot_process": None, "tour": None})
    assert (await _get(session, sandbox, "/desk/feeds"))[0] == 404
    async with session.post(sandbox.page.url + "around/kill-bot", json={}) as answer:
        assert answer.status == 404


async def test_with_surroundings_the_desk_the_pictures_and_the_process_are_there(
    session: aiohttp.ClientSession, sandbox: Sandbox, site: FeedSite
) -> None:
    site.add_feed("chips", title="Chips")
    sandbox.page.surroundings = around = Around(site)
    status, feeds = await _get(session, sandbox, "/desk/feeds")
    assert (status, [feed["slug"] for feed in feeds]) == (200, ["chips"])
    async with session.get(f"{sandbox.page.url}page/picture?url=https://pictures.example/any.png") as answer:
        assert (answer.status, answer.content_type) == (200, "image/png")
    async with session.post(sandbox.page.url + "around/kill-bot", json={}) as answer:
        assert (await answer.json())["bot_process"] == {"running": False, "log": ["hello"]}
    assert not around.bot_is_running
    async with session.post(sandbox.page.url + "around/start-bot", data="{}") as answer:
        assert answer.status == 415, "a form of another site could send this"


async def test_a_person_sees_their_guilds_channels_and_rights(
    session: aiohttp.ClientSession, sandbox: Sandbox, guild: Guild
) -> None:
    ada = guild.add_member("ada")
    guild.add_member("max", permissions=["MANAGE_GUILD"])
    guild.add_channel("open")
    closed = guild.add_channel("closed")
    closed.deny(guild.everyone, "VIEW_CHANNEL")
    other = sandbox.add_guild("Elsewhere")
    _, owners = await _get(session, sandbox, "/sandbox/view")
    standings = {each["username"]: each["standing"] for each in owners["people"]}
    assert standings == {guild.owner.name: "owner", "max": "manager", "ada": "member", other.owner.name: "owner"}
    assert [each["name"] for each in owners["guilds"][0]["channels"]] == ["open", "closed"]
    _, adas = await _get(session, sandbox, f"/sandbox/view?user={ada.id}")
    assert [each["name"] for each in adas["guilds"]] == [guild.name]
    assert [each["name"] for each in adas["guilds"][0]["channels"]] == ["open"]
    assert adas["dms"][0]["recipients"][0]["id"] == str(ada.id)


async def test_messages_come_in_pages_from_the_newest(
    session: aiohttp.ClientSession, sandbox: Sandbox, guild: Guild
) -> None:
    channel = guild.add_channel("talk")
    for number in range(7):
        channel.say(guild.owner, str(number))
    path = f"/sandbox/messages?channel={channel.id}&limit=3"
    seen: list[str] = []
    before, more = "", True
    while more:
        _, page = await _get(session, sandbox, path + before)
        seen = [each["content"] for each in page["messages"]] + seen
        before, more = f"&before={page['messages'][0]['id']}", page["more"]
    assert seen == [str(number) for number in range(7)]


async def test_a_person_starts_a_thread_or_a_forum_post(sandbox: Sandbox, guild: Guild) -> None:
    forum, talk = guild.add_channel("ideas", "forum"), guild.add_channel("talk")
    thread = forum.start_thread(guild.owner, "A lamp", "A longer one.")
    assert [message.id for message in thread.messages] == [thread.id], "a forum post's first message has its identifier"
    assert [each.name for each in forum.threads()] == ["A lamp"]
    assert talk.start_thread(guild.owner, "Aside", "psst").messages[0].content == "psst"


async def test_a_429_is_logged_with_what_it_asked_for(
    session: aiohttp.ClientSession, sandbox: Sandbox, guild: Guild, rest: Rest
) -> None:
    channel = guild.add_channel("talk")
    sandbox.faults.add("ratelimit", "POST", "/channels/*/messages", retry_after=1.25)
    await rest.post_to(channel, content="x")
    _, log = await _get(session, sandbox, "/sandbox/log")
    assert (log["requests"][-1]["status"], log["requests"][-1]["waits_s"]) == (429, 1.25)
    assert (await _get(session, sandbox, f"/sandbox/log?after={log['next']}"))[1]["requests"] == []


async def test_an_answer_names_the_command_it_belongs_to(sandbox: Sandbox, guild: Guild) -> None:
    data = {"name": "feed", "type": 1, "options": [{"name": "add", "type": 1, "options": []}]}
    channel = guild.add_channel("talk")
    opened = sandbox.backend.interactions.open(2, guild.owner.id, channel.record, data)
    body = {"type": 4, "data": {"content": "done"}}
    answered = sandbox.backend.interactions.answer(opened.id, opened.token, body, [])
    assert answered.original
    assert answered.original.interaction
    assert answered.original.interaction["name"] == "feed add"
    assert answered.original.interaction["command_type"] == 1
