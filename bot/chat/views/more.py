"""More like this: the proposed query, ready to be taken or changed."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, Self, cast

import discord

from bot.chat import keyword_messages
from bot.chat.interaction import Interaction, explain, guild_of, services_of
from bot.chat.sight import viewer_of
from bot.chat.views.form import Form
from bot.chat.views.keywords import AlertMe, watch
from bot.chat.views.pressed import Pressed, button, first_embed, row_of
from bot.chat.views.results import QUERY_LIMIT
from bot.model import StoredEntry
from bot.render import limits
from bot.render.clip import clip
from bot.render.entry_embed import title_of
from bot.render.escape import plain_line
from bot.work.answers import Proposal


def proposal_answer(
    found: Proposal, others: Sequence[discord.SelectOption] = ()
) -> tuple[discord.Embed, discord.ui.View]:
    """The query, what it would have caught, and what to do with it. `others` are the entries of the same post."""
    embed = discord.Embed(title=keyword_messages.more_title(), description=keyword_messages.proposal(found))
    embed.set_author(name=clip(found.query, limits.EMBED_AUTHOR))
    view = row_of(AlertMe(None, primary=True), ChangeQuery())
    options = others or [_option(one) for one in found.entries[: limits.SELECT_OPTIONS]]
    if len(options) > 1:
        view.add_item(ChooseEntry.among(options, found.entry.id))
    return embed, view


def _option(stored: StoredEntry) -> discord.SelectOption:
    label = plain_line(title_of(stored), limits.SELECT_OPTION_TEXT)
    return discord.SelectOption(label=label, value=str(stored.id))


class ChooseEntry(Pressed[discord.ui.Select[Any]], template=r"kw:more"):
    """The entries of a post that announced several; the values are their ids."""

    @classmethod
    def among(cls, options: Sequence[discord.SelectOption], chosen: int) -> Self:
        """The menu, with the entry that the proposal is for already chosen."""
        for option in options:
            option.default = option.value == str(chosen)
        return cls(
            discord.ui.Select(
                custom_id="kw:more", placeholder=keyword_messages.choose_entry(), options=list(options), row=1
            )
        )

    @classmethod
    async def from_custom_id(cls, _: Interaction, item: discord.ui.Item[Any], match: re.Match[str], /) -> Self:
        return cls(cast("discord.ui.Select[Any]", item))

    async def pressed(self, interaction: Interaction) -> None:
        chosen = self.item.values[0] if self.item.values else ""
        entry_id = int(chosen) if chosen.isdecimal() and len(chosen) < 19 else 0
        guild = guild_of(interaction)
        found = await services_of(interaction).more.like_entry(
            guild.id, interaction.user.id, entry_id, viewer=viewer_of(interaction)
        )
        embed, view = proposal_answer(found, self.item.options)
        await interaction.edit_original_response(embed=embed, view=view)


class ChangeQuery(Pressed[discord.ui.Button[Any]], template="kw:change"):
    """Opens a form with the query, which becomes a keyword as the member leaves it."""

    def __init__(self) -> None:
        super().__init__(button(keyword_messages.edit_label(), "kw:change"))

    @classmethod
    async def from_custom_id(cls, _: Interaction, item: discord.ui.Item[Any], match: re.Match[str], /) -> Self:
        return cls()

    async def callback(self, interaction: Interaction) -> None:
        try:  # a form is the first answer or none at all, so nothing is deferred before it
            query = first_embed(interaction).author.name or ""
            await interaction.response.send_modal(KeywordForm(query))
        except Exception as error:
            await explain(interaction, error)


class KeywordForm(Form):
    """One field with a query."""

    def __init__(self, query: str) -> None:
        title, label = keyword_messages.keyword_form()
        super().__init__(title)
        self._query: discord.ui.TextInput[Any] = discord.ui.TextInput(
            custom_id="query", default=query, min_length=1, max_length=QUERY_LIMIT
        )
        self.add_item(discord.ui.Label(text=label, component=self._query))

    async def on_submit(self, interaction: Interaction, /) -> None:
        await interaction.response.defer(ephemeral=True, thinking=True)
        embed = await watch(interaction, " ".join(self._query.value.split()), None)
        await interaction.followup.send(embed=embed, ephemeral=True)
