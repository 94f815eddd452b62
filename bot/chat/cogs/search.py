"""`/search` and `/latest`: looking back at what the server's feeds published. For everyone, seen by who asked."""

from __future__ import annotations

import discord
from discord import app_commands
from discord.ext import commands

from bot.chat import messages, search_messages
from bot.chat.cogs.choices import feed_choices, since_choices
from bot.chat.interaction import Interaction, guild_of, on_one_line
from bot.chat.services import Services
from bot.chat.sight import viewer_of
from bot.chat.views.results import QUERY_LIMIT, SINCE_LIMIT, Search, look_up, result_buttons, result_embed
from bot.model import Subscription

QueryOption = app_commands.Range[str, 1, QUERY_LIMIT]
SinceOption = app_commands.Range[str, 1, SINCE_LIMIT]
FeedOption = app_commands.Range[str, 1, 2000]
CountOption = app_commands.Range[int, 1, 10]


class SearchCog(commands.Cog):
    """The commands translate; the rules are in work/lookup."""

    def __init__(self, services: Services) -> None:
        self._lookup = services.lookup

    @app_commands.command(description="Search everything that this server's feeds have published")
    @app_commands.describe(
        query='Words, "a phrase", a OR b, -without, start*, title:word',
        feed="Only in one feed",
        since="Only from then on: 7d, 2w, yesterday, 2026-05-01",
    )
    async def search(
        self,
        interaction: Interaction,
        query: QueryOption,
        feed: FeedOption | None = None,
        since: SinceOption | None = None,
    ) -> None:
        chosen = await self._chosen(interaction, feed)
        feed_id = chosen.feed_id if chosen else None
        search = Search(text=on_one_line(query), feed_id=feed_id, since=on_one_line(since))
        result = await look_up(interaction, search)
        embed = result_embed(result, search, guild_of(interaction).id)
        await interaction.edit_original_response(embed=embed, view=result_buttons(result, search))

    @app_commands.command(description="The newest entries of this server's feeds")
    @app_commands.describe(feed="Only of one feed", count="How many, 5 if left out")
    async def latest(self, interaction: Interaction, feed: FeedOption | None = None, count: CountOption = 5) -> None:
        guild = guild_of(interaction)
        chosen = await self._chosen(interaction, feed)
        feed_id = chosen.feed_id if chosen else None
        entries = await self._lookup.latest(
            guild.id, user_id=interaction.user.id, feed_id=feed_id, count=count, viewer=viewer_of(interaction)
        )
        if not entries:
            await interaction.edit_original_response(content=search_messages.nothing_published())
            return
        title = search_messages.latest_title(messages.feed_name(chosen) if chosen else None)
        hits = [search_messages.hit(one, guild.id) for one in entries]
        await interaction.edit_original_response(embed=discord.Embed(title=title, description=messages.joined(hits)))

    async def _chosen(self, interaction: Interaction, feed: str | None) -> Subscription | None:
        if not feed:
            return None
        return await self._lookup.feed(guild_of(interaction).id, feed, viewer=viewer_of(interaction))

    @search.autocomplete("feed")
    @latest.autocomplete("feed")
    async def _suggest(self, interaction: Interaction, typed: str) -> list[app_commands.Choice[str]]:
        return feed_choices(await self._lookup.feeds(guild_of(interaction).id, typed, viewer=viewer_of(interaction)))

    @search.autocomplete("since")
    async def _suggest_since(self, interaction: Interaction, typed: str) -> list[app_commands.Choice[str]]:
        return since_choices(typed, await self._lookup.now_in(guild_of(interaction).id))
