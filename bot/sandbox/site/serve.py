"""How one feed answers one request: its fault if it has one, else 304 or the document (RFC 9110, 13)."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime

from aiohttp import web

from bot.sandbox.site.faults import ANSWERS, Fault, Spoiled
from bot.sandbox.site.feed import SiteFeed, SiteRequest, Snapshot


@dataclass(frozen=True, slots=True)
class FeedAnswers:
    """`closing` is set when the site goes down, so that no fault holds it up."""

    closing: asyncio.Event

    async def answer(self, feed: SiteFeed, request: web.Request, seen: SiteRequest) -> web.StreamResponse:
        """The answer, with its status written into `seen`."""
        response = await self._answer(feed, request)
        seen.status = response.status
        return response

    async def _answer(self, feed: SiteFeed, request: web.Request) -> web.StreamResponse:
        if request.method not in {"GET", "HEAD"}:
            return web.Response(status=405, headers={"Allow": "GET, HEAD"})
        if request.path == f"/loop/{feed.slug}":
            return web.Response(status=302, headers={"Location": f"{feed.base_url}/loop/{feed.slug}"})
        if request.path in feed.moved:
            return web.Response(status=feed.moved[request.path], headers={"Location": feed.url})
        fault = feed.take_fault() if request.path == feed.path else None
        if fault and fault.kind in ANSWERS:
            return await self._spoil(fault, feed, request)
        return whole(feed.snapshot(fault.kind if fault else ""), request, fault)

    async def _spoil(self, fault: Fault, feed: SiteFeed, request: web.Request) -> web.StreamResponse:
        answer, usual = ANSWERS[fault.kind]
        return await answer(
            Spoiled(
                request=request,
                body=feed.document(),
                content_type=feed.content_type,
                behind_url=feed.behind_url,
                loop_url=f"{feed.base_url}/loop/{feed.slug}",
                closing=self.closing,
                options=usual | fault.options,
            )
        )


def whole(snapshot: Snapshot, request: web.Request, fault: Fault | None = None) -> web.Response:
    """200 with the document, or 304 if the reader has it; both with the validators (RFC 9110, 15.4.5)."""
    headers = {"Cache-Control": "no-cache"}
    if snapshot.etag is not None:
        headers["ETag"] = snapshot.etag
    if snapshot.last_modified is not None:
        headers["Last-Modified"] = format_datetime(snapshot.last_modified.astimezone(UTC), usegmt=True)
    if reader_has_it(snapshot, request):
        return web.Response(status=304, headers=headers)
    kind = snapshot.content_type
    if fault is not None and fault.kind == "wrong-type":
        kind = str(fault.options.get("content_type", "application/octet-stream"))
    return web.Response(body=snapshot.body, headers=headers | {"Content-Type": kind})


def reader_has_it(snapshot: Snapshot, request: web.Request) -> bool:
    """If-None-Match decides; If-Modified-Since counts only without it (RFC 9110, 13.1.3)."""
    known = request.headers.getall("If-None-Match", [])
    if known:
        tags = [tag.strip().removeprefix("W/") for line in known for tag in line.split(",")]
        return snapshot.etag is not None and ("*" in tags or snapshot.etag in tags)
    since = _http_date(request.headers.get("If-Modified-Since", ""))
    return since is not None and snapshot.last_modified is not None and snapshot.last_modified <= since


def _http_date(text: str) -> datetime | None:
    """None for what is no date: a condition that cannot be read is no condition."""
    try:
        when = parsedate_to_datetime(text)
    except ValueError:
        return None
    return when if when.tzinfo else when.replace(tzinfo=UTC)
