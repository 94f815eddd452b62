"""Discord's limits on application commands (interactions/application-commands). No mistake means it would be taken."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.sandbox.records import Json
from bot.sandbox.rules.problems import Mistake, Place
from bot.sandbox.rules.validate import bad_length, required, too_long

NAME = re.compile(r"[-_'\w]{1,32}")  # and of one case only: lower, where the script has cases
OPTIONS, CHOICES = 25, 25
LIMITS = {1: 100, 2: 15, 3: 15}  # slash, user and message commands of one scope (application-commands: limits)
TOTAL = 8000  # name, description and value of a command, its options and choices together
SUBCOMMAND, GROUP = 1, 2
STRING, INTEGER, NUMBER = 3, 4, 10
KINDS = range(1, 12)


def list_mistakes(bodies: list[Json]) -> Iterator[Mistake]:
    """The mistakes in a whole list of commands (Bulk Overwrite)."""
    seen: set[tuple[str, int]] = set()
    counts: dict[int, int] = {}
    for number, body in enumerate(bodies):
        yield from command_mistakes(body, (number,))
        kind = body.get("type") or 1
        counts[kind] = counts.get(kind, 0) + 1
        if (body.get("name", ""), kind) in seen:
            text = "Application command names must be unique"
            yield (number,), "APPLICATION_COMMANDS_DUPLICATE_NAME", text
        seen.add((body.get("name", ""), kind))
    for kind, limit in LIMITS.items():
        if counts.get(kind, 0) > limit:
            yield (), "APPLICATION_COMMANDS_EXCEEDED", f"Maximum number of application commands reached ({limit})."


def command_mistakes(body: Json, place: Place) -> Iterator[Mistake]:
    kind = body.get("type") or 1
    yield from _name_mistakes(body, place, slash=kind == 1)
    if kind == 1:
        yield from _description_mistakes(body, place)
        yield from _options_mistakes(body.get("options") or [], (*place, "options"), depth=0)
        if _size(body) > TOTAL:
            yield place, "APPLICATION_COMMAND_TOO_LARGE", f"Command exceeds maximum size ({TOTAL})"
    elif body.get("description"):
        text = "Context menu commands cannot have description"
        yield (*place, "description"), "APPLICATION_COMMAND_DESCRIPTION_NOT_ALLOWED", text
    yield from _context_mistakes(body, place)


def _name_mistakes(body: Json, place: Place, *, slash: bool) -> Iterator[Mistake]:
    name = body.get("name")
    if not name:
        yield required((*place, "name"))
    elif not 1 <= len(name) <= 32:
        yield bad_length((*place, "name"), 1, 32)
    elif slash and not (NAME.fullmatch(name) and name == name.lower()):
        yield (*place, "name"), "APPLICATION_COMMAND_INVALID_NAME", "Command name is invalid"


def _description_mistakes(body: Json, place: Place) -> Iterator[Mistake]:
    description = body.get("description")
    if not description:
        yield required((*place, "description"))
    elif len(description) > 100:
        yield bad_length((*place, "description"), 1, 100)


def _options_mistakes(options: list[Json], place: Place, *, depth: int) -> Iterator[Mistake]:
    if len(options) > OPTIONS:
        yield too_long(place, OPTIONS)
    kinds = {option.get("type") in (SUBCOMMAND, GROUP) for option in options}
    if kinds == {True, False}:
        text = "Sub-command and sub-command group option types are mutually exclusive to all other types"
        yield place, "APPLICATION_COMMAND_OPTIONS_TYPE_INVALID", text
    seen: set[str] = set()
    optional_before = False
    for number, option in enumerate(options):
        here = (*place, number)
        yield from _option_mistakes(option, here, depth=depth)
        if option.get("name") in seen:
            yield here, "APPLICATION_COMMAND_OPTIONS_NAME_ALREADY_EXISTS", "Option name already exists in the command"
        seen.add(option.get("name", ""))
        if option.get("required") and optional_before:
            text = "Required options must be placed before non-required options"
            yield here, "APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID", text
        optional_before = optional_before or not option.get("required")


def _option_mistakes(option: Json, place: Place, *, depth: int) -> Iterator[Mistake]:
    kind = option.get("type")
    if kind not in KINDS:
        yield (*place, "type"), "BASE_TYPE_CHOICES", f"Value must be one of {set(KINDS)}."
        return
    yield from _name_mistakes(option, place, slash=True)
    yield from _description_mistakes(option, place)
    if kind in (SUBCOMMAND, GROUP):
        # A group only directly in a command, a subcommand in a command or a group.
        if depth > 1 or (kind == GROUP and depth > 0):
            text = "Sub-commands and groups cannot be nested this deep"
            yield (*place, "type"), "APPLICATION_COMMAND_OPTIONS_TYPE_INVALID", text
        inner = option.get("options") or []
        if kind == GROUP and any(each.get("type") != SUBCOMMAND for each in inner):
            text = "A group holds sub-commands only"
            yield (*place, "options"), "APPLICATION_COMMAND_OPTIONS_TYPE_INVALID", text
        yield from _options_mistakes(inner, (*place, "options"), depth=depth + 1 if kind == GROUP else 2)
        return
    yield from _choice_mistakes(option, place)


def _choice_mistakes(option: Json, place: Place) -> Iterator[Mistake]:
    choices = option.get("choices") or []
    if choices and option.get("autocomplete"):
        text = "Autocomplete and choices cannot both be set"
        yield (*place, "autocomplete"), "APPLICATION_COMMAND_AUTOCOMPLETE_CHOICES", text
    if (choices or option.get("autocomplete")) and option["type"] not in (STRING, INTEGER, NUMBER):
        text = "Only strings, integers and numbers have choices"
        yield (*place, "choices"), "APPLICATION_COMMAND_OPTIONS_TYPE_INVALID", text
    if len(choices) > CHOICES:
        yield too_long((*place, "choices"), CHOICES)
    seen: set[str] = set()
    for number, choice in enumerate(choices):
        here = (*place, "choices", number)
        if not 1 <= len(choice.get("name") or "") <= 100:
            yield bad_length((*here, "name"), 1, 100)
        if option["type"] == STRING and len(str(choice.get("value", ""))) > 100:
            yield too_long((*here, "value"), 100)
        if choice.get("name") in seen:
            text = "Option choice name already exists"
            yield here, "APPLICATION_COMMAND_OPTIONS_CHOICE_NAME_ALREADY_EXISTS", text
        seen.add(choice.get("name", ""))


def _context_mistakes(body: Json, place: Place) -> Iterator[Mistake]:
    for key, known in (("contexts", {0, 1, 2}), ("integration_types", {0, 1})):
        for value in body.get(key) or []:
            if value not in known:
                yield (*place, key), "BASE_TYPE_CHOICES", f"Value must be one of {known}."


def _size(body: Json) -> int:
    own = len(body.get("name") or "") + len(body.get("description") or "") + len(str(body.get("value", "")))
    return own + sum(_size(each) for key in ("options", "choices") for each in body.get(key) or [])
