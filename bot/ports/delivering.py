"""What is owed and was sent."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Protocol

from bot.model import (
    Backlog,
    Correction,
    Destination,
    Feed,
    GuildSettings,
    Hold,
    Note,
    Posting,
    Refused,
    Sent,
    StoredEntry,
    Subscription,
)

NO_PICTURES: Mapping[int, str | None] = MappingProxyType({})


class Outbox(Protocol):
    """What the deliverer needs. Order within a destination is the order in which deliveries were made."""

    async def lease(self, now: datetime, limit: int, *, window: timedelta = timedelta(0)) -> list[Posting]:
        """Postings to send now, at most one a destination. Each, and its nonce, is on disk when this returns.

        A destination that took a message within `window` waits for what else comes in it, to share a message.

        A posting stays leased until it is settled or put off; a restart frees every lease (one process a database).
        """

    async def next_ready(self, after: datetime, *, window: timedelta = timedelta(0)) -> datetime | None:
        """When `lease` may have something that it had not at `after`; None if nothing waits for a time to come."""

    async def begin_attempt(
        self,
        posting_id: int,
        now: datetime,
        *,
        silent: bool = False,
        server: str = "",
        pictures: Mapping[int, str | None] = NO_PICTURES,
    ) -> None:
        """Writes down that a send begins: before it nothing can have been posted, from here on it may have.

        `silent`, `server` and the `pictures` (delivery id -> address) are kept, so that a later attempt sends the same
        message. None for a picture: its page has not said yet, and if it does soon, the message shows it all the same.
        """

    async def settle(self, posting_id: int, outcome: Sent, now: datetime) -> None:
        """Delivered: every delivery of the posting is done and knows its message."""

    async def put_off(self, posting_id: int, until: datetime, reason: str) -> None:
        """Not delivered, or not known: the same posting with the same nonce again at `until`."""

    async def degrade(self, posting_id: int, refusal: Refused, until: datetime, *, to: int | None = None) -> None:
        """Refused for what is in it: again at `until`, one step plainer, or as plain as `to`."""

    async def split(self, posting_id: int, refusal: Refused, guilty: Sequence[int]) -> None:
        """Refused for some of what is in it. The `guilty` deliveries (ids) are sent one by one, one step plainer, the
        others in their order without them. None: nobody knows which, so each is sent by itself as it is."""

    async def give_up(self, posting_id: int, refusal: Refused, now: datetime) -> None:
        """Refused as plain as can be: its deliveries end with the reason, visible in `/feed status`."""

    async def hold(self, where: Destination, refusal: Refused, now: datetime, until: datetime) -> bool:
        """The place refused: nothing is leased for it until then. True if that is news, so that somebody is told.

        What it refused is not there, so whether that is silent is decided anew.
        """

    async def post_note(self, where: Destination, note: Note, now: datetime) -> None:
        """Herald's own word, owed like an entry."""

    async def free_leases(self) -> int:
        """At start: whatever a former process had leased may be sent again. Returns how many there were."""


class PictureStore(Protocol):
    """What was found out of entries' pages, for whoever posts them next."""

    async def page_images(self, entry_ids: Collection[int]) -> dict[int, str | None]:
        """Of those whose pages were asked: the picture to show; None if the page names none, or the site's logo, which
        is the feed's own picture, its site's, or one that 3 entries of the feed have."""

    async def note_page_image(self, entry_id: int, url: str | None, now: datetime) -> bool:
        """The entry's page was asked and names this as its picture; None: nothing. True if messages that were sent
        without it are owed an edit, written down in the same transaction."""

    async def site_page(self, feed_id: int) -> str | None:
        """The page that the feed says it belongs to; None if it names none, or that page was asked already."""

    async def note_site_image(self, feed_id: int, url: str | None, now: datetime) -> None:
        """That page was asked, and names this as its picture; None: nothing."""


class LatePictureStore(Protocol):
    """Pictures that are still missing from messages."""

    async def awaited_pictures(self, now: datetime, limit: int) -> list[StoredEntry]:
        """Entries that were posted of late without a picture and whose page was not asked yet: the longest awaited
        first, few of each feed, so that none keeps out the others."""


class Corrections(Protocol):
    """Messages to be edited because their entries were corrected. A repeated edit does no harm."""

    async def lease_corrections(self, now: datetime, limit: int) -> list[Correction]:
        """What to edit now, the newest messages first, one a destination. A message too old to be edited is let be."""

    async def next_correction(self, after: datetime) -> datetime | None:
        """When `lease_corrections` may have something that it had not at `after`."""

    async def settle_correction(self, done: Correction) -> None:
        """Edited. What was asked for meanwhile stays to be done."""

    async def put_off_correction(self, again: Correction, until: datetime) -> None: ...

    async def put_off_corrections(self, where: Destination, until: datetime) -> None:
        """The place refused: no edit there until then."""

    async def drop_correction(self, posting_id: int) -> None:
        """The message stays as it is."""


class ClosedDmStore(Protocol):
    """Members who cannot be written to."""

    async def closed_dms(self, user_id: int) -> tuple[list[Hold], int]:
        """The member's DMs that are held, of every guild where they have a keyword, and how many entries wait there."""

    async def clear_hold(self, where: Destination) -> None:
        """What waits there is due now."""


class NoticeStore(Protocol):
    """What telling people needs of the store."""

    async def guild_settings(self, guild_id: int) -> GuildSettings:
        """As shipped for a guild that never set any."""

    async def subscriptions(
        self, guild_id: int, *, feed_id: int | None = None, channel_id: int | None = None
    ) -> list[Subscription]: ...

    async def post_note(self, where: Destination, note: Note, now: datetime) -> None: ...


class TroubleStore(Protocol):
    """Feeds in trouble, and who knows of it."""

    async def failing_untold(self, before: datetime) -> list[tuple[Feed, list[Subscription]]]:
        """Some feeds that fail since before then without anybody knowing, the longest first, with their followers."""

    async def back_untold(self) -> list[tuple[Feed, list[Subscription]]]:
        """Some feeds that are well again, of which their followers know only that they failed."""

    async def tell_failing(self, feed_id: int, notes: Sequence[tuple[Destination, Note]], now: datetime) -> bool:
        """Owes the notes and counts the feed as told of, in one transaction; False if that is not so any more."""

    async def tell_back(self, feed_id: int, notes: Sequence[tuple[Destination, Note]], now: datetime) -> bool:
        """As `tell_failing`."""


class SweepStore(Protocol):
    """What is cleaned up."""

    async def prune(self, now: datetime, older_than: timedelta) -> int:
        """Entries first seen longer ago, and feeds that nobody follows any more. Returns how many entries went."""

    async def erase_guilds(self, left_before: datetime) -> int:
        """All of guilds that removed the bot before then. Returns how many."""

    async def drop_gone_channels(self, held_before: datetime) -> int:
        """Subscriptions of channels that Discord has not known since before then. Returns how many."""


class BacklogStore(Protocol):
    """What whoever watches over the bot asks."""

    async def backlog(self) -> Backlog:
        """Cheap enough for every scrape, however much is stored."""
