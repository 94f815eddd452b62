"""The answer to a digest that was ordered, with what it would post now and a button that does, and the list of them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, Self

import discord

from bot.chat import digest_messages
from bot.chat.interaction import Interaction, require_manager, services_of
from bot.chat.messages import joined
from bot.chat.places import access_problem
from bot.chat.views.pressed import Pressed, button, row_of
from bot.model import Digest
from bot.render.digest import message
from bot.work.answers import SetDigest


async def show_set(interaction: Interaction, done: SetDigest) -> None:
    """Answers what was ordered."""
    words = digest_messages.digest_set(done)
    if not done.pages:
        await interaction.edit_original_response(content=words)
        return
    embeds = [discord.Embed.from_dict(dict(embed)) for embed in message(done.pages[0]).embeds]
    view = row_of(PostNow(done.digest.id))
    await interaction.edit_original_response(content=words, embeds=embeds, view=view)


def list_embed(digests: Sequence[Digest], guild: discord.Guild) -> discord.Embed:
    """All of the guild's digests, of which there is at least one."""
    lines = [digest_messages.digest_line(one, access_problem(guild, one.channel_id)) for one in digests]
    return discord.Embed(title=digest_messages.digests_title(len(digests)), description=joined(lines))


class PostNow(Pressed[discord.ui.Button[Any]], template=r"herald:digest:(?P<digest>[0-9]{1,19})"):
    """Posts what the digest has to tell, without waiting for its time."""

    def __init__(self, digest_id: int) -> None:
        super().__init__(button(digest_messages.post_now_label(), f"herald:digest:{digest_id}"))
        self.digest_id = digest_id

    @classmethod
    async def from_custom_id(cls, _: Interaction, item: discord.ui.Item[Any], match: re.Match[str], /) -> Self:
        return cls(int(match["digest"]))

    async def pressed(self, interaction: Interaction) -> None:
        guild = require_manager(interaction)
        counted = await services_of(interaction).digests.post_now(guild.id, self.digest_id)
        await interaction.edit_original_response(view=None)
        await interaction.followup.send(digest_messages.digest_comes(counted), ephemeral=True)
