"""What members do to the bot: commands, buttons, selects and forms, and waiting for its answer."""

from __future__ import annotations

from collections.abc import Sequence

from bot.sandbox.backend import Backend
from bot.sandbox.members.actors import Channel, Role, User
from bot.sandbox.members.choosing import picked
from bot.sandbox.members.forms import filled_in
from bot.sandbox.members.options import Resolver, WrongUse, all_given, being_typed
from bot.sandbox.members.reply import Modal, Reply, find_button, find_select
from bot.sandbox.members.waiting import Waiting
from bot.sandbox.records import LOADING, Json, Message
from bot.sandbox.rules.components import BUTTON, STRING_SELECT
from bot.sandbox.state import commands, interactions
from bot.sandbox.state.command_permissions import may_use
from bot.sandbox.state.interactions import Interaction
from bot.sandbox.state.world import World


class Acting:
    """The acts of members, called through Guild, User and Reply. `patience` is how long (real seconds) they wait."""

    def __init__(self, backend: Backend, patience: float) -> None:
        self.backend, self.patience = backend, patience
        self.waiting = Waiting(backend.world)

    @property
    def world(self) -> World:
        return self.backend.world

    async def command(
        self, user: User, channel: Channel, path: str, options: dict[str, object], *, force: bool = False
    ) -> Reply:
        name, *inner = path.lstrip("/").split()
        command, leaf = self._find(name, inner, channel)
        self._check_may_use(command, user, channel, force=force)
        resolver = self._resolver(user, channel)
        given = all_given(leaf, _records(options), resolver)
        data = _command_data(command, inner, given, resolver)
        return await self._reply(interactions.COMMAND, user, channel, data)

    async def autocomplete(
        self, user: User, channel: Channel, path: str, options: dict[str, object], *, focused: str, typed: str
    ) -> list[Json]:
        name, *inner = path.lstrip("/").split()
        command, leaf = self._find(name, inner, channel)
        self._check_may_use(command, user, channel, force=False)
        resolver = self._resolver(user, channel)
        given = being_typed(leaf, _records(options), focused, typed, resolver)
        data = _command_data(command, inner, given, resolver)
        opened = self.backend.interactions.open(interactions.AUTOCOMPLETE, user.id, channel.record, data)
        await self.waiting.until(lambda: opened.choices is not None, self.patience)
        return opened.choices or []

    async def context_command(
        self, user: User, channel: Channel, name: str, target: Message | User, *, force: bool = False
    ) -> Reply:
        """Picks a command in the menu of a message or a member."""
        kind = commands.MESSAGE if isinstance(target, Message) else commands.USER
        command = self.backend.commands.find(name, kind, channel.record.guild_id)
        if command is None:
            raise WrongUse(f"there is no such menu command: {name}")
        self._check_may_use(command, user, channel, force=force)
        resolver = self._resolver(user, channel)
        target_id = resolver.message(target) if isinstance(target, Message) else resolver.user(target.record)
        data = _command_data(command, [], [], resolver) | {"target_id": target_id}
        return await self._reply(interactions.COMMAND, user, channel, data)

    async def click(self, user: User, message: Message, button: str) -> Reply:
        """Presses a button of a message."""
        chosen = find_button(message, button)
        data: Json = {"custom_id": chosen["custom_id"], "component_type": BUTTON, "id": chosen["id"]}
        return await self._use_component(user, message, data)

    async def select(self, user: User, message: Message, custom_id: str, values: Sequence[object]) -> Reply:
        """Chooses in a select of a message."""
        chosen = find_select(message, custom_id)
        resolver = self._resolver(user, Channel(self, self.world.channels[message.channel_id]))
        data: Json = {"custom_id": chosen["custom_id"], "component_type": chosen["type"], "id": chosen["id"]}
        data["values"] = picked(chosen, [_record(value) for value in values], resolver)
        if chosen["type"] != STRING_SELECT:
            data["resolved"] = resolver.resolved
        return await self._use_component(user, message, data)

    async def submit(self, user: User, modal: Modal, values: dict[str, object]) -> Reply:
        """Sends a filled-in modal."""
        cause = modal.interaction
        channel = Channel(self, cause.channel)
        resolver = self._resolver(user, channel)
        data: Json = {
            "custom_id": modal.custom_id,
            "components": filled_in(modal.components, _records(values), resolver),
            "resolved": resolver.resolved,
        }
        return await self._reply(interactions.MODAL_SUBMIT, user, channel, data, source=cause.source, cause=cause)

    async def _use_component(self, user: User, message: Message, data: Json) -> Reply:
        if message.visible_to not in (None, user.id):
            raise WrongUse(f"{user.name} cannot see that message")
        alive = message.id in self.world.ephemeral or message.id in self.world.channels[message.channel_id].messages
        if not alive:
            raise WrongUse("that message was deleted")
        channel = Channel(self, self.world.channels[message.channel_id])
        return await self._reply(interactions.COMPONENT, user, channel, data, source=message)

    async def _reply(
        self,
        kind: int,
        user: User,
        channel: Channel,
        data: Json,
        *,
        source: Message | None = None,
        cause: Interaction | None = None,
    ) -> Reply:
        opened = self.backend.interactions.open(kind, user.id, channel.record, data, source=source, cause=cause)
        await self.waiting.until(lambda: _settled(opened), self.patience)
        return Reply(self, opened)

    def _resolver(self, user: User, channel: Channel) -> Resolver:
        return Resolver(self.world, self.world.guilds.get(channel.record.guild_id or 0), user.id)

    def _find(self, name: str, inner: list[str], channel: Channel) -> tuple[Json, list[Json]]:
        command = self.backend.commands.find(name, commands.SLASH, channel.record.guild_id)
        leaf = commands.leaf(command, inner) if command else None
        if command is None or leaf is None:
            raise WrongUse(f"there is no command /{' '.join([name, *inner])} here")
        return command, leaf

    def _check_may_use(self, command: Json, user: User, channel: Channel, *, force: bool) -> None:
        """A real client shows a member only the commands that they may use."""
        if force or channel.record.is_dm:
            return
        if not may_use(self.backend.commands, self.world, command, user_id=user.id, channel=channel.record):
            raise WrongUse(f"{user.name} may not use /{command['name']} in #{channel.name}")


def _settled(interaction: Interaction) -> bool:
    """Whether the member sees an answer: a deferred one only counts once it is there."""
    if interaction.callback is None:
        return False
    if interaction.callback == interactions.DEFERRED_UPDATE:
        return interaction.touched or bool(interaction.followups)
    original = interaction.original
    return original is None or interaction.original_gone or not original.flags & LOADING


def _command_data(command: Json, path: list[str], given: list[Json], resolver: Resolver) -> Json:
    """The interaction's `data`: the options wrapped in their subcommand and group."""
    for depth in range(len(path), 0, -1):
        is_group = depth < len(path)
        kind = commands.GROUP if is_group else commands.SUBCOMMAND
        given = [{"name": path[depth - 1], "type": kind, "options": given}]
    data: Json = {"id": command["id"], "name": command["name"], "type": command["type"]}
    if given:
        data["options"] = given
    if "guild_id" in command:
        data["guild_id"] = command["guild_id"]
    return {**data, "resolved": resolver.resolved} if resolver.resolved else data


def _record(value: object) -> object:
    if isinstance(value, list | tuple):
        return [_record(each) for each in value]
    return value.record if isinstance(value, User | Role | Channel) else value


def _records(values: dict[str, object]) -> dict[str, object]:
    return {name: _record(value) for name, value in values.items()}
