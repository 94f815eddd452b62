"""What guilds and members asked for, and what is kept of them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from datetime import datetime
from typing import Protocol

from bot.model import (
    Caught,
    DeliveryNote,
    Digest,
    DigestPage,
    Fate,
    Feed,
    FeedFacts,
    ForgottenMember,
    Gathered,
    GuildSettings,
    Hold,
    HubSubscription,
    KeptOfMember,
    Keyword,
    PollCommit,
    Reissue,
    Sight,
    StoredEntry,
    Subscription,
)
from bot.query.language import Query


class GuildStore(Protocol):
    """What the commands need. Every query is by guild; nothing of another guild is found, counted or suggested."""

    async def feed_by_url(self, url: str) -> Feed | None:
        """The public feed polled at exactly this URL, whoever follows it. For joining a poll, never for display."""

    async def add_feed(
        self,
        url: str,
        facts: FeedFacts,
        commit: PollCommit | None,
        now: datetime,
        *,
        owner_guild_id: int | None = None,
        sealed: bytes | None = None,
    ) -> Feed:
        """Creates the feed, with the entries of its first document if given (`commit.feed_id` is ignored).

        With an owner it is private: no other guild's, and `sealed` replaces what was kept of it.
        """

    async def reseal_feed(self, guild_id: int, feed_id: int, sealed: bytes, now: datetime) -> bool:
        """Another login for a private feed of this guild, which is due at once. False if it has none of this id."""

    async def add_subscription(self, new: Subscription, *, at_most: int | None = None) -> Subscription:
        """`new.id` is ignored. Raises AlreadyThere for the same (channel, feed), and QuotaReached if the guild has
        `at_most` subscriptions."""

    async def subscriptions(
        self, guild_id: int, *, feed_id: int | None = None, channel_id: int | None = None
    ) -> list[Subscription]:
        """By feed title, then channel."""

    async def subscription(self, guild_id: int, subscription_id: int) -> Subscription | None: ...

    async def move_subscription(self, guild_id: int, subscription_id: int, channel_id: int, now: datetime) -> None:
        """To another channel. What is owed and not begun goes with it, none twice; what was begun stays where it was.

        Raises AlreadyThere if that channel follows the feed.
        """

    async def remove_subscription(self, guild_id: int, subscription_id: int) -> None:
        """Ends it; what it still owes is dropped, entries stay searchable while another follows the feed."""

    async def pause_subscription(
        self, guild_id: int, subscription_id: int, reason: str, now: datetime, *, catch_up: bool = False
    ) -> None:
        """With `catch_up` what comes meanwhile is kept, and told when it resumes; else it is skipped."""

    async def resume_subscription(self, guild_id: int, subscription_id: int, now: datetime) -> None: ...

    async def feed(self, guild_id: int, feed_id: int) -> Feed | None:
        """None unless this guild follows it."""

    async def owe(self, owed: Sequence[tuple[int, Subscription]], now: datetime) -> int:
        """(entry id, subscription): post these although they are not new ("post the newest now"). Returns how many."""

    async def update_subscription(self, changed: Subscription, *, only: Collection[str] = ...) -> None:
        """Takes filter, style, mention and switches of `changed` for the one with its id and guild, or `only` these
        fields: then somebody who changes another at the same time has their way, too."""

    async def find_entry(self, guild_id: int, feed_id: int, text: str) -> StoredEntry | None:
        """The newest entry of the feed that is meant by its id, its link, or its title or a part of it."""

    async def fate(self, guild_id: int, subscription_id: int, entry_id: int) -> Fate: ...

    async def recent_deliveries(self, guild_id: int, subscription_id: int, limit: int) -> list[DeliveryNote]: ...

    async def holds(self, guild_id: int) -> list[Hold]:
        """What of this guild refuses messages, the longest first."""

    async def waiting(self, guild_id: int, subscription_id: int) -> int:
        """Deliveries owed and not yet settled."""

    async def reissue(self, guild_id: int, feed_id: int) -> Reissue | None:
        """As ReissueStore's."""

    async def count_old(self, guild_id: int, feed_id: int, since: datetime) -> int:
        """Entries first seen from then on that were told to nobody, for they came long after their date."""

    async def hub_of(self, guild_id: int, feed_id: int) -> HubSubscription | None:
        """The hub that a feed of this guild names, and how we stand with it."""


class SubscriptionStore(Protocol):
    """Which feed posts where."""

    async def subscriptions(
        self, guild_id: int, *, feed_id: int | None = None, channel_id: int | None = None
    ) -> list[Subscription]: ...


