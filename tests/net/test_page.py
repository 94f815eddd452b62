"""How a page begins, against real sockets: no more of it than needed, and nothing from where nobody may look."""

from __future__ import annotations

import asyncio
import zlib
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from bot.errors import AddressRefused, FeedError
from bot.model import Fetched
from bot.net.guard import Guard
from bot.net.page import LONGEST_BEGINNING, PageFetcher
from tests.clocks import ManualClock
from tests.net.server import Request, Site, answer, hang, redirect, serving
from tests.net.test_inflate import gzipped

HEAD = b"<!doctype html><html><head><meta property=og:image content=/a.jpg></head>"
HTML = "Content-Type: text/html; charset=utf-8"


@pytest.fixture
async def site() -> AsyncIterator[Site]:
    async with serving() as running:
        yield running


@pytest.fixture
async def pages() -> AsyncIterator[PageFetcher]:
    async with PageFetcher(Guard(["127.0.0.0/8"]), ManualClock(), user_agent="Herald/0") as running:
        yield running


async def beginning(pages: PageFetcher, site: Site) -> bytes:
    result = await pages.fetch(site.url("/story"))
    assert isinstance(result, Fetched)
    return result.body


async def failure(pages: PageFetcher, site: Site) -> FeedError:
    with pytest.raises(FeedError) as caught:
        await pages.fetch(site.url("/story"))
    return caught.value


async def test_a_page_is_asked_for_as_a_page(site: Site, pages: PageFetcher) -> None:
    site.answers["/story"] = answer(HEAD, HTML)
    assert await beginning(pages, site) == HEAD
    (request,) = site.requests
    assert (request.header("Accept") or b"").startswith(b"text/html")
    assert request.header("User-Agent") == b"Herald/0"
    assert request.header("Cookie") is None


@pytest.mark.parametrize("end", [b"</head>", b"</HEAD >", b"<body class=x>", b"<BODY>"])
async def test_reading_ends_with_the_head_though_the_body_never_does(
    site: Site, pages: PageFetcher, end: bytes
) -> None:
    async def play(request: Request, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<head><title>T</title>" + end[:4])
        await writer.drain()
        await asyncio.sleep(0)
        writer.write(end[4:] + b"<p>and so on")
        await writer.drain()
        await hang(request, writer)

    site.answers["/story"] = play
    assert end in await asyncio.wait_for(beginning(pages, site), 5)


@pytest.mark.parametrize(
    ("packed", "encoding"),
    [
        (gzipped(HEAD + b"x" * 1000), "gzip"),
        (gzipped(HEAD + b"x" * 1000)[:-4], "x-gzip"),
        (zlib.compress(HEAD), "deflate"),
        (zlib.compress(HEAD)[2:-4], "deflate"),
        (HEAD, "identity"),
    ],
)
async def test_a_packed_page_is_unpacked_as_it_comes(
    site: Site, pages: PageFetcher, packed: bytes, encoding: str
) -> None:
    site.answers["/story"] = answer(packed, HTML, f"Content-Encoding: {encoding}")
    assert (await beginning(pages, site)).startswith(HEAD)


@pytest.mark.parametrize("page", [b"x" * 3_000_000, gzipped(b"\0" * 64_000_000, 9)])
async def test_a_huge_page_and_a_bomb_are_cut_at_the_cap(site: Site, pages: PageFetcher, page: bytes) -> None:
    encoding = "gzip" if page.startswith(b"\x1f\x8b") else "identity"
    site.answers["/story"] = answer(page, HTML, f"Content-Encoding: {encoding}")
    assert len(await beginning(pages, site)) == LONGEST_BEGINNING


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        (answer(HEAD, "Content-Type: application/pdf"), "no web page"),
        (answer(HEAD, "Content-Type: image/png"), "no web page"),
        (answer(HEAD, HTML, "Content-Encoding: br"), "unpacked"),
        (answer(b"nothing packed", HTML, "Content-Encoding: gzip"), "unpacked"),
        (answer(HEAD, HTML, status="403 Forbidden"), "403"),
        (answer(HEAD, HTML, status="429 Too Many Requests"), "429"),
    ],
)
async def test_what_is_no_page_says_why(site: Site, pages: PageFetcher, given: bytes, reason: str) -> None:
    site.answers["/story"] = given
    assert reason in (await failure(pages, site)).reason


async def test_a_page_that_hangs_is_given_up(site: Site) -> None:
    site.answers["/story"] = hang
    timeout = timedelta(milliseconds=50)
    async with PageFetcher(Guard(["127.0.0.0/8"]), ManualClock(), user_agent="Herald/0", timeout=timeout) as pages:
        await failure(pages, site)


@pytest.mark.parametrize(
    "to", ["http://10.0.0.8/admin", "http://[::1]/", "http://169.254.169.254/latest/", "file:///a"]
)
async def test_a_redirect_to_a_private_address_is_refused(site: Site, pages: PageFetcher, to: str) -> None:
    site.answers["/story"] = redirect(to)
    assert isinstance(await failure(pages, site), AddressRefused)
