"""The panel of `/feed edit`: what holds, the newest post as it would look, and a control for each thing.

Each change is saved at once. A mistake is told in the panel, which then shows what holds; of a filter the text that was
written stays in the panel's footer, and the form opens with it again.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from typing import Any, Self, cast, get_args

import discord

from bot.chat import edit_messages as words
from bot.chat.interaction import Interaction, explain, on_one_line, require_manager, services_of
from bot.chat.places import POSTABLE, access_problem, place_by_id, place_seen, role_for
from bot.chat.problems import problem
from bot.chat.views.following import Answer, embeds_of
from bot.chat.views.form import Form
from bot.chat.views.pressed import ItemT, Pressed, button, first_embed, row_of
from bot.errors import NotFound, UsageError
from bot.model import StyleName, Subscription
from bot.render import limits
from bot.work.answers import Editing

FILTER_LIMIT = 500  # characters, as in /feed add
Change = Callable[[discord.Guild], Awaitable[str]]
_ID = r"(?P<subscription>[0-9]{1,19})"


async def panel(interaction: Interaction, subscription_id: int, *, said: str = "", draft: str = "") -> Answer:
    """The panel as things are now. `draft` is a filter that was written and not saved. Raises NotFound."""
    guild = require_manager(interaction)
    editing = await services_of(interaction).show.editing(guild.id, subscription_id)
    now = editing.subscription
    embed = discord.Embed(
        title=words.title(editing), description=words.panel(editing, _problems(interaction, guild, now))
    )
    if note := words.filter_note(now.filter, draft):
        embed.set_footer(text=note)
    return Answer(content=said, embeds=[embed, *_sample(editing, embed)], view=_controls(guild, now))


def _sample(editing: Editing, above: discord.Embed) -> list[discord.Embed]:
    """The newest post's, if it fits below."""
    shown = embeds_of([editing.sample] if editing.sample else [])
    return shown if len(above) + sum(map(len, shown)) <= limits.EMBEDS_TOTAL else []


def _problems(interaction: Interaction, guild: discord.Guild, now: Subscription) -> list[str]:
    """What keeps Herald from posting in the channel, or from mentioning the role there."""
    if (access := access_problem(guild, now.channel_id)) is not None:
        return [access]
    if now.mention_role_id is None:
        return []
    role = guild.get_role(now.mention_role_id)
    if role is None:
        return [words.role_gone()]
    try:
        role_for(interaction, role, place_by_id(guild, now.channel_id))
    except UsageError as error:
        return [str(error)]
    return []


def _controls(guild: discord.Guild, now: Subscription) -> discord.ui.View:
    view = row_of(EditChannel.showing(guild, now), EditStyle.showing(now), EditMention.showing(guild, now))
    view.add_item(EditFilter(now.id))
    view.add_item(EditPause(now.id, pause=now.paused_at is None))
    view.add_item(EditPictures(now.id, on=not now.page_images))
    return view


async def changed(interaction: Interaction, subscription_id: int, change: Change, *, draft: str = "") -> None:
    """Makes the change and shows the panel after it: with a mistake, or that the subscription is gone."""
    guild = require_manager(interaction)
    try:
        said, draft = await change(guild), ""
    except UsageError as error:
        said = words.not_saved(problem(error) or "")
    try:
        answer = await panel(interaction, subscription_id, said=said, draft=draft)
    except NotFound:
        answer = Answer(content=words.removed_meanwhile(), embeds=[], view=row_of())
    await answer.give(interaction)


class _Control(Pressed[ItemT], template="herald:never:edit"):
    """A control of the panel; `change` is what it does, and says."""

    def __init__(self, item: ItemT, subscription_id: int) -> None:
        super().__init__(item)
        self.subscription_id = subscription_id

    @classmethod
    async def from_custom_id(cls, _: Interaction, item: discord.ui.Item[Any], match: re.Match[str], /) -> Self:
        return cls(cast("ItemT", item), int(match["subscription"]))

    async def pressed(self, interaction: Interaction) -> None:
        await changed(interaction, self.subscription_id, lambda guild: self.change(interaction, guild))

    async def change(self, interaction: Interaction, guild: discord.Guild) -> str:
        """Raises UsageError kinds."""
        raise NotImplementedError


