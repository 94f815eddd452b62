"""Servers that are broken, slow, or mean, over real sockets. Numbers are those of the list of hostile inputs."""

from __future__ import annotations

import asyncio
import gzip
import ssl
import time
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import aiohttp
import pytest

from bot.errors import AddressRefused, FetchError
from bot.model import Fetched
from bot.net import reasons
from bot.net.dial import Dialled
from bot.net.fetch import LARGE_AT_ONCE, LARGE_BYTES, HttpFetcher
from bot.net.guard import Guard
from bot.net.large import LargeBodies
from tests.clocks import ManualClock
from tests.net.certificates import client_context, needs_openssl, server_context
from tests.net.server import Play, Request, Site, answer, hang, redirect, serving

FEED = b"<rss version='2.0'/>"
CAP = 100_000
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/rss+xml\r\n"
# Long enough for any honest answer here, short enough not to be noticed in a test run.
PATIENCE = timedelta(seconds=0.3)


def fetcher(*, timeout: timedelta = timedelta(seconds=20), ssl_context: ssl.SSLContext | None = None) -> HttpFetcher:
    return HttpFetcher(
        Guard(["127.0.0.0/8"]),
        ManualClock(),
        user_agent="Herald/0",
        timeout=timeout,
        max_bytes=CAP,
        ssl_context=ssl_context,
    )


@pytest.fixture
async def site() -> AsyncIterator[Site]:
    async with serving() as running:
        yield running


async def failure(site: Site, reply: bytes | Play, *, timeout: timedelta = timedelta(seconds=20)) -> str:
    site.answers["/feed"] = reply
    async with fetcher(timeout=timeout) as web:
        with pytest.raises(FetchError) as caught:
            await web.fetch(site.url())
    return str(caught.value)


# --- Time --------------------------------------------------------------------------------------------------


async def test_a18_silence_ends_at_the_total_timeout_and_frees_the_connection(site: Site) -> None:
    began = time.monotonic()
    assert await failure(site, hang, timeout=PATIENCE) == "the server did not answer"
    assert time.monotonic() - began < 5
    assert len(site.requests) == 1


async def drip(_request: Request, writer: asyncio.StreamWriter) -> None:
    writer.write(HEAD + b"\r\n")
    while True:
        writer.write(b" ")
        await writer.drain()
        await asyncio.sleep(0.01)


async def test_a19_a_drip_of_single_bytes_ends_at_the_total_timeout(site: Site) -> None:
    assert await failure(site, drip, timeout=PATIENCE) == "the server did not finish within 0.3 s"


async def drip_of_headers(_request: Request, writer: asyncio.StreamWriter) -> None:
    writer.write(HEAD)
    while True:
        writer.write(b"X: y\r\n")
        await writer.drain()
        await asyncio.sleep(0.05)


async def test_a19_a_drip_of_headers_ends_too(site: Site) -> None:
    assert await failure(site, drip_of_headers, timeout=PATIENCE) == "the server did not answer"


