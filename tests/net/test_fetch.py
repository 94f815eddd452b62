"""Conditional GETs against real sockets. Numbers are those of the list of hostile inputs."""

from __future__ import annotations

import base64
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from bot.errors import AddressRefused, FetchError
from bot.model import Fetched, Login, NotModified, Validators
from bot.net.fetch import HttpFetcher
from bot.net.guard import Guard
from bot.ports import NO_VALIDATORS
from tests.clocks import ManualClock
from tests.net.server import Request, Site, answer, redirect, serving

FEED = b"<rss version='2.0'/>"
AGENT = "Herald/0 (+https://herald.example/)"


@pytest.fixture
async def site() -> AsyncIterator[Site]:
    async with serving() as running:
        yield running


@pytest.fixture
async def web() -> AsyncIterator[HttpFetcher]:
    async with fetcher() as running:
        yield running


def fetcher() -> HttpFetcher:
    return HttpFetcher(Guard(["127.0.0.0/8"]), ManualClock(), user_agent=AGENT)


async def fetched(web: HttpFetcher, url: str) -> Fetched:
    result = await web.fetch(url)
    assert isinstance(result, Fetched)
    return result


async def failure(web: HttpFetcher, url: str, validators: Validators = NO_VALIDATORS) -> FetchError:
    with pytest.raises(FetchError) as caught:
        await web.fetch(url, validators)
    assert caught.value.url == url
    return caught.value


# --- What is asked -----------------------------------------------------------------------------------------


async def test_the_first_request_is_polite_and_unconditional(site: Site, web: HttpFetcher) -> None:
    site.answers["/feed?a=%20b&c"] = answer(FEED)
    await web.fetch(site.url("/feed?a=%20b&c"))
    (request,) = site.requests
    assert request.lines[0] == b"GET /feed?a=%20b&c HTTP/1.1"
    assert request.header("User-Agent") == AGENT.encode()
    assert request.header("Accept-Encoding") == b"gzip, deflate"
    for name in ("If-None-Match", "If-Modified-Since", "Cookie", "Referer", "Authorization"):
        assert request.header(name) is None


@pytest.mark.parametrize(
    "etag", [b'"abc"', b'W/"abc"', b"unquoted", b'"\xe9\xff"', '"é"'.encode(), b'"a\xf0b"', b"\xff" * 1000, b'"a\tb"']
)
async def test_validators_go_back_as_the_bytes_they_came(site: Site, web: HttpFetcher, etag: bytes) -> None:
    modified = b"yesterd\xe4y, about noon"
    site.answers["/feed"] = answer(FEED, b"ETag: " + etag, b"Last-Modified: " + modified)
    first = await fetched(web, site.url())
    assert first.validators == Validators(etag=etag, last_modified=modified)
    await web.fetch(site.url(), first.validators)
    assert site.requests[1].header("If-None-Match") == etag
    assert site.requests[1].header("If-Modified-Since") == modified
    assert site.requests[1].header("Host") == f"127.0.0.1:{site.port}".encode()


async def test_a26_a_giant_etag_is_not_kept(site: Site, web: HttpFetcher) -> None:
    site.answers["/feed"] = answer(FEED, b'ETag: "' + b"x" * 2000 + b'"')
    assert (await fetched(web, site.url())).validators == Validators()


async def test_a26_what_could_break_out_of_its_line_is_not_sent(site: Site, web: HttpFetcher) -> None:
    site.answers["/feed"] = answer(FEED)
    await web.fetch(site.url(), Validators(etag=b'"a"\r\nX-Evil: 1', last_modified=b"\0"))
    assert site.requests[0].header("If-None-Match") is None
    assert site.requests[0].header("If-Modified-Since") is None
    assert site.requests[0].header("X-Evil") is None


async def test_a14_a_login_in_the_address_is_sent_as_basic_and_shown_nowhere(site: Site, web: HttpFetcher) -> None:
    site.answers["/feed"] = answer(FEED)
    asked = f"http://reader:s%40me@127.0.0.1:{site.port}/feed"
    result = await fetched(web, asked)
    assert site.requests[0].header("Authorization") == b"Basic " + base64.b64encode(b"reader:s@me")
    assert result.url == site.url()


async def test_a14_a_login_stays_with_its_origin(site: Site, web: HttpFetcher) -> None:
    async with serving(Site({"/end": answer(FEED)})) as other:
        site.answers["/feed"] = redirect("/within")
        site.answers["/within"] = redirect(other.url("/end").replace("//", "//intruder:pw@"))
        await web.fetch(f"http://reader:s3same@127.0.0.1:{site.port}/feed")
        assert [request.header("Authorization") is not None for request in site.requests] == [True, True]
        assert other.requests[0].header("Authorization") is None


LOGINS = [Login(header="Authorization", value="Bearer s3same"), Login(header="X-Api-Key", value="s3same")]


