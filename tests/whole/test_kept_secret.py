"""What opens a private feed shows nowhere: not in Discord, on the disk, in copies, logs or exports, nor to other hosts.

The feed does what careless ones do: it repeats the reader's own key in its links, its pictures and its text.
"""

from __future__ import annotations

import asyncio
import base64
import io
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from bot.cli.search import as_json, search
from bot.ops.logging import configure
from bot.sandbox import Reply
from bot.store.backup import copy
from tests.keys import KEY
from tests.net.server import Request, Site, answer, serving
from tests.whole.world import SOON, World

pytestmark = pytest.mark.usefixtures("logging_as_it_was")

SECRET = "s3same-Gr8-Lengthy0"
BASIC = base64.b64encode(f"ada:{SECRET}".encode()).decode()
FORMS: dict[str, tuple[str, dict[str, str]]] = {
    "query": (f"/feed?token={SECRET}", {}),
    "lone argument": ("/feed?0123456789abcdef0123456789abcdef", {}),
    "path": (f"/shows/{SECRET}/feed", {"form": "yes"}),
    "userinfo": ("/feed", {"userinfo": f"ada:{SECRET}@"}),
    "password": ("/feed", {"user": "ada", "password": SECRET}),
    "bearer": ("/feed", {"header": "Authorization", "value": f"Bearer {SECRET}"}),
    "own header": ("/feed", {"header": "X-Api-Key", "value": SECRET}),
}


class Echo:
    """Serves the feed under one address, and everything in it repeats what was sent to get it."""

    def __init__(self, site: Site, elsewhere: Site, path: str) -> None:
        self.titles, self.path, self._elsewhere = ["first"], path, elsewhere
        site.answers[path] = self._serve

    async def _serve(self, request: Request, writer: asyncio.StreamWriter) -> None:
        said = (request.header("Authorization") or request.header("X-Api-Key") or b"").decode()
        key = said or self.path.partition("?")[2].removeprefix("token=") or self.path.split("/")[2]
        plain = SECRET if said else key
        there = self._elsewhere.url(f"/page?key={quote(plain)}&amp;a=1")
        links = f'<link>{there}</link><atom:link rel="self" href="{there}"/><atom:link rel="hub" href="{there}"/>'
        body = f'<p>Read it with {key}</p><img src="{there}"/>'.replace("<", "&lt;")
        items = "".join(
            f"<item><title>{title}</title><guid>{plain}-{title}</guid><link>{there}&amp;n={title}</link>"
            f'<description>{body}</description><enclosure url="{there}" type="image/png" length="5000"/>'
            f"<author>{plain}</author><category>{key}</category></item>"
            for title in self.titles
        )
        head = f'<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom"><channel><title>Members {plain}</title>'
        link = f'Link: <{self._elsewhere.url(f"/hub?key={quote(plain)}")}>; rel="hub"'
        writer.write(answer(f"{head}{links}{items}</channel></rss>".encode(), link, f'ETag: "{len(self.titles)}"'))
        await writer.drain()


@pytest.fixture
async def sites() -> AsyncIterator[tuple[Site, Site]]:
    async with serving() as site, serving() as elsewhere:
        yield site, elsewhere


async def followed(world: World, site: Site, path: str, given: dict[str, str]) -> Reply:
    url = site.url(path).replace("://", f"://{given.get('userinfo', '')}")
    if not given or "userinfo" in given:
        return await world.command("feed add", url=url)
    question = await world.command("feed add", url=site.url("/"), private=True)
    opened = await question.click(world.owner, "Give login...")
    assert opened.modal is not None
    values: dict[str, object] = {name: text for name, text in given.items() if name != "form"}
    sent = await world.owner.submit(opened.modal, {"address": url, **values})
    return await sent.wait_for(lambda answer: "Following" in answer.text, SOON)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("log_format", ["text", "json"])
async def test_nothing_of_the_key_is_seen_anywhere(
    tmp_path: Path,
    sites: tuple[Site, Site],
    form: str,
    log_format: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    (site, elsewhere), (path, given) = sites, FORMS[form]
    secrets = (SECRET, quote(SECRET), BASIC, "0123456789abcdef0123456789abcdef", KEY)
    echo = Echo(site, elsewhere, path)
    log = io.StringIO()
    configure(log_format, level="debug", stream=log)
    async with World(tmp_path, secret_key=KEY) as world:
        replies = [await followed(world, site, path, given)]
        assert "Following **Members" in replies[0].text, replies[0].text
        await world.add(world.site.add_feed("open").url)
        await world.command("keyword add", query="second")
        echo.titles.insert(0, "second")
        await world.news.wait_for(lambda _: any(one.embeds for one in world.news.messages), SOON)
        del site.answers[path]  # from here on it fails
        await world.ended("record_visits", world.count("record_visits") + 2)
        for command, options in (
            ("feed list", {}),
            ("feed status", {"feed": "Members"}),
            ("feed status", {"feed": "Members", "entry": "second"}),
            ("feed edit", {"feed": "Members"}),
            ("feed preview", {"feed": "Members"}),
            ("feed export", {}),
            ("search", {"query": "title:second OR title:first"}),
            ("latest", {}),
            ("keyword list", {}),
            ("privacy", {}),
        ):
            replies.append(await world.command(command, **options))
        replies.append(await replies[-1].click(world.owner, "Send me my data"))
        seen = [f"{one.text} {one.embeds} {one.components}" for one in replies]
        seen += [str(one.attachments) + str([file.data for file in one.attachments]) for one in replies]
        seen += [str(message) for message in (*world.news.messages, *world.owner.dm.messages)]
        database_url = world.settings.database_url
        await copy(tmp_path / "herald.db", tmp_path / "copy")
    monkeypatch.setenv("HERALD_DATABASE_URL", database_url)
    found = await search("title:second", feed=None, since=None, limit=10)
    assert found.total == 1
    seen.append(json.dumps(as_json(found)))
    seen.append(log.getvalue())
    seen += [str(one.lines) for one in elsewhere.requests]
    disk = b"".join(file.read_bytes() for file in tmp_path.rglob("*") if file.is_file())
    for secret in secrets:
        assert not [one for one in seen if secret in one]
        assert secret.encode() not in disk
