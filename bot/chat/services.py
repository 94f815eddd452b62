"""What the commands ask of the rest of Herald. `work/` has the real ones; the docstrings there are the contract."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from bot.model import Digest, ForgottenMember, Keyword, Login, StoredEntry, StyleName, Subscription
from bot.ports import Viewer
from bot.work.answers import (
    Added,
    AddedKeyword,
    Choice,
    Editing,
    Preview,
    Proposal,
    ResultPage,
    SetDigest,
    StandingQuery,
    Status,
    Why,
)
from bot.work.lists import Brought, Exported, FeedList, Progress, Wish
from bot.work.privacy import Kept
from bot.work.server_settings import NoSuchZone, ServerState


class Follow(Protocol):
    """Following feeds, and finding those that are followed: work/follow."""

    keeps_logins: bool

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
        login: Login | None = None,
        private: bool = False,
    ) -> Added | Choice: ...

    async def give_login(self, guild_id: int, subscription_id: int, login: Login) -> Subscription: ...

    async def subscriptions(self, guild_id: int, *, channel_id: int | None = None) -> list[Subscription]: ...

    async def find(self, guild_id: int, text: str, *, channel_id: int | None = None) -> Subscription: ...

    async def suggest(self, guild_id: int, typed: str, *, limit: int = 25) -> list[Subscription]: ...


class Manage(Protocol):
    """Changing what is followed: work/manage."""

    async def edit(
        self,
        guild_id: int,
        subscription_id: int,
        *,
        filter: str | None = None,
        style: StyleName | None = None,
        mention_role_id: int | None = None,
    ) -> Subscription: ...

    async def switch(
        self,
        guild_id: int,
        subscription_id: int,
        *,
        follow_edits: bool | None = None,
        merge_stories: bool | None = None,
        page_images: bool | None = None,
    ) -> Subscription: ...

    async def move(self, guild_id: int, subscription_id: int, channel_id: int) -> Subscription: ...

    async def pause(self, guild_id: int, subscription_id: int, *, by: int, catch_up: bool = False) -> Subscription: ...

    async def resume(self, guild_id: int, subscription_id: int) -> Subscription: ...

    async def remove(self, guild_id: int, subscription_id: int) -> Subscription: ...

    async def post_newest(self, guild_id: int, subscription_id: int) -> bool: ...


class Show(Protocol):
    """Showing what is followed: work/show."""

    async def status(self, guild_id: int, subscription_id: int) -> Status: ...

    async def why(self, guild_id: int, subscription_id: int, text: str) -> Why: ...

    async def entries(self, guild_id: int, feed: str, typed: str, *, limit: int = 25) -> list[StoredEntry]: ...

    async def editing(self, guild_id: int, subscription_id: int) -> Editing: ...

    async def preview(self, *, guild_id: int, text: str) -> Preview | Choice: ...


class Reissued(Protocol):
    """Re-issued archives that are held back: work/reissued."""

    async def post(self, guild_id: int, feed_id: int) -> int: ...

    async def forget(self, guild_id: int, feed_id: int) -> int: ...


class Lists(Protocol):
    """A guild's feeds as a file: work/lists."""

    async def export(self, guild_id: int, channel_names: Mapping[int, str], *, title: str) -> Exported: ...

    async def read(self, data: bytes) -> FeedList: ...

    async def bring_in(
        self, guild_id: int, user_id: int, wishes: Sequence[Wish], progress: Progress
    ) -> list[Brought]: ...


class Lookup(Protocol):
    """Looking back at what was posted: work/lookup."""

    async def search(
        self,
        guild_id: int,
        text: str,
        *,
        user_id: int | None = None,
        feed_id: int | None = None,
        since: str = "",
        page: int = 0,
        viewer: Viewer | None = None,
    ) -> ResultPage: ...

    async def latest(
        self,
        guild_id: int,
        *,
        user_id: int | None = None,
        feed_id: int | None = None,
        count: int = 5,
        viewer: Viewer | None = None,
    ) -> list[StoredEntry]: ...

    async def now_in(self, guild_id: int) -> datetime: ...

    async def feeds(
        self, guild_id: int, typed: str = "", *, viewer: Viewer | None = None, limit: int = 25
    ) -> list[Subscription]: ...

    async def feed(self, guild_id: int, text: str, *, viewer: Viewer | None = None) -> Subscription: ...


class Keywords(Protocol):
    """Standing queries of members and channels: work/keywords."""

    async def add(
        self,
        *,
        guild_id: int,
        user_id: int,
        query: str,
        feed_id: int | None = None,
        channel_id: int | None = None,
        mention_role_id: int | None = None,
        viewer: Viewer | None = None,
    ) -> AddedKeyword: ...

    async def visible(self, guild_id: int, user_id: int, *, manager: bool) -> list[StandingQuery]: ...

    async def suggest(
        self, guild_id: int, user_id: int, typed: str, *, manager: bool, limit: int = 25
    ) -> list[StandingQuery]: ...

    async def find(self, guild_id: int, user_id: int, text: str, *, manager: bool) -> Keyword: ...

    async def pressed(self, keyword_id: int, *, guild_id: int | None, user_id: int, manager: bool) -> Keyword: ...

    async def remove(self, keyword: Keyword) -> None: ...

    async def mute(self, keyword: Keyword, length: str) -> datetime | None: ...


class Digests(Protocol):
    """Digests of a guild: work/digests."""

    async def set(
        self, *, guild_id: int, channel_id: int, user_id: int, schedule: str, filter: str = ""
    ) -> SetDigest: ...

    async def all_of(self, guild_id: int) -> list[Digest]: ...

    async def suggest(self, guild_id: int, typed: str, *, limit: int = 25) -> list[Digest]: ...

    async def find(self, guild_id: int, text: str) -> Digest: ...

    async def remove(self, guild_id: int, digest_id: int) -> Digest: ...

    async def post_now(self, guild_id: int, digest_id: int) -> str: ...


class More(Protocol):
    """More like this: work/more."""

    async def like_message(
        self, guild_id: int, user_id: int, channel_id: int, message_id: int, *, viewer: Viewer | None = None
    ) -> Proposal: ...

    async def like_entry(
        self, guild_id: int, user_id: int, entry_id: int, *, viewer: Viewer | None = None
    ) -> Proposal: ...


class ClosedDms(Protocol):
    """Members who cannot be written to: work/closed_dms."""

    async def news_for(self, user_id: int) -> int | None: ...

    async def try_again(self, user_id: int) -> bool: ...


class ServerSettings(Protocol):
    """What managers choose for their server: work/server_settings."""

    async def state(self, guild_id: int) -> ServerState: ...

    async def set_time_zone(self, guild_id: int, text: str) -> ServerState | NoSuchZone: ...

    async def set_quiet_hours(self, guild_id: int, begin: str, end: str) -> ServerState: ...

    async def set_notice_channel(self, guild_id: int, channel_id: int | None) -> ServerState: ...


class Privacy(Protocol):
    """What is kept of the member who asks: work/privacy."""

    async def kept(self, user_id: int) -> Kept: ...

    async def file(self, user_id: int) -> bytes: ...

    async def forget(self, user_id: int) -> ForgottenMember: ...


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
    manage: Manage
    show: Show
    lists: Lists
    reissued: Reissued
    lookup: Lookup
    keywords: Keywords
    digests: Digests
    more: More
    closed_dms: ClosedDms
    guilds: Guilds
    settings: ServerSettings
    privacy: Privacy
