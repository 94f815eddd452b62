"""What polling and pushes keep."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from datetime import datetime, timedelta
from typing import Protocol

from bot.feeds.age import Arrival
from bot.model import (
    Destination,
    Entry,
    Feed,
    GuildKeywords,
    HubLeaving,
    HubSubscription,
    Keyword,
    Note,
    Owed,
    PollCommit,
    Pushed,
    Reissue,
    SitePause,
    Subscription,
    Visit,
)


class StandingStore(Protocol):
    """Keywords, for who keeps them in memory."""

    async def standing(self, feed_id: int, known: Mapping[int, int]) -> tuple[Set[int], list[GuildKeywords]]:
        """The guilds that follow the feed and have had keywords, and the keywords of those of them whose stamp is not
        as `known` (guild -> stamp). The muted are among them, and those of other feeds."""


class PollStore(StandingStore, Protocol):
    """What the poller needs."""

    async def due(
        self, now: datetime, limit: int, *, busy: frozenset[int] = frozenset(), full: frozenset[str] = frozenset()
    ) -> list[Feed]:
        """Feeds with a running subscription or keyword whose time has come, longest overdue first, none of `busy`, and
        none of the sites (links.site_of) that are `full`."""

    async def next_due(self, after: datetime) -> datetime | None:
        """When the first feed that is not due at `after` will be; None if there is none."""

    async def seen(self, feed_id: int) -> bytes:
        """All aliases ever seen in the feed, packed (feeds/identity). Empty before the first poll."""

    async def recalled(self, feed_id: int) -> bytes:
        """The last document's `Reading.recalled`."""

    async def subscriptions_of(self, feed_id: int) -> list[Subscription]:
        """The feed's running subscriptions, of every guild."""

    async def arrivals(self, feed_id: int, limit: int) -> list[Arrival]:
        """The last polls that brought dated entries, the latest first."""

    async def wordings(self, feed_id: int, keys: Sequence[int]) -> dict[int, int]:
        """Entry.key -> feeds/story.wording of those that are stored."""

    async def commit_poll(self, commit: PollCommit) -> int:
        """Feed state, entries, search index and deliveries in one transaction. Returns the deliveries made.

        An entry already stored is left alone and owes nothing, unless it is corrected: then each message that
        showed it owes an edit. (destination, entry) stays unique. A subscription that is gone or paused by now owes
        nothing. What tells the story of another feed's entry of the last day is named in that one's message.
        """

    async def record_visits(self, visits: Sequence[Visit]) -> None:
        """Bookkeeping of polls that brought nothing, many in one transaction."""

    async def move_feed(self, feed_id: int, to: str, now: datetime, *, busy: frozenset[int] = frozenset()) -> bool:
        """The feed lives at `to` from now on. Where another feed is polled there, it becomes one with that: its
        subscriptions, keywords, entries and what they owe go over, each channel follows it once.

        False if the two do not hold the same document yet, or the other is busy: both are due now, try again then.
        """

    async def logins_refused_untold(self, now: datetime) -> list[tuple[Feed, list[Subscription]]]:
        """Private feeds that do not take their login, each once, with their followers."""

    async def end_feed(self, feed_id: int, reason: str, now: datetime) -> list[Subscription]:
        """Polls it no more, and pauses its running subscriptions, which are returned. It goes on if one is resumed."""


