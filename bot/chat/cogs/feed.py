"""`/feed`: what a server follows and where. The commands translate; the rules are in work/follow, manage and show."""

from __future__ import annotations

from typing import Literal

import discord
from discord import app_commands

from bot.chat import feed_lists, feed_messages, why_messages
from bot.chat.cogs.choices import entry_choices, subscription_choices
from bot.chat.cogs.managers import ManagersCog
from bot.chat.interaction import Interaction, guild_of, is_manager, on_one_line
from bot.chat.places import POSTABLE, ChannelOption, place_for, role_for
from bot.chat.services import Services
from bot.chat.views import editing, following, logins
from bot.chat.views.status import status_page
from bot.chat.views.subscriptions import list_page
from bot.model import StyleName, Subscription

Url = app_commands.Range[str, 1, 2000]
FeedOption = app_commands.Range[str, 1, 2000]
FilterOption = app_commands.Range[str, 1, editing.FILTER_LIMIT]


class PostableChannel(app_commands.Transformer):
    """A channel option that offers what Herald can post in, and takes what Discord sends."""

    @property
    def type(self) -> discord.AppCommandOptionType:
        return discord.AppCommandOptionType.channel

    @property
    def channel_types(self) -> list[discord.ChannelType]:
        return POSTABLE

    async def transform(self, interaction: Interaction, value: ChannelOption, /) -> ChannelOption:
        return value


Channel = app_commands.Transform[ChannelOption, PostableChannel]