@pytest.mark.parametrize("login", LOGINS, ids=lambda login: login.header)
async def test_a_login_goes_to_its_origin_and_does_not_come_back_to_it_from_elsewhere(
    site: Site, web: HttpFetcher, login: Login
) -> None:
    async with serving(Site({"/bounce": redirect(site.url("/back"))})) as other:
        site.answers |= {"/feed": redirect("/within"), "/within": redirect(other.url("/bounce")), "/back": answer(FEED)}
        await web.fetch(site.url(), login=login)
        sent = [(request.path, request.header(login.header)) for request in site.requests]
        assert sent == [("/feed", login.value.encode()), ("/within", login.value.encode()), ("/back", None)]
        assert other.requests[0].header(login.header) is None
        await web.fetch(site.url("/back"))
        assert site.requests[-1].header(login.header) is None, "the next request is nobody's"


async def test_a14_no_failure_shows_a_login_or_a_token(site: Site, web: HttpFetcher) -> None:
    for path, host in (("/gone", "127.0.0.1"), ("/gone", "no-such-host.invalid")):
        asked = f"http://reader:s3same@{host}:{site.port}{path}?token=t0p"
        error = await failure(web, asked)
        assert "s3same" not in str(error)
        assert "t0p" not in str(error)


async def test_a36_cookies_are_not_kept_even_on_a_redirect_that_needs_them(site: Site, web: HttpFetcher) -> None:
    site.answers["/feed"] = redirect("/feed", 302, "Set-Cookie: seen=1")
    assert str(await failure(web, site.url())) == "more than 10 redirects"
    assert all(request.header("Cookie") is None for request in site.requests)


# --- What is answered --------------------------------------------------------------------------------------


async def test_a_200_brings_body_type_validators_freshness_and_links(site: Site, web: HttpFetcher) -> None:
    site.answers["/feed"] = answer(
        FEED,
        "Content-Type: application/rss+xml; charset=utf-8",
        'ETag: "1"',
        "Cache-Control: max-age=600",
        'Link: <http://hub.example/>; rel="hub", </feed>; rel="self"',
    )
    assert await web.fetch(site.url()) == Fetched(
        url=site.url(),
        body=FEED,
        content_type="application/rss+xml; charset=utf-8",
        validators=Validators(etag=b'"1"'),
        max_age=timedelta(minutes=10),
        links={"hub": "http://hub.example/", "self": site.url()},
    )


async def test_a_304_keeps_the_old_validators(site: Site, web: HttpFetcher) -> None:
    site.answers["/feed"] = b"HTTP/1.1 304 Not Modified\r\nCache-Control: max-age=60\r\n\r\n"
    kept = Validators(etag=b'"1"', last_modified=b"x")
    assert await web.fetch(site.url(), kept) == NotModified(
        url=site.url(), validators=kept, max_age=timedelta(minutes=1)
    )


@pytest.mark.parametrize("connection", ["close", "keep-alive"])
async def test_a25_a_304_with_a_body_and_a_new_etag_is_a_304(site: Site, web: HttpFetcher, connection: str) -> None:
    site.answers["/feed"] = answer(FEED, 'ETag: "2"', status="304 Not Modified").replace(
        b"Connection: close", b"Connection: " + connection.encode()
    )
    result = await web.fetch(site.url(), Validators(etag=b'"1"', last_modified=b"x"))
    assert result == NotModified(url=site.url(), validators=Validators(etag=b'"2"', last_modified=b"x"))


async def test_a25_a_304_to_an_unconditional_request_leaves_the_next_one_unconditional(
    site: Site, web: HttpFetcher
) -> None:
    site.answers["/feed"] = answer(b"", 'ETag: "2"', status="304 Not Modified")
    assert await web.fetch(site.url()) == NotModified(url=site.url())


@pytest.mark.parametrize("status", ["200 OK", "203 Non-Authoritative Information", "226 IM Used", "200"])
async def test_a24_a_body_is_a_body_under_each_status_that_has_one(site: Site, web: HttpFetcher, status: str) -> None:
    site.answers["/feed"] = answer(FEED, status=status)
    assert (await fetched(web, site.url())).body == FEED


@pytest.mark.parametrize(
    "raw",
    [
        b"HTTP/1.0 200 OK\r\nContent-Type: text/xml\r\n\r\n" + FEED,
        b"HTTP/1.1 200 OK\r\n\r\n" + FEED,
        b"HTTP/1.1 103 Early Hints\r\nLink: </x>; rel=preload\r\n\r\n" + answer(FEED),
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5;x=y\r\n%s\r\nf\r\n%s\r\n0\r\nX: y\r\n\r\n"
        % (FEED[:5], FEED[5:]),
    ],
)
async def test_an_answer_framed_in_any_legal_way_is_read(site: Site, web: HttpFetcher, raw: bytes) -> None:
    site.answers["/feed"] = raw
    assert (await fetched(web, site.url())).body == FEED


