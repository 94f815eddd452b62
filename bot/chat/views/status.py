"""How one subscription is doing, as an embed: what a manager needs to see why a post did or did not come."""

from __future__ import annotations

import re
from typing import Any, Self, cast

import discord

from bot.chat import login_messages, messages, polling_messages, status_messages
from bot.chat.interaction import Interaction, require_manager, services_of
from bot.chat.places import access_problem
from bot.chat.views.logins import NewLogin
from bot.chat.views.pressed import Pressed, button, row_of
from bot.render import buttons, limits
from bot.render.lines import code
from bot.work.answers import Status


async def status_page(interaction: Interaction, subscription_id: int) -> tuple[discord.Embed, discord.ui.View]:
    """The status as it is now, and the buttons below it."""
    guild = require_manager(interaction)
    status = await services_of(interaction).show.status(guild.id, subscription_id)
    now = status.subscription
    embed = status_embed(status, access_problem(guild, now.channel_id))
    view = row_of(
        Switch("edits", now.id, on=not now.follow_edits),
        Switch("stories", now.id, on=not now.merge_stories),
        Switch("pictures", now.id, on=not now.page_images),
    )
    if status.private is not None and status.private != "unreadable":
        view.add_item(NewLogin(now.id))
    if status.held is not None:
        for what in (buttons.POST, buttons.FORGET):
            view.add_item(Held.below_status(what, status.held.feed_id, now.id))
    return embed, view


def status_embed(status: Status, access_problem: str | None = None) -> discord.Embed:
    """Polling, trouble, what waits, and the last deliveries with links to their messages.

    `access_problem` is what keeps Herald from posting in the channel now.
    """
    subscription, feed = status.subscription, status.feed
    embed = discord.Embed(title=messages.feed_name(subscription))
    _field(embed, "channel", f"<#{subscription.channel_id}>")
    _field(embed, "state", status_messages.state(subscription))
    _field(embed, "waiting", status_messages.waiting(status.waiting))
    _field(embed, "last", status_messages.last_poll(feed.polled_at))
    _field(embed, "next", polling_messages.next_and_why(status))
    _field(embed, "style", subscription.style)
    _field(embed, "edits", status_messages.follows_edits(subscription))
    _field(embed, "stories", status_messages.merges_stories(subscription))
    _field(embed, "pictures", status_messages.takes_pictures(subscription))
    if status.private is not None:
        _field(embed, "private", login_messages.privacy(status.private))
    if subscription.filter:
        _field(embed, "filter", code(subscription.filter), inline=False)
    if status.hold is not None:
        _field(embed, "hold", status_messages.hold(status.hold), inline=False)
    if access_problem:
        _field(embed, "access", access_problem, inline=False)
    if feed.last_error:
        _field(
            embed, "trouble", status_messages.failing(feed.last_error, feed.failures, feed.failing_since), inline=False
        )
    if how := polling_messages.polling(status):
        _field(embed, "polling", how, inline=False)
    if status.held is not None:
        _field(embed, "held", status_messages.held_back(status.held), inline=False)
    _field(embed, "deliveries", _deliveries(status), inline=False)
    return embed


def _field(embed: discord.Embed, key: str, value: str, *, inline: bool = True) -> None:
    embed.add_field(name=status_messages.STATUS_FIELDS[key], value=value, inline=inline)


def _deliveries(status: Status) -> str:
    subscription = status.subscription
    text = ""
    for note in status.notes:
        line = status_messages.note_line(note, subscription.guild_id, subscription.channel_id)
        if limits.units(text) + limits.units(line) + 1 > limits.EMBED_FIELD_VALUE:
            break
        text += f"{line}\n"
    return text.rstrip() or status_messages.no_deliveries_yet()


class Switch(
    Pressed[discord.ui.Button[Any]],
    template=r"herald:switch:(?P<what>edits|stories|pictures):(?P<to>on|off):(?P<subscription>[0-9]{1,19})",
):
    """Switches one of a subscription's habits; the button then offers the way back."""

    def __init__(self, what: str, subscription_id: int, *, on: bool) -> None:
        to = "on" if on else "off"
        super().__init__(button(status_messages.SWITCHES[what, on], f"herald:switch:{what}:{to}:{subscription_id}"))
        self.what, self.subscription_id, self.on = what, subscription_id, on

    @classmethod
    async def from_custom_id(cls, _: Interaction, item: discord.ui.Item[Any], match: re.Match[str], /) -> Self:
        return cls(match["what"], int(match["subscription"]), on=match["to"] == "on")

    async def pressed(self, interaction: Interaction) -> None:
        guild, manage = require_manager(interaction), services_of(interaction).manage
        match self.what:
            case "edits":
                changed = await manage.switch(guild.id, self.subscription_id, follow_edits=self.on)
            case "stories":
                changed = await manage.switch(guild.id, self.subscription_id, merge_stories=self.on)
            case _:
                changed = await manage.switch(guild.id, self.subscription_id, page_images=self.on)
        embed, view = await status_page(interaction, changed.id)
        await interaction.edit_original_response(embed=embed, view=view)


class Held(
    Pressed[discord.ui.Button[Any]],
    template=rf"herald:held:(?P<what>{buttons.POST}|{buttons.FORGET}):(?P<feed>[0-9]{{1,18}}):(?P<status>[0-9]{{1,18}})",
):
    """Posts what is held back of a feed, or forgets it. The first press of anybody counts."""

    def __init__(self, item: discord.ui.Button[Any], what: str, feed_id: int, subscription_id: int) -> None:
        super().__init__(item)
        self.what, self.feed_id, self.subscription_id = what, feed_id, subscription_id

    @classmethod
    def below_status(cls, what: str, feed_id: int, subscription_id: int) -> Self:
        label, id_ = buttons.HELD_LABELS[what], buttons.held_id(what, feed_id, subscription_id)
        return cls(button(label, id_, primary=what == buttons.POST), what, feed_id, subscription_id)

    @classmethod
    async def from_custom_id(cls, _: Interaction, item: discord.ui.Item[Any], match: re.Match[str], /) -> Self:
        made = cast("discord.ui.Button[Any]", item)
        return cls(made, match["what"], int(match["feed"]), int(match["status"]))

    async def pressed(self, interaction: Interaction) -> None:
        guild = require_manager(interaction)
        reissued = services_of(interaction).reissued
        if self.what == buttons.POST:
            words = status_messages.reissue_posted(await reissued.post(guild.id, self.feed_id))
        else:
            words = status_messages.reissue_forgotten(await reissued.forget(guild.id, self.feed_id))
        await self._take_away(interaction)
        await interaction.followup.send(words, ephemeral=True)

    async def _take_away(self, interaction: Interaction) -> None:
        """The question is answered: no buttons below the notice, and a status that says so."""
        if not self.subscription_id:
            await interaction.edit_original_response(view=None)
            return
        embed, view = await status_page(interaction, self.subscription_id)
        await interaction.edit_original_response(embed=embed, view=view)
