"""Feeds that ask for a login: given in a form, kept for one server, shown to nobody."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from pydantic import SecretStr

from bot.sandbox import Reply
from tests.keys import KEY, OTHER_KEY
from tests.net.server import Request, Site, answer, serving
from tests.whole.world import SOON, World

PASSWORD, TOKEN, PATH = "op3n-s3same", "t0ken-of-ada", "/h1dden/feed"
BASIC = b"Basic " + base64.b64encode(f"ada:{PASSWORD}".encode())
SECRETS = (PASSWORD, TOKEN, PATH, BASIC.decode().removeprefix("Basic "), KEY)


class Members:
    """A feed for whoever knows one of the `logins`; it names itself, and a hub, as real ones do."""

    def __init__(self, site: Site) -> None:
        self.site, self.titles = site, ["first"]
        self.logins = {("Authorization", BASIC), ("X-Api-Key", TOKEN.encode())}
        site.answers[PATH] = self._serve
        self.url = site.url(PATH)

    async def _serve(self, request: Request, writer: asyncio.StreamWriter) -> None:
        known = any(request.header(name) == value for name, value in self.logins)
        links = f'<atom:link rel="self" href="{self.url}?k={TOKEN}"/><atom:link rel="hub" href="{self.url}?k={TOKEN}"/>'
        items = "".join(f"<item><title>{one}</title><guid>{one}</guid></item>" for one in self.titles)
        head = '<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom"><channel><title>Members</title>'
        body = f"{head}{links}{items}</channel></rss>".encode()
        writer.write(answer(body) if known else answer(b"who are you?", status="401 Unauthorized"))
        await writer.drain()


@pytest.fixture
async def members() -> AsyncIterator[Members]:
    async with serving() as site:
        yield Members(site)


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    async with World(tmp_path, secret_key=KEY) as opened:
        yield opened


def _tells_nothing(*replies: Reply) -> None:
    for reply in replies:
        assert reply.ephemeral
        shown = f"{reply.text} {reply.embeds} {reply.components}"
        assert not [secret for secret in SECRETS if secret in shown.replace(_typed(reply), "")], shown


def _typed(reply: Reply) -> str:
    """What the form is to be filled with: the address that was typed into the command."""
    fields = [field for embed in reply.embeds for field in embed.get("fields", ()) if field["name"] == "Address"]
    return str(fields[0]["value"]) if fields else "\0"


def _plain(reply: Reply) -> str:
    """As Discord shows it, which takes away what makes markdown literal."""
    return reply.text.replace("\\", "")


async def _filled(world: World, question: Reply, **values: str) -> Reply:
    pressed = await question.click(world.owner, "Give login...")
    assert pressed.modal is not None
    return await world.owner.submit(pressed.modal, dict(values))


def _disk(folder: Path) -> bytes:
    return b"".join(file.read_bytes() for file in folder.rglob("herald.db*") if file.is_file())


@pytest.mark.parametrize(
    "login",
    [{"user": "ada", "password": PASSWORD}, {"header": "X-Api-Key", "value": TOKEN}],
    ids=["password", "header"],
)
async def test_a_feed_that_asks_for_a_login_is_followed_over_a_restart_and_nothing_shows_it(
    world: World, members: Members, tmp_path: Path, login: dict[str, str], capfd: pytest.CaptureFixture[str]
) -> None:
    question = await world.command("feed add", url=members.url)
    assert "asks for a login (HTTP 401)" in question.text
    await world.restart()  # the button outlives the process that made it
    following = await _filled(world, question, **login)
    assert "Following **Members**" in following.text
    assert "for this server alone" in following.text
    members.titles.insert(0, "second")
    await world.posted("second")
    await world.restart()
    members.titles.insert(0, "third")
    await world.posted("second", "third")
    status = await world.command("feed status", feed="Members")
    assert "private, login given" in status.text
    export = await world.command("feed export")
    _tells_nothing(question, following, status, await world.command("feed list"), export)
    assert not [secret for secret in SECRETS if secret.encode() in b"".join(one.data for one in export.attachments)]
    await world.stop()
    assert not [secret for secret in SECRETS if secret.encode() in _disk(tmp_path)]
    logged = "".join(capfd.readouterr())
    assert not [secret for secret in SECRETS if secret in logged]


async def test_another_server_that_follows_the_same_address_sees_nothing_of_it(world: World, members: Members) -> None:
    following = await _filled(world, await world.command("feed add", url=members.url), user="ada", password=PASSWORD)
    assert "Following" in following.text
    theirs = world.sandbox.add_guild("Elsewhere")
    general = theirs.add_channel("general")
    await world.ready()
    asked = await theirs.command(theirs.owner, general, "feed add", url=members.url)
    assert "asks for a login" in asked.text, "that somebody has a login opens nothing to others"
    found = await theirs.command(theirs.owner, general, "search", query="title:first")
    assert "Nothing" in found.text
    for path in ("latest", "feed list"):
        reply = await theirs.command(theirs.owner, general, path)
        assert "Members" not in reply.text
        assert "first" not in reply.text
    members.site.answers[PATH] = answer(b"<rss version='2.0'><channel><title>Open now</title></channel></rss>")
    public = await theirs.command(theirs.owner, general, "feed add", url=members.url)
    assert "Following **Open now**" in public.text
    assert "encrypted" not in public.text


async def test_a_login_that_is_refused_later_is_told_once_and_can_be_given_anew(world: World, members: Members) -> None:
    await _filled(world, await world.command("feed add", url=members.url), user="ada", password=PASSWORD)
    members.logins = {("X-Api-Key", TOKEN.encode())}
    await world.news.wait_for(lambda _: any("its login any more" in one.content for one in world.news.messages), SOON)
    status = await world.command("feed status", feed="Members")
    assert "HTTP 401" in status.text
    wrong = await _filled(world, status, user="ada", password=PASSWORD)
    assert "does not take that login" in wrong.text
    right = await _filled(world, status, header="X-Api-Key", value=TOKEN)
    assert "takes the new login" in right.text
    members.titles.insert(0, "second")
    await world.news.wait_for(lambda _: any(one.embeds for one in world.news.messages), SOON)
    assert sum("its login any more" in one.content for one in world.news.messages) == 1
    _tells_nothing(status, wrong, right)


async def test_a_wrong_login_keeps_nothing_and_asks_again(world: World, members: Members, tmp_path: Path) -> None:
    question = await world.command("feed add", url=members.url, private=True)
    assert not members.site.requests, "nobody is asked before the login is there"
    again = await _filled(world, question, user="eve", password="wr0ng-one")
    assert "does not take that login (HTTP 401)" in again.text
    both = await _filled(world, again, user="ada", password=PASSWORD, header="X-Api-Key", value=TOKEN)
    assert "not both" in both.text
    _tells_nothing(question, again, both)
    assert "No feed is followed" in (await world.command("feed list")).text
    assert b"wr0ng-one" not in _disk(tmp_path)


async def test_an_address_that_is_a_key_is_given_in_the_form(world: World, members: Members, tmp_path: Path) -> None:
    members.site.answers[f"{PATH}?token={TOKEN}"] = answer(
        b"<rss version='2.0'><channel><title>Key</title></channel></rss>"
    )
    question = await world.command("feed add", url=members.site.url("/"), private=True)
    following = await _filled(world, question, address=f"{members.url}?token={TOKEN}")
    assert "Following **Key**" in following.text
    status = await world.command("feed status", feed="Key")
    assert "private, by its address" in status.text
    _tells_nothing(question, following, status, await world.command("feed preview", feed="Key"))
    await world.stop()
    assert TOKEN.encode() not in _disk(tmp_path)


async def test_without_a_key_nothing_is_kept_and_the_words_say_what_is_missing(
    tmp_path: Path, members: Members
) -> None:
    async with World(tmp_path) as world:
        for url, private in ((members.url, False), (f"{members.url}?token={TOKEN}", False), (members.url, True)):
            reply = await world.command("feed add", url=url, private=private)
            assert "HERALD_SECRET_KEY" in _plain(reply)
            assert not reply.components
            _tells_nothing(reply)
    assert TOKEN.encode() not in _disk(tmp_path)


async def test_with_another_key_the_feed_says_so_and_nothing_is_lost(world: World, members: Members) -> None:
    await _filled(world, await world.command("feed add", url=members.url), user="ada", password=PASSWORD)
    await world.stop()
    right = world.settings
    world.settings = right.model_copy(update={"secret_key": SecretStr(OTHER_KEY)})
    await world.start()
    await world.ended("record_visits", 1)
    status = await world.command("feed status", feed="Members")
    assert "another key (HERALD_SECRET_KEY)" in _plain(status)
    assert "kept under another key" in status.text
    await world.stop()
    world.settings = right.model_copy(update={"secret_key": SecretStr(f"{OTHER_KEY},{KEY}")})
    await world.start()
    members.titles.insert(0, "second")
    await world.posted("second")
