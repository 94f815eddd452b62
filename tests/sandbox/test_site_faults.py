"""Every fault as a reader meets it, over real sockets."""

from __future__ import annotations

import asyncio
import time
import zlib
from collections.abc import AsyncIterator

import aiohttp
import pytest

from bot.sandbox.site import FeedSite
from bot.sandbox.site.faults import ANSWERS, KINDS
from bot.sandbox.site.feed import SiteFeed
from bot.sandbox.site.written import WrittenFeed
from tests.sandbox.test_site import titles


@pytest.fixture
async def site() -> AsyncIterator[FeedSite]:
    async with FeedSite() as running:
        yield running


@pytest.fixture
async def feed(site: FeedSite) -> WrittenFeed:
    made = site.add_feed("chips")
    for number in range(1, 6):
        made.publish(title=f"t{number}")
    return made


@pytest.fixture
async def client() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


async def got(client: aiohttp.ClientSession, url: str) -> tuple[int, str, bytes]:
    async with client.get(url) as response:
        return response.status, response.content_type, await response.read()


@pytest.mark.parametrize("kind", ["403", "404", "410", "429", "500", "503"])
async def test_a_status_is_answered_as_often_as_told_and_then_the_feed(
    client: aiohttp.ClientSession, feed: WrittenFeed, kind: str
) -> None:
    feed.fault(kind, times=2)
    assert [(await got(client, feed.url))[0] for _ in range(3)] == [int(kind), int(kind), 200]
    assert [seen.status for seen in feed.requests] == [int(kind), int(kind), 200]


@pytest.mark.parametrize(
    ("kind", "told", "expected"), [("503", None, "60"), ("429", 7, "7"), ("500", None, None), ("500", 3, "3")]
)
async def test_retry_after_is_as_told(
    client: aiohttp.ClientSession, feed: WrittenFeed, kind: str, told: int | None, expected: str | None
) -> None:
    feed.fault(kind, **({} if told is None else {"retry_after": told}))
    async with client.get(feed.url) as response:
        assert response.headers.get("Retry-After") == expected


async def test_faults_queue_up_until_healed(client: aiohttp.ClientSession, feed: WrittenFeed) -> None:
    feed.fault("500", times=1)
    feed.fault("404")
    assert [(await got(client, feed.url))[0] for _ in range(3)] == [500, 404, 404]
    assert [(fault.kind, fault.left) for fault in feed.faults] == [("404", None)]
    feed.heal()
    assert (await got(client, feed.url))[0] == 200


async def test_bodies_that_are_no_feed(client: aiohttp.ClientSession, feed: WrittenFeed) -> None:
    for kind in ("garbage", "html", "empty"):
        feed.fault(kind, times=1)
    garbage, html, empty = [await got(client, feed.url) for _ in range(3)]
    assert len(garbage[2]) == 4096
    assert b"<" not in garbage[2][:1]
    assert html[:2] == (200, "text/html")
    assert empty == (200, "application/rss+xml", b"")


async def test_a_wrong_content_type_comes_with_the_right_body(client: aiohttp.ClientSession, feed: WrittenFeed) -> None:
    feed.fault("wrong-type", content_type="image/jpeg")
    status, kind, body = await got(client, feed.url)
    assert (status, kind, body) == (200, "image/jpeg", feed.document())


async def test_a_slow_feed_comes_late_but_whole(client: aiohttp.ClientSession, feed: WrittenFeed) -> None:
    feed.fault("slow", delay=0.05)
    begun = time.monotonic()
    assert (await got(client, feed.url))[2] == feed.document()
    assert time.monotonic() - begun >= 0.05


async def test_a_dripping_feed_sends_a_few_bytes_at_a_time(client: aiohttp.ClientSession, feed: WrittenFeed) -> None:
    feed.fault("drip", bytes=1, delay=0.01)
    async with client.get(feed.url) as response:
        first = await response.content.readany()
        assert response.content_length == len(feed.document())
    assert len(first) < 20


async def test_a_hanging_feed_never_answers_and_the_site_still_closes() -> None:
    async with aiohttp.ClientSession() as client:
        async with FeedSite() as site:
            feed = site.add_feed("chips")
            feed.fault("hang")
            waiting = asyncio.create_task(got(client, feed.url))
            while not feed.requests:
                await asyncio.sleep(0)
            assert feed.requests[0].status is None
            begun = time.monotonic()
        assert time.monotonic() - begun < 2
        await asyncio.gather(waiting, return_exceptions=True)