def _chosen(interaction: Interaction) -> list[str]:
    """The values as Discord sent them: discord.py makes objects of some, depending on what came with them."""
    data = cast("dict[str, Any]", interaction.data or {})
    return [str(value) for value in data.get("values") or ()]


class EditChannel(_Control["discord.ui.ChannelSelect[Any]"], template=rf"herald:edit:channel:{_ID}"):
    """Where to post."""

    @classmethod
    def showing(cls, guild: discord.Guild, now: Subscription) -> Self:
        there = guild.get_channel_or_thread(now.channel_id) is not None
        default = discord.SelectDefaultValue(id=now.channel_id, type=discord.SelectDefaultValueType.channel)
        select: discord.ui.ChannelSelect[Any] = discord.ui.ChannelSelect(
            custom_id=f"herald:edit:channel:{now.id}",
            channel_types=POSTABLE,
            placeholder=words.PLACEHOLDERS["channel"],
            default_values=[default] if there else [],
        )
        return cls(select, now.id)

    async def change(self, interaction: Interaction, guild: discord.Guild) -> str:
        services = services_of(interaction)
        chosen = next((int(value) for value in _chosen(interaction) if value.isdecimal()), None)
        place = place_seen(interaction, guild, chosen)
        old = (await services.show.editing(guild.id, self.subscription_id)).subscription
        if old.channel_id == place.id:
            return words.saved()
        await services.manage.move(guild.id, self.subscription_id, place.id)
        return words.moved(old.channel_id, place.id)


class EditStyle(_Control["discord.ui.Select[Any]"], template=rf"herald:edit:style:{_ID}"):
    """How much of an entry a post shows."""

    @classmethod
    def showing(cls, now: Subscription) -> Self:
        options = [
            discord.SelectOption(label=name, value=name, description=about, default=name == now.style)
            for name, about in words.STYLES.items()
        ]
        select: discord.ui.Select[Any] = discord.ui.Select(
            custom_id=f"herald:edit:style:{now.id}", placeholder=words.PLACEHOLDERS["style"], options=options
        )
        return cls(select, now.id)

    async def change(self, interaction: Interaction, guild: discord.Guild) -> str:
        style = next((one for one in get_args(StyleName) if one in _chosen(interaction)), None)
        await services_of(interaction).manage.edit(guild.id, self.subscription_id, style=style)
        return words.saved()


class EditMention(_Control["discord.ui.RoleSelect[Any]"], template=rf"herald:edit:mention:{_ID}"):
    """The role that each post mentions; nothing chosen is nobody."""

    @classmethod
    def showing(cls, guild: discord.Guild, now: Subscription) -> Self:
        role = guild.get_role(now.mention_role_id) if now.mention_role_id else None
        kind = discord.SelectDefaultValueType.role
        select: discord.ui.RoleSelect[Any] = discord.ui.RoleSelect(
            custom_id=f"herald:edit:mention:{now.id}",
            placeholder=words.PLACEHOLDERS["mention"],
            min_values=0,
            default_values=[discord.SelectDefaultValue(id=role.id, type=kind)] if role else [],
        )
        return cls(select, now.id)

    async def change(self, interaction: Interaction, guild: discord.Guild) -> str:
        services = services_of(interaction)
        chosen = next((int(value) for value in _chosen(interaction) if value.isdecimal()), 0)
        role = guild.get_role(chosen)
        if chosen and role is None:
            raise NotFound(words.role_gone())
        now = (await services.show.editing(guild.id, self.subscription_id)).subscription
        role_id = role_for(interaction, role, place_by_id(guild, now.channel_id)) if role else None
        await services.manage.edit(guild.id, self.subscription_id, mention_role_id=role_id or 0)
        return words.saved()


