"""Every route that discord.py can ask for, read from its own source."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Iterator
from types import ModuleType

import discord.http
import discord.webhook.async_


def library_routes() -> list[tuple[str, str]]:
    """Method and template of each, once, in the order of the source."""
    found = [*_routes_in(discord.http), *_routes_in(discord.webhook.async_)]
    return list(dict.fromkeys(found))


def _routes_in(module: ModuleType) -> Iterator[tuple[str, str]]:
    for node in ast.walk(ast.parse(inspect.getsource(module))):
        if isinstance(node, ast.Call) and ast.unparse(node.func).split(".")[-1] == "Route" and len(node.args) == 2:
            yield ast.literal_eval(node.args[0]), _template(node.args[1])


def _template(text: ast.expr) -> str:
    if not isinstance(text, ast.JoinedStr):
        return str(ast.literal_eval(text))
    # Filled in on the spot instead of through Route's own parameters.
    return "".join(
        "{" + ast.unparse(part.value) + "}" if isinstance(part, ast.FormattedValue) else str(ast.literal_eval(part))
        for part in text.values
    )
