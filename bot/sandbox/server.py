"""The HTTP server: REST under /api/v10, the gateway, uploaded files; loopback only.

A request meets, in this order: a fault laid out for it, the token, the rate limits, its route, and a fault for
afterwards.
"""

from __future__ import annotations

import asyncio
import json
import logging
import socket
import struct
import time
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import unquote, urlsplit

from aiohttp import web

from bot.sandbox.backend import Backend, Logged
from bot.sandbox.gateway.connections import Gateway
from bot.sandbox.records import Json
from bot.sandbox.rest.everything import all_routes
from bot.sandbox.rest.forms import REQUEST_LIMIT_BYTES, read
from bot.sandbox.rest.routes import Call, Created, Route
from bot.sandbox.rules.faults import Fault
from bot.sandbox.rules.problems import ApiError, invalid_form, not_implemented, unauthorized
from bot.sandbox.rules.ratelimits import VIA, cloudflare, limited_headers
from bot.sandbox.rules.shapes import shape_mistakes

log = logging.getLogger(__name__)

API = "/api/v10"
LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


class Server:
    """Serves one Backend. After `start` it listens on `port`."""

    def __init__(self, backend: Backend, *, port: int = 0) -> None:
        self.backend, self.port = backend, port
        self.gateway = Gateway(backend.world, backend.limits)
        self.app = web.Application(client_max_size=REQUEST_LIMIT_BYTES, middlewares=[_loopback_only])
        self.app.router.add_route("*", API + "/{path:.*}", self._rest)
        self.app.router.add_get("/gateway", self.gateway.handle)
        self.app.router.add_get("/gateway/", self.gateway.handle)
        self.app.router.add_get("/attachments/{place}/{id}/{filename}", self._download)
        self._routes = all_routes()
        self.streams: set[web.WebSocketResponse] = set()  # listeners of the control interface
        self._closing = asyncio.Event()
        self._runner: web.AppRunner | None = None

    async def start(self) -> None:
        self._runner = web.AppRunner(self.app, access_log=None, shutdown_timeout=1.0)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", self.port)
        await site.start()
        self.port = self._runner.addresses[0][1]
        self.backend.world.base_url = f"http://127.0.0.1:{self.port}"

    async def close(self) -> None:
        self._closing.set()
        await self.gateway.close()
        for stream in tuple(self.streams):
            await stream.close(code=1001)
        if self._runner:
            await self._runner.cleanup()

    # --- One request --------------------------------------------------------------------------------------

    async def _rest(self, request: web.Request) -> web.Response:
        started = time.perf_counter()
        # As sent, so that an escaped slash in a name stays one part; emoji are unescaped where they are used.
        path = request.rel_url.raw_path.removeprefix(API)
        found = self._routes.find(request.method, path)
        fault = self.backend.faults.strike(request.method, path)
        if shut_out := self._outside(request):
            response = shut_out
        elif fault and fault.when == "before":
            response = await self._fail(request, fault)
        else:
            response = await self._answer(request, path, found)
            if fault and response.status < 400:
                response = await self._fail(request, fault)
        self.backend.limits.count_invalid(response.status, response.headers.get("X-RateLimit-Scope", ""))
        self._note(request, path, found[0].template if found else "", response, started)
        return response

    def _note(self, request: web.Request, path: str, template: str, response: web.Response, started: float) -> None:
        lost = request.transport is None or request.transport.is_closing()
        took_ms = (time.perf_counter() - started) * 1000
        status = 0 if lost else response.status
        self.backend.note(
            Logged(
                request.method, path, template, status, self.backend.world.clock.now(), took_ms, _told_to_wait(response)
            )
        )

    async def _answer(
        self, request: web.Request, path: str, found: tuple[Route, dict[str, str]] | None
    ) -> web.Response:
        headers = {"Via": VIA}
        try:
            if found is None:
                raise not_implemented(f"{request.method} {path}")
            route, variables = found
            bearer = self._check_token(request, route)
            limits, refused = self._limited(route, variables)
            headers |= limits
            if refused:
                return _json(429, refused, headers)
            body, files = await read(request, self.backend.world)
            _check_shape(route, body)
            reason = unquote(request.headers.get("X-Audit-Log-Reason", ""))
            call = Call(self.backend, variables, dict(request.query), body, files, reason, bearer)
            return _success(route.handler(call), headers)
        except ApiError as error:
            if error.status == 501:
                log.warning("%s (%s %s)", error.message, request.method, path)
            if error.retry_after_s is not None:
                headers |= limited_headers("user", error.retry_after_s)
            return _json(error.status, error.body(), headers)
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            # A body of the wrong shape ({"embeds": 3}): Discord would say where; the log says what it ran into.
            log.warning("sandbox: unreadable body for %s %s", request.method, path, exc_info=error)
            return _json(
                400, {"message": f"Invalid Form Body (sandbox: {error!r})", "code": 50035, "errors": {}}, headers
            )

    def _check_token(self, request: web.Request, route: Route) -> bool:
        """Whether it is a Bearer token; raises 401."""
        kind, _, token = request.headers.get("Authorization", "").partition(" ")
        kinds = ("Bot", "Bearer") if route.takes_bearer else ("Bot",)
        if route.needs_token and (kind not in kinds or token != self.backend.world.token):
            raise unauthorized()
        return kind == "Bearer"

    def _limited(self, route: Route, variables: dict[str, str]) -> tuple[dict[str, str], Json | None]:
        major = " ".join(variables[name] for name in route.major)
        return self.backend.limits.take(route.name, major, is_global=route.needs_token)

    def _outside(self, request: web.Request) -> web.Response | None:
        """What Cloudflare would answer in Discord's place: to a client without a name, or one that errs too often."""
        if not request.headers.get("User-Agent"):
            log.warning("sandbox: a request without User-Agent; Discord wants DiscordBot (address, version)")
            return _html(*cloudflare(403, "error code: 1010"))
        wait_s = self.backend.limits.shut_out_s()
        return None if wait_s is None else _html(*cloudflare(429, "error code: 1015", wait_s))

    # --- Faults -------------------------------------------------------------------------------------------

    async def _fail(self, request: web.Request, fault: Fault) -> web.Response:
        if fault.kind in ("reset", "close", "hang"):
            if fault.kind == "hang":
                await self._wait(fault.seconds)
            _cut(request, reset=fault.kind == "reset")
            return web.Response(status=500)
        status, headers, body = fault.answer()
        if isinstance(body, str):
            return _html(status, headers, body)
        return _json(status, body, headers)

    async def _wait(self, seconds: float) -> None:
        try:
            async with asyncio.timeout(seconds):
                await self._closing.wait()
        except TimeoutError:
            return

    async def _download(self, request: web.Request) -> web.Response:
        number = request.match_info["id"]
        attachment = self.backend.world.uploads.get(int(number) if number.isdecimal() else 0)
        if attachment is None:
            return web.Response(status=404)
        # It comes from the page's own origin, and may be a page itself: it must be nothing but a file there.
        headers = {"Content-Security-Policy": "sandbox; default-src 'none'", "X-Content-Type-Options": "nosniff"}
        return web.Response(
            body=attachment.data, content_type=attachment.content_type.partition(";")[0], headers=headers
        )


