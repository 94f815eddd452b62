"""What is owed, to whom, and what became of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from bot.model.entries import StoredEntry
from bot.model.following import GuildSettings, Keyword, Subscription


@dataclass(frozen=True, slots=True, kw_only=True)
class Gathered:
    """What came since a digest's last one, up to `until_entry_id`: newest first, at most the newest 1,000."""

    entries: tuple[StoredEntry, ...]
    until_entry_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Destination:
    """Where a posting goes: a channel or thread of a guild, or a member's DM (`kind` "user", `id` the member's)."""

    kind: Literal["channel", "user"]
    id: int
    guild_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """A place that refused a message. What is for it waits; `until` is when it is tried again, None: at once."""

    destination: Destination
    since: datetime
    until: datetime | None
    code: int  # Discord's JSON error code
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Owed:
    """One entry owed to one destination, before it has an id. `entry_key` names an entry of the same commit."""

    entry_key: int
    destination: Destination
    subscription_id: int | None = None
    keyword_ids: tuple[int, ...] = ()
    gist: bool = False  # part of a flood: told in one message with the others


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One entry owed to one destination, and why: a subscription, keywords, or both."""

    id: int
    entry: StoredEntry
    subscription: Subscription | None = None
    keywords: tuple[Keyword, ...] = ()
    gist: bool = False
    also: tuple[str, ...] = ()  # names of other feeds that told the same story in this place, and are named with it
    also_feed_ids: tuple[int, ...] = ()  # whose names those are
    alone: int | None = None  # in a message of its own, so many steps plainer: Discord refused one that it was in


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """Something that the people of a guild should know. `otherwise` are the places to try if this one refuses."""

    text: str  # Discord markdown, at most 2,000 characters; nothing in it pings
    otherwise: tuple[Destination, ...] = ()
    held_feed_id: int | None = None  # asks what to do with this feed's re-issued entries


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestLine:
    """One entry in a digest, as it was when that was made."""

    title: str  # as it came, not escaped
    url: str | None
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestSection:
    """What a digest, or a page of it, tells of one feed, newest first."""

    feed_title: str
    lines: tuple[DigestLine, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestPage:
    """One message of a digest. The counts are the whole digest's; `left_out` entries are in no message of it."""

    sections: tuple[DigestSection, ...]
    since: datetime
    entries: int
    feeds: int
    filter: str = ""
    page: int = 1
    pages: int = 1
    left_out: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Posting:
    """One Discord message in the making: 1 to 10 deliveries, oldest first, one nonce that is on disk already.

    The rest of a flood is one message too (`gist`): it stands for `total` deliveries, of which the newest are here.
    A `note` is Herald's own word to the people of a guild, a `digest` one page of a digest; both have no deliveries.
    `attempts` counts sends begun before this one; `first_attempt_at` is None until there was one.
    `silent` is decided when a send begins, and None while it is open. With it goes `server`: the name of the guild that
    a direct message comes from, "" if nobody knows it, and for channels.
    """

    id: int
    destination: Destination
    nonce: str  # at most 25 characters (Discord: Create Message)
    deliveries: tuple[Delivery, ...]
    attempts: int = 0
    first_attempt_at: datetime | None = None
    degraded: int = 0  # 0 as rendered; each step leaves more out after a 400
    total: int = 0  # deliveries it stands for, if more than are here
    after_message_id: int | None = None  # the place's last message before it: its own is newer
    note: Note | None = None
    digest: DigestPage | None = None
    settings: GuildSettings | None = None  # of its guild
    silent: bool | None = None
    server: str = ""

    @property
    def gist(self) -> bool:
        """Whether it tells of a flood's rest."""
        return bool(self.deliveries) and self.deliveries[0].gist


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """A message that does not say any more what its entries say. `posting` is all of it, as its entries are now.

    `asked` tells this correction from one that is asked for while it is under way.
    """

    posting: Posting
    channel_id: int
    message_id: int
    asked: int
    attempts: int = 0


DeliveryState = Literal["waiting", "sent", "gave up", "same story"]


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryNote:
    """One line of `/feed status`: what became of a delivery. Of the "same story" the message is another feed's post."""

    title: str
    url: str | None
    state: DeliveryState
    reason: str
    at: datetime
    channel_id: int | None = None  # where its message is
    message_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Fate:
    """What became of an entry in a subscription's channel. `state` None: it was never owed there.

    The message is where it is told, if it is: for the "same story" another feed's post, by `told_by`.
    """

    state: DeliveryState | None = None
    gist: bool = False  # told with others in one message
    reason: str = ""
    at: datetime | None = None
    again_at: datetime | None = None  # when it is tried again
    not_before: datetime | None = None  # its feed has had its posts of this hour: told then
    channel_id: int | None = None
    message_id: int | None = None
    told_by: str = ""
    backlog: bool = False  # it was in the feed when that was first read
    skipped_from: datetime | None = None  # the subscription's last pause that is over, if what came then was skipped
    skipped_until: datetime | None = None
    held: bool = False  # held back: a known entry under a new identity
    old: bool = False  # it appeared long after its date


@dataclass(frozen=True, slots=True, kw_only=True)
class Backlog:
    """How much is left to do: deliveries not sent yet, whoever they wait for, and feeds whose last poll failed."""

    waiting: int
    failing: int
