"""What a member gives a command, as the interaction carries it: each value by its option's type, things resolved."""

from __future__ import annotations

import mimetypes
from dataclasses import dataclass

from bot.sandbox.records import Attachment, Channel, Guild, Json, Message, Role, User
from bot.sandbox.state import wire
from bot.sandbox.state.permissions import in_guild
from bot.sandbox.state.world import World

STRING, INTEGER, BOOLEAN, USER, CHANNEL, ROLE, MENTIONABLE, NUMBER, ATTACHMENT = range(3, 12)


class WrongUse(Exception):
    """A real client would not have let the member do this; `str(error)` says why."""


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that a member gives to a command or puts on a message."""

    filename: str
    data: bytes
    content_type: str = ""

    def attached(self, world: World) -> Attachment:
        guessed = self.content_type or mimetypes.guess_type(self.filename)[0] or "application/octet-stream"
        attachment = Attachment(world.new_id(), self.filename, guessed, self.data)
        world.uploads[attachment.id] = attachment
        return attachment


class Resolver:
    """Turns values into identifiers and keeps what they stand for, as Discord's `resolved`."""

    def __init__(self, world: World, guild: Guild | None, user_id: int) -> None:
        self._world, self._guild, self._user_id = world, guild, user_id
        self.resolved: dict[str, dict[str, Json]] = {}

    def _put(self, kind: str, identifier: int, data: Json) -> str:
        self.resolved.setdefault(kind, {})[str(identifier)] = data
        return str(identifier)

    def user(self, user: User) -> str:
        if self._guild and (member := self._guild.members.get(user.id)):
            data = wire.member_json(self._world, member, with_user=False)
            self._put("members", user.id, data | {"permissions": str(in_guild(self._guild, member))})
        return self._put("users", user.id, wire.user_json(user))

    def role(self, role: Role) -> str:
        return self._put("roles", role.id, wire.role_json(role))

    def channel(self, channel: Channel) -> str:
        return self._put("channels", channel.id, wire.partial_channel_json(self._world, channel, self._user_id))

    def upload(self, upload: Upload) -> str:
        attachment = upload.attached(self._world)
        return self._put("attachments", attachment.id, wire.attachment_json(self._world, None, attachment))

    def message(self, message: Message) -> str:
        return self._put("messages", message.id, wire.message_json(self._world, message))

    def of_default(self, value: Json) -> User | Role | Channel:
        """What a select's default value ({id, type: "user", "role" or "channel"}) stands for; raises WrongUse."""
        number = int(value["id"])
        roles = self._guild.roles if self._guild else {}
        found: User | Role | Channel | None
        if value["type"] == "user":
            found = self._world.users.get(number)
        else:
            found = roles.get(number) if value["type"] == "role" else self._world.channels.get(number)
        if found is None:
            raise WrongUse(f"there is no {value['type']} {number}")
        return found

    def thing(self, value: object) -> str:
        """The identifier of a user, role, channel or upload, which is resolved with it."""
        if isinstance(value, User):
            return self.user(value)
        if isinstance(value, Role):
            return self.role(value)
        if isinstance(value, Channel):
            return self.channel(value)
        if isinstance(value, Upload):
            return self.upload(value)
        raise WrongUse(f"{value!r} is no user, role, channel or upload")


FITTING = {
    USER: (User,), CHANNEL: (Channel,), ROLE: (Role,), MENTIONABLE: (User, Role), ATTACHMENT: (Upload,),
    STRING: (str,), INTEGER: (int,), BOOLEAN: (bool,), NUMBER: (int, float),
}  # fmt: skip


def given(option: Json, value: object, resolver: Resolver) -> Json:
    """One option as the interaction carries it; raises WrongUse for what a real client would not send."""
    kind = option["type"]
    if not isinstance(value, FITTING[kind]) or (kind in (INTEGER, NUMBER) and isinstance(value, bool)):
        raise WrongUse(f"option {option['name']} does not take {value!r}")
    if kind in (USER, CHANNEL, ROLE, MENTIONABLE, ATTACHMENT):
        _check_channel_type(option, value)
        return {"name": option["name"], "type": kind, "value": resolver.thing(value)}
    _check_choice(option, value)
    _check_bounds(option, value)
    return {"name": option["name"], "type": kind, "value": value}


def _check_channel_type(option: Json, value: object) -> None:
    allowed = option.get("channel_types")
    if allowed and isinstance(value, Channel) and value.kind not in allowed:
        raise WrongUse(f"option {option['name']} does not take this type of channel")


def _check_choice(option: Json, value: object) -> None:
    choices = option.get("choices")
    if choices and value not in [choice["value"] for choice in choices]:
        raise WrongUse(f"option {option['name']} has no choice {value!r}")


def _check_bounds(option: Json, value: object) -> None:
    size = len(value) if isinstance(value, str) else value
    assert isinstance(size, int | float)
    name = "length" if isinstance(value, str) else "value"
    low, high = option.get(f"min_{name}"), option.get(f"max_{name}")
    if (low is not None and size < low) or (high is not None and size > high):
        raise WrongUse(f"option {option['name']} is not within {low} and {high}")


def all_given(options: list[Json], values: dict[str, object], resolver: Resolver) -> list[Json]:
    """Every value, in the order given; raises WrongUse for an option that is not there or one that is missing."""
    by_name = {option["name"]: option for option in options}
    for name in values:
        if name not in by_name:
            raise WrongUse(f"there is no option {name}; there are: {', '.join(by_name) or 'none'}")
    for name, option in by_name.items():
        if option.get("required") and name not in values:
            raise WrongUse(f"option {name} is required")
    return [given(by_name[name], value, resolver) for name, value in values.items()]


def being_typed(
    options: list[Json], values: dict[str, object], focused: str, typed: str, resolver: Resolver
) -> list[Json]:
    """The options as an autocomplete interaction carries them: `focused` half written, others as far as given."""
    by_name = {option["name"]: option for option in options}
    option = by_name.get(focused)
    if option is None or not option.get("autocomplete"):
        raise WrongUse(f"option {focused} has no autocompletion")
    partial = [given(by_name[name], value, resolver) for name, value in values.items() if name in by_name]
    return [*partial, {"name": focused, "type": option["type"], "value": typed, "focused": True}]
