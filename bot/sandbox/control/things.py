"""What stands behind the identifiers and files in a request's JSON."""

from __future__ import annotations

import base64
import binascii
from typing import Any

from bot.sandbox.box import Box
from bot.sandbox.members.actors import Channel, Guild, Role, User
from bot.sandbox.members.options import ATTACHMENT, CHANNEL, MENTIONABLE, ROLE, USER, Upload
from bot.sandbox.members.reply import Modal
from bot.sandbox.records import Json, Message
from bot.sandbox.rules.components import FILE_UPLOAD, LABEL, SELECTS, STRING_SELECT
from bot.sandbox.rules.uploads import FILE_LIMIT_BYTES
from bot.sandbox.state import commands


class NotThere(LookupError):
    """Nothing has that identifier."""


class Things:
    """Identifiers, as JSON has them, to the things they stand for; raises NotThere."""

    def __init__(self, sandbox: Box) -> None:
        self._sandbox, self._world = sandbox, sandbox.world

    def guild(self, identifier: str) -> Guild:
        if guild := self._world.guilds.get(int(identifier)):
            return Guild(self._sandbox, guild)
        raise NotThere(f"no guild {identifier}")

    def user(self, identifier: str) -> User:
        if user := self._world.users.get(int(identifier)):
            return User(self._sandbox, user)
        raise NotThere(f"no user {identifier}")

    def channel(self, identifier: str) -> Channel:
        if channel := self._world.channels.get(int(identifier)):
            return Channel(self._sandbox, channel)
        raise NotThere(f"no channel {identifier}")

    def message(self, channel: Channel, identifier: str) -> Message:
        message = channel.record.messages.get(int(identifier)) or self._world.ephemeral.get(int(identifier))
        if message is None or message.channel_id != channel.id:
            raise NotThere(f"no message {identifier} there")
        return message

    def thing(self, identifier: object) -> User | Role | Channel | None:
        """What an identifier stands for; None for what is none."""
        if not isinstance(identifier, str) or not identifier.isdecimal():
            return None
        number = int(identifier)
        if number in self._world.users:
            return User(self._sandbox, self._world.users[number])
        if number in self._world.channels:
            return Channel(self._sandbox, self._world.channels[number])
        for guild in self._world.guilds.values():
            if number in guild.roles:
                return Role(self._sandbox, guild, guild.roles[number])
        return None

    def anything(self, identifier: str) -> User | Role | Channel:
        if thing := self.thing(identifier):
            return thing
        raise NotThere(f"no user, role or channel {identifier}")

    def someone(self, identifier: str) -> User | Role:
        thing = self.thing(identifier)
        if thing is None or isinstance(thing, Channel):
            raise NotThere(f"no role or user {identifier}")
        return thing

    def options(self, channel: Channel, path: str, given: Json) -> dict[str, object]:
        """The options' values, those that are identifiers or files turned into what they stand for."""
        name, *inner = path.lstrip("/").split()
        command = self._sandbox.backend.commands.find(name, commands.SLASH, channel.record.guild_id)
        kinds = {each["name"]: each["type"] for each in (commands.leaf(command, inner) or () if command else ())}
        return {key: self._value(kinds.get(key, 0), value) for key, value in given.items()}

    def _value(self, kind: int, value: Any) -> object:
        if kind in (USER, CHANNEL, ROLE, MENTIONABLE):
            return self.thing(value) or value
        if kind == ATTACHMENT and isinstance(value, dict):
            return upload(value)
        return value

    def fields(self, form: Modal, given: Json) -> dict[str, object]:
        """A form's values by custom_id or label: identifiers and files turned into what they stand for."""
        labels = {each["component"]["custom_id"]: each["label"] for each in form.components if each["type"] == LABEL}
        kinds = {each["custom_id"]: each["type"] for each in form.fields}
        kinds |= {label: kinds[custom_id] for custom_id, label in labels.items()}
        return {name: self._given_in(kinds.get(name, 0), value) for name, value in given.items()}

    def _given_in(self, kind: int, value: Any) -> object:
        if not isinstance(value, list):
            return value
        if kind == FILE_UPLOAD:
            return [upload(each) for each in value]
        return [self.thing(each) or each for each in value] if kind in SELECTS - {STRING_SELECT} else value


def upload(given: Json) -> Upload:
    """The file of {filename, base64}; raises ValueError for what is not base64, or too large for Discord."""
    try:
        data = base64.b64decode(given["base64"], validate=True)
    except binascii.Error as error:
        raise ValueError(f"base64: {error}") from error
    if len(data) > FILE_LIMIT_BYTES:
        raise ValueError(f"{given['filename']} is too large: Discord takes {FILE_LIMIT_BYTES >> 20} MB")
    return Upload(given["filename"], data)
