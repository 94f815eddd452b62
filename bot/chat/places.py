"""Where a post may go: a channel or thread of this server that the member sees and Herald can write to."""

from __future__ import annotations

import discord
from discord import app_commands

from bot.chat import messages
from bot.chat.interaction import Interaction, guild_of
from bot.chat.permissions import ChannelKind, missing
from bot.errors import NotAllowed, NotFound, UsageError

# What a person may choose from; thread kinds make Discord list threads too.
POSTABLE = [
    discord.ChannelType.text,
    discord.ChannelType.news,
    discord.ChannelType.forum,
    discord.ChannelType.public_thread,
    discord.ChannelType.private_thread,
    discord.ChannelType.news_thread,
]
ChannelOption = app_commands.AppCommandChannel | app_commands.AppCommandThread
Place = discord.TextChannel | discord.Thread | discord.ForumChannel


def place_for(interaction: Interaction, option: ChannelOption | None, *, forums: bool = False) -> Place:
    """The channel given, or the one the command was used in. Raises UsageError saying what stands in the way.

    Discord's client offers only fitting channels, but what arrives is whatever was sent.
    """
    guild = guild_of(interaction)
    place = place_by_id(guild, interaction.channel_id if option is None else visible_channel(interaction, option).id)
    if isinstance(place, discord.ForumChannel) and not forums:
        raise UsageError(messages.no_forum_here(place.mention))
    return place


def visible_channel(interaction: Interaction, option: ChannelOption) -> ChannelOption:
    """The channel given, if it is one of this server that the member sees. Raises NotFound."""
    if option.guild_id != guild_of(interaction).id or not option.permissions.view_channel:
        raise NotFound(messages.channel_not_here())
    return option


def place_by_id(guild: discord.Guild, channel_id: int | None) -> Place:
    """The guild's channel, if Herald can post in it now; else UsageError naming what is missing."""
    channel = guild.get_channel_or_thread(channel_id) if channel_id is not None else None
    if channel is None:
        # Discord tells a bot of every channel, but only of threads that are open and that it sees.
        raise NotFound(messages.channel_not_seen())
    if not isinstance(channel, Place) or _is_gallery(channel):
        raise UsageError(messages.channel_kind_unfit())
    if _is_closed(channel):
        raise UsageError(messages.thread_closed(channel.mention))
    lacking = lacking_in(channel)
    if lacking:
        raise NotAllowed(messages.permissions_missing(channel.mention, lacking))
    return channel


def place_seen(interaction: Interaction, guild: discord.Guild, channel_id: int | None) -> Place:
    """As `place_by_id`, for a channel that the member must see too. Raises NotFound if they do not."""
    channel = guild.get_channel_or_thread(channel_id) if channel_id is not None else None
    member = interaction.user
    if isinstance(channel, Place) and isinstance(member, discord.Member):
        try:
            seen = channel.permissions_for(member).view_channel
        except discord.ClientException:  # a thread whose parent is not in the cache
            seen = False
        if not seen:
            raise NotFound(messages.channel_not_here())
    return place_by_id(guild, channel_id)


def access_problem(guild: discord.Guild, channel_id: int) -> str | None:
    """What keeps Herald from posting there, as a sentence; None if nothing does."""
    try:
        place_by_id(guild, channel_id)
    except UsageError as error:
        return str(error)
    return None


def role_for(interaction: Interaction, role: discord.Role | None, place: Place) -> int | None:
    """The id of the role to mention there. Raises UsageError if that would reach nobody, or more than one may."""
    if role is None:
        return None
    if role.is_default():
        raise UsageError(messages.role_is_everyone())
    if role.mentionable:
        return role.id
    me = place.guild.me
    reaches = me is not None and place.permissions_for(me).mention_everyone
    if not reaches or not interaction.permissions.mention_everyone:
        raise NotAllowed(messages.role_not_mentionable(role.mention))
    return role.id


def lacking_in(channel: Place) -> list[str]:
    """What Herald lacks there by the cache; nothing in a guild whose cache does not know Herald itself."""
    me = channel.guild.me
    if me is None:
        return []
    try:
        return missing(channel.permissions_for(me), _kind(channel))
    except discord.ClientException:  # a thread whose parent is not in the cache: it cannot be seen
        return ["View Channel"]


def can_post_in(channel: object) -> bool:
    """True for a text channel, a forum or an open thread where nothing is missing."""
    if not isinstance(channel, Place) or _is_gallery(channel):
        return False
    return not _is_closed(channel) and not lacking_in(channel)


def _kind(channel: Place) -> ChannelKind:
    if isinstance(channel, discord.Thread):
        return "thread"
    return "forum" if isinstance(channel, discord.ForumChannel) else "channel"


def _is_gallery(channel: Place) -> bool:
    """A media channel, which discord.py takes for a forum: its posts must hold a file, and entries have none."""
    return isinstance(channel, discord.ForumChannel) and channel.is_media()


def _is_closed(channel: Place) -> bool:
    return isinstance(channel, discord.Thread) and (channel.archived or channel.locked)
