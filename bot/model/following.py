"""What guilds and their members asked for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

# "digest": no posts of its own, its entries come in the guild's digests alone.
StyleName = Literal["full", "compact", "title", "digest"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscription:
    """feed -> channel, with filter and style. `paused_reason` is "" while it runs."""

    id: int
    guild_id: int
    channel_id: int
    feed_id: int
    feed_url: str = ""
    feed_title: str = ""
    filter: str = ""
    style: StyleName = "full"
    mention_role_id: int | None = None
    created_by: int | None = None
    created_at: datetime | None = None
    paused_at: datetime | None = None
    paused_reason: str = ""
    catch_up: bool = False  # while it is paused: what comes is kept, and told when it resumes
    follow_edits: bool = True  # a corrected entry edits its message
    merge_stories: bool = True  # what another feed told in the channel already is named there, not posted again
    page_images: bool = True  # an entry without a picture takes the one that its page names


@dataclass(frozen=True, slots=True, kw_only=True)
class Keyword:
    """A standing query of a member (`channel_id` None: told in a DM) or of a channel.

    `user_id` 0: a channel's, whose maker asked to be forgotten.
    """

    id: int
    guild_id: int
    user_id: int
    query: str
    channel_id: int | None = None
    feed_id: int | None = None
    mention_role_id: int | None = None
    muted_until: datetime | None = None
    created_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class GuildKeywords:
    """All keywords of a guild. Whenever one of them changes the guild gets another `stamp`."""

    guild_id: int
    stamp: int
    keywords: tuple[Keyword, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Digest:
    """A standing order: at these times, a message in the channel that lists what came since the last one.

    `schedule` and `filter` are as schedule/parse and query/language print them. What comes next tells of the entries
    after `after_entry_id`, which came `since` then.
    """

    id: int
    guild_id: int
    channel_id: int
    schedule: str
    since: datetime
    filter: str = ""
    time_zone: str = "UTC"  # the guild's
    created_by: int | None = None
    after_entry_id: int = 0
    last_due_at: datetime | None = None  # the last time of its schedule that is dealt with
    next_due_at: datetime | None = None  # None: to be planned, for it is new, or a zone or the clock was changed
    unsent: bool = False  # a message of an earlier one waits still


@dataclass(frozen=True, slots=True, kw_only=True)
class GuildSettings:
    """What a guild chose; None: the default holds. Quiet hours are minutes after midnight in `time_zone`."""

    guild_id: int
    notice_channel_id: int | None = None
    time_zone: str | None = None
    quiet_from: int | None = None
    quiet_until: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reissue:
    """Known entries of a feed that came again under new identities: held back from a guild until that says what to do.

    `id` is the event's, the same for every guild.
    """

    id: int
    guild_id: int
    feed_id: int
    feed_title: str
    at: datetime
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Sight:
    """What of a guild's feeds a member may find: those posted to a channel that they see, and links to posts there."""

    feed_ids: frozenset[int]
    channel_ids: frozenset[int]
