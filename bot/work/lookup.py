"""Looking back: what `/search` and `/latest` do. Only what the guild's own feeds published."""

from __future__ import annotations

from bot.errors import NotFound
from bot.model import StoredEntry, Subscription
from bot.ports import Clock, FollowStore
from bot.query.language import parse
from bot.query.since import parse_since
from bot.work.answers import ResultPage

PAGE_SIZE = 5
LAST_PAGE = 199  # with PAGE_SIZE the 1,000 hits that are counted
LATEST_LIMIT = 10


class Lookup:
    """One method for each thing a member may look up."""

    def __init__(self, store: FollowStore, clock: Clock) -> None:
        self._store, self._clock = store, clock

    async def search(
        self, guild_id: int, text: str, *, feed_id: int | None = None, since: str = "", page: int = 0
    ) -> ResultPage:
        """One page of hits, best first. Raises QueryError for the query, UsageError for `since`."""
        query = parse(text)
        start = parse_since(since, self._clock.now()) if since.strip() else None
        page = min(max(page, 0), LAST_PAGE)
        hits, total = await self._store.search(
            guild_id, query, feed_id=feed_id, since=start, offset=page * PAGE_SIZE, limit=PAGE_SIZE
        )
        pages = max(1, -(-total // PAGE_SIZE))
        return ResultPage(query=str(query), hits=tuple(hits), total=total, page=page, pages=pages)

    async def latest(self, guild_id: int, *, feed_id: int | None = None, count: int = 5) -> list[StoredEntry]:
        """The newest entries, newest first, at most 10."""
        return await self._store.latest(guild_id, feed_id=feed_id, limit=min(max(count, 1), LATEST_LIMIT))

    async def entry(self, guild_id: int, entry_id: int) -> StoredEntry:
        """Raises NotFound unless this guild follows its feed."""
        entry = await self._store.entry(guild_id, entry_id)
        if entry is None:
            raise NotFound("That entry is not kept any more, or its feed is not followed here.")
        return entry

    async def feeds(self, guild_id: int, typed: str = "", *, limit: int = 25) -> list[Subscription]:
        """For autocomplete: one subscription for each feed whose title contains what was typed."""
        wanted = typed.strip().casefold()
        by_feed = {one.feed_id: one for one in await self._store.subscriptions(guild_id)}
        return [one for one in by_feed.values() if wanted in one.feed_title.casefold()][:limit]
