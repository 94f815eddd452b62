"""What all buttons and menus of Herald have in common.

They hold no state: what one needs is in its custom_id, which Discord hands back, or in the message it hangs on, which
is Herald's own. So they outlive a restart, and pressing an old one is checked like a new command.
"""

from __future__ import annotations

from typing import Any, TypeVar

import discord

from bot.chat import messages
from bot.chat.interaction import Interaction, explain, take
from bot.errors import UsageError

ItemT = TypeVar("ItemT", bound=discord.ui.Item[Any])


class Pressed(discord.ui.DynamicItem[ItemT], template="herald:never"):
    """A component whose `pressed` may raise what a command may raise."""

    async def interaction_check(self, interaction: Interaction, /) -> bool:
        take(interaction)
        return True

    async def callback(self, interaction: Interaction) -> None:
        try:
            await interaction.response.defer()
            await self.pressed(interaction)
        except Exception as error:  # discord.py would only log it, and the member would see nothing
            await explain(interaction, error)

    async def pressed(self, interaction: Interaction) -> None:
        """What it does. Raises UsageError and the other BotErrors; the answer edits the message or follows it."""
        raise NotImplementedError


def first_embed(interaction: Interaction) -> discord.Embed:
    """The first embed of the message that the component hangs on. Raises UsageError if somebody removed it."""
    if interaction.message is None or not interaction.message.embeds:
        raise UsageError(messages.message_outdated())
    return interaction.message.embeds[0]


def button(label: str, custom_id: str, *, primary: bool = False, row: int | None = None) -> discord.ui.Button[Any]:
    """A plain button, not yet on a view; without a `row` it takes the first with room."""
    style = discord.ButtonStyle.primary if primary else discord.ButtonStyle.secondary
    return discord.ui.Button(label=label, custom_id=custom_id, style=style, row=row)


def row_of(*items: discord.ui.Item[Any]) -> discord.ui.View:
    """A view of these items that never times out."""
    view = discord.ui.View(timeout=None)
    for item in items:
        view.add_item(item)
    return view
