"""What all forms of Herald have in common. They are in memory: a restart while somebody types costs another press."""

from __future__ import annotations

from datetime import timedelta

import discord

from bot.chat.interaction import Interaction, explain, take

OPEN_FOR = timedelta(minutes=15)  # as long as Discord lets an interaction be followed up


class Form(discord.ui.Modal):
    """A form that is forgotten after a while; one that is sent later is answered by the client."""

    def __init__(self, title: str) -> None:
        super().__init__(title=title, timeout=OPEN_FOR.total_seconds())

    async def interaction_check(self, interaction: Interaction, /) -> bool:
        take(interaction)
        return True

    async def on_error(self, interaction: Interaction, error: Exception, /) -> None:  # type: ignore[override]
        await explain(interaction, error)  # discord.py would only log it, and the member would see nothing
