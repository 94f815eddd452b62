"""The way in for commands: answered within Discord's three seconds, and every error becomes one line."""

from __future__ import annotations

from typing import Any, cast

import discord
from discord import app_commands

from bot.chat.interaction import Interaction, explain, guild_of
from bot.chat.refusals import CONNECTION_ERRORS
from bot.errors import UsageError

# `extras` of a command that needs no guild: in direct messages there is none.
ANYWHERE = {"anywhere": True}


class HeraldTree(app_commands.CommandTree[Any]):
    """Defers each command before it touches anything, so that neither a slow disk nor a slow feed costs the answer.

    Answers are for the member alone; what others shall see is posted on purpose.
    """

    async def interaction_check(self, interaction: Interaction, /) -> bool:
        _complete_threads(interaction)
        if interaction.type is discord.InteractionType.autocomplete:  # nothing can be said there, nor deferred
            return interaction.client.get_guild(interaction.guild_id or 0) is not None
        try:
            await interaction.response.defer(ephemeral=True)
            if not is_for_dms_too(interaction):
                guild_of(interaction)
        except (UsageError, *CONNECTION_ERRORS) as error:
            await explain(interaction, error)
            return False
        return True

    async def on_error(self, interaction: Interaction, error: app_commands.AppCommandError, /) -> None:
        cause = error.__cause__ if isinstance(error, app_commands.CheckFailure) else None
        if isinstance(error, app_commands.CommandInvokeError):
            cause = error.original
        await explain(interaction, cause if isinstance(cause, Exception) else error)


def is_for_dms_too(interaction: Interaction) -> bool:
    """Whether the command needs no guild, and was not used in one that Herald is not in."""
    extras = getattr(interaction.command, "extras", {})
    return bool(extras.get("anywhere")) and interaction.guild_id is None


# What discord.py 2.7.1 reads of a thread given as an option, beyond the fields that Discord promises (Receiving and
# Responding, "Resolved Data Structure"); without them the command would fail before it began.
_THREAD_DEFAULTS = {"owner_id": "0", "member_count": 0, "message_count": 0}


def _complete_threads(interaction: Interaction) -> None:
    data = cast("dict[str, Any]", interaction.data or {})
    for channel in data.get("resolved", {}).get("channels", {}).values():
        if "thread_metadata" in channel:
            for key, value in _THREAD_DEFAULTS.items():
                channel.setdefault(key, value)
