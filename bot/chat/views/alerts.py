"""The buttons that hang on alerts (render/buttons makes them), and on the word that alerts could not be sent."""

from __future__ import annotations

import re
from typing import Any, Self, cast

import discord

from bot.chat import keyword_messages, messages
from bot.chat.interaction import Interaction, guild_of, is_manager, services_of
from bot.chat.raw import RawComponents, rows_of
from bot.chat.views.pressed import Pressed, button, row_of
from bot.errors import UsageError
from bot.model import Keyword
from bot.render import buttons

MUTED_FOR = "1d"


class AlertButton(
    Pressed[discord.ui.Button[Any]],
    template=rf"kw:(?P<action>{buttons.MUTE}|{buttons.UNMUTE}|{buttons.REMOVE}):(?P<keyword>[0-9]{{1,19}})",
):
    """Silences or ends the keyword that an alert came from, and changes the alert's buttons with it."""

    def __init__(self, item: discord.ui.Button[Any], action: str, keyword_id: int) -> None:
        super().__init__(item)
        self.action, self.keyword_id = action, keyword_id

    @classmethod
    async def from_custom_id(cls, _: Interaction, item: discord.ui.Item[Any], match: re.Match[str], /) -> Self:
        return cls(cast("discord.ui.Button[Any]", item), match["action"], int(match["keyword"]))

    async def pressed(self, interaction: Interaction) -> None:
        if interaction.message is None:
            raise UsageError(messages.message_outdated())
        keyword = await self._keyword(interaction)
        words = await self._done(interaction, keyword)
        rows = rows_of(interaction.message)
        if self.action == buttons.REMOVE:
            changed = buttons.without(rows, keyword)
        else:
            changed = buttons.switched(rows, keyword, muted=self.action == buttons.MUTE)
        await interaction.edit_original_response(view=RawComponents(changed))
        await interaction.followup.send(words, ephemeral=True)

    async def _keyword(self, interaction: Interaction) -> Keyword:
        """In a DM there is no guild, and the member's id alone says what is theirs."""
        guild_id = guild_of(interaction).id if interaction.guild_id is not None else None
        return await services_of(interaction).keywords.pressed(
            self.keyword_id,
            guild_id=guild_id,
            user_id=interaction.user.id,
            manager=guild_id is not None and is_manager(interaction),
        )

    async def _done(self, interaction: Interaction, keyword: Keyword) -> str:
        keywords = services_of(interaction).keywords
        if self.action == buttons.REMOVE:
            await keywords.remove(keyword)
            return keyword_messages.keyword_removed(keyword)
        until = await keywords.mute(keyword, MUTED_FOR if self.action == buttons.MUTE else "off")
        return keyword_messages.keyword_muted(keyword, until)


class TryAgain(Pressed[discord.ui.Button[Any]], template="kw:again"):
    """Lets what was held back for the member's closed DMs go on."""

    def __init__(self) -> None:
        super().__init__(button(keyword_messages.try_again_label(), "kw:again", primary=True))

    @classmethod
    async def from_custom_id(cls, _: Interaction, item: discord.ui.Item[Any], match: re.Match[str], /) -> Self:
        return cls()

    async def pressed(self, interaction: Interaction) -> None:
        released = await services_of(interaction).closed_dms.try_again(interaction.user.id)
        words = keyword_messages.trying_again() if released else keyword_messages.nothing_waits()
        await interaction.edit_original_response(content=words, view=None)


async def tell_of_closed_dms(interaction: Interaction) -> None:
    """A word to the member, after an answer, that alerts wait because their DMs are closed; once for each refusal."""
    waiting = await services_of(interaction).closed_dms.news_for(interaction.user.id)
    if waiting is not None:
        words = keyword_messages.dms_closed(waiting)
        await interaction.followup.send(words, view=row_of(TryAgain()), ephemeral=True)
