"""Discord's rate limits: a bucket for each route and what it is about, and one for everything (topics: Rate Limits)."""

from __future__ import annotations

import hashlib
import math
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from bot.sandbox.records import Json

PER_SECOND = 50  # all routes but interactions' (topics: Global Rate Limit)
VIA = "1.1 sandbox"  # on every answer of Discord's; libraries take a 429 without it for Cloudflare's
INVALID = (
    10_000,
    600.0,
)  # answers of 401, 403 and 429 before Cloudflare shuts the door (topics: Invalid Request Limit)
BUCKETS = 10_000  # from so many on, those whose time is over are let go


@dataclass(slots=True)
class _Bucket:
    limit: int
    window_s: float
    used: int = 0
    reset_at: float = 0.0

    def take(self, now: float) -> bool:
        if now >= self.reset_at:
            self.used, self.reset_at = 0, now + self.window_s
        if self.used >= self.limit:
            return False
        self.used += 1
        return True


@dataclass
class RateLimits:
    """How much is allowed. `routes` maps "METHOD /route/{template}" to (requests, seconds); others have `default`.

    `identify_s` is the time between two shards' identifies, 5 seconds on Discord: a bot that comes too early gets
    an invalid session, after which discord.py goes to its default gateway (see bot/sandbox/__init__.py). So it is 0
    unless a test wants it. `identifies` counts them.

    Times are real seconds, not the sandbox's clock: libraries wait for them in real time.
    """

    enabled: bool = True
    per_second: int = PER_SECOND
    default: tuple[int, float] = (30, 1.0)
    routes: dict[str, tuple[int, float]] = field(
        default_factory=lambda: {
            "POST /channels/{channel_id}/messages": (5, 5.0),
            "PATCH /channels/{channel_id}/messages/{message_id}": (5, 5.0),
            "DELETE /channels/{channel_id}/messages/{message_id}": (5, 1.0),
            "POST /webhooks/{webhook_id}/{webhook_token}": (5, 2.0),
        }
    )
    invalid: tuple[int, float] = INVALID
    identify_s: float = 0.0
    identifies: int = 0
    monotonic: Callable[[], float] = time.monotonic
    _buckets: dict[str, _Bucket] = field(default_factory=dict, repr=False)

    def __post_init__(self) -> None:
        self.invalid_requests = _Bucket(*self.invalid)

    def take(self, route: str, major: str, *, is_global: bool) -> tuple[dict[str, str], Json | None]:
        """The X-RateLimit headers, and the body of a 429 if the request is one too many."""
        if not self.enabled:
            return {}, None
        now = self.monotonic()
        everything = self._buckets.setdefault("", _Bucket(self.per_second, 1.0))
        if is_global and not everything.take(now):
            wait_s = round(everything.reset_at - now, 3)
            return limited_headers("global", wait_s) | {"X-RateLimit-Global": "true"}, limited_body(
                wait_s, is_global=True
            )
        if len(self._buckets) > BUCKETS:
            self._buckets = {key: each for key, each in self._buckets.items() if each.reset_at > now}
        limit, window_s = self.routes.get(route, self.default)
        bucket = self._buckets.setdefault(f"{route} {major}", _Bucket(limit, window_s))
        allowed = bucket.take(now)
        wait_s = round(bucket.reset_at - now, 3)
        headers = {
            "X-RateLimit-Limit": str(limit),
            "X-RateLimit-Remaining": str(max(0, limit - bucket.used)),
            "X-RateLimit-Reset": f"{time.time() + wait_s:.3f}",
            "X-RateLimit-Reset-After": f"{wait_s:.3f}",
            "X-RateLimit-Bucket": hashlib.sha256(route.encode()).hexdigest()[:32],
        }
        if allowed:
            return headers, None
        return headers | limited_headers("user", wait_s), limited_body(wait_s)

    def take_identify(self, key: int) -> bool:
        """Whether a shard may identify now, by its concurrency key."""
        if not self.enabled or not self.identify_s:
            return True
        bucket = self._buckets.setdefault(f"identify {key}", _Bucket(1, self.identify_s))
        return bucket.take(self.monotonic())

    def shut_out_s(self) -> float | None:
        """How long Cloudflare will let nothing through; None while there were not too many invalid requests."""
        if not self.enabled:
            return None
        left_s = self.invalid_requests.reset_at - self.monotonic()
        return left_s if self.invalid_requests.used >= self.invalid_requests.limit and left_s > 0 else None

    def count_invalid(self, status: int, scope: str) -> None:
        """Takes note of an answer; a 429 of a shared limit is nobody's fault."""
        if self.enabled and (status in (401, 403) or (status == 429 and scope != "shared")):
            self.invalid_requests.take(self.monotonic())


def limited_headers(scope: str, retry_after_s: float) -> dict[str, str]:
    """What a 429 carries besides the bucket's headers."""
    return {"Via": VIA, "Retry-After": str(math.ceil(retry_after_s)), "X-RateLimit-Scope": scope}


def cloudflare(status: int, reason: str, wait_s: float = 0.0) -> tuple[int, dict[str, str], str]:
    """An answer of what stands before Discord: HTML, and no Via."""
    headers = {"Content-Type": "text/html"} | ({"Retry-After": str(math.ceil(wait_s))} if wait_s else {})
    return status, headers, f"<html>Access denied | {reason}</html>"


def limited_body(retry_after_s: float, *, is_global: bool = False) -> Json:
    return {"message": "You are being rate limited.", "code": 0, "retry_after": retry_after_s, "global": is_global}