async def test_the_timeout_is_for_all_redirects_together(site: Site) -> None:
    async def slowly(_request: Request, writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(PATIENCE.total_seconds() * 0.6)
        writer.write(redirect("/feed"))

    assert await failure(site, slowly, timeout=PATIENCE) == "the server did not answer"
    assert len(site.requests) <= 2


# --- Size --------------------------------------------------------------------------------------------------


async def endless(_request: Request, writer: asyncio.StreamWriter) -> None:
    writer.write(HEAD + b"Transfer-Encoding: chunked\r\n\r\n")
    while True:
        writer.write(b"1000\r\n" + b"x" * 0x1000 + b"\r\n")
        await writer.drain()


async def test_a20_an_endless_body_is_cut_at_the_cap(site: Site) -> None:
    assert await failure(site, endless) == "the feed is larger than 97.66 KiB"


@pytest.mark.parametrize("encoding", ["gzip", "gzip, gzip", "gzip, gzip, gzip", "deflate, gzip", ""])
async def test_a21_a_gzip_bomb_is_cut_at_the_decoded_cap(site: Site, encoding: str) -> None:
    bomb = gzip.compress(b"\0" * (16 << 20))
    reply = answer(bomb, *([f"Content-Encoding: {encoding}"] if encoding else []))
    assert await failure(site, reply) in {"the feed is larger than 97.66 KiB", "the answer cannot be unpacked"}


async def test_a37_a_body_that_announces_gigabytes_is_not_even_begun(site: Site) -> None:
    reply = HEAD + b"Content-Length: 5000000000\r\n\r\n"
    assert await failure(site, reply) == "the feed is larger than 97.66 KiB"


async def test_a_body_of_exactly_the_cap_is_taken(site: Site) -> None:
    site.answers |= {"/feed": answer(b"x" * CAP), "/more": answer(b"x" * (CAP + 1))}
    async with fetcher() as web:
        assert isinstance(await web.fetch(site.url()), Fetched)
        with pytest.raises(FetchError):
            await web.fetch(site.url("/more"))


@pytest.mark.parametrize(
    ("limit", "words"), [(10 << 20, "10 MiB"), (1 << 19, "512 KiB"), (100, "100 bytes"), (3 << 19, "1.5 MiB")]
)
def test_a_size_is_told_as_people_say_it(limit: int, words: str) -> None:
    assert reasons.of_size(limit) == f"the feed is larger than {words}"


# --- Broken answers ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "br"])
async def test_a22_plain_text_sent_as_packed_is_no_feed(site: Site, encoding: str) -> None:
    assert await failure(site, answer(FEED, f"Content-Encoding: {encoding}")) == "the answer cannot be unpacked"


@pytest.mark.parametrize("header", ["Content-Encoding: gzip", "X-Nothing: said"])
async def test_a22_gzip_is_unpacked_with_or_without_a_header(site: Site, header: str) -> None:
    site.answers["/feed"] = answer(gzip.compress(FEED), header)
    async with fetcher() as web:
        result = await web.fetch(site.url())
    assert isinstance(result, Fetched)
    assert result.body == FEED


@pytest.mark.parametrize(
    "reply",
    [
        answer(FEED, length=len(FEED) + 1),
        HEAD + b"Transfer-Encoding: chunked\r\n\r\n5\r\n<rss>\r\n",
        HEAD + b"Transfer-Encoding: chunked\r\n\r\n50\r\n<rss>",
    ],
)
async def test_a23_a_body_that_was_cut_off_is_a_failure_not_half_a_feed(site: Site, reply: bytes) -> None:
    assert await failure(site, reply) == "the answer was cut off"


async def test_a23_half_a_gzip_body_is_a_failure_too(site: Site) -> None:
    half = gzip.compress(bytes(range(256)) * 20)[:-20]
    assert await failure(site, answer(half, "Content-Encoding: gzip")) == "the answer cannot be unpacked"


@pytest.mark.parametrize(
    "reply",
    [
        HEAD + b"".join(b"X-%d: y\r\n" % n for n in range(300)) + b"\r\n",
        HEAD + b"X: " + b"y" * 1_000_000 + b"\r\n\r\n",
        b"HTTP/1.1 200 " + b"y" * 1_000_000 + b"\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nBroken header line\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
        b"HTTP/1.1 9 OK\r\n\r\n",
        b"<rss version='2.0'/>",  # 37: HTTP/0.9
        b"ICY 200 OK\r\nicy-name: radio\r\n\r\n" + b"\xff\xfb" * 1000,  # 37
        b"220 mail.example ESMTP\r\n",
        b"\x16\x03\x01\x02\x00",
        b"\0" * 1000,
        b"",
    ],
)
async def test_a35_a37_what_is_not_http_is_a_failure(site: Site, reply: bytes) -> None:
    assert await failure(site, reply) == "the server did not answer"


@pytest.mark.parametrize("kind", ["text/event-stream", "video/mp4", "audio/mpeg; x=y", "multipart/x-mixed-replace"])
async def test_a37_a_stream_is_left_at_once(site: Site, kind: str) -> None:
    async def stream(_request: Request, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: %s\r\n\r\n" % kind.encode())
        await asyncio.Event().wait()

    assert await failure(site, stream) == f"that is no feed but {kind.partition(';')[0]}"


async def test_many_failures_leave_nothing_open(site: Site) -> None:
    site.answers |= {"/feed": answer(FEED, length=999), "/404": answer(b"x" * 50, status="404 Nope"), "/hang": hang}
    async with fetcher(timeout=PATIENCE) as web:
        urls = [site.url(path) for path in ("/feed", "/404", "/hang")] * 10
        results = await asyncio.gather(*(web.fetch(url) for url in urls), return_exceptions=True)
        assert all(isinstance(result, FetchError) for result in results)
        assert web._session is not None
        assert isinstance(web._session.connector, aiohttp.TCPConnector)
        assert not web._session.connector._acquired


async def test_closing_ends_the_kept_connections_and_a_later_fetch_begins_anew(site: Site) -> None:
    async def keep(_request: Request, writer: asyncio.StreamWriter) -> None:
        writer.write(HEAD + b"Content-Length: %d\r\n\r\n%s" % (len(FEED), FEED))
        await writer.drain()
        await asyncio.Event().wait()

    site.answers["/feed"] = keep
    web = fetcher()
    for times in (1, 2):
        assert isinstance(await web.fetch(site.url(host="localhost")), Fetched)
        await web.close()
        assert site.connections == times
    await web.close()


async def test_a_fetch_that_is_cancelled_lets_go_of_its_connection(site: Site) -> None:
    site.answers["/feed"] = hang
    async with fetcher() as web:
        running = asyncio.create_task(web.fetch(site.url()))
        while not site.requests:
            await asyncio.sleep(0)
        running.cancel()
        with pytest.raises(asyncio.CancelledError):
            await running
        assert web._session is not None
        assert isinstance(web._session.connector, aiohttp.TCPConnector)
        assert not web._session.connector._acquired


# --- Words -------------------------------------------------------------------------------------------------

OUTSIDE, INSIDE = Dialled(public=1), Dialled(private=1)


def connector_error(error: OSError) -> aiohttp.ClientConnectorError:
    key = aiohttp.client_reqrep.ConnectionKey("a.example", 80, False, True, None, None, None)
    return aiohttp.ClientConnectorError(key, error)


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (connector_error(ConnectionRefusedError()), "the server refused the connection"),
        (connector_error(OSError(113, "No route to host")), "the server could not be reached"),
        (aiohttp.ServerDisconnectedError(), "the server closed the connection"),
        (aiohttp.ClientOSError(104, "reset by peer"), "the server closed the connection"),
    ],
)
def test_outside_the_words_say_what_happened_inside_they_do_not(error: aiohttp.ClientError, words: str) -> None:
    assert reasons.of_error(error, OUTSIDE) == words
    assert reasons.of_error(error, INSIDE) == "the server did not answer"