class TenancyStore(Protocol):
    """Guilds that come and go, channels that refuse and relent."""

    async def guild_ids(self) -> list[int]:
        """Guilds that are there, as far as the store knows."""

    async def restore_guild(self, guild_id: int) -> bool:
        """The guild is there again, with all it had. False if it was never gone."""

    async def forget_guild(self, guild_id: int, now: datetime) -> None:
        """The guild removed the bot at `now`."""

    async def release_channel(self, channel_id: int, now: datetime) -> bool:
        """Whatever waits for this channel is due now. False if nothing did."""


class PrivacyStore(Protocol):
    """What a member may know and have forgotten. In every guild: for the member who asks, and for nobody else."""

    async def kept_of_member(self, user_id: int, *, messages: int = 0) -> KeptOfMember:
        """With the newest so many of the direct messages."""

    async def forget_member(self, user_id: int) -> ForgottenMember:
        """All of it, in one transaction. What was made for a guild's channels stays there without the name."""


class MemberStore(SubscriptionStore, Protocol):
    """Forgetting who left, and what a member may not be told."""

    async def forget_member_of(self, guild_id: int, user_id: int) -> int:
        """Erases the member's DM keywords in this guild and the DMs owed and sent. Returns the keywords there were."""

    async def leave_out(self, posting_id: int, feed_ids: Collection[int]) -> None:
        """What the posting was to tell of these feeds is owed no more, as if it never had been; a story of theirs that
        another feed told too is owed as that one's. It ends if nothing is left in it."""


class KeywordStore(Protocol):
    """What `/keyword` needs. Every query is by guild, but for the member's own question what is kept of them."""

    async def add_keyword(self, new: Keyword, *, at_most: int | None = None) -> Keyword:
        """`new.id` is ignored. Raises AlreadyThere for the same query, feed and receiver, and QuotaReached if the
        member has `at_most` keywords in the guild."""

    async def keywords(self, guild_id: int, user_id: int | None = None, *, channels: bool = False) -> list[Keyword]:
        """The member's, with `channels` those of channels too; with None the whole guild's. By query."""

    async def keyword(self, guild_id: int, keyword_id: int) -> Keyword | None: ...

    async def keywords_of_member(self, user_id: int) -> list[Keyword]:
        """In every guild: for the member who asks, and for nobody else."""

    async def remove_keyword(self, guild_id: int, keyword_id: int) -> None:
        """What only this keyword still wanted is dropped."""

    async def mute_keyword(self, guild_id: int, keyword_id: int, until: datetime | None) -> None: ...

    async def subscriptions(
        self, guild_id: int, *, feed_id: int | None = None, channel_id: int | None = None
    ) -> list[Subscription]: ...

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
        """What the query finds from then on, the newest first."""


class DigestStore(Protocol):
    """What digests need. What people ask for is by guild."""

    async def set_digest(self, new: Digest, *, at_most: int) -> tuple[Digest, bool]:
        """`new.id` is ignored. The same channel and filter again takes the times of `new` and is the one it was: True.
        Raises QuotaReached if it would be one more than `at_most` in the guild."""

    async def digests(self, guild_id: int) -> list[Digest]:
        """By channel."""

    async def digest(self, guild_id: int, digest_id: int) -> Digest | None: ...

    async def remove_digest(self, guild_id: int, digest_id: int) -> None:
        """What of it is not sent yet is not sent any more."""

    async def guild_settings(self, guild_id: int) -> GuildSettings: ...

    async def subscriptions(
        self, guild_id: int, *, feed_id: int | None = None, channel_id: int | None = None
    ) -> list[Subscription]: ...

    async def digests_due(self, now: datetime, limit: int) -> list[Digest]:
        """Those whose time has come, and those to be planned, of guilds that are there."""

    async def next_digest_due(self, after: datetime) -> datetime | None: ...

    async def plan_digest(self, planned: Digest) -> None:
        """Takes its times, unless the digest was told or changed since it was read."""

    async def gather(self, wanted: Digest, channel_ids: Collection[int]) -> Gathered:
        """What it would tell of now: what running subscriptions into these channels brought that their and its filters
        pass."""

    async def commit_digest(
        self, told: Digest, until_entry_id: int, pages: Sequence[DigestPage], now: datetime
    ) -> bool:
        """Owes these messages and counts everything up to that entry as told, with the times of `told`: all or nothing.
        False, and nothing, if the digest was told or changed since it was read."""


class SettingsStore(Protocol):
    """What `/settings` needs."""

    async def guild_settings(self, guild_id: int) -> GuildSettings:
        """As shipped for a guild that never set any."""

    async def change_guild_settings(
        self, guild_id: int, change: Callable[[GuildSettings], GuildSettings]
    ) -> GuildSettings:
        """What `change` makes of them, in one transaction: two managers at once both have their way."""
