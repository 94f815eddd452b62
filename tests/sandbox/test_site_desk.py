"""The editor's desk: the site driven over HTTP by another process of this machine, and by nobody else."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest

from bot.sandbox.site import FeedSite
from bot.sandbox.site.stories import load_stories
from tests.sandbox.test_site import titles


@pytest.fixture
async def site() -> AsyncIterator[FeedSite]:
    async with FeedSite() as running:
        yield running


class Desk:
    """JSON in, (status, JSON) out."""

    def __init__(self, session: aiohttp.ClientSession, site: FeedSite) -> None:
        self._session, self._site = session, site

    async def get(self, path: str, **headers: str) -> tuple[int, Any]:
        async with self._session.get(f"{self._site.url}/desk/{path}", headers=headers) as response:
            return response.status, await response.json()

    async def post(self, path: str, asked: object = None) -> tuple[int, Any]:
        async with self._session.post(f"{self._site.url}/desk/{path}", json=asked or {}) as response:
            return response.status, await response.json()


@pytest.fixture
async def desk(site: FeedSite) -> AsyncIterator[Desk]:
    async with aiohttp.ClientSession() as session:
        yield Desk(session, site)


async def test_a_feed_is_made_published_in_edited_and_read(site: FeedSite, desk: Desk) -> None:
    assert (await desk.post("feeds", {"slug": "chips", "format": "atom", "title": "Chips"}))[0] == 200
    status, entry = await desk.post("feeds/chips/publish", {"title": "One", "body_html": "<p>1", "image": "wafer"})
    assert status == 200
    await desk.post("feeds/chips/edit", {"guid": entry["guid"], "title": "One, corrected"})
    _, second = await desk.post("feeds/chips/publish", {"title": "Two", "published_at": "2026-05-13T10:57:52+00:00"})
    await desk.post("feeds/chips/withdraw", {"guid": second["guid"]})
    _, state = await desk.get("feeds/chips")
    assert [entry["title"] for entry in state["entries"]] == ["One, corrected"]
    assert titles(site.feeds["chips"].document()) == ["One, corrected"]


async def test_a_story_is_published_by_name_and_the_next_without(site: FeedSite, desk: Desk) -> None:
    source = load_stories()[0]
    site.add_story_feed(source, hold_back=1)
    _, listed = await desk.get("stories")
    assert {"slug": source.stories[0].slug, "title": source.stories[0].title} in listed
    _, entry = await desk.post(f"feeds/{source.slug}/publish", {"story": load_stories()[1].stories[0].slug})
    assert entry["title"] == load_stories()[1].stories[0].title
    _, entry = await desk.post(f"feeds/{source.slug}/publish")
    assert entry["title"] == source.stories[-1].title
    assert await desk.post(f"feeds/{source.slug}/publish") == (200, {"published": False})


async def test_faults_are_set_seen_and_healed(site: FeedSite, desk: Desk) -> None:
    feed = site.add_feed("chips")
    await desk.post("feeds/chips/fault", {"kind": "503", "times": 2, "retry_after": 9})
    async with aiohttp.ClientSession() as session, session.get(feed.url) as response:
        assert (response.status, response.headers["Retry-After"]) == (503, "9")
    _, listed = await desk.get("feeds")
    assert listed[0]["faults"] == [{"kind": "503", "left": 1}]
    await desk.post("feeds/chips/heal")
    _, state = await desk.get("feeds/chips")
    assert (state["faults"], [seen["status"] for seen in state["log"]]) == ([], [503])


async def test_a_file_is_published_one_by_one_and_a_feed_moves(site: FeedSite, desk: Desk) -> None:
    site.add_bytes_feed("file", b"<rss><item>12345</item><item>1</item></rss>", hold_back=1)
    assert await desk.post("feeds/file/publish") == (200, {"published": True, "bytes": 18})
    _, facts = await desk.post("feeds/file/move", {"path": "/elsewhere.xml"})
    assert facts["url"] == site.url + "/elsewhere.xml"


@pytest.mark.parametrize(
    ("path", "asked", "status", "says"),
    [
        ("feeds/none/publish", {}, 404, "no feed 'none'"),
        ("feeds/chips/dance", {}, 404, "no such call"),
        ("feeds/chips/publish", {"story": "none"}, 404, "no story 'none'"),
        ("feeds/chips/edit", {"guid": "none", "title": "x"}, 404, "none"),
        ("feeds/chips/fault", {"kind": "gremlins"}, 400, "gzip-bomb"),
        ("feeds/chips/publish", {"colour": "red"}, 400, "colour"),
        ("feeds/chips/publish", [1], 400, "object"),
        ("feeds/file/edit", {"guid": "x"}, 400, "serves a file"),
        ("feeds", {"slug": "chips"}, 400, "already"),
    ],
)
async def test_a_mistake_is_answered_with_what_is_wrong(
    site: FeedSite, desk: Desk, path: str, asked: object, status: int, says: str
) -> None:
    site.add_feed("chips")
    site.add_bytes_feed("file", b"<rss/>")
    answered, text = await desk.post(path, asked)
    assert (answered, says in text["error"]) == (status, True)


@pytest.mark.parametrize(
    ("header", "value", "status"),
    [
        ("Host", "rebound.example", 403),
        ("Host", "127.0.0.1.rebound.example:80", 403),
        ("Host", "localhost:8080", 200),
        ("Origin", "https://evil.example", 403),
        ("Origin", "http://localhost.evil.example", 403),
        ("Origin", "null", 403),
        ("Origin", "http://[", 403),
        ("Origin", "http://127.0.0.1:4711", 200),
    ],
)
async def test_only_this_machine_may_sit_at_the_desk(desk: Desk, header: str, value: str, status: int) -> None:
    assert (await desk.get("feeds", **{header: value}))[0] == status


async def test_a_page_on_another_port_of_this_machine_may_read_the_answer(site: FeedSite, desk: Desk) -> None:
    origin = {"Origin": "http://127.0.0.1:4711"}
    async with aiohttp.ClientSession() as session:
        async with session.options(site.url + "/desk/feeds", headers=origin) as response:
            assert (response.status, response.headers["Access-Control-Allow-Origin"]) == (204, origin["Origin"])
        async with session.options(site.url + "/desk/feeds", headers={"Origin": "http://evil.example"}) as response:
            assert "Access-Control-Allow-Origin" not in response.headers