@pytest.mark.parametrize(
    ("raw", "reason", "status"),
    [
        (answer(b""), "the answer is empty", 200),
        (answer(b" \r\n\t "), "the answer is empty", 200),
        (answer(b"", status="204 No Content"), "HTTP 204: no content", 204),
        (answer(FEED, status="206 Partial Content"), "HTTP 206: partial content", 206),
        (answer(FEED, status="300 Multiple Choices"), "HTTP 300: multiple choices", 300),
        (answer(FEED, status="302 Found"), "HTTP 302: a redirect to nowhere", 302),
        (answer(b"<html>", status="403 Forbidden"), "HTTP 403: forbidden", 403),
        (answer(b"<html>", status="404 Nope"), "HTTP 404: not found", 404),
        (answer(b"", status="410 Gone"), "HTTP 410: gone", 410),
        (answer(b"", status="500 Oops"), "HTTP 500: internal server error", 500),
        (answer(b"", status="599 What"), "HTTP 599", 599),
    ],
)
async def test_an_answer_that_is_no_document_says_why(
    site: Site, web: HttpFetcher, raw: bytes, reason: str, status: int
) -> None:
    site.answers["/feed"] = raw
    error = await failure(web, site.url())
    assert (str(error), error.status, error.origin, error.retry_after) == (reason, status, site.url(""), None)


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize(
    ("body", "kind"), [(b"<html>slow down</html>", "text/html"), (b"", "text/plain"), (b"{}", "application/json")]
)
async def test_a29_a_server_that_asks_to_wait_is_heard(
    site: Site, web: HttpFetcher, status: int, body: bytes, kind: str
) -> None:
    site.answers["/feed"] = answer(body, f"Content-Type: {kind}", "Retry-After: 120", status=f"{status} Wait")
    error = await failure(web, site.url())
    assert (error.status, error.retry_after) == (status, timedelta(minutes=2))


async def test_a27_two_retry_after_fields_and_a_date_in_2099_are_capped(site: Site, web: HttpFetcher) -> None:
    site.answers["/feed"] = answer(
        b"", "Retry-After: -1", "Retry-After: Fri, 01 Jan 2099 00:00:00 GMT", status="429 Wait"
    )
    assert (await failure(web, site.url())).retry_after == timedelta(hours=72)


# --- Redirects ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("hops", "lasting"),
    [
        ([301], True),
        ([308], True),
        ([301, 308, 301], True),
        ([302], False),
        ([303], False),
        ([307], False),
        ([301, 302], False),
        ([302, 301], False),
    ],
)
async def test_a_feed_has_moved_only_if_every_hop_says_for_good(
    site: Site, web: HttpFetcher, hops: list[int], lasting: bool
) -> None:
    for number, status in enumerate(hops):
        site.answers[f"/{number}"] = redirect(f"/{number + 1}", status)
    end = f"/{len(hops)}"
    site.answers[end] = answer(FEED)
    result = await fetched(web, site.url("/0"))
    assert result.url == site.url(end)
    assert result.moved_to == (site.url(end) if lasting else None)


async def test_a_move_within_the_origin_is_told_without_the_login(site: Site, web: HttpFetcher) -> None:
    site.answers |= {"/feed": redirect("/new feed", 301), "/new%20feed": answer(FEED)}
    result = await fetched(web, f"http://reader:s3same@127.0.0.1:{site.port}/feed")
    assert result.moved_to == result.url == site.url("/new%20feed")


async def test_a_move_is_also_told_with_a_304(site: Site, web: HttpFetcher) -> None:
    site.answers |= {"/feed": redirect("/new", 301), "/new": answer(b"", status="304 Not Modified")}
    result = await web.fetch(site.url(), Validators(etag=b'"1"'))
    assert result == NotModified(url=site.url("/new"), validators=Validators(etag=b'"1"'), moved_to=site.url("/new"))
    assert site.requests[1].header("If-None-Match") == b'"1"'


async def test_ten_redirects_are_followed(site: Site, web: HttpFetcher) -> None:
    site.answers |= {f"/{n}": redirect(f"/{n + 1}") for n in range(10)} | {"/10": answer(FEED)}
    assert (await fetched(web, site.url("/0"))).url == site.url("/10")


async def test_a9_a_loop_a_long_chain_and_a_growing_query_end_after_ten_hops(site: Site, web: HttpFetcher) -> None:
    async def grow(request: Request, writer: object) -> None:
        assert hasattr(writer, "write")
        writer.write(redirect(request.path + "&again", 301))

    site.answers |= {"/loop": redirect("/loop", 301)} | {f"/{n}": redirect(f"/{n + 1}", 301) for n in range(50)}
    site.answers |= {"/grow?a" + "&again" * n: grow for n in range(20)}
    for path in ("/loop", "/0", "/grow?a"):
        site.requests.clear()
        assert str(await failure(web, site.url(path))) == "more than 10 redirects"
        assert len(site.requests) == 11


async def test_a10_a_move_to_a_page_that_fails_is_no_move(site: Site, web: HttpFetcher) -> None:
    site.answers |= {"/feed": redirect("/parked", 301)}
    assert (await failure(web, site.url())).status == 404


async def test_a_redirect_to_a_foreign_scheme_is_refused(site: Site, web: HttpFetcher) -> None:
    site.answers["/feed"] = redirect("file:///etc/passwd", 301)
    with pytest.raises(AddressRefused):
        await web.fetch(site.url())