async def test_a_reset_is_a_reset(client: aiohttp.ClientSession, feed: WrittenFeed) -> None:
    feed.fault("reset", times=5)  # a client may try again by itself on a kept connection
    with pytest.raises((aiohttp.ClientOSError, aiohttp.ServerDisconnectedError)):
        await got(client, feed.url)


async def test_a_cut_off_body_ends_early(client: aiohttp.ClientSession, feed: WrittenFeed) -> None:
    feed.fault("cut-off")
    with pytest.raises(aiohttp.ClientPayloadError):
        await got(client, feed.url)


async def test_an_endless_body_is_longer_than_any_cap(client: aiohttp.ClientSession, feed: WrittenFeed) -> None:
    feed.fault("endless", megabytes=11)
    size = 0
    async with client.get(feed.url) as response:
        assert response.content_length is None
        async for chunk in response.content.iter_any():
            size += len(chunk)
    assert size > 11_000_000


async def test_a_bomb_is_small_on_the_wire(client: aiohttp.ClientSession, feed: WrittenFeed) -> None:
    feed.fault("gzip-bomb", megabytes=16)
    async with aiohttp.ClientSession(auto_decompress=False) as raw, raw.get(feed.url) as response:
        assert response.headers["Content-Encoding"] == "gzip"
        packed = await response.read()
    assert len(packed) < 30_000
    assert len(zlib.decompress(packed, wbits=31)) > 16_000_000


@pytest.mark.parametrize(("kind", "status"), [("redirect", 302), ("redirect-permanent", 301), ("redirect-away", 302)])
async def test_a_redirect_leads_to_the_feed(
    client: aiohttp.ClientSession, feed: WrittenFeed, kind: str, status: int
) -> None:
    feed.fault(kind)
    async with client.get(feed.url) as response:
        assert (response.status, [hop.status for hop in response.history]) == (200, [status])
        assert (response.url.host == "localhost") == (kind == "redirect-away")


async def test_a_redirect_can_lead_anywhere(client: aiohttp.ClientSession, feed: WrittenFeed) -> None:
    feed.fault("redirect", to="http://169.254.169.254/latest/meta-data/", status=307)
    async with client.get(feed.url, allow_redirects=False) as response:
        assert (response.status, response.headers["Location"]) == (307, "http://169.254.169.254/latest/meta-data/")


async def test_a_redirect_loop_has_no_end(client: aiohttp.ClientSession, feed: WrittenFeed) -> None:
    feed.fault("redirect-loop")
    with pytest.raises(aiohttp.TooManyRedirects):
        await got(client, feed.url)


async def test_a_feed_can_shrink_and_turn_around(client: aiohttp.ClientSession, feed: WrittenFeed) -> None:
    feed.fault("shrink", times=1)
    feed.fault("reversed", times=1)
    bodies = [(await got(client, feed.url))[2] for _ in range(3)]
    assert [titles(body) for body in bodies] == [
        ["t5", "t4", "t3"],
        ["t1", "t2", "t3", "t4", "t5"],
        ["t5", "t4", "t3", "t2", "t1"],
    ]


async def test_a_flood_and_reissued_guids_change_the_feed_at_once(site: FeedSite) -> None:
    feed = site.add_feed("chips")
    feed.fault("flood")
    assert len(feed.entries) == 200
    guids = set(feed.entries)
    feed.fault("reissue")
    assert len(feed.entries) == 200
    assert guids.isdisjoint(feed.entries)


async def test_a_file_has_faults_too(site: FeedSite, client: aiohttp.ClientSession) -> None:
    feed = site.add_bytes_feed("file", b"<rss><item>1</item> <item>2</item></rss>")
    feed.fault("reversed", times=1)
    feed.fault("503", times=1)
    assert (await got(client, feed.url))[2] == b"<rss><item>2</item> <item>1</item></rss>"
    assert (await got(client, feed.url))[0] == 503
    with pytest.raises(ValueError, match="no fault 'flood'"):
        feed.fault("flood")


async def test_unknown_faults_are_refused_with_those_there_are(feed: WrittenFeed) -> None:
    with pytest.raises(ValueError, match="gzip-bomb"):
        feed.fault("gremlins")
    with pytest.raises(ValueError, match="at least"):
        feed.fault("500", times=0)


def test_every_kind_that_the_docstring_names_exists_and_no_other() -> None:
    named = SiteFeed.fault.__doc__
    assert named is not None
    words = set(named.replace(",", " ").replace(".", " ").split())
    assert set(ANSWERS) <= words
    assert {"shrink", "reversed", "wrong-type"} == KINDS - set(ANSWERS) - {"reissue", "flood"}