def test_a_silent_server_outside_is_told_with_the_time_given_to_it() -> None:
    assert reasons.of_timeout(30.0, answering=False, seen=OUTSIDE) == "the server did not answer within 30 s"
    assert reasons.of_timeout(30.0, answering=False, seen=INSIDE) == "the server did not answer"


async def test_a_name_that_does_not_exist_is_told() -> None:
    async with fetcher() as web:
        with pytest.raises(FetchError, match="the host name does not exist"):
            await web.fetch("http://nowhere.invalid/feed")


# --- TLS ---------------------------------------------------------------------------------------------------


@needs_openssl
async def test_a34_a_certificate_that_is_right_is_accepted(tmp_path: Path) -> None:
    secure = Site({"/feed": answer(FEED)})
    async with serving(secure, server_context(tmp_path)), fetcher(ssl_context=client_context(tmp_path)) as web:
        assert isinstance(await web.fetch(secure.url()), Fetched)


@needs_openssl
@pytest.mark.parametrize(
    ("host", "expired", "trusted", "words"),
    [
        ("IP:127.0.0.1", True, True, "the certificate has expired"),
        ("IP:127.0.0.1", False, False, "the certificate is self-signed"),
        ("DNS:other.example", False, True, "the certificate is for another host"),
    ],
)
async def test_a34_a_wrong_certificate_is_named_and_never_overlooked(
    tmp_path: Path, host: str, expired: bool, trusted: bool, words: str
) -> None:
    served = server_context(tmp_path, host=host, expired=expired)
    async with serving(Site({"/feed": answer(FEED)}), served) as site:
        async with fetcher(ssl_context=client_context(tmp_path) if trusted else None) as web:
            with pytest.raises(FetchError, match=words):
                await web.fetch(site.url())
        assert site.requests == []


