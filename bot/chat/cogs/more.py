"""More like this: a command in the menu of messages. The rules are in work/more."""

from __future__ import annotations

import discord
from discord import app_commands
from discord.ext import commands

from bot.chat import keyword_messages
from bot.chat.interaction import Interaction, guild_of
from bot.chat.services import Services
from bot.chat.sight import viewer_of
from bot.chat.views.more import proposal_answer


class MoreCog(commands.Cog):
    """discord.py knows no decorator for a menu command in a cog, so it is added and taken away by hand."""

    def __init__(self, bot: commands.Bot | commands.AutoShardedBot, services: Services) -> None:
        self._bot, self._more = bot, services.more
        self._menu = app_commands.ContextMenu(name=keyword_messages.more_title(), callback=self.more_like_this)

    async def cog_load(self) -> None:
        self._bot.tree.add_command(self._menu)

    async def cog_unload(self) -> None:
        self._bot.tree.remove_command(self._menu.name, type=self._menu.type)

    async def more_like_this(self, interaction: Interaction, message: discord.Message) -> None:
        """Proposes a query for what the post announced."""
        guild = guild_of(interaction)
        found = await self._more.like_message(
            guild.id, interaction.user.id, message.channel.id, message.id, viewer=viewer_of(interaction)
        )
        embed, view = proposal_answer(found)
        await interaction.edit_original_response(embed=embed, view=view)
