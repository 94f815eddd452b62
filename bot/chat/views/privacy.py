"""The answer to `/privacy`, and what hangs on it: the member's data as a file, and its end."""

from __future__ import annotations

import io
import re
from typing import Any, Self

import discord

from bot.chat import privacy_messages as words
from bot.chat.interaction import Interaction, services_of
from bot.chat.views.pressed import Pressed, button, row_of
from bot.model import KeptOfMember


async def show_privacy(interaction: Interaction) -> None:
    """What is kept now, into the deferred answer or the message of a button. In a direct message only of the member."""
    kept = await services_of(interaction).privacy.kept(interaction.user.id)
    embed = discord.Embed()
    embed.add_field(name=words.OF_YOU, value=words.of_you(kept), inline=False)
    if interaction.guild_id is not None:
        embed.add_field(name=words.OF_SERVER, value=words.of_server(kept), inline=False)
    view = row_of(SendMyData(), DeleteMyData()) if something_in(kept.of_member) else None
    await interaction.edit_original_response(content=None, embed=embed, view=view)


def something_in(kept: KeptOfMember) -> bool:
    return kept != KeptOfMember(user_id=kept.user_id)


class SendMyData(Pressed[discord.ui.Button[Any]], template="mine:send"):
    """A file for the member alone."""

    def __init__(self) -> None:
        super().__init__(button(words.SEND, "mine:send"))

    @classmethod
    async def from_custom_id(cls, _: Interaction, item: discord.ui.Item[Any], match: re.Match[str], /) -> Self:
        return cls()

    async def pressed(self, interaction: Interaction) -> None:
        written = await services_of(interaction).privacy.file(interaction.user.id)
        file = discord.File(io.BytesIO(written), filename=words.FILE_NAME)
        await interaction.followup.send(words.your_data(), file=file, ephemeral=True)


class DeleteMyData(Pressed[discord.ui.Button[Any]], template="mine:delete"):
    """Asks first, and says what would go."""

    def __init__(self) -> None:
        super().__init__(button(words.DELETE, "mine:delete"))

    @classmethod
    async def from_custom_id(cls, _: Interaction, item: discord.ui.Item[Any], match: re.Match[str], /) -> Self:
        return cls()

    async def pressed(self, interaction: Interaction) -> None:
        kept = await services_of(interaction).privacy.kept(interaction.user.id)
        if something_in(kept.of_member):
            question, view = words.really_delete(kept.of_member), row_of(ReallyDelete(), KeepMyData())
            await interaction.edit_original_response(content=question, embed=None, view=view)
        else:
            await interaction.edit_original_response(content=words.nothing_kept(), embed=None, view=None)


class ReallyDelete(Pressed[discord.ui.Button[Any]], template="mine:really"):
    """Deletes it."""

    def __init__(self) -> None:
        made = button(words.REALLY_DELETE, "mine:really")
        made.style = discord.ButtonStyle.danger
        super().__init__(made)

    @classmethod
    async def from_custom_id(cls, _: Interaction, item: discord.ui.Item[Any], match: re.Match[str], /) -> Self:
        return cls()

    async def pressed(self, interaction: Interaction) -> None:
        done = await services_of(interaction).privacy.forget(interaction.user.id)
        await interaction.edit_original_response(content=words.deleted(done), embed=None, view=None)


class KeepMyData(Pressed[discord.ui.Button[Any]], template="mine:keep"):
    """Back to what is kept."""

    def __init__(self) -> None:
        super().__init__(button(words.KEEP, "mine:keep"))

    @classmethod
    async def from_custom_id(cls, _: Interaction, item: discord.ui.Item[Any], match: re.Match[str], /) -> Self:
        return cls()

    async def pressed(self, interaction: Interaction) -> None:
        await show_privacy(interaction)
