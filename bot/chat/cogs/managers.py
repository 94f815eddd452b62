"""Groups of commands for those who manage the server."""

from __future__ import annotations

from discord import app_commands
from discord.ext import commands

from bot.chat.interaction import Interaction, require_manager
from bot.errors import NotAllowed


class ManagersCog(commands.GroupCog):
    """Every command, and its autocomplete, checks Manage Server itself: Discord's setting is only a default."""

    async def interaction_check(self, interaction: Interaction, /) -> bool:
        try:
            require_manager(interaction)
        except NotAllowed as error:
            raise app_commands.CheckFailure from error  # the only kind that discord.py hands on from here
        return True
