"""`/keyword`: standing queries of members, and of channels. The commands translate; the rules are in work/keywords."""

from __future__ import annotations

import discord
from discord import app_commands
from discord.ext import commands

from bot.chat import keyword_messages
from bot.chat.cogs.choices import feed_choices, keyword_choices, length_choices
from bot.chat.cogs.feed import Channel
from bot.chat.interaction import Interaction, guild_of, is_manager, on_one_line, require_manager
from bot.chat.places import place_for, role_for
from bot.chat.services import Services
from bot.chat.sight import viewer_of
from bot.chat.views.keywords import added_embed, keyword_page
from bot.model import Keyword

QueryOption = app_commands.Range[str, 1, 500]
FeedOption = app_commands.Range[str, 1, 2000]
KeywordOption = app_commands.Range[str, 1, 500]
LengthOption = app_commands.Range[str, 1, 30]


class KeywordCog(commands.GroupCog, group_name="keyword", group_description="Be told of new entries that match"):
    """For everyone; what concerns a channel checks Manage Server itself."""

    def __init__(self, services: Services) -> None:
        self._keywords, self._lookup = services.keywords, services.lookup

    @app_commands.command(description="Be told of each new entry that matches")
    @app_commands.describe(
        query='As in /search: words, "a phrase", a OR b, -without, start*, title:word',
        feed="Only in one feed",
        channel="Post it there instead of telling you alone; needs Manage Server",
        mention="A role to mention there",
    )
    async def add(
        self,
        interaction: Interaction,
        query: QueryOption,
        feed: FeedOption | None = None,
        channel: Channel | None = None,
        mention: discord.Role | None = None,
    ) -> None:
        guild, place, role_id = guild_of(interaction), None, mention.id if mention else None
        viewer = viewer_of(interaction)
        if channel is not None:
            require_manager(interaction)
            place = place_for(interaction, channel)
            role_id = role_for(interaction, mention, place)
        added = await self._keywords.add(
            guild_id=guild.id,
            user_id=interaction.user.id,
            query=on_one_line(query),
            feed_id=(await self._lookup.feed(guild.id, feed, viewer=viewer)).feed_id if feed else None,
            channel_id=place.id if place else None,
            mention_role_id=role_id,
            viewer=viewer,
        )
        await interaction.edit_original_response(embed=added_embed(added))

    @app_commands.command(name="list", description="Your keywords here, and for managers those of channels")
    async def list_(self, interaction: Interaction) -> None:
        guild, user_id = guild_of(interaction), interaction.user.id
        mine = await self._keywords.visible(guild.id, user_id, manager=is_manager(interaction))
        if not mine:
            await interaction.edit_original_response(content=keyword_messages.no_keywords())
            return
        embed, view = keyword_page(mine, interaction, page=0)
        await interaction.edit_original_response(embed=embed, view=view)

    @app_commands.command(description="End a keyword")
    @app_commands.describe(keyword="Which one")
    async def remove(self, interaction: Interaction, keyword: KeywordOption) -> None:
        found = await self._meant(interaction, keyword)
        await self._keywords.remove(found)
        await interaction.edit_original_response(content=keyword_messages.keyword_removed(found))

    @app_commands.command(description="Silence a keyword for a while")
    @app_commands.rename(length="for")
    @app_commands.describe(keyword="Which one", length="1h, 1d, 7d; off ends it. A day if left out")
    async def mute(self, interaction: Interaction, keyword: KeywordOption, length: LengthOption = "1d") -> None:
        found = await self._meant(interaction, keyword)
        until = await self._keywords.mute(found, length)
        await interaction.edit_original_response(content=keyword_messages.keyword_muted(found, until))

    async def _meant(self, interaction: Interaction, keyword: str) -> Keyword:
        """The keyword that the option names; what autocomplete offered is only a text by now."""
        guild_id, user_id = guild_of(interaction).id, interaction.user.id
        return await self._keywords.find(guild_id, user_id, keyword, manager=is_manager(interaction))

    @remove.autocomplete("keyword")
    @mute.autocomplete("keyword")
    async def _suggest(self, interaction: Interaction, typed: str) -> list[app_commands.Choice[str]]:
        guild, user_id = guild_of(interaction), interaction.user.id
        mine = await self._keywords.suggest(guild.id, user_id, typed, manager=is_manager(interaction))
        return keyword_choices(mine, guild)

    @add.autocomplete("feed")
    async def _suggest_feed(self, interaction: Interaction, typed: str) -> list[app_commands.Choice[str]]:
        return feed_choices(await self._lookup.feeds(guild_of(interaction).id, typed, viewer=viewer_of(interaction)))

    @mute.autocomplete("length")
    async def _suggest_length(self, interaction: Interaction, typed: str) -> list[app_commands.Choice[str]]:
        return length_choices(typed)
