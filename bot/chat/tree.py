"""The way in for commands: answered within Discord's three seconds, and every error becomes one line."""

from __future__ import annotations

from typing import Any, cast

import discord
from discord import app_commands

from bot.chat import messages
from bot.chat.interaction import Interaction, explain


class HeraldTree(app_commands.CommandTree[Any]):
    """Defers each command before it touches anything, so that neither a slow disk nor a slow feed costs the answer.

    Answers are for the member alone; what others shall see is posted on purpose.
    """

    async def interaction_check(self, interaction: Interaction, /) -> bool:
        _complete_threads(interaction)
        if interaction.type is not discord.InteractionType.application_command:
            return interaction.guild is not None  # an autocomplete: cannot be deferred, and needs a guild
        try:
            await interaction.response.defer(ephemeral=True)
            if interaction.guild is None:
                await interaction.followup.send(messages.not_a_member(), ephemeral=True)
        except (discord.DiscordException, OSError) as error:
            await explain(interaction, error)
            return False
        return interaction.guild is not None

    async def on_error(self, interaction: Interaction, error: app_commands.AppCommandError, /) -> None:
        cause = error.__cause__ if isinstance(error, app_commands.CheckFailure) else None
        if isinstance(error, app_commands.CommandInvokeError):
            cause = error.original
        await explain(interaction, cause if isinstance(cause, Exception) else error)


# What discord.py 2.7.1 reads of a thread given as an option, beyond the fields that Discord promises (Receiving and
# Responding, "Resolved Data Structure"); without them the command would fail before it began.
_THREAD_DEFAULTS = {"owner_id": "0", "member_count": 0, "message_count": 0}


def _complete_threads(interaction: Interaction) -> None:
    data = cast("dict[str, Any]", interaction.data or {})
    for channel in data.get("resolved", {}).get("channels", {}).values():
        if "thread_metadata" in channel:
            for key, value in _THREAD_DEFAULTS.items():
                channel.setdefault(key, value)
