"""The panel of `/settings`: what is chosen and what it means, and below it what changes it."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from typing import Any, Self, cast

import discord

from bot.chat import settings_messages as words
from bot.chat.interaction import Interaction, explain, guild_of, require_manager, services_of
from bot.chat.places import access_problem, visible_channel
from bot.chat.services import ServerSettings
from bot.chat.views.form import Form
from bot.chat.views.pressed import Pressed, button, row_of
from bot.render.limits import BUTTON_LABEL
from bot.schedule.time_of_day import time_of_day
from bot.work.server_settings import NoSuchZone, ServerState

ZONE_LIMIT, TIME_LIMIT = 60, 20  # characters of a form's fields
NOTICE_KINDS = [
    discord.ChannelType.text,
    discord.ChannelType.news,
    discord.ChannelType.public_thread,
    discord.ChannelType.private_thread,
    discord.ChannelType.news_thread,
]

Panel = tuple[discord.Embed, discord.ui.View]


def settings_panel(state: ServerState, guild: discord.Guild, *, missed: NoSuchZone | None = None) -> Panel:
    """The panel; with `missed` also that there is no such time zone, and the nearest ones to choose from."""
    chosen, notice_id = state.settings, state.settings.notice_channel_id
    embed = discord.Embed(title=words.title(guild.name), description=words.no_such_zone(missed) if missed else None)
    problem = access_problem(guild, notice_id) if notice_id else None
    embed.add_field(name=words.TIME_ZONE, value=words.time_zone(state), inline=False)
    embed.add_field(name=words.QUIET_HOURS, value=words.quiet_hours(state), inline=False)
    embed.add_field(name=words.NOTICES, value=words.notices(state, problem), inline=False)
    embed.set_footer(text=words.saved_at_once())
    view = row_of(NoticeChannel.showing(notice_id), ChooseTimeZone(), ChooseQuietHours())
    if chosen.quiet_from is not None:
        view.add_item(NoQuietHours())
    for zone in missed.nearest if missed else ():
        view.add_item(ProposedZone(zone))
    return embed, view


async def show(interaction: Interaction, answer: ServerState | NoSuchZone) -> None:
    """Into the deferred answer of the command, or the panel that a component or form belongs to."""
    missed = answer if isinstance(answer, NoSuchZone) else None
    state = answer.state if isinstance(answer, NoSuchZone) else answer
    embed, view = settings_panel(state, guild_of(interaction), missed=missed)
    await interaction.edit_original_response(embed=embed, view=view)


class NoticeChannel(Pressed[discord.ui.ChannelSelect[Any]], template="set:notices"):
    """The menu of channels; nothing chosen is a choice too."""

    @classmethod
    def showing(cls, channel_id: int | None) -> Self:
        kind = discord.SelectDefaultValueType.channel
        chosen = [] if channel_id is None else [discord.SelectDefaultValue(id=channel_id, type=kind)]
        return cls(
            discord.ui.ChannelSelect(
                custom_id="set:notices",
                placeholder=words.CHOOSE_NOTICE_CHANNEL,
                channel_types=NOTICE_KINDS,
                min_values=0,
                default_values=chosen,
                row=0,
            )
        )

    @classmethod
    async def from_custom_id(cls, _: Interaction, item: discord.ui.Item[Any], match: re.Match[str], /) -> Self:
        return cls(cast("discord.ui.ChannelSelect[Any]", item))

    async def pressed(self, interaction: Interaction) -> None:
        guild = require_manager(interaction)
        chosen = visible_channel(interaction, self.item.values[0]).id if self.item.values else None
        await show(interaction, await services_of(interaction).settings.set_notice_channel(guild.id, chosen))


class ProposedZone(Pressed[discord.ui.Button[Any]], template=r"set:zone:(?P<zone>[A-Za-z0-9_+/-]{1,60})"):
    """One of the time zones that may have been meant."""

    def __init__(self, zone: str) -> None:
        super().__init__(button(zone[:BUTTON_LABEL], f"set:zone:{zone}", primary=True, row=2))
        self.zone = zone

    @classmethod
    async def from_custom_id(cls, _: Interaction, item: discord.ui.Item[Any], match: re.Match[str], /) -> Self:
        return cls(match["zone"])

    async def pressed(self, interaction: Interaction) -> None:
        guild = require_manager(interaction)
        await show(interaction, await services_of(interaction).settings.set_time_zone(guild.id, self.zone))


class NoQuietHours(Pressed[discord.ui.Button[Any]], template="set:loud"):
    """Ends the quiet hours."""

    def __init__(self) -> None:
        super().__init__(button(words.NO_QUIET_HOURS, "set:loud", row=1))

    @classmethod
    async def from_custom_id(cls, _: Interaction, item: discord.ui.Item[Any], match: re.Match[str], /) -> Self:
        return cls()

    async def pressed(self, interaction: Interaction) -> None:
        guild = require_manager(interaction)
        await show(interaction, await services_of(interaction).settings.set_quiet_hours(guild.id, "", ""))


class _OpensForm(Pressed[discord.ui.Button[Any]], template="herald:never"):
    """A button that answers with a form filled with what holds now."""

    async def callback(self, interaction: Interaction) -> None:
        try:  # a form is the first answer or none at all, so nothing is deferred before it
            guild = require_manager(interaction)
            state = await services_of(interaction).settings.state(guild.id)
            await interaction.response.send_modal(self.form(state))
        except Exception as error:
            await explain(interaction, error)

    def form(self, state: ServerState) -> discord.ui.Modal:
        raise NotImplementedError


class ChooseTimeZone(_OpensForm, template="set:zone"):
    """For the time zone."""

    def __init__(self) -> None:
        super().__init__(button(words.TIME_ZONE, "set:zone", row=1))

    @classmethod
    async def from_custom_id(cls, _: Interaction, item: discord.ui.Item[Any], match: re.Match[str], /) -> Self:
        return cls()

    def form(self, state: ServerState) -> discord.ui.Modal:
        title, label, hint = words.time_zone_form()
        form = _Form(title, lambda settings, guild_id, typed: settings.set_time_zone(guild_id, typed[0]))
        form.ask(label, state.settings.time_zone or "", limit=ZONE_LIMIT, hint=hint)
        return form


class ChooseQuietHours(_OpensForm, template="set:quiet"):
    """For the quiet hours."""

    def __init__(self) -> None:
        super().__init__(button(words.QUIET_HOURS, "set:quiet", row=1))

    @classmethod
    async def from_custom_id(cls, _: Interaction, item: discord.ui.Item[Any], match: re.Match[str], /) -> Self:
        return cls()

    def form(self, state: ServerState) -> discord.ui.Modal:
        title, label_from, label_until, hint = words.quiet_form()
        begin, end = state.settings.quiet_from, state.settings.quiet_until
        form = _Form(title, lambda settings, guild_id, typed: settings.set_quiet_hours(guild_id, typed[0], typed[1]))
        form.ask(label_from, "22:00" if begin is None else time_of_day(begin), limit=TIME_LIMIT)
        form.ask(label_until, "07:00" if end is None else time_of_day(end), limit=TIME_LIMIT, hint=hint)
        return form


Change = Callable[[ServerSettings, int, list[str]], Awaitable[ServerState | NoSuchZone]]


class _Form(Form):
    """Fields that change the settings."""

    def __init__(self, title: str, change: Change) -> None:
        super().__init__(title)
        self._change = change
        self._inputs: list[discord.ui.TextInput[Any]] = []

    def ask(self, label: str, filled: str, *, limit: int, hint: str | None = None) -> None:
        """Adds a field."""
        field: discord.ui.TextInput[Any] = discord.ui.TextInput(
            custom_id=f"field{len(self._inputs)}", default=filled, required=False, max_length=limit
        )
        self._inputs.append(field)
        self.add_item(discord.ui.Label(text=label, description=hint, component=field))

    async def on_submit(self, interaction: Interaction, /) -> None:
        await interaction.response.defer()
        guild = require_manager(interaction)
        typed = [field.value for field in self._inputs]
        await show(interaction, await self._change(services_of(interaction).settings, guild.id, typed))
