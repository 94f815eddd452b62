"""Discord's rate limits: a bucket for each route and what it is about, and one for everything (topics: Rate Limits)."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from bot.sandbox.records import Json

PER_SECOND = 50  # all routes but interactions' (topics: Global Rate Limit)
VIA = "1.1 sandbox"  # a 429 without Via is taken for Cloudflare's by libraries


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
    monotonic: Callable[[], float] = time.monotonic
    _buckets: dict[str, _Bucket] = field(default_factory=dict, repr=False)

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


def limited_headers(scope: str, retry_after_s: float) -> dict[str, str]:
    """What a 429 carries besides the bucket's headers."""
    return {"Via": VIA, "Retry-After": str(int(retry_after_s) + 1), "X-RateLimit-Scope": scope}


def limited_body(retry_after_s: float, *, is_global: bool = False) -> Json:
    return {"message": "You are being rate limited.", "code": 0, "retry_after": retry_after_s, "global": is_global}
