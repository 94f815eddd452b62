"""Standing queries: what `/keyword` does, for members and for channels. A search looks back, a keyword forward."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from bot.errors import AlreadyThere, NotAllowed, NotFound, QuotaReached, UsageError
from bot.model import Caught, Keyword
from bot.ports import Clock, KeywordStore, Viewer
from bot.query.language import Query, parse
from bot.query.since import parse_duration
from bot.work.answers import AddedKeyword, StandingQuery
from bot.work.pace import SearchPace
from bot.work.sight import seen, sight_of

LOOKED_BACK = timedelta(days=30)
SHOWN = 3
NOISY_PER_DAY = 5
# A feed that was just added reaches back some days only; a busy first day alone must not alarm anybody.
SHORTEST_MEASURE = timedelta(days=7)
LONGEST_MUTE = timedelta(days=366)
NO_SUCH = "You have no such keyword here. /keyword list shows those you have."


class Keywords:
    """One method for each thing a member may ask. `manager` says whether the member has Manage Server."""

    def __init__(
        self,
        store: KeywordStore,
        clock: Clock,
        *,
        per_member: int,
        pace: SearchPace | None = None,
        changed: Callable[[], None] = lambda: None,
    ) -> None:
        """`changed` is called when another feed may be due: a keyword has a paused feed polled again."""
        self._store, self._clock, self._per_member = store, clock, per_member
        self._pace, self._changed = pace or SearchPace(), changed

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
    ) -> AddedKeyword:
        """Watches for the query from now on, and answers what it would have caught.

        Raises QueryError, NotFound (the feed), AlreadyThere, QuotaReached, UsageError (a mention without a channel).
        """
        parsed = parse(query)
        if mention_role_id is not None and channel_id is None:
            raise UsageError("A role can be mentioned in a channel only. Name the channel too, or leave the role out.")
        titles = await self._feed_titles(guild_id, viewer)
        if feed_id is not None and feed_id not in titles:
            raise NotFound("That feed is not followed here any more.")
        now = self._clock.now()
        self._pace.take(guild_id, user_id, now)
        new = Keyword(
            id=0,
            guild_id=guild_id,
            user_id=user_id,
            query=str(parsed),
            channel_id=channel_id,
            feed_id=feed_id,
            mention_role_id=mention_role_id,
            created_at=now,
        )
        keyword = await self._stored(new)
        self._changed()
        return await self._added(keyword, parsed, titles, now, viewer)

    async def _stored(self, new: Keyword) -> Keyword:
        try:
            return await self._store.add_keyword(new, at_most=self._per_member)
        except AlreadyThere as error:
            who = "You have" if new.channel_id is None else "That channel has"
            raise AlreadyThere(f"{who} that keyword already. /keyword list shows it.") from error
        except QuotaReached as error:
            raise QuotaReached(
                f"You have {self._per_member} keywords here, which is the limit. Remove one first: /keyword remove."
            ) from error

    async def _added(
        self, keyword: Keyword, query: Query, titles: dict[int, str], now: datetime, viewer: Viewer | None
    ) -> AddedKeyword:
        caught = await self._store.caught(
            keyword.guild_id,
            query,
            feed_id=keyword.feed_id,
            since=now - LOOKED_BACK,
            sight=await sight_of(self._store, keyword.guild_id, viewer),
            limit=SHOWN,
        )
        per_day = rate(caught, now)
        return AddedKeyword(
            standing=_standing(keyword, titles),
            caught=caught,
            days=LOOKED_BACK.days,
            per_day=per_day,
            noisy=per_day > NOISY_PER_DAY,
            follows_nothing=not titles,
        )

    async def visible(self, guild_id: int, user_id: int, *, manager: bool) -> list[StandingQuery]:
        """The member's own, and for a manager those of channels; by query."""
        keywords = await self._store.keywords(guild_id, user_id, channels=manager)
        titles = await self._feed_titles(guild_id) if keywords else {}
        return [_standing(keyword, titles) for keyword in keywords]

    async def suggest(
        self, guild_id: int, user_id: int, typed: str, *, manager: bool, limit: int = 25
    ) -> list[StandingQuery]:
        """For autocomplete: those that contain what was typed."""
        wanted = typed.strip().casefold()
        mine = await self.visible(guild_id, user_id, manager=manager)
        return [one for one in mine if wanted in one.keyword.query.casefold()][:limit]

    async def find(self, guild_id: int, user_id: int, text: str, *, manager: bool) -> Keyword:
        """The keyword that an option means: its id (from the autocomplete), its query, or a part of it.

        Raises NotFound, also for what is another's, or UsageError if several are meant.
        """
        mine = await self._store.keywords(guild_id, user_id, channels=manager)
        wanted = text.strip().casefold()
        fits = (
            [one for one in mine if str(one.id) == wanted]
            or [one for one in mine if one.query.casefold() == wanted]
            or [one for one in mine if wanted and wanted in one.query.casefold()]
        )
        if not fits:
            raise NotFound(NO_SUCH)
        if len(fits) > 1:
            raise UsageError(f"{len(fits)} keywords fit. Choose one from the list.")
        return fits[0]

    async def pressed(self, keyword_id: int, *, guild_id: int | None, user_id: int, manager: bool) -> Keyword:
        """The keyword of a button below an alert; in a DM (`guild_id` None) the member's own only.

        Raises NotFound if it is gone, NotAllowed if it is a channel's and the member no manager.
        """
        if guild_id is None:
            mine = await self._store.keywords_of_member(user_id)
            keyword = next((one for one in mine if one.id == keyword_id), None)
        else:
            keyword = await self._store.keyword(guild_id, keyword_id)
        if keyword is None or (keyword.user_id != user_id and keyword.channel_id is None):
            raise NotFound("That keyword is gone already.")
        if keyword.user_id != user_id and not manager:
            raise NotAllowed("Only members with Manage Server can change a channel's keywords.")
        return keyword

    async def remove(self, keyword: Keyword) -> None:
        """Ends it; what only it still wanted is not sent any more."""
        await self._store.remove_keyword(keyword.guild_id, keyword.id)

    async def mute(self, keyword: Keyword, length: str) -> datetime | None:
        """Until when it is silent; None: "off" ended that. Raises UsageError if `length` is no length of time."""
        until = None
        if length.strip().casefold() != "off":
            lasting = parse_duration(length)
            if lasting > LONGEST_MUTE:
                raise UsageError("A keyword can be muted for a year at most. To be rid of it: /keyword remove.")
            until = self._clock.now() + lasting
        await self._store.mute_keyword(keyword.guild_id, keyword.id, until)
        return until

    async def _feed_titles(self, guild_id: int, viewer: Viewer | None = None) -> dict[int, str]:
        visible = seen(await self._store.subscriptions(guild_id), viewer)
        return {one.feed_id: one.feed_title or "a feed" for one in visible}


def rate(caught: Caught, now: datetime) -> float:
    """Entries a day, over the time that they span, which is shorter for a feed that was added lately."""
    if caught.oldest_at is None:
        return 0.0
    span = min(max(now - caught.oldest_at, SHORTEST_MEASURE), LOOKED_BACK)
    return caught.total / (span / timedelta(days=1))


def _standing(keyword: Keyword, titles: dict[int, str]) -> StandingQuery:
    if keyword.feed_id is None:
        return StandingQuery(keyword=keyword)
    return StandingQuery(keyword=keyword, feed_title=titles.get(keyword.feed_id, "a feed no longer followed here"))
