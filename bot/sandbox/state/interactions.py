"""Interactions: a member did something, the bot answers within 3 seconds, and may go on about it for 15 minutes.

Rules: interactions/receiving-and-responding.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import takewhile

from bot.sandbox.records import EPHEMERAL, LOADING, Attachment, Channel, Json, Message
from bot.sandbox.rules.components import as_shown, modal_mistakes
from bot.sandbox.rules.problems import already_acknowledged, invalid_form, invalid_token, unknown
from bot.sandbox.rules.uploads import FILE_LIMIT_BYTES
from bot.sandbox.rules.validate import bad_length, too_long
from bot.sandbox.state import messages, wire
from bot.sandbox.state.messages import Draft
from bot.sandbox.state.nonces import Nonces
from bot.sandbox.state.world import World

COMMAND, COMPONENT, AUTOCOMPLETE, MODAL_SUBMIT = 2, 3, 4, 5
MESSAGE, DEFERRED, DEFERRED_UPDATE, UPDATE, CHOICES, MODAL = 4, 5, 6, 7, 8, 9
ANSWERS = {
    COMMAND: {MESSAGE, DEFERRED, MODAL},
    COMPONENT: {MESSAGE, DEFERRED, DEFERRED_UPDATE, UPDATE, MODAL},
    AUTOCOMPLETE: {CHOICES},
    MODAL_SUBMIT: {MESSAGE, DEFERRED, DEFERRED_UPDATE, UPDATE},
}
DEADLINE = timedelta(seconds=3)
TOKEN_LIFE = timedelta(minutes=15)
REMEMBERED = timedelta(hours=1)
MESSAGE_KIND = {1: 20, 2: 23, 3: 23}  # what a slash or a context menu command's answer is marked as


@dataclass(slots=True)
class Interaction:
    """One thing a member did, and all that the bot answered to it."""

    id: int
    token: str
    kind: int
    user_id: int
    channel: Channel
    data: Json
    created_at: datetime
    source: Message | None = None  # the message whose component was used
    cause: Interaction | None = None  # whose modal was submitted
    callback: int | None = None  # the type of the first answer
    original: Message | None = None
    original_gone: bool = False
    touched: bool = False  # the original was edited after the first answer
    followups: list[Message] = field(default_factory=list)
    modal: Json | None = None
    choices: list[Json] | None = None


class Interactions:
    """The open interactions and what can be done to them."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._nonces = Nonces()
        self.by_id: dict[int, Interaction] = {}
        self.by_token: dict[str, Interaction] = {}

    # --- From the member ----------------------------------------------------------------------------------

    def open(
        self,
        kind: int,
        user_id: int,
        channel: Channel,
        data: Json,
        *,
        source: Message | None = None,
        cause: Interaction | None = None,
    ) -> Interaction:
        """Tells the bot what the member did."""
        world = self._world
        interaction = Interaction(
            world.new_id(), secrets.token_urlsafe(48), kind, user_id, channel, data, world.clock.now(), source, cause
        )
        self._forget_old()
        self.by_id[interaction.id] = self.by_token[interaction.token] = interaction
        world.emit("INTERACTION_CREATE", self._payload(interaction), guild=channel.guild_id, channel=channel.id)
        return interaction

    def _forget_old(self) -> None:
        """Lets go of what nobody can follow up any more; a token still says for an hour that it is over."""
        now = self._world.clock.now()
        # The oldest are at the front.
        for old in list(takewhile(lambda each: now - each.created_at > REMEMBERED, self.by_id.values())):
            del self.by_id[old.id], self.by_token[old.token]

    def _payload(self, interaction: Interaction) -> Json:
        world, channel = self._world, interaction.channel
        guild = world.guilds.get(channel.guild_id or 0)
        user = world.users[interaction.user_id]
        payload: Json = {
            "id": str(interaction.id),
            "application_id": str(world.bot.id),
            "type": interaction.kind,
            "token": interaction.token,
            "version": 1,
            "data": interaction.data,
            "channel_id": str(channel.id),
            "channel": wire.partial_channel_json(world, channel, user.id),
            "locale": user.locale,
            "app_permissions": str(world.may(world.bot.id, channel)),
            "entitlements": [],
            "authorizing_integration_owners": {"0": str(guild.id if guild else 0)},
            "context": 0 if guild else 1,
            "attachment_size_limit": FILE_LIMIT_BYTES,
        }
        if interaction.source:
            payload["message"] = wire.message_json(world, interaction.source)
        if guild is None:
            return payload | {"user": wire.user_json(user)}
        member = wire.member_json(world, guild.members[user.id])
        member["permissions"] = str(world.may(user.id, channel))
        return payload | {
            "guild_id": str(guild.id),
            "guild": {"id": str(guild.id), "locale": guild.locale, "features": []},
            "guild_locale": guild.locale,
            "member": member,
        }

    # --- The bot's first answer ---------------------------------------------------------------------------

    def answer(self, interaction_id: int, token: str, body: Json, files: Sequence[Attachment]) -> Interaction:
        """Takes the callback; raises 10062 when it comes late and 40060 when it is the second."""
        interaction = self.by_id.get(interaction_id)
        if interaction is None or interaction.token != token:
            raise unknown("interaction")
        if interaction.callback is not None:
            raise already_acknowledged()
        if self._world.clock.now() - interaction.created_at > DEADLINE:
            raise unknown("interaction")
        callback, data = body.get("type"), body.get("data") or {}
        if callback not in self._allowed(interaction):
            text = f"Value must be one of {sorted(self._allowed(interaction))}."
            raise invalid_form([(("type",), "BASE_TYPE_CHOICES", text)])
        self._take(interaction, callback, data, files)
        interaction.callback = callback
        self._tell(interaction)
        return interaction

    @staticmethod
    def _allowed(interaction: Interaction) -> set[int]:
        allowed = ANSWERS[interaction.kind]
        return allowed if interaction.source else allowed - {UPDATE, DEFERRED_UPDATE}

    def _take(self, interaction: Interaction, callback: int, data: Json, files: Sequence[Attachment]) -> None:
        if callback in (MESSAGE, DEFERRED):
            loading = LOADING if callback == DEFERRED else 0
            interaction.original = self._post(interaction, data, files, flags=loading, original=True)
        elif callback == UPDATE:
            assert interaction.source
            interaction.original = messages.edit(self._world, interaction.channel, interaction.source, data, files)
        elif callback == DEFERRED_UPDATE:
            interaction.original = interaction.source
        elif callback == CHOICES:
            interaction.choices = _checked_choices(data.get("choices") or [])
        else:
            if mistakes := list(modal_mistakes(data)):
                raise invalid_form(mistakes)
            interaction.modal = {**data, "components": as_shown(data["components"])}

    def _post(
        self,
        interaction: Interaction,
        body: Json,
        files: Sequence[Attachment],
        *,
        flags: int = 0,
        original: bool = False,
    ) -> Message:
        """A message for the interaction; one that only its member may see is kept out of the channel."""
        hidden = bool((body.get("flags") or 0) & EPHEMERAL)
        draft = Draft(
            body=body,
            files=files,
            kind=MESSAGE_KIND[interaction.data.get("type", 1)] if original and interaction.kind == COMMAND else 0,
            interaction=self._metadata(interaction),
            visible_to=interaction.user_id if hidden else None,
            extra_flags=flags | (EPHEMERAL if hidden else 0),
        )
        world, channel = self._world, interaction.channel
        if not hidden:
            return messages.post(world, self._nonces, channel, world.bot.id, draft)
        messages.check_form(body)
        message = messages.build(world, channel, world.bot.id, draft)
        world.ephemeral[message.id] = message
        messages.announce(world, "MESSAGE_CREATE", message)
        return message

    def _metadata(self, interaction: Interaction) -> Json:
        data: Json = {
            "id": str(interaction.id),
            "type": interaction.kind,
            "user": wire.user_json(self._world.users[interaction.user_id]),
            "authorizing_integration_owners": {"0": str(interaction.channel.guild_id or 0)},
        }
        if interaction.kind == COMMAND:
            # Discord sends these two, though its reference does not list them.
            data |= {"name": _command_name(interaction.data), "command_type": interaction.data.get("type", 1)}
        if interaction.kind == COMPONENT and interaction.source:
            data["interacted_message_id"] = str(interaction.source.id)
        if interaction.kind == MODAL_SUBMIT and interaction.cause:
            data["triggering_interaction_metadata"] = self._metadata(interaction.cause)
        return data

    # --- Afterwards, by the token -------------------------------------------------------------------------

    def follow(self, token: str) -> Interaction:
        """The interaction of a token; raises 10015 for one never given and 50027 after 15 minutes."""
        interaction = self.by_token.get(token)
        if interaction is None:
            raise unknown("Webhook")
        if self._world.clock.now() - interaction.created_at > TOKEN_LIFE:
            raise invalid_token()
        return interaction

    def follow_up(self, token: str, body: Json, files: Sequence[Attachment]) -> Message:
        """Another message. The first after a deferral takes the place of "thinking", as on Discord."""
        interaction = self.follow(token)
        if interaction.callback is None:
            raise unknown("Webhook")
        if interaction.callback == DEFERRED and interaction.original and interaction.original.flags & LOADING:
            return self.edit(token, None, body, files)
        message = self._post(interaction, body, files)
        interaction.followups.append(message)
        self._tell(interaction)
        return message

    def message(self, token: str, message_id: int | None) -> Message:
        """A message of the interaction, None for the original one; raises 10008."""
        interaction = self.follow(token)
        if message_id is None:
            found = None if interaction.original_gone else interaction.original
        else:
            own = [*interaction.followups, *([interaction.original] if interaction.original else [])]
            found = next((each for each in own if each.id == message_id), None)
        if found is None or (not found.ephemeral and found.id not in interaction.channel.messages):
            raise unknown("Message")
        return found

    def edit(self, token: str, message_id: int | None, body: Json, files: Sequence[Attachment]) -> Message:
        interaction = self.follow(token)
        message = self.message(token, message_id)
        loading = bool(message.flags & LOADING)
        messages.edit(self._world, interaction.channel, message, body, files, finishing=loading)
        if message is interaction.original:
            interaction.touched = True
        self._tell(interaction)
        return message

    def delete(self, token: str, message_id: int | None) -> None:
        interaction = self.follow(token)
        message = self.message(token, message_id)
        messages.delete(self._world, interaction.channel, message)
        if message is interaction.original:
            interaction.original_gone = interaction.touched = True
        else:
            interaction.followups.remove(message)
        self._tell(interaction)

    def _tell(self, interaction: Interaction) -> None:
        data: Json = {"id": str(interaction.id), "callback": interaction.callback}
        world, channel = self._world, interaction.channel
        world.emit("SANDBOX_INTERACTION_UPDATE", data, guild=channel.guild_id, channel=channel.id)

    def callback_json(self, interaction: Interaction) -> Json:
        """What `with_response` answers: the interaction, and the message it made or changed."""
        about: Json = {"id": str(interaction.id), "type": interaction.kind, "channel_id": str(interaction.channel.id)}
        if interaction.channel.guild_id:
            about["guild_id"] = str(interaction.channel.guild_id)
        original = interaction.original
        if original is None:
            return {"interaction": about}
        about |= {
            "response_message_id": str(original.id),
            "response_message_loading": bool(original.flags & LOADING),
            "response_message_ephemeral": original.ephemeral,
        }
        if interaction.callback not in (MESSAGE, UPDATE):
            return {"interaction": about}  # the API description knows a resource for these two only
        message = wire.message_json(self._world, original)
        return {"interaction": about, "resource": {"type": interaction.callback, "message": message}}


def _command_name(data: Json) -> str:
    """With its group and subcommand, as a client shows it."""
    names = [str(data.get("name", ""))]
    inner = data.get("options") or []
    while inner and inner[0].get("type") in (1, 2):
        names.append(inner[0]["name"])
        inner = inner[0].get("options") or []
    return " ".join(names)


def _checked_choices(choices: list[Json]) -> list[Json]:
    if len(choices) > 25:
        raise invalid_form([too_long(("data", "choices"), 25)])
    for number, choice in enumerate(choices):
        if not 1 <= len(choice.get("name") or "") <= 100:
            raise invalid_form([bad_length(("data", "choices", number, "name"), 1, 100)])
        if len(str(choice.get("value", ""))) > 100:
            raise invalid_form([too_long(("data", "choices", number, "value"), 100)])
    return choices
