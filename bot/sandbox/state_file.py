"""The sandbox's state as a JSON file, so that a demo finds its guilds, messages and token again after a restart."""

from __future__ import annotations

import base64
import json
import os
import types
from collections.abc import Callable
from dataclasses import fields, is_dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Union, get_args, get_origin, get_type_hints

from bot.sandbox.backend import Backend
from bot.sandbox.records import Channel, Guild, User, Webhook

VERSION = 1
READERS: dict[Any, Callable[[str], Any]] = {bytes: base64.b64decode, datetime: datetime.fromisoformat}


def save(backend: Backend, path: Path) -> None:
    """Writes it whole or not at all."""
    world = backend.world
    state = {
        "version": VERSION,
        "token": world.token,
        "bot": world.bot.id,
        "operator": world.operator.id,
        "users": [dumped(user) for user in world.users.values()],
        "guilds": [dumped(guild) for guild in world.guilds.values()],
        "dms": [dumped(channel) for channel in world.channels.values() if channel.is_dm],
        "webhooks": [dumped(hook) for hook in world.webhooks.values()],
        "commands": [[scope, commands] for scope, commands in backend.commands.scopes.items()],
        "command_permissions": [[*where, given] for where, given in backend.commands.overrides.items()],
    }
    new = path.with_suffix(path.suffix + ".new")
    new.write_text(json.dumps(state, indent=1), encoding="utf-8")
    os.replace(new, path)


def load(backend: Backend, path: Path) -> None:
    """Puts the file's state in place of the backend's; raises ValueError if it is no such file."""
    state = json.loads(path.read_text(encoding="utf-8"))
    if not isinstance(state, dict) or state.get("version") != VERSION:
        raise ValueError(f"{path} is no state of this sandbox")
    world = backend.world
    world.token = state["token"]
    world.users = {user.id: user for user in (loaded(User, each) for each in state["users"])}
    world.bot, world.operator = world.users[state["bot"]], world.users[state["operator"]]
    world.guilds = {guild.id: guild for guild in (loaded(Guild, each) for each in state["guilds"])}
    dms = {channel.id: channel for channel in (loaded(Channel, each) for each in state["dms"])}
    world.channels = {key: channel for guild in world.guilds.values() for key, channel in guild.channels.items()} | dms
    world.webhooks = {hook.id: hook for hook in (loaded(Webhook, each) for each in state["webhooks"])}
    backend.commands.scopes = {
        scope: {int(key): each for key, each in known.items()} for scope, known in state["commands"]
    }
    backend.commands.overrides = {
        (guild, command): given for guild, command, given in state.get("command_permissions", ())
    }
    messages = [message for channel in world.channels.values() for message in channel.messages.values()]
    world.uploads = {each.id: each for message in messages for each in message.attachments}
    known = [*world.users, *world.channels, *world.webhooks, *world.uploads, *(message.id for message in messages)]
    known += [role_id for guild in world.guilds.values() for role_id in guild.roles]
    known += [entry.id for guild in world.guilds.values() for entry in guild.audit]
    world.new_id.skip_past(max(known))


def dumped(value: Any) -> Any:
    """A record as JSON: bytes in base64, times in ISO 8601."""
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: dumped(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, dict):
        return {str(key): dumped(each) for key, each in value.items()}
    return [dumped(each) for each in value] if isinstance(value, list | tuple) else value


def loaded(kind: Any, value: Any) -> Any:
    """The record of type `kind` that `dumped` made `value` of."""
    origin, args = get_origin(kind), get_args(kind)
    if origin in (Union, types.UnionType):
        present = next(each for each in args if each is not type(None))
        return None if value is None else loaded(present, value)
    if is_dataclass(kind):
        assert isinstance(kind, type)
        hints = get_type_hints(kind)
        value = kind(**{key: loaded(hints[key], each) for key, each in value.items()})
    elif origin is dict:
        value = {args[0](key): loaded(args[1], each) for key, each in value.items()}
    elif origin is list:
        value = [loaded(args[0], each) for each in value]
    elif origin is tuple:
        value = tuple(value)
    return READERS[kind](value) if kind in READERS else value
