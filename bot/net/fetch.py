"""One conditional GET: guarded at every hop, bounded in bytes and time, faithful to what the server said."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Self

import aiohttp
from aiohttp import hdrs
from aiohttp.abc import AbstractResolver
from multidict import istr
from yarl import URL

from bot.errors import AddressRefused, FetchError
from bot.model import Fetched, Login, NotModified, Validators
from bot.net import headers, reasons
from bot.net.dial import Dialled, SteadyResolver, dialled, guarded_connector
from bot.net.exact import ExactRequest, as_header
from bot.net.guard import REFUSED, Guard
from bot.net.inflate import ACCEPTED, Broken, TooLarge, inflate
from bot.net.journey import REDIRECTS, Journey
from bot.net.large import LargeBodies, Turn
from bot.net.onward import go_on
from bot.ports import NO_VALIDATORS, Clock

MOST_REDIRECTS = 10
MOST_HUB_REDIRECTS = 3
KEEPS_THE_METHOD = frozenset({307, 308})
# Publishers' security policies and cookies are long; a header line of a megabyte is an attack.
LONGEST_HEADER_BYTES = 32 * 1024
CHUNK_BYTES = 64 * 1024
# From here on unpacking takes long enough to be felt by the loop.
UNPACK_ASIDE_BYTES = 64 * 1024
# Few feeds are larger than this (of 80 real ones none); many at once that are would be the whole memory of the machine.
LARGE_BYTES = 1 << 20
LARGE_AT_ONCE = 4

# 203: a proxy touched it, 226: a delta nobody asked for. What either lacks counts as unchanged, not as gone.
_WITH_BODY = frozenset({200, 203, 226})
_STREAMS = ("audio/", "video/", "text/event-stream", "multipart/")
ACCEPT_FEEDS = (
    "application/atom+xml, application/rss+xml, application/feed+json, application/xml;q=0.9, text/xml;q=0.9, "
    "application/json;q=0.8, text/html;q=0.7, */*;q=0.5"
)


@dataclass(slots=True)
class Progress:
    """How far a request came, for the words about its failure."""

    journey: Journey
    answering: bool = False
    limit: asyncio.Timeout | None = None


class HttpFetcher:
    """Implements `ports.Fetcher` over one session: one pool, one TLS context, no cookies, no proxy, no Referer.

    Neither `Fetched.url` nor `moved_to` ever carries a login.
    """

    def __init__(
        self,
        guard: Guard,
        clock: Clock,
        *,
        user_agent: str,
        accept: str = ACCEPT_FEEDS,
        timeout: timedelta = timedelta(seconds=30),
        max_bytes: int = 10 << 20,
        connections: int = 256,
        ssl_context: ssl.SSLContext | None = None,
        resolver: AbstractResolver | None = None,
        large: LargeBodies | None = None,
    ) -> None:
        self._guard, self._clock = guard, clock
        self._timeout_seconds, self._max_bytes = timeout.total_seconds(), max_bytes
        self._connections, self._ssl_context, self._resolver = connections, ssl_context, resolver
        self._headers = {
            hdrs.USER_AGENT: user_agent,
            hdrs.ACCEPT: accept,
            hdrs.ACCEPT_ENCODING: ACCEPTED,
        }
        self._large = large or LargeBodies(LARGE_AT_ONCE)
        self._session: aiohttp.ClientSession | None = None
        self._names: AbstractResolver | None = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def close(self) -> None:
        """Ends kept connections. A later fetch would open a new session."""
        session, self._session = self._session, None
        names, self._names = self._names, None
        if session is not None:
            await session.close()
        if names is not None:
            await names.close()

    async def fetch(
        self, url: str, validators: Validators = NO_VALIDATORS, *, login: Login | None = None
    ) -> Fetched | NotModified:
        """Raises FetchError or AddressRefused. A 304 gives the validators to keep from now on, all of them."""
        progress = Progress(Journey.begin(url, self._guard.url(url), login))
        seen = Dialled()
        token = dialled.set(seen)
        try:
            async with asyncio.timeout(self._timeout_seconds) as progress.limit:
                return await self._follow(progress, validators, seen)
        except TimeoutError as error:
            reason = reasons.of_timeout(self._timeout_seconds, answering=progress.answering, seen=seen)
            raise progress.journey.failed(reason) from error
        except (aiohttp.InvalidURL, UnicodeError) as error:
            # http://2130706433/, an address in disguise; a name that IDNA cannot have.
            raise AddressRefused(url, REFUSED) from error
        except (aiohttp.ClientError, OSError) as error:
            if seen.refused and not seen.public and not seen.private:
                raise AddressRefused(url, REFUSED) from error
            raise progress.journey.failed(reasons.of_error(error, seen)) from error
        finally:
            dialled.reset(token)

    async def post(self, url: str, fields: Mapping[str, str]) -> None:
        """Sends a form, to a hub that is. Raises FetchError or AddressRefused unless the answer is a 2xx."""
        seen = Dialled()
        token = dialled.set(seen)
        try:
            async with asyncio.timeout(self._timeout_seconds) as limit:
                await self._post(url, self._guard.url(url), fields, limit)
        except (aiohttp.InvalidURL, UnicodeError) as error:
            raise AddressRefused(url, REFUSED) from error
        except (aiohttp.ClientError, OSError) as error:  # a timeout is an OSError
            if seen.refused and not seen.public and not seen.private:
                raise AddressRefused(url, REFUSED) from error
            raise FetchError(url, "the hub did not answer") from error
        finally:
            dialled.reset(token)

    async def _post(self, asked: str, at: URL, fields: Mapping[str, str], limit: asyncio.Timeout) -> None:
        """Follows what keeps the method (RFC 9110 15.4.8, 15.4.9), each hop under the guard."""
        for hops in range(MOST_HUB_REDIRECTS + 1):
            if hops:
                await go_on(str(at), limit)
            agent = {hdrs.USER_AGENT: self._headers[hdrs.USER_AGENT]}
            async with self._open().post(at, data=fields, headers=agent, allow_redirects=False) as response:
                if 200 <= response.status < 300:
                    return
                if response.status not in KEEPS_THE_METHOD or not response.headers.get(hdrs.LOCATION):
                    raise FetchError(
                        asked,
                        reasons.of_status(response.status),
                        status=response.status,
                        retry_after=self._wait(response),
                        origin=str(at.origin()),
                    )
                at = self._guard.url(str(at.join(self._guard.reference(response.headers[hdrs.LOCATION]))))
        raise FetchError(asked, f"more than {MOST_HUB_REDIRECTS} redirects")

    async def _follow(self, progress: Progress, validators: Validators, seen: Dialled) -> Fetched | NotModified:
        """Redirects by hand: the guard judges each, and only here it shows whether all were permanent."""
        while progress.journey.hops <= MOST_REDIRECTS:
            seen.refused = seen.public = seen.private = 0
            progress.answering = False
            journey = progress.journey
            if journey.hops:
                await go_on(str(journey.at), progress.limit)
            async with self._get(journey, validators) as response:
                progress.answering = True
                if response.status not in REDIRECTS:
                    return await self._answer(progress, response, validators)
                kept_for = headers.kept_for(
                    response.headers, response.headers.getall(hdrs.CACHE_CONTROL, []), now=self._clock.now()
                )
                progress.journey = journey.onward(self._target(journey, response), response.status, kept_for)
        raise progress.journey.failed(f"more than {MOST_REDIRECTS} redirects")

    def _get(self, journey: Journey, validators: Validators) -> aiohttp.client._RequestContextManager:
        fields = dict(self._headers)
        if journey.login is not None:
            fields[istr(journey.login.header)] = journey.login.value
        # Both, if there are both: the server looks at the ETag first (RFC 9110 13.1.3).
        if validators.etag and headers.is_sendable(validators.etag):
            fields[hdrs.IF_NONE_MATCH] = as_header(validators.etag)
        if validators.last_modified and headers.is_sendable(validators.last_modified):
            fields[hdrs.IF_MODIFIED_SINCE] = as_header(validators.last_modified)
        return self._open().get(journey.at, headers=fields, allow_redirects=False)

    def _open(self) -> aiohttp.ClientSession:
        if self._session is None:
            self._names = self._resolver or SteadyResolver()
            connector = guarded_connector(
                self._guard,
                connections=self._connections,
                ssl_context=self._ssl_context,
                resolver=self._names,
            )
            self._session = aiohttp.ClientSession(
                connector=connector,
                cookie_jar=aiohttp.DummyCookieJar(),
                trust_env=False,
                auto_decompress=False,  # net/inflate does it, under the cap
                request_class=ExactRequest,
                timeout=aiohttp.ClientTimeout(total=None, sock_connect=None),  # `fetch` bounds the whole of it
                max_line_size=LONGEST_HEADER_BYTES,
                max_field_size=LONGEST_HEADER_BYTES,
            )
        return self._session

    def _target(self, journey: Journey, response: aiohttp.ClientResponse) -> URL:
        # Blanks are not legal there, but common, and browsers follow.
        location = response.headers.get(hdrs.LOCATION, "").strip().replace(" ", "%20")
        if not location:
            raise journey.failed(f"HTTP {response.status}: a redirect to nowhere", status=response.status)
        try:
            return self._guard.url(str(journey.at.join(self._guard.reference(location))))
        except AddressRefused as error:
            raise AddressRefused(journey.asked, REFUSED) from error

    async def _answer(
        self, progress: Progress, response: aiohttp.ClientResponse, sent: Validators
    ) -> Fetched | NotModified:
        now, journey = self._clock.now(), progress.journey
        fresh = headers.max_age(response.headers, response.headers.getall(hdrs.CACHE_CONTROL, []), now=now)
        came = headers.validators(response.raw_headers)
        if response.status == 304:
            # Unasked, a 304 leaves us without a body; to keep its ETag would mean never to get one.
            kept = NO_VALIDATORS if sent == NO_VALIDATORS else headers.renewed(sent, came)
            return NotModified(
                url=str(journey.at),
                validators=kept,
                moved_to=journey.moved_to,
                moved_for=journey.kept_for,
                max_age=fresh,
            )
        self._check_status(journey, response)
        with self._large.turn() as turn:
            fetched = Fetched(
                url=str(journey.at),
                body=await self._body(progress, response, turn),
                content_type=response.headers.get(hdrs.CONTENT_TYPE, ""),
                validators=came,
                moved_to=journey.moved_to,
                moved_for=journey.kept_for,
                max_age=fresh,
                links=headers.links(response.headers.getall(hdrs.LINK, []), journey.at),
            )
            if len(fetched.body) > LARGE_BYTES:
                turn.lasts_as_long_as(fetched)
        return fetched

    def _check_status(self, journey: Journey, response: aiohttp.ClientResponse) -> None:
        if response.status in _WITH_BODY:
            return
        raise journey.failed(
            reasons.of_status(response.status), status=response.status, retry_after=self._wait(response)
        )

    def _wait(self, response: aiohttp.ClientResponse) -> timedelta | None:
        return headers.retry_after(
            response.headers.getall(hdrs.RETRY_AFTER, []),
            date=response.headers.get(hdrs.DATE),
            now=self._clock.now(),
        )

    async def _body(self, progress: Progress, response: aiohttp.ClientResponse, turn: Turn) -> bytes:
        """What is wanted of the answer; net/page wants less of it."""
        journey = progress.journey
        kind = response.headers.get(hdrs.CONTENT_TYPE, "").strip().lower()
        if kind.startswith(_STREAMS):
            raise journey.failed(f"that is no feed but {kind.split(';')[0][:40]}", status=response.status)
        try:
            packed = await self._read(response, turn, progress.limit)
            encoding = ",".join(response.headers.getall(hdrs.CONTENT_ENCODING, []))
            if len(packed) > UNPACK_ASIDE_BYTES:
                await turn.come(progress.limit)  # what it holds may be large
                body = await asyncio.to_thread(inflate, packed, encoding, self._max_bytes)
            else:
                body = inflate(packed, encoding, self._max_bytes)
                if len(body) > LARGE_BYTES:
                    await turn.come(progress.limit)
        except TooLarge as error:
            raise journey.failed(reasons.of_size(self._max_bytes), status=response.status) from error
        except Broken as error:
            raise journey.failed("the answer cannot be unpacked", status=response.status) from error
        if not body.strip():
            raise journey.failed("the answer is empty", status=response.status)
        return body

    async def _read(self, response: aiohttp.ClientResponse, turn: Turn, limit: asyncio.Timeout | None) -> bytes:
        """A large body waits for its `turn` where it lies, with the server: nothing more is read meanwhile."""
        if (response.content_length or 0) > self._max_bytes:
            raise TooLarge
        whole = bytearray()
        async for chunk in response.content.iter_chunked(CHUNK_BYTES):
            whole += chunk
            if len(whole) > self._max_bytes:
                raise TooLarge
            if len(whole) > LARGE_BYTES:
                await turn.come(limit)
        return bytes(whole)
