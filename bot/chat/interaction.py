"""What every command and button needs of an interaction: who may, which guild, and how an error becomes one line."""

from __future__ import annotations

import secrets
from typing import Any, cast

import discord
import structlog
from discord import app_commands

from bot.chat import messages
from bot.chat.problems import problem
from bot.chat.refusals import CONNECTION_ERRORS
from bot.chat.services import Services
from bot.errors import BotError, NotAllowed, UsageError

log = structlog.get_logger(__name__)

Interaction = discord.Interaction[Any]

# Unknown interaction (3 s are over), already acknowledged, invalid webhook token (15 min are over): nobody can be told.
TOO_LATE = frozenset({10062, 40060, 50027})

_TAKEN = "herald.taken"


def take(interaction: Interaction) -> None:
    """Notes that a button, menu or form of Herald's deals with it: discord.py drops what it finds none for."""
    interaction.extras[_TAKEN] = True


async def answer_if_dropped(interaction: Interaction) -> None:
    """Tells the member whose press or form nothing deals with: it is of an older Herald, or of before a restart."""
    if interaction.extras.get(_TAKEN):
        return
    if interaction.type is discord.InteractionType.component:
        await explain(interaction, UsageError(messages.message_outdated()))
    elif interaction.type is discord.InteractionType.modal_submit:
        await explain(interaction, UsageError(messages.form_outdated()))


def services_of(interaction: Interaction) -> Services:
    """The services of the client that the interaction came to."""
    return cast("Services", interaction.client.services)


def guild_of(interaction: Interaction) -> discord.Guild:
    """The guild it happened in, of which Herald is a member. Raises UsageError otherwise.

    Commands can be installed without the bot, and `interaction.guild` is made up then.
    """
    guild = interaction.client.get_guild(interaction.guild_id or 0)
    if guild is None:
        raise UsageError(messages.not_a_member())
    return cast("discord.Guild", guild)


def require_manager(interaction: Interaction) -> discord.Guild:
    """The guild, if the member has Manage Server in it. Raises NotAllowed otherwise.

    Checked at every step: a server's admin can open a command to anybody, and Discord calls what Herald asks for
    only the default (Application Commands, "Permissions").
    """
    guild = guild_of(interaction)
    if not is_manager(interaction):
        raise NotAllowed(messages.managers_only())
    return guild


def is_manager(interaction: Interaction) -> bool:
    """Whether the member has Manage Server where they are; administrators and the owner have it too."""
    return interaction.permissions.manage_guild


def on_one_line(text: str | None) -> str:
    """The option with every run of white space one space: only so does Discord give a message's text back as it was."""
    return " ".join((text or "").split())


async def explain(interaction: Interaction, error: Exception) -> None:
    """Tells the member, and nobody else, what went wrong; and the log, if it is Herald's fault."""
    if _too_late(error):
        log.warning("interaction too late", interaction=interaction.id, error=str(error))
        return
    try:
        await _tell(interaction, _line_for(interaction, error))
    except CONNECTION_ERRORS as second:
        log.warning("member not told", interaction=interaction.id, error=type(second).__name__)


def _line_for(interaction: Interaction, error: Exception) -> str:
    if isinstance(error, BotError):
        line = problem(error)
        if line is not None:
            return line
    if isinstance(error, app_commands.TransformerError):
        return messages.option_unfit()
    if isinstance(error, app_commands.CommandNotFound | app_commands.CommandSignatureMismatch):
        return messages.commands_changed()
    reference = secrets.token_hex(3)
    log.error("interaction failed", ref=reference, interaction=interaction.id, exc_info=error)
    return messages.my_fault(reference)


def _too_late(error: Exception) -> bool:
    return isinstance(error, discord.InteractionResponded) or (
        isinstance(error, discord.HTTPException) and error.code in TOO_LATE
    )


async def _tell(interaction: Interaction, line: str) -> None:
    if interaction.response.is_done():
        await interaction.followup.send(line, ephemeral=True)
    else:
        await interaction.response.send_message(line, ephemeral=True)
