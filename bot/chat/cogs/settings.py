"""`/settings`: what a server's managers choose for it. The panel is in views/settings, the rules in work."""

from __future__ import annotations

from discord import app_commands
from discord.ext import commands

from bot.chat.interaction import Interaction, require_manager
from bot.chat.services import Services
from bot.chat.views.settings import show


class SettingsCog(commands.Cog):
    """For members with Manage Server."""

    def __init__(self, services: Services) -> None:
        self._settings = services.settings

    @app_commands.command(description="Time zone, quiet hours, and where I tell of trouble")
    @app_commands.default_permissions(manage_guild=True)
    async def settings(self, interaction: Interaction) -> None:
        await show(interaction, await self._settings.state(require_manager(interaction).id))
