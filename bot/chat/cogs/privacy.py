"""`/privacy`: what Herald keeps of the member who asks, in a direct message too: they may have left every server."""

from __future__ import annotations

from discord import app_commands
from discord.ext import commands

from bot.chat.interaction import Interaction
from bot.chat.tree import ANYWHERE
from bot.chat.views.privacy import show_privacy


class PrivacyCog(commands.Cog):
    """For everyone, and of nobody but who asks."""

    @app_commands.command(description="What I keep of you, and how to have it sent or deleted", extras=ANYWHERE)
    @app_commands.allowed_contexts(guilds=True, dms=True, private_channels=False)
    async def privacy(self, interaction: Interaction) -> None:
        await show_privacy(interaction)
