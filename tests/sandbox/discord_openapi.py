"""Checks REST traffic against Discord's own description of its API."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from aiohttp import web
from jsonschema import Draft202012Validator
from referencing import Registry
from referencing.jsonschema import DRAFT202012

from bot.sandbox.server import API
from tests.material import OPENAPI

DESCRIPTION = "urn:discord"
# In Discord's documentation ("List SKUs"), but not in its description of the API.
DOCUMENTED_ONLY = {"GET /applications/*/skus"}


@cache
def description() -> dict[str, Any]:
    described: dict[str, Any] = json.loads(OPENAPI.read_text(encoding="utf-8"))
    return described


@cache
def registry() -> Registry[Any]:
    # The description's own "#/components/..." references are found from its root.
    empty: Registry[Any] = Registry()
    known: Registry[Any] = empty.with_resource(DESCRIPTION, DRAFT202012.create_resource(description()))
    return known


@cache
def validator(pointer: str) -> Draft202012Validator:
    """The validator of the schema at a JSON pointer into the description."""
    return Draft202012Validator({"$ref": f"{DESCRIPTION}#{pointer}"}, registry=registry())


def template_of(method: str, path: str) -> str | None:
    """The described path that fits, the one with the most literal parts first; None if Discord has none."""
    parts = path.strip("/").split("/")
    fitting = []
    for template, operations in description()["paths"].items():
        wanted = template.strip("/").split("/")
        same = len(wanted) == len(parts) and all(
            w.startswith("{") or w == p for w, p in zip(wanted, parts, strict=True)
        )
        if same and method.lower() in operations:
            fitting.append((sum(each.startswith("{") for each in wanted), template))
    return min(fitting)[1] if fitting else None


def pointer(*steps: str) -> str:
    return "".join("/" + step.replace("~", "~0").replace("/", "~1") for step in steps)


@dataclass
class Traffic:
    """What went over the wire, and what Discord would not have said or taken."""

    routes: set[str] = field(default_factory=set)
    problems: list[str] = field(default_factory=list)

    async def note(self, request: web.Request, response: web.StreamResponse) -> None:
        """An aiohttp `on_response_prepare` signal."""
        if not request.path.startswith(API) or not isinstance(response, web.Response):
            return
        path = request.rel_url.raw_path.removeprefix(API)
        template = template_of(request.method, path)
        if response.status == 501:
            return
        if template is None and f"{request.method} {re.sub('[0-9]+', '*', path)}" in DOCUMENTED_ONLY:
            return
        if template is None:
            self.problems.append(f"{request.method} {path}: Discord has no such route")
            return
        self.routes.add(f"{request.method} {template}")
        where = ("paths", template, request.method.lower())
        self._check_answer(where, response)
        takes = description()["paths"][template][request.method.lower()].get("requestBody", {}).get("content", {})
        sent = request.content_type == "application/json" and await request.read()
        if response.status < 300 and sent and "application/json" in takes:
            body = pointer(*where, "requestBody", "content", "application/json", "schema")
            self._check(body, await request.json(), "request")

    def _check_answer(self, where: tuple[str, ...], response: web.Response) -> None:
        described = description()["paths"][where[1]][where[2]]["responses"]
        if 400 <= response.status < 500 and response.status != 429:
            schema = pointer("components", "schemas", "ErrorResponse")
        elif str(response.status) not in described:
            self.problems.append(f"{where[2]} {where[1]}: {response.status} is none of {sorted(described)}")
            return
        elif "content" not in described[str(response.status)]:
            if response.body:
                self.problems.append(f"{where[2]} {where[1]}: {response.status} has a body")
            return
        else:
            schema = pointer(*where, "responses", str(response.status), "content", "application/json", "schema")
        if response.headers["Content-Type"] != "application/json":
            self.problems.append(f"{where[2]} {where[1]}: Content-Type {response.headers['Content-Type']}")
        assert isinstance(response.body, bytes)
        self._check(schema, json.loads(response.body, object_hook=_numbered), "answer")

    def _check(self, schema: str, value: Any, what: str) -> None:
        for error in validator(schema).iter_errors(value):
            detail = min(error.context, key=lambda each: -len(each.absolute_path)) if error.context else error
            # Discord takes numbers as strings and the other way round, and discord.py relies on it.
            if what == "request" and str(detail.instance).isdecimal():
                continue
            self.problems.append(f"{what} {schema}: {detail.json_path}: {detail.message[:200]}")


def _numbered(answer: dict[str, Any]) -> dict[str, Any]:
    """Field errors with a number for their code: described as an integer, "BASE_TYPE_REQUIRED" in the documentation."""
    if isinstance(answer.get("_errors"), list):
        return {**answer, "_errors": [{**each, "code": 0} for each in answer["_errors"]]}
    return answer
