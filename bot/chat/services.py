"""What the commands ask of the rest of Herald. `work/` has the real ones; the docstrings there are the contract."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from bot.model import StoredEntry, StyleName, Subscription
from bot.work.answers import Added, Choice, Preview, ResultPage, Status


class Follow(Protocol):
    """Subscriptions of a guild: work/follow."""

    async def add(
        self,
        *,
        guild_id: int,
        channel_id: int,
        user_id: int,
        url: str,
        filter: str = "",
        style: StyleName = "full",
        mention_role_id: int | None = None,
    ) -> Added | Choice: ...

    async def preview(self, *, guild_id: int, text: str) -> Preview | Choice: ...

    async def subscriptions(self, guild_id: int, *, channel_id: int | None = None) -> list[Subscription]: ...

    async def find(self, guild_id: int, text: str, *, channel_id: int | None = None) -> Subscription: ...

    async def suggest(self, guild_id: int, typed: str, *, limit: int = 25) -> list[Subscription]: ...

    async def remove(self, guild_id: int, subscription_id: int) -> Subscription: ...

    async def pause(self, guild_id: int, subscription_id: int, *, by: int, catch_up: bool = False) -> Subscription: ...

    async def resume(self, guild_id: int, subscription_id: int) -> Subscription: ...

    async def status(self, guild_id: int, subscription_id: int) -> Status: ...

    async def post_newest(self, guild_id: int, subscription_id: int) -> bool: ...


class Lookup(Protocol):
    """Looking back at what was posted: work/lookup."""

    async def search(
        self, guild_id: int, text: str, *, feed_id: int | None = None, since: str = "", page: int = 0
    ) -> ResultPage: ...

    async def latest(self, guild_id: int, *, feed_id: int | None = None, count: int = 5) -> list[StoredEntry]: ...

    async def feeds(self, guild_id: int, typed: str = "", *, limit: int = 25) -> list[Subscription]: ...


class Guilds(Protocol):
    """What happens to guilds and their channels: work/guilds."""

    async def present(self, guild_ids: frozenset[int]) -> None: ...

    async def joined(self, guild_id: int) -> None: ...

    async def left(self, guild_id: int) -> None: ...

    async def channel_back(self, channel_id: int) -> None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """Everything behind the commands."""

    follow: Follow
    lookup: Lookup
    guilds: Guilds
