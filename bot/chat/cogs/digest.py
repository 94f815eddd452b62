"""`/digest`: one message at chosen times instead of many. The commands translate; the rules are in work/digests."""

from __future__ import annotations

from discord import app_commands

from bot.chat import digest_messages
from bot.chat.cogs.choices import digest_choices, schedule_choices
from bot.chat.cogs.feed import Channel, FilterOption
from bot.chat.cogs.managers import ManagersCog
from bot.chat.interaction import Interaction, guild_of, is_manager, on_one_line
from bot.chat.places import place_for
from bot.chat.services import Services
from bot.chat.views.digests import list_embed, show_set

ScheduleOption = app_commands.Range[str, 1, 100]
DigestOption = app_commands.Range[str, 1, 600]


@app_commands.default_permissions(manage_guild=True)
class DigestCog(ManagersCog, group_name="digest", group_description="What the feeds brought, in one message"):
    def __init__(self, services: Services) -> None:
        self._digests = services.digests

    @app_commands.command(name="set", description="Post what the feeds brought in one message, at times of your choice")
    @app_commands.describe(
        channel="Where to post it",
        schedule="daily 9:00, weekdays 8:30, monday 9am, mon,thu 18:00, monthly 1 9:00, every 6h",
        filter="Only entries that match, in the words of /search",
    )
    async def set_(
        self,
        interaction: Interaction,
        channel: Channel,
        schedule: ScheduleOption,
        filter: FilterOption | None = None,
    ) -> None:
        place = place_for(interaction, channel)
        done = await self._digests.set(
            guild_id=guild_of(interaction).id,
            channel_id=place.id,
            user_id=interaction.user.id,
            schedule=schedule,
            filter=on_one_line(filter),
        )
        await show_set(interaction, done)

    @app_commands.command(name="list", description="The digests of this server")
    async def list_(self, interaction: Interaction) -> None:
        guild = guild_of(interaction)
        digests = await self._digests.all_of(guild.id)
        if not digests:
            await interaction.edit_original_response(content=digest_messages.no_digests())
            return
        await interaction.edit_original_response(embed=list_embed(digests, guild))

    @app_commands.command(description="End a digest")
    @app_commands.describe(digest="Which one")
    async def remove(self, interaction: Interaction, digest: DigestOption) -> None:
        guild_id = guild_of(interaction).id
        found = await self._digests.find(guild_id, digest)
        gone = await self._digests.remove(guild_id, found.id)
        await interaction.edit_original_response(content=digest_messages.digest_removed(gone))

    @remove.autocomplete("digest")
    async def _suggest(self, interaction: Interaction, typed: str) -> list[app_commands.Choice[str]]:
        if not is_manager(interaction):
            return []
        guild = guild_of(interaction)
        return digest_choices(await self._digests.suggest(guild.id, typed), guild)

    @set_.autocomplete("schedule")
    async def _suggest_schedule(self, interaction: Interaction, typed: str) -> list[app_commands.Choice[str]]:
        return schedule_choices(typed) if is_manager(interaction) else []
