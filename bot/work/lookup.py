"""Looking back: what `/search` and `/latest` do. Only what the guild's own feeds published."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from bot.errors import NotFound, QueryError, UsageError
from bot.model import Sight, StoredEntry, Subscription
from bot.ports import Clock, LookupStore, Viewer
from bot.query.language import Query, parse
from bot.query.since import parse_since
from bot.query.spelling import asked_words, nearest, respelled
from bot.work.answers import ResultPage
from bot.work.pace import SearchPace
from bot.work.quiet import zone_of
from bot.work.sight import seen, sight_of

PAGE_SIZE = 5
LAST_PAGE = 199  # with PAGE_SIZE the 1,000 hits that are counted
LATEST_LIMIT = 10


@dataclass(frozen=True, slots=True)
class _Asked:
    """Where to search."""

    guild_id: int
    feed_id: int | None
    since: datetime | None
    sight: Sight | None


class Lookup:
    """One method for each thing a member may look up. `viewer` is who looks; None may see all that is followed."""

    def __init__(
        self,
        store: LookupStore,
        clock: Clock,
        *,
        pace: SearchPace | None = None,
        searched: Callable[[int], None] = lambda _: None,
    ) -> None:
        """`searched` is told of each search how many hits it had."""
        self._store, self._clock, self._pace = store, clock, pace or SearchPace()
        self._searched = searched

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
    ) -> ResultPage:
        """One page of hits, best first; the last page if there are fewer. Without a hit, what was perhaps meant.

        Raises QueryError for the query, UsageError for `since`, QuotaReached if the member searches too often.
        """
        now = self._clock.now()
        query = parse(text)
        start = parse_since(since, await self.now_in(guild_id)) if since.strip() else None
        self._count(guild_id, user_id, now)
        page = min(max(page, 0), LAST_PAGE)
        asked = _Asked(guild_id, feed_id, start, await sight_of(self._store, guild_id, viewer))
        hits, total = await self._page(asked, query, page)
        self._searched(total)
        pages = max(1, -(-total // PAGE_SIZE))
        if total and not hits:  # entries were swept away since the page before was shown
            page = pages - 1
            hits, total = await self._page(asked, query, page)
        meant = None if total else await self._nearest(asked, query)
        return ResultPage(query=str(query), hits=tuple(hits), total=total, page=page, pages=pages, nearest=meant)

    async def now_in(self, guild_id: int) -> datetime:
        """The time, in the guild's time zone: its days begin at its own midnight."""
        return self._clock.now().astimezone(zone_of(await self._store.guild_settings(guild_id)))

    async def _page(
        self, asked: _Asked, query: Query, page: int, limit: int = PAGE_SIZE
    ) -> tuple[list[StoredEntry], int]:
        return await self._store.search(
            asked.guild_id,
            query,
            feed_id=asked.feed_id,
            since=asked.since,
            sight=asked.sight,
            offset=page * limit,
            limit=limit,
        )

    async def _nearest(self, asked: _Asked, query: Query) -> str | None:
        """The query in another spelling, if that would have found something."""
        if not (words := asked_words(query)):
            return None
        titles = await self._store.titles(asked.guild_id, sight=asked.sight)
        # In a thread: 2,000 titles are some 60 ms of reading.
        text = respelled(query, await asyncio.to_thread(nearest, words, titles))
        if text == str(query):
            return None
        try:
            other = parse(text)
        except QueryError:  # the guess happens to be what the query leaves out
            return None
        _, total = await self._page(asked, other, 0, limit=1)
        return str(other) if total else None

    async def latest(
        self,
        guild_id: int,
        *,
        user_id: int | None = None,
        feed_id: int | None = None,
        count: int = 5,
        viewer: Viewer | None = None,
    ) -> list[StoredEntry]:
        """The newest entries, newest first, at most 10. Counts as a search."""
        self._count(guild_id, user_id, self._clock.now())
        sight = await sight_of(self._store, guild_id, viewer)
        limit = min(max(count, 1), LATEST_LIMIT)
        return await self._store.latest(guild_id, feed_id=feed_id, sight=sight, limit=limit)

    def _count(self, guild_id: int, user_id: int | None, now: datetime) -> None:
        if user_id is not None:
            self._pace.take(guild_id, user_id, now)

    async def entry(self, guild_id: int, entry_id: int) -> StoredEntry:
        """Raises NotFound unless this guild follows its feed."""
        entry = await self._store.entry(guild_id, entry_id)
        if entry is None:
            raise NotFound("That entry is not kept any more, or its feed is not followed here.")
        return entry

    async def feeds(
        self, guild_id: int, typed: str = "", *, viewer: Viewer | None = None, limit: int = 25
    ) -> list[Subscription]:
        """For autocomplete: one subscription for each feed whose title contains what was typed."""
        wanted = typed.strip().casefold()
        return [one for one in await self._followed(guild_id, viewer) if wanted in one.feed_title.casefold()][:limit]

    async def feed(self, guild_id: int, text: str, *, viewer: Viewer | None = None) -> Subscription:
        """The feed that a `feed` option means, by one of its subscriptions: chosen there, or its title or address.

        Raises NotFound, or UsageError if several are meant.
        """
        wanted = text.strip().casefold()
        for one in seen(await self._store.subscriptions(guild_id), viewer):
            if str(one.id) == wanted:
                return one
        followed = await self._followed(guild_id, viewer)
        named = [one for one in followed if wanted in (one.feed_title.casefold(), one.feed_url.casefold())]
        fits = named or [one for one in followed if wanted and wanted in one.feed_title.casefold()]
        if len(fits) > 1:
            raise UsageError(f"{len(fits)} feeds fit. Choose one from the list.")
        if not fits:
            raise NotFound("No such feed is followed here. Choose one from the list.")
        return fits[0]

    async def _followed(self, guild_id: int, viewer: Viewer | None) -> list[Subscription]:
        """One subscription for each feed, by title."""
        visible = seen(await self._store.subscriptions(guild_id), viewer)
        return list({one.feed_id: one for one in visible}.values())