def _check_shape(route: Route, body: Any) -> None:
    """Raises 50035 for a body with parts of the wrong types. Without a body, {}, even a list may be left out."""
    if body is None:
        raise invalid_form([((), "BASE_TYPE_REQUIRED", "This field is required")])
    if body != {} and (mistakes := list(shape_mistakes(body, route.takes))):
        raise invalid_form(mistakes)


def _told_to_wait(response: web.Response) -> float | None:
    """The seconds in a 429's body; None for every other answer, and for one whose body does not say."""
    if response.status != 429 or response.content_type != "application/json" or not isinstance(response.body, bytes):
        return None
    waits_s = json.loads(response.body).get("retry_after")
    return None if waits_s is None else float(waits_s)


def _success(body: Any, headers: dict[str, str]) -> web.Response:
    if body is None:
        return web.Response(status=204, headers=headers)
    return _json(201, body.body, headers) if isinstance(body, Created) else _json(200, body, headers)


def _html(status: int, headers: dict[str, str], body: str) -> web.Response:
    return web.Response(status=status, body=body.encode(), headers={"Content-Type": "text/html"} | headers)


def _json(status: int, body: Any, headers: dict[str, str]) -> web.Response:
    # Bytes and an own header, since aiohttp would add a charset that libraries do not expect.
    return web.Response(
        status=status, body=json.dumps(body).encode(), headers={"Content-Type": "application/json"} | headers
    )


def _cut(request: web.Request, *, reset: bool) -> None:
    """Ends the connection without an answer; `reset` with a TCP RST, as a crashed peer does."""
    transport = request.transport
    if transport is None:
        return
    if reset:
        raw: socket.socket = transport.get_extra_info("socket")
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        transport.abort()
    else:
        transport.close()


@web.middleware
async def _loopback_only(
    request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
) -> web.StreamResponse:
    """Keeps out names that resolve to here (DNS rebinding) and pages of other sites."""
    host = urlsplit(f"//{request.host}")
    origin = request.headers.get("Origin")
    if host.hostname not in LOOPBACK or (origin is not None and urlsplit(origin).netloc != request.host):
        return web.Response(status=403, text="the sandbox answers to this machine only\n")
    return await handler(request)
