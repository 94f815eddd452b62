"""Pages of `/feed list`, and the button below a new subscription."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, Self

import discord

from bot.chat import feed_messages, messages
from bot.chat.interaction import Interaction, require_manager, services_of
from bot.chat.views.pressed import Pressed, button, row_of
from bot.model import Subscription

PER_PAGE = 10


def list_page(
    subscriptions: Sequence[Subscription], *, channel_id: int | None, page: int
) -> tuple[discord.Embed, discord.ui.View]:
    """One page of at least one subscription, with buttons to its neighbours. A page beyond the last is the last."""
    pages = -(-len(subscriptions) // PER_PAGE)
    page = min(page, pages - 1)
    shown = subscriptions[page * PER_PAGE : (page + 1) * PER_PAGE]
    embed = discord.Embed(
        title=feed_messages.list_title(len(subscriptions)),
        description=messages.joined([feed_messages.list_line(one) for one in shown]),
    )
    if pages > 1:
        embed.set_footer(text=messages.page_note(page, pages))
    view = row_of()
    if page > 0:
        view.add_item(ListPage(page - 1, channel_id or 0, messages.PREVIOUS))
    if page + 1 < pages:
        view.add_item(ListPage(page + 1, channel_id or 0, messages.NEXT))
    return embed, view


class ListPage(Pressed[discord.ui.Button[Any]], template=r"herald:list:(?P<page>[0-9]{1,3}):(?P<channel>[0-9]{1,20})"):
    """Turns the list to another page; channel 0 is the whole server."""

    def __init__(self, page: int, channel_id: int, label: str) -> None:
        super().__init__(button(label, f"herald:list:{page}:{channel_id}"))
        self.page, self.channel_id = page, channel_id

    @classmethod
    async def from_custom_id(cls, _: Interaction, item: discord.ui.Item[Any], match: re.Match[str], /) -> Self:
        return cls(int(match["page"]), int(match["channel"]), messages.NEXT)

    async def pressed(self, interaction: Interaction) -> None:
        guild = require_manager(interaction)
        channel_id = self.channel_id or None
        subscriptions = await services_of(interaction).follow.subscriptions(guild.id, channel_id=channel_id)
        if not subscriptions:
            words = feed_messages.nothing_followed(channel_id)
            await interaction.edit_original_response(content=words, embed=None, view=None)
            return
        embed, view = list_page(subscriptions, channel_id=channel_id, page=self.page)
        await interaction.edit_original_response(embed=embed, view=view)


class PostNewest(Pressed[discord.ui.Button[Any]], template=r"herald:newest:(?P<subscription>[0-9]{1,19})"):
    """Posts the feed's newest entry, which a new subscription does not do by itself."""

    def __init__(self, subscription_id: int) -> None:
        super().__init__(button(feed_messages.post_newest_label(), f"herald:newest:{subscription_id}"))
        self.subscription_id = subscription_id

    @classmethod
    async def from_custom_id(cls, _: Interaction, item: discord.ui.Item[Any], match: re.Match[str], /) -> Self:
        return cls(int(match["subscription"]))

    async def pressed(self, interaction: Interaction) -> None:
        guild = require_manager(interaction)
        posted = await services_of(interaction).manage.post_newest(guild.id, self.subscription_id)
        await interaction.edit_original_response(view=None)
        words = feed_messages.newest_comes() if posted else feed_messages.no_entry_yet()
        await interaction.followup.send(words, ephemeral=True)
