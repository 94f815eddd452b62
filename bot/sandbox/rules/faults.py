"""Faults on demand: what goes wrong, for which requests, before or after they took effect, how often."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Literal

from bot.sandbox.records import Json
from bot.sandbox.rules.ratelimits import cloudflare, limited_body, limited_headers

Kind = Literal["status", "reset", "close", "hang", "broken-json", "ratelimit"]
KINDS = ("status", "reset", "close", "hang", "broken-json", "ratelimit")


@dataclass(slots=True)
class Fault:
    """One thing that goes wrong.

    `method` "*" is any; `path` is below /api/v10, `*` stands for one part of it, `**` for any rest. `when` says
    whether the request takes effect first. `times` counts down to 0, when the fault is spent; None never ends.
    Kinds: an error `status` with `body`; the connection `reset` (RST) or `close`d without an answer; `hang` for
    `seconds` and then close; `broken-json` under a 200; `ratelimit`, a 429 with `scope`.
    """

    kind: Kind
    method: str = "*"
    path: str = "**"
    when: Literal["before", "after"] = "before"
    times: int | None = 1
    status: int = 500
    body: Json | str | None = None
    seconds: float = 3600.0
    scope: Literal["user", "global", "shared"] = "user"
    retry_after: float | None = 1.0  # None: the 429's body lacks it
    via: bool = True  # False: as Cloudflare answers, HTML and no Via
    hits: int = 0

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"kind must be one of {', '.join(KINDS)}")

    def matches(self, method: str, path: str) -> bool:
        if self.times == 0 or self.method not in ("*", method):
            return False
        pattern = re.escape(self.path).replace(r"\*\*", ".*").replace(r"\*", "[^/]*")
        return re.fullmatch(pattern, path) is not None

    def answer(self) -> tuple[int, dict[str, str], Json | str]:
        """Status, headers and body of a fault that answers; a `str` body is sent as it is."""
        if self.kind == "broken-json":
            return 200, {"Content-Type": "application/json"}, '{"id": "1", "channel_id": "'
        if self.kind == "ratelimit":
            return self._limited()
        html = self.body if self.body is not None else {"message": f"{self.status}: sandbox fault", "code": 0}
        return self.status, {}, html

    def _limited(self) -> tuple[int, dict[str, str], Json | str]:
        if not self.via:
            return cloudflare(429, "error code: 1015", 1.0)
        wait_s = self.retry_after or 0.0
        body = limited_body(wait_s, is_global=self.scope == "global")
        if self.retry_after is None:
            del body["retry_after"]
        headers = limited_headers(self.scope, wait_s)
        return 429, headers | ({"X-RateLimit-Global": "true"} if self.scope == "global" else {}), body


@dataclass
class Faults:
    """The faults laid out, in the order in which they are tried."""

    laid: list[Fault] = field(default_factory=list)

    def add(self, kind: Kind, method: str = "*", path: str = "**", **facts: object) -> Fault:
        """Lays one out and returns it, so that its `hits` can be read. `facts` are the fields of Fault."""
        fault = Fault(kind, method, path, **facts)  # type: ignore[arg-type]
        self.laid.append(fault)
        return fault

    def clear(self) -> None:
        self.laid.clear()

    def strike(self, method: str, path: str) -> Fault | None:
        """The fault this request runs into, counted as used."""
        fault = next((each for each in self.laid if each.matches(method, path)), None)
        if fault:
            fault.hits += 1
            fault.times = None if fault.times is None else fault.times - 1
        return fault
