"""What is kept of one member."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from bot.model.deliveries import DeliveryState, Hold
from bot.model.following import Digest, Keyword, Subscription


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptMessage:
    """One entry that a member was owed or sent in a direct message."""

    guild_id: int
    title: str
    url: str | None
    state: DeliveryState
    reason: str
    owed_at: datetime
    done_at: datetime | None
    channel_id: int | None
    message_id: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptOfMember:
    """All that is kept of a member, in every guild. `messages` are the newest of `message_count`."""

    user_id: int
    keywords: tuple[Keyword, ...] = ()
    feed_titles: Mapping[int, str] = field(default_factory=dict)  # of the feeds that keywords are bound to
    closed: tuple[Hold, ...] = ()  # their direct messages refuse
    lanes: tuple[int, ...] = ()  # guilds whose direct messages to them are, or were, owed
    messages: tuple[KeptMessage, ...] = ()
    message_count: int = 0
    named_on: tuple[Subscription, ...] = ()  # followed or paused by them
    digests: tuple[Digest, ...] = ()  # set by them


@dataclass(frozen=True, slots=True, kw_only=True)
class ForgottenMember:
    """What was erased: keywords told in direct messages, and these. From the others the name was taken."""

    keywords: int
    messages: int
    channel_keywords: int
    subscriptions: int
    digests: int