@app_commands.default_permissions(manage_guild=True)
class FeedCog(ManagersCog, group_name="feed", group_description="Follow feeds in this server's channels"):
    def __init__(self, services: Services) -> None:
        self._follow, self._manage, self._show = services.follow, services.manage, services.show

    @app_commands.command(description="Follow a feed, or the feed of a web page, in a channel")
    @app_commands.describe(
        url="The feed's address, or any page of the site",
        channel="Where to post; this channel if left out",
        filter="Only entries that match, in the words of /search",
        style="How much of an entry a post shows; digest: no posts, only in digests (/digest set)",
        mention="A role that each post mentions",
        private="For this server alone: asks for the login, or for an address that is a key, in a form",
    )
    async def add(  # noqa: PLR0917  (discord.py takes options from the signature, by position)
        self,
        interaction: Interaction,
        url: Url,
        channel: Channel | None = None,
        filter: FilterOption | None = None,
        style: StyleName = "full",
        mention: discord.Role | None = None,
        private: bool = False,
    ) -> None:
        place = place_for(interaction, channel, forums=True)
        role_id = role_for(interaction, mention, place)
        wish = following.Wish(channel_id=place.id, style=style, role_id=role_id, filter=on_one_line(filter))
        answer = logins.ask(interaction, url, wish) if private else await logins.follow(interaction, url, wish)
        await answer.give(interaction)

    @app_commands.command(name="list", description="The feeds that this server follows")
    @app_commands.describe(channel="Only those of one channel")
    async def list_(self, interaction: Interaction, channel: Channel | None = None) -> None:
        guild, channel_id = guild_of(interaction), _id_of(channel)
        subscriptions = await self._follow.subscriptions(guild.id, channel_id=channel_id)
        if not subscriptions:
            await interaction.edit_original_response(content=feed_messages.nothing_followed(channel_id))
            return
        embed, view = list_page(subscriptions, channel_id=channel_id, page=0)
        await interaction.edit_original_response(embed=embed, view=view)

    @app_commands.command(description="What a feed's newest posts would look like; nothing is stored or posted")
    @app_commands.describe(feed="A feed followed here, or any address")
    async def preview(self, interaction: Interaction, feed: FeedOption) -> None:
        await (await following.preview(interaction, feed)).give(interaction)

    @app_commands.command(description="How a feed is doing: polls, trouble, the last posts; and why one did not come")
    @app_commands.describe(
        feed="Which feed",
        channel="Where it is followed, if in several channels",
        entry="Why was this posted, or not? Its title or link",
    )
    async def status(
        self,
        interaction: Interaction,
        feed: FeedOption,
        channel: Channel | None = None,
        entry: FeedOption | None = None,
    ) -> None:
        subscription = await self._meant(interaction, feed, channel)
        if entry is not None:
            answer = await self._show.why(subscription.guild_id, subscription.id, entry)
            await interaction.edit_original_response(content=why_messages.why(answer))
            return
        embed, view = await status_page(interaction, subscription.id)
        await interaction.edit_original_response(embed=embed, view=view)

    @app_commands.command(description="Change where and how a feed is posted, and see what its newest post would be")
    @app_commands.describe(feed="Which feed", channel="Where it is followed, if in several channels")
    async def edit(self, interaction: Interaction, feed: FeedOption, channel: Channel | None = None) -> None:
        subscription = await self._meant(interaction, feed, channel)
        await (await editing.panel(interaction, subscription.id)).give(interaction)

    @app_commands.command(description="The feeds of this server as a file (OPML) that other readers take too")
    async def export(self, interaction: Interaction) -> None:
        await feed_lists.give_list(interaction)

    @app_commands.command(name="import", description="Follow the feeds of an OPML file, ours or another reader's")
    @app_commands.describe(
        file="An OPML file", channel="For feeds whose channel the file does not name; this channel if left out"
    )
    async def import_(self, interaction: Interaction, file: discord.Attachment, channel: Channel | None = None) -> None:
        await feed_lists.take_list(interaction, file, place_for(interaction, channel, forums=True))

    @app_commands.command(description="Stop following a feed")
    @app_commands.describe(feed="Which feed", channel="Where it is followed, if in several channels")
    async def remove(self, interaction: Interaction, feed: FeedOption, channel: Channel | None = None) -> None:
        subscription = await self._meant(interaction, feed, channel)
        gone = await self._manage.remove(subscription.guild_id, subscription.id)
        await interaction.edit_original_response(content=feed_messages.removed(gone))

    @app_commands.command(description="Stop posting a feed for a while")
    @app_commands.describe(
        feed="Which feed",
        channel="Where it is followed, if in several channels",
        meanwhile="What to do with entries that appear while it is paused (skip)",
    )
    async def pause(
        self,
        interaction: Interaction,
        feed: FeedOption,
        channel: Channel | None = None,
        meanwhile: Literal["skip", "keep"] = "skip",
    ) -> None:
        subscription = await self._meant(interaction, feed, channel)
        paused = await self._manage.pause(
            subscription.guild_id, subscription.id, by=interaction.user.id, catch_up=meanwhile == "keep"
        )
        await interaction.edit_original_response(content=feed_messages.paused(paused))

    @app_commands.command(description="Post a paused feed again")
    @app_commands.describe(feed="Which feed", channel="Where it is followed, if in several channels")
    async def resume(self, interaction: Interaction, feed: FeedOption, channel: Channel | None = None) -> None:
        subscription = await self._meant(interaction, feed, channel)
        running = await self._manage.resume(subscription.guild_id, subscription.id)
        await interaction.edit_original_response(content=feed_messages.resumed(running))

    async def _meant(self, interaction: Interaction, feed: str, channel: ChannelOption | None) -> Subscription:
        """The subscription that the options name; what autocomplete offered is only a text by now."""
        return await self._follow.find(guild_of(interaction).id, feed, channel_id=_id_of(channel))

    @preview.autocomplete("feed")
    @status.autocomplete("feed")
    @edit.autocomplete("feed")
    @remove.autocomplete("feed")
    @pause.autocomplete("feed")
    @resume.autocomplete("feed")
    async def _suggest(self, interaction: Interaction, typed: str) -> list[app_commands.Choice[str]]:
        if not is_manager(interaction):
            return []
        guild = guild_of(interaction)
        return subscription_choices(await self._follow.suggest(guild.id, typed), guild)

    @status.autocomplete("entry")
    async def _suggest_entry(self, interaction: Interaction, typed: str) -> list[app_commands.Choice[str]]:
        if not is_manager(interaction):
            return []
        feed = getattr(interaction.namespace, "feed", "") or ""
        return entry_choices(await self._show.entries(guild_of(interaction).id, feed, typed))


def _id_of(channel: ChannelOption | None) -> int | None:
    return channel.id if channel is not None else None
