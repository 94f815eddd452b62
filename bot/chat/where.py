"""What discord.py's cache knows of guilds: what they are called, where Herald may write,
and who owns them. ports.Places."""

from __future__ import annotations

import discord

from bot.chat.places import can_post_in


class CachedPlaces:
    """Answers from what the gateway told; asks nobody."""

    def __init__(self, client: discord.Client) -> None:
        self._client = client

    def writable_channels(self, guild_id: int) -> list[int]:
        """The system channel first: that is where a server expects such words."""
        guild = self._client.get_guild(guild_id)
        if guild is None:
            return []
        system = [guild.system_channel] if guild.system_channel is not None else []
        found = [channel.id for channel in (*system, *guild.text_channels) if can_post_in(channel)]
        return list(dict.fromkeys(found))

    def name_of(self, guild_id: int) -> str | None:
        """None if the guild is not known."""
        guild = self._client.get_guild(guild_id)
        return guild.name if guild is not None and not guild.unavailable else None

    def owner_of(self, guild_id: int) -> int | None:
        """None if the guild is not known."""
        guild = self._client.get_guild(guild_id)
        return guild.owner_id if guild is not None else None
