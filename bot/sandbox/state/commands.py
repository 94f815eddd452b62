"""Application commands: what the bot has registered, globally and for single guilds, and which one words mean."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from bot.sandbox.records import Json
from bot.sandbox.rules.command_limits import command_mistakes, list_mistakes
from bot.sandbox.rules.problems import Mistake, invalid_form, unknown
from bot.sandbox.rules.shapes import shape_mistakes
from bot.sandbox.state.world import World

SLASH, USER, MESSAGE = 1, 2, 3
SUBCOMMAND, GROUP = 1, 2
Key = tuple[str, int]  # a command's name and type are unique in its scope


class Commands:
    """The registered commands by scope: a guild's identifier, or None for the global ones."""

    def __init__(self, world: World) -> None:
        self._world = world
        self.scopes: dict[int | None, dict[int, Json]] = {}
        self.overrides: dict[tuple[int, int], list[Json]] = {}  # guild, command (or the application for all)

    def all(self, scope: int | None = None) -> list[Json]:
        return list(self.scopes.get(scope, {}).values())

    def one(self, command_id: int, scope: int | None = None) -> Json:
        """Raises 10063 if it is not in that scope."""
        command = self.scopes.get(scope, {}).get(command_id)
        if command is None:
            raise unknown("application command")
        return command

    def overwrite(self, bodies: list[Json], scope: int | None = None) -> list[Json]:
        """Replaces the scope's whole list; commands of the same name and type keep their identifiers."""
        _check(bodies, ["command"], list_mistakes)
        kept = {key(command): command for command in self.all(scope)}
        made = [self._made(body, scope, kept.get(key(body))) for body in bodies]
        self.scopes[scope] = {int(command["id"]): command for command in made}
        return made

    def create(self, body: Json, scope: int | None = None) -> tuple[Json, bool]:
        """Registers one, in place of one of the same name and type. Returns it and whether it is new."""
        _check(body, "command", lambda body: command_mistakes(body, ()))
        known = next((each for each in self.all(scope) if key(each) == key(body)), None)
        made = self._made(body, scope, known)
        self.scopes.setdefault(scope, {})[int(made["id"])] = made
        return made, known is None

    def change(self, command_id: int, body: Json, scope: int | None = None) -> Json:
        """Changes what the body names."""
        known = self.one(command_id, scope)
        body = {**known, **body}
        _check(body, "command", lambda body: command_mistakes(body, ()))
        made = self.scopes[scope][command_id] = self._made(body, scope, known)
        return made

    def remove(self, command_id: int, scope: int | None = None) -> None:
        self.one(command_id, scope)
        del self.scopes[scope][command_id]

    def _made(self, body: Json, scope: int | None, known: Json | None) -> Json:
        wanted = body.get("default_member_permissions")
        made: Json = {
            "id": known["id"] if known else str(self._world.new_id()),
            "application_id": str(self._world.bot.id),
            "version": str(self._world.new_id()),
            "type": body.get("type") or SLASH,
            "name": body["name"],
            "name_localizations": body.get("name_localizations"),
            "description": body.get("description") or "",
            "description_localizations": body.get("description_localizations"),
            "default_member_permissions": None if wanted is None else str(wanted),
            "nsfw": bool(body.get("nsfw")),
        }
        if body.get("options"):
            made["options"] = [_option(option) for option in body["options"]]
        if scope is not None:
            return {**made, "guild_id": str(scope)}
        in_dms = body.get("dm_permission", True)
        contexts = body.get("contexts")
        return made | {
            "contexts": contexts,
            "integration_types": body.get("integration_types") or [0],
            "dm_permission": 1 in contexts if contexts is not None else in_dms is not False,
        }

    def find(self, name: str, kind: int, guild_id: int | None) -> Json | None:
        """The command a member would get by this name; a guild's own one comes before a global one."""
        for scope in ([guild_id] if guild_id else []) + [None]:
            for command in self.all(scope):
                if key(command) == (name, kind) and (scope is not None or _usable(command, guild_id)):
                    return command
        return None

    def usable(self, guild_id: int | None) -> Iterator[Json]:
        """What a member could choose from in the guild, or in a DM."""
        yield from self.all(guild_id) if guild_id else ()
        yield from (command for command in self.all(None) if _usable(command, guild_id))


def _check(body: Any, shape: Any, mistakes_in: Callable[[Any], Iterable[Mistake]]) -> None:
    """Raises 50035 with the mistakes in the types or, these being right, with all others."""
    if mistakes := list(shape_mistakes(body, shape)) or list(mistakes_in(body)):
        raise invalid_form(mistakes)


def key(command: Json) -> Key:
    return command["name"], command.get("type") or SLASH


def _usable(command: Json, guild_id: int | None) -> bool:
    contexts = command.get("contexts")
    if contexts is None:
        return guild_id is not None or bool(command["dm_permission"])
    return (0 if guild_id else 1) in contexts


def _option(option: Json) -> Json:
    shown: Json = {name: value for name, value in option.items() if value is not None}
    if "options" in shown:
        shown["options"] = [_option(each) for each in shown["options"]]
    if not shown.get("required"):
        shown.pop("required", None)
    if not shown.get("autocomplete"):
        shown.pop("autocomplete", None)
    return shown


def leaf(command: Json, path: list[str]) -> list[Json] | None:
    """The options of the command's (sub)command at `path`; None if there is no such one."""
    options: list[Any] = command.get("options") or []
    for name in path:
        inner = next((each for each in options if each["name"] == name and each["type"] in (SUBCOMMAND, GROUP)), None)
        if inner is None:
            return None
        options = inner.get("options") or []
    if any(each["type"] in (SUBCOMMAND, GROUP) for each in options):
        return None
    return options