class EditPause(Pressed["discord.ui.Button[Any]"], template=rf"herald:edit:(?P<what>pause|resume):{_ID}"):
    """Pauses or resumes; pressed twice it does so once."""

    def __init__(self, subscription_id: int, *, pause: bool) -> None:
        what = "pause" if pause else "resume"
        super().__init__(button(words.BUTTONS[what], f"herald:edit:{what}:{subscription_id}"))
        self.subscription_id, self.pause = subscription_id, pause

    @classmethod
    async def from_custom_id(cls, _: Interaction, item: discord.ui.Item[Any], match: re.Match[str], /) -> Self:
        return cls(int(match["subscription"]), pause=match["what"] == "pause")

    async def pressed(self, interaction: Interaction) -> None:
        await changed(interaction, self.subscription_id, lambda guild: self._change(interaction, guild))

    async def _change(self, interaction: Interaction, guild: discord.Guild) -> str:
        manage = services_of(interaction).manage
        if self.pause:
            await manage.pause(guild.id, self.subscription_id, by=interaction.user.id)
        else:
            await manage.resume(guild.id, self.subscription_id)
        return words.saved()


class EditPictures(Pressed["discord.ui.Button[Any]"], template=rf"herald:edit:(?P<what>pictures|bare):{_ID}"):
    """Whether entries without a picture take their page's; pressed twice it does so once."""

    def __init__(self, subscription_id: int, *, on: bool) -> None:
        what = "pictures" if on else "bare"
        super().__init__(button(words.BUTTONS[what], f"herald:edit:{what}:{subscription_id}"))
        self.subscription_id, self.on = subscription_id, on

    @classmethod
    async def from_custom_id(cls, _: Interaction, item: discord.ui.Item[Any], match: re.Match[str], /) -> Self:
        return cls(int(match["subscription"]), on=match["what"] == "pictures")

    async def pressed(self, interaction: Interaction) -> None:
        await changed(interaction, self.subscription_id, lambda guild: self._change(interaction, guild))

    async def _change(self, interaction: Interaction, guild: discord.Guild) -> str:
        await services_of(interaction).manage.switch(guild.id, self.subscription_id, page_images=self.on)
        return words.saved()


class EditFilter(Pressed["discord.ui.Button[Any]"], template=rf"herald:edit:filter:{_ID}"):
    """Opens the form for the filter, with what holds or what was written last."""

    def __init__(self, subscription_id: int) -> None:
        super().__init__(button(words.BUTTONS["filter"], f"herald:edit:filter:{subscription_id}"))
        self.subscription_id = subscription_id

    @classmethod
    async def from_custom_id(cls, _: Interaction, item: discord.ui.Item[Any], match: re.Match[str], /) -> Self:
        return cls(int(match["subscription"]))

    async def callback(self, interaction: Interaction) -> None:
        try:  # a form is the first answer or none at all, so nothing is deferred before it
            require_manager(interaction)
            filter = words.filter_of(first_embed(interaction).footer.text or "")
            await interaction.response.send_modal(FilterForm(self.subscription_id, filter))
        except Exception as error:
            await explain(interaction, error)


class FilterForm(Form):
    """One field with the filter."""

    def __init__(self, subscription_id: int, filter: str) -> None:
        title, label, about = words.filter_form()
        super().__init__(title)
        self._subscription_id = subscription_id
        self._filter: discord.ui.TextInput[Any] = discord.ui.TextInput(
            custom_id="filter", default=filter, required=False, max_length=max(FILTER_LIMIT, len(filter))
        )
        self.add_item(discord.ui.Label(text=label, description=about, component=self._filter))

    async def on_submit(self, interaction: Interaction, /) -> None:
        filter = on_one_line(self._filter.value)

        async def change(guild: discord.Guild) -> str:
            await services_of(interaction).manage.edit(guild.id, self._subscription_id, filter=filter)
            return words.saved()

        await interaction.response.defer()
        await changed(interaction, self._subscription_id, change, draft=filter)
