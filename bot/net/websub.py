"""WebSub at the wire (W3C Recommendation, 23 January 2018): what hubs ask of us, and asking them.

    GET  /websub/<token>?hub.mode=...      a hub verifies that we meant it, or says no
    POST /websub/<token>                   a hub brings what the topic published

Everything that is decided is decided in work/push; here requests become calls, and answers become statuses.
"""

from __future__ import annotations

import hmac
import re
from datetime import timedelta

from aiohttp import hdrs, web
from yarl import URL

from bot.model import HubLeaving, HubSubscription, Pushed
from bot.net.polite import Poster
from bot.ports import PushService

PATH = "/websub"
_TOKEN = re.compile(r"[A-Za-z0-9_-]{16,64}")
_SIGNED_WITH = {"sha1", "sha256", "sha384", "sha512"}  # what the specification allows (section 8)
LONGEST_CHALLENGE = 1_000


def is_genuine(body: bytes, signature: str, secret: bytes) -> bool:
    """Whether X-Hub-Signature is the HMAC of the body under our secret; in constant time. Never raises."""
    method, _, claimed = signature.strip().partition("=")
    if method.lower() not in _SIGNED_WITH:
        return False
    right = hmac.new(secret, body, method.lower()).hexdigest()
    return hmac.compare_digest(right.encode(), claimed.strip().lower().encode("utf-8", "replace"))


class Callbacks:
    """The routes under PATH, to be added to a server that hubs can reach.

    A proxy in front may take away the path of the public address, or hand it on: both lead here.
    """

    def __init__(self, service: PushService, *, max_bytes: int, public_url: str = "") -> None:
        self._service, self._max_bytes = service, max_bytes
        self._paths = tuple(dict.fromkeys((PATH, URL(public_url).path.rstrip("/") + PATH)))

    def routes(self) -> list[web.RouteDef]:
        return [
            route
            for path in self._paths
            for route in (
                web.get(f"{path}/{{token}}", self._verify, allow_head=False),
                web.post(f"{path}/{{token}}", self._receive),
            )
        ]

    async def _verify(self, request: web.Request) -> web.Response:
        """The bare challenge if this is what we asked for, 404 for everything else (section 5.3)."""
        token, asked = request.match_info["token"], request.query
        challenge = asked.get("hub.challenge", "")
        topic, mode = asked.get("hub.topic", ""), asked.get("hub.mode", "")
        if not _TOKEN.fullmatch(token) or len(challenge) > LONGEST_CHALLENGE:
            raise web.HTTPNotFound
        if mode == "denied":
            if not await self._service.denied(token, topic, asked.get("hub.reason", "")[:200]):
                raise web.HTTPNotFound
            return web.Response(status=200)
        lease = asked.get("hub.lease_seconds", "")
        seconds = int(lease) if re.fullmatch(r"[0-9]{1,9}", lease) else None
        length = None if seconds is None else timedelta(seconds=seconds)
        if not challenge or not await self._service.verified(token, topic, mode, length):
            raise web.HTTPNotFound
        return web.Response(text=challenge)

    async def _receive(self, request: web.Request) -> web.Response:
        """Answers as soon as it is on disk; what it means is worked out after (section 7). A false signature gets the
        same answer."""
        token = request.match_info["token"]
        secret = await self._service.secret(token) if _TOKEN.fullmatch(token) else None
        if secret is None:
            raise web.HTTPGone  # it was never ours, or is no more: the hub may stop
        body = await self._body(request)
        signature = request.headers.get("X-Hub-Signature", "")
        if is_genuine(body, signature, secret.encode()):
            content_type = request.headers.get(hdrs.CONTENT_TYPE, "")
            await self._service.received(token, Pushed(body=body, content_type=content_type))
        return web.Response(status=202)

    async def _body(self, request: web.Request) -> bytes:
        whole = bytearray()
        async for chunk in request.content.iter_chunked(64 * 1024):
            whole += chunk
            if len(whole) > self._max_bytes:
                raise web.HTTPRequestEntityTooLarge(self._max_bytes, len(whole))
        return bytes(whole)


class HubCaller:
    """Implements `ports.Hubs`: asks through the fetcher, so that the guard sees every hub."""

    def __init__(self, fetcher: Poster) -> None:
        self._fetcher = fetcher

    async def subscribe(self, asked: HubSubscription, callback: str, lease: timedelta) -> None:
        """Raises FetchError or AddressRefused unless the hub takes the request (section 5.1).

        The secret goes to hubs without TLS as well, though they should not have one: the callback's address goes the
        same way, and so nobody but who reads that wire can push what the hub did not.
        """
        fields = {
            "hub.mode": "subscribe",
            "hub.topic": asked.topic,
            "hub.callback": callback,
            "hub.secret": asked.secret,
            "hub.lease_seconds": str(int(lease.total_seconds())),
        }
        await self._fetcher.post(asked.hub_url, fields)

    async def unsubscribe(self, leaving: HubLeaving, callback: str) -> None:
        """As `subscribe`; the hub asks back here too (section 5.3)."""
        fields = {"hub.mode": "unsubscribe", "hub.topic": leaving.topic, "hub.callback": callback}
        await self._fetcher.post(leaving.hub_url, fields)
