"""Who sees what is posted in a channel, compared with who sees another. ports.Audiences, from discord.py's cache."""

from __future__ import annotations

from collections.abc import Callable

import discord


class CachedAudiences:
    """Answers from what the gateway told; asks nobody."""

    def __init__(self, guild_of: Callable[[int], discord.Guild | None]) -> None:
        self._guild_of = guild_of

    def sees_all(self, guild_id: int, place_id: int, channel_id: int) -> bool | None:
        """A thread is taken for its channel; a private one, and what the cache does not know, is seen from nowhere
        else. From a place that it does not know only what is open to everybody is seen: Discord will say what is wrong.
        """
        guild = self._guild_of(guild_id)
        if guild is None or guild.unavailable:
            return None
        if place_id == channel_id:
            return True
        known = guild.get_channel_or_thread(channel_id)
        if isinstance(known, discord.Thread) and known.is_private():
            return False
        place, other = _channel_of(guild.get_channel_or_thread(place_id)), _channel_of(known)
        return other is not None and (place == other or _covers(place, other))


def _channel_of(channel: discord.abc.GuildChannel | discord.Thread | None) -> discord.abc.GuildChannel | None:
    return channel.parent if isinstance(channel, discord.Thread) else channel


def _covers(place: discord.abc.GuildChannel | None, other: discord.abc.GuildChannel) -> bool:
    """Whether whoever sees the place sees the other one. No where it would take members' roles to tell.

    Whom the other denies, a role or a member, the place must deny as well; a member whom the place allows must be
    allowed there too.
    """
    everyone, there = other.guild.default_role, _said_of_viewing(other)
    open_to_all = other.permissions_for(everyone).view_channel
    denied = {who for who, may in there.items() if not may and who != everyone.id}
    if place is None:
        return open_to_all and not denied
    for role in place.guild.roles:
        if place.permissions_for(role).view_channel and not other.permissions_for(role).view_channel:
            return False
    here = _said_of_viewing(place)
    invited = {who for who, may in here.items() if may and place.guild.get_role(who) is None}
    return all(here.get(who) is False for who in denied) and (open_to_all or all(there.get(who) for who in invited))


def _said_of_viewing(channel: discord.abc.GuildChannel) -> dict[int, bool]:
    """What the channel itself says of viewing it, by the id of the role or member."""
    return {who.id: said.view_channel for who, said in channel.overwrites.items() if said.view_channel is not None}
