"""Looking things up."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from bot.model import Caught, Sight, StoredEntry
from bot.ports.guilds import GuildStore, SettingsStore, SubscriptionStore
from bot.query.language import Query


class SearchStore(Protocol):
    """Looking back. Only feeds that the guild follows, and with `sight` of these only what a member may find."""

    async def search(
        self,
        guild_id: int,
        query: Query,
        *,
        feed_id: int | None = None,
        since: datetime | None = None,
        sight: Sight | None = None,
        offset: int = 0,
        limit: int = 5,
    ) -> tuple[list[StoredEntry], int]:
        """Hits, best first, and how many there are in all (counted to 1,000)."""

    async def latest(
        self, guild_id: int, *, feed_id: int | None = None, sight: Sight | None = None, limit: int = 5
    ) -> list[StoredEntry]:
        """Newest first."""

    async def entry(self, guild_id: int, entry_id: int) -> StoredEntry | None: ...

    async def titles(self, guild_id: int, *, sight: Sight | None = None) -> list[str]:
        """The newest 2,000 titles that the guild could find: what query/spelling and query/rare know of its words."""


class FollowStore(GuildStore, SearchStore, Protocol):
    """What following feeds needs of the store."""


class MoreStore(SubscriptionStore, Protocol):
    """What "more like this" needs."""

    async def entries_announced(self, guild_id: int, channel_id: int, message_id: int) -> list[StoredEntry]:
        """What this message of the guild announced, as it stands in it; empty if it is none of Herald's."""

    async def entry(self, guild_id: int, entry_id: int) -> StoredEntry | None: ...

    async def titles(self, guild_id: int, *, sight: Sight | None = None) -> list[str]:
        """As SearchStore's."""

    async def caught(
        self,
        guild_id: int,
        query: Query,
        *,
        feed_id: int | None = None,
        since: datetime,
        sight: Sight | None = None,
        limit: int = 3,
    ) -> Caught:
        """As KeywordStore's."""


class LookupStore(FollowStore, SettingsStore, Protocol):
    """What looking back needs: a day begins at midnight where the guild is."""
