"""The REST routes: which function answers which method and path, and what it is given."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from bot.sandbox.backend import Backend
from bot.sandbox.records import Attachment, Json
from bot.sandbox.state.world import World


@dataclass(frozen=True, slots=True)
class Created:
    """A 201 with a body; a function that returns None answers 204, and anything else 200."""

    body: Any


@dataclass(frozen=True, slots=True)
class Call:
    """One request, parsed. `body` is its JSON ({} if it has none), `reason` is for the audit log."""

    backend: Backend
    path: dict[str, str]
    query: dict[str, str]
    body: Any
    files: Sequence[Attachment] = ()
    reason: str | None = None
    bearer: bool = False  # asked by a person's token, not by the bot's

    @property
    def world(self) -> World:
        return self.backend.world

    def id(self, name: str) -> int:
        """The path's identifier; 0, which nothing has, for what is no number."""
        value = self.path[name]
        return int(value) if value.isdecimal() else 0

    def number(self, name: str, default: int, low: int, high: int) -> int:
        """The query's number, within bounds."""
        value = self.query.get(name, "")
        return min(max(int(value), low), high) if value.isdecimal() else default


Handler = Callable[[Call], Any]


@dataclass(frozen=True, slots=True)
class Route:
    """`major` names the parts of the path that its rate limit is counted for; `takes` is its body's shape."""

    method: str
    template: str
    handler: Handler
    needs_token: bool = True
    major: tuple[str, ...] = ()
    takes_bearer: bool = False
    takes: Any = field(default_factory=dict)

    @property
    def name(self) -> str:
        return f"{self.method} {self.template}"


@dataclass
class Routes:
    """Routes by method and number of parts; one with more literal parts comes first."""

    known: dict[tuple[str, int], list[tuple[list[str], Route]]] = field(default_factory=dict)

    def __call__(
        self,
        method: str,
        template: str,
        *,
        needs_token: bool = True,
        takes_bearer: bool = False,
        takes: Any = None,
    ) -> Callable[[Handler], Handler]:
        """Decorates the function that answers. `takes` is as in rules/shapes.py; None is any object."""

        def keep(handler: Handler) -> Handler:
            parts = template.strip("/").split("/")
            # A channel, a guild, a webhook or an interaction; the last two with their token (topics: Rate Limits).
            own = parts[1:3] if parts[0] in ("webhooks", "interactions") else parts[1:2]
            major = tuple(part[1:-1] for part in own if part.startswith("{"))
            same_shape = self.known.setdefault((method, len(parts)), [])
            same_shape.append((parts, Route(method, template, handler, needs_token, major, takes_bearer, takes or {})))
            same_shape.sort(key=lambda known: sum(part.startswith("{") for part in known[0]))
            return handler

        return keep

    def include(self, other: Routes) -> None:
        for key, known in other.known.items():
            mine = self.known.setdefault(key, [])
            mine += known
            mine.sort(key=lambda each: sum(part.startswith("{") for part in each[0]))

    def find(self, method: str, path: str) -> tuple[Route, dict[str, str]] | None:
        """The route of a path (below /api/v10) and its variable parts."""
        parts = path.strip("/").split("/")
        for template, route in self.known.get((method, len(parts)), ()):
            variables = match(template, parts)
            if variables is not None:
                return route, variables
        return None


def match(template: Sequence[str], parts: Sequence[str]) -> dict[str, str] | None:
    variables: Json = {}
    for expected, part in zip(template, parts, strict=True):
        if expected.startswith("{"):
            variables[expected[1:-1]] = part
        elif expected != part:
            return None
    return variables
