"""Which channels the member of an interaction sees, from discord.py's cache and what Discord sent along of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeGuard

import discord

from bot.chat.interaction import Interaction, guild_of, is_manager
from bot.ports import Viewer

Channel = discord.abc.GuildChannel | discord.Thread


def viewer_of(interaction: Interaction) -> Viewer | None:
    """Who looks. None for members with Manage Server: `/feed list` shows them everything that is followed anyway."""
    guild, member = guild_of(interaction), interaction.user
    if is_manager(interaction):
        return None
    return _Member(guild, member if isinstance(member, discord.Member) else None)


@dataclass(frozen=True, slots=True)
class _Member:
    """Sees nothing if Discord did not say who it is."""

    guild: discord.Guild
    member: discord.Member | None

    def sees(self, channel_id: int) -> bool:
        """False as well for what the cache does not know: deleted channels, and threads that are archived."""
        channel = self.guild.get_channel_or_thread(channel_id)
        return channel is not None and self.member is not None and can_see(self.member, channel)


def can_see(member: discord.Member, channel: Channel) -> bool:
    """A private thread only if they are known to be in it, or may manage threads."""
    permissions = _permissions(member, channel)
    if isinstance(channel, discord.Thread) and channel.is_private():
        inside = any(one.id == member.id for one in channel.members)
        return permissions.view_channel and (inside or permissions.manage_threads)
    return permissions.view_channel


def inside_decides(channel: Channel, member: discord.Member) -> TypeGuard[discord.Thread]:
    """It is a private thread in a channel that they see: whether they are in it, Discord has to be asked."""
    private = isinstance(channel, discord.Thread) and channel.is_private()
    return private and _permissions(member, channel).view_channel


def open_to_all(channel: Channel | None) -> bool:
    """Whether every member sees it, whatever their roles. False if it is not known."""
    if isinstance(channel, discord.Thread):
        return not channel.is_private() and open_to_all(channel.parent)
    if channel is None or not channel.guild.default_role.permissions.view_channel:
        return False
    return all(overwrite.view_channel is not False for overwrite in channel.overwrites.values())


def _permissions(member: discord.Member, channel: Channel) -> discord.Permissions:
    try:
        return channel.permissions_for(member)
    except discord.ClientException:  # a thread whose parent is not in the cache: Herald cannot see it either
        return discord.Permissions.none()