class ReissueStore(Protocol):
    """Re-issued entries that are held back, by guild."""

    async def reissues_untold(self) -> list[Reissue]:
        """Those whose guild does not know of them yet."""

    async def tell_of_reissue(self, one: Reissue, where: Destination, note: Note, now: datetime) -> None:
        """Owes the note, and counts the guild as told, in one transaction; unless it was told already."""

    async def reissue(self, guild_id: int, feed_id: int) -> Reissue | None:
        """What is held back of a feed that the guild follows, and waits for its answer."""

    async def reissued_entries(self, one: Reissue) -> list[Entry]:
        """Oldest first."""

    async def post_reissue(self, one: Reissue, owed: Sequence[Owed], now: datetime) -> int | None:
        """Owes them to the guild of `one`, which finds them from now on. None if that was answered already, else how
        many deliveries that made."""

    async def forget_reissue(self, one: Reissue, now: datetime) -> bool:
        """They will not be posted in that guild. False if that was answered already."""

    async def subscriptions_of(self, feed_id: int) -> list[Subscription]:
        """As PollStore's."""

    async def keywords_for(self, feed_id: int) -> list[Keyword]:
        """Standing queries that this feed's entries may match: those of guilds that follow it."""


class PushStore(Protocol):
    """What push (WebSub) needs. Which hub serves a feed is written with its polls."""

    async def hubs_due(self, now: datetime, limit: int) -> list[HubSubscription]:
        """Those of polled feeds that are to be asked now."""

    async def next_hub_due(self, after: datetime) -> datetime | None:
        """When a hub is to be asked next, whether to begin or to stop."""

    async def hub_subscription(self, token: str) -> HubSubscription | None:
        """None as well if nobody wants the feed any more."""

    async def save_hub(self, changed: HubSubscription) -> None:
        """Unless it was replaced meanwhile: its token tells."""

    async def rely_no_more(self, feed_id: int, now: datetime) -> None:
        """A hub will not tell of the feed: it is polled as ever, beginning now."""

    async def forget_hubs(self, callback: str, now: datetime) -> None:
        """Those that were told to reach us elsewhere, and cannot any more, are to be asked anew; their feeds are polled
        as ever until they tell again. With "" none can reach us."""

    async def leave_unwanted(self, now: datetime) -> None:
        """Hubs of feeds that nobody wants any more are to be left. Their feeds begin anew, with another token, when
        somebody wants them again. That a feed names another hub, its poll sees to."""

    async def hubs_to_leave(self, now: datetime, limit: int) -> list[HubLeaving]:
        """Those that are to be asked now."""

    async def hub_to_leave(self, token: str) -> HubLeaving | None: ...

    async def save_leaving(self, changed: HubLeaving) -> None: ...

    async def drop_leaving(self, token: str) -> None: ...

    async def keep_push(self, token: str, pushed: Pushed, now: datetime) -> int | None:
        """On disk when this returns; its id. None if it is not kept: nobody wants it, or so much waits of this feed
        that the feed is due now instead."""

    async def kept_pushes(self) -> list[tuple[int, datetime]]:
        """Ids, and when they came, the oldest first."""

    async def kept_push(self, push_id: int) -> tuple[Feed, Pushed, datetime] | None:
        """The feed, what came of it, and until when its hub will tell. None if nobody wants it any more."""

    async def drop_push(self, push_id: int) -> None: ...


class PushService(Protocol):
    """What hubs' requests become."""

    async def verified(self, token: str, topic: str, mode: str, lease: timedelta | None) -> bool:
        """Whether we asked for this."""

    async def denied(self, token: str, topic: str, reason: str) -> bool:
        """Whether it concerns us."""

    async def secret(self, token: str) -> str | None:
        """None if nothing may be pushed there, now and for ever."""

    async def received(self, token: str, pushed: Pushed) -> None:
        """It is on disk when this returns; what it means is worked out after. Raises StoreError."""


class PauseStore(Protocol):
    """Domains that asked for peace."""

    async def site_pauses(self, now: datetime) -> list[SitePause]:
        """Those that last beyond `now`."""

    async def save_site_pause(self, pause: SitePause) -> None:
        """In the place of the domain's earlier one."""


class PlanStore(Protocol):
    """What was planned by the clock."""

    async def latest_poll(self) -> datetime | None:
        """The newest time at which a poll went well."""

    async def pull_in(self, now: datetime, by: timedelta) -> None:
        """The wall clock was set back by `by`: what was planned after `now` is due that much earlier."""