@needs_openssl
async def test_a34_a_version_of_tls_that_is_too_old_is_refused(tmp_path: Path) -> None:
    served = server_context(tmp_path)
    served.maximum_version = ssl.TLSVersion.TLSv1_2
    strict = client_context(tmp_path)
    strict.minimum_version = ssl.TLSVersion.TLSv1_3
    async with serving(Site({"/feed": answer(FEED)}), served) as site, fetcher(ssl_context=strict) as web:
        with pytest.raises(FetchError):
            await web.fetch(site.url())
        assert site.requests == []


def test_a34_a_failed_handshake_is_told() -> None:
    key = aiohttp.client_reqrep.ConnectionKey("a.example", 443, True, True, None, None, None)
    error = aiohttp.ClientConnectorSSLError(key, ssl.SSLError(1, "unsupported protocol"))
    assert reasons.of_error(error, OUTSIDE) == "no secure connection could be made"


@needs_openssl
@pytest.mark.parametrize("status", [301, 308])
async def test_a13_a_move_that_gives_up_encryption_is_followed_but_not_kept(
    tmp_path: Path, site: Site, status: int
) -> None:
    site.answers["/feed"] = answer(FEED)
    secure = Site({"/feed": redirect(site.url(), status)})
    async with serving(secure, server_context(tmp_path)), fetcher(ssl_context=client_context(tmp_path)) as web:
        result = await web.fetch(f"https://reader:s3same@127.0.0.1:{secure.port}/feed")
    assert isinstance(result, Fetched)
    assert (result.url, result.moved_to) == (site.url(), None)
    assert secure.requests[0].header("Authorization") is not None
    assert site.requests[0].header("Authorization") is None


@needs_openssl
async def test_a_move_to_encryption_is_kept(tmp_path: Path, site: Site) -> None:
    secure = Site({"/feed": answer(FEED)})
    async with serving(secure, server_context(tmp_path)), fetcher(ssl_context=client_context(tmp_path)) as web:
        site.answers["/feed"] = redirect(secure.url(), 301)
        result = await web.fetch(site.url())
    assert result.moved_to == secure.url()


async def test_a_refused_hop_after_a_good_one_is_a_refusal(site: Site) -> None:
    site.answers["/feed"] = redirect("http://[::1]/")
    async with fetcher() as web:
        with pytest.raises(AddressRefused):
            await web.fetch(site.url())


async def test_large_bodies_wait_their_turn_and_small_ones_do_not_wait_for_them(site: Site) -> None:
    large, go_on = b"<rss>" + b" " * (2 * LARGE_BYTES), asyncio.Event()

    async def stall(_request: Request, writer: asyncio.StreamWriter) -> None:
        writer.write(HEAD + b"Content-Length: %d\r\n\r\n" % len(large) + large[: LARGE_BYTES + 100_000])
        await go_on.wait()
        writer.write(large[LARGE_BYTES + 100_000 :])
        await writer.drain()

    site.answers |= {"/large": stall, "/small": answer(FEED), "/at-once": answer(large)}
    guard = Guard(["127.0.0.0/8"])
    turns = LargeBodies(LARGE_AT_ONCE)
    async with HttpFetcher(guard, ManualClock(), user_agent="Herald/0", large=turns) as web:
        waiting = [asyncio.create_task(web.fetch(site.url("/large"))) for _ in range(LARGE_AT_ONCE)]
        while not turns.full:
            await asyncio.sleep(0.01)
        one_more = asyncio.create_task(web.fetch(site.url("/at-once")))
        assert await web.fetch(site.url("/small"))
        assert not one_more.done()
        go_on.set()
        for _ in range(LARGE_AT_ONCE):
            fetched = await waiting.pop()
            assert isinstance(fetched, Fetched)
            assert fetched.body == large
            del fetched  # what is still held in memory keeps its turn
        await one_more
