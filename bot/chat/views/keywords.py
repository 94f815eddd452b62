"""Standing queries: the answer to a new one, pages of `/keyword list`, and "Alert me" below whatever was looked up."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, Self

import discord

from bot.chat import keyword_messages, messages
from bot.chat.interaction import Interaction, guild_of, is_manager, services_of
from bot.chat.sight import viewer_of
from bot.chat.views.pressed import Pressed, button, first_embed, row_of
from bot.work.answers import AddedKeyword, StandingQuery

PER_PAGE = 10


def added_embed(added: AddedKeyword) -> discord.Embed:
    """What is watched for from now on, and what that would have caught."""
    return discord.Embed(description=keyword_messages.keyword_added(added))


async def watch(interaction: Interaction, query: str, feed_id: int | None) -> discord.Embed:
    """Makes the query a keyword of the member's own. Raises what work.Keywords.add raises."""
    added = await services_of(interaction).keywords.add(
        guild_id=guild_of(interaction).id,
        user_id=interaction.user.id,
        query=query,
        feed_id=feed_id,
        viewer=viewer_of(interaction),
    )
    return added_embed(added)


def keyword_page(
    keywords: Sequence[StandingQuery], interaction: Interaction, *, page: int
) -> tuple[discord.Embed, discord.ui.View]:
    """One page of at least one keyword, with buttons to its neighbours. A page beyond the last is the last."""
    pages = -(-len(keywords) // PER_PAGE)
    page = min(page, pages - 1)
    shown = keywords[page * PER_PAGE : (page + 1) * PER_PAGE]
    lines = [keyword_messages.keyword_line(one, interaction.user.id, interaction.created_at) for one in shown]
    embed = discord.Embed(title=keyword_messages.keywords_title(len(keywords)), description=messages.joined(lines))
    if pages > 1:
        embed.set_footer(text=messages.page_note(page, pages))
    view = row_of()
    if page > 0:
        view.add_item(KeywordPage(page - 1, messages.PREVIOUS))
    if page + 1 < pages:
        view.add_item(KeywordPage(page + 1, messages.NEXT))
    return embed, view


class KeywordPage(Pressed[discord.ui.Button[Any]], template=r"kw:list:(?P<page>[0-9]{1,4})"):
    """Turns the list to another page."""

    def __init__(self, page: int, label: str) -> None:
        super().__init__(button(label, f"kw:list:{page}"))
        self.page = page

    @classmethod
    async def from_custom_id(cls, _: Interaction, item: discord.ui.Item[Any], match: re.Match[str], /) -> Self:
        return cls(int(match["page"]), messages.NEXT)

    async def pressed(self, interaction: Interaction) -> None:
        guild, user_id = guild_of(interaction), interaction.user.id
        mine = await services_of(interaction).keywords.visible(guild.id, user_id, manager=is_manager(interaction))
        if not mine:
            words = keyword_messages.no_keywords()
            await interaction.edit_original_response(content=words, embed=None, view=None)
            return
        embed, view = keyword_page(mine, interaction, page=self.page)
        await interaction.edit_original_response(embed=embed, view=view)


class AlertMe(Pressed[discord.ui.Button[Any]], template=r"kw:watch:(?P<feed>[0-9]{1,19})"):
    """Turns what was searched for, or proposed, into a keyword. The query is the embed's author line; feed 0: any."""

    def __init__(self, feed_id: int | None, *, primary: bool = False) -> None:
        super().__init__(button(keyword_messages.alert_label(), f"kw:watch:{feed_id or 0}", primary=primary))
        self.feed_id = feed_id

    @classmethod
    async def from_custom_id(cls, _: Interaction, item: discord.ui.Item[Any], match: re.Match[str], /) -> Self:
        return cls(int(match["feed"]) or None)

    async def pressed(self, interaction: Interaction) -> None:
        embed = await watch(interaction, first_embed(interaction).author.name or "", self.feed_id)
        await interaction.followup.send(embed=embed, ephemeral=True)
