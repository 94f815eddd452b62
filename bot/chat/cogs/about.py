"""`/help` and `/about`: what Herald can do, and what it is."""

from __future__ import annotations

import discord
from discord import app_commands
from discord.ext import commands

from bot import __version__
from bot.chat import about_messages
from bot.chat.interaction import Interaction
from bot.chat.permissions import invite_url


class AboutCog(commands.Cog):
    """Answered without touching anything."""

    @app_commands.command(name="help", description="What Herald can do")
    async def help_(self, interaction: Interaction) -> None:
        await interaction.edit_original_response(embed=discord.Embed(description=about_messages.help_text()))

    @app_commands.command(description="What Herald is, and how to add it to a server")
    async def about(self, interaction: Interaction) -> None:
        words = about_messages.about_text(
            __version__, len(interaction.client.guilds), invite_url(interaction.application_id)
        )
        await interaction.edit_original_response(embed=discord.Embed(description=words))
