"""Ordering digests: what `/digest` does for a guild. They come by themselves then (work/digest)."""

from __future__ import annotations

from collections.abc import Callable

from bot.errors import NotFound, QuotaReached, UsageError
from bot.model import Digest
from bot.ports import Audiences, Clock, DigestStore
from bot.query.language import parse_filter
from bot.render.digest import counted
from bot.schedule.parse import parse
from bot.work.answers import SetDigest
from bot.work.digest import planned, told_now
from bot.work.quiet import zone_of

NO_SUCH = "There is no such digest here. /digest list shows those there are."


class Digests:
    """One method for each thing that a manager may ask."""

    def __init__(
        self,
        store: DigestStore,
        audiences: Audiences,
        clock: Clock,
        *,
        per_guild: int,
        changed: Callable[[], None] = lambda: None,
        delivered: Callable[[], None] = lambda: None,
    ) -> None:
        """`changed` is called when a digest may come earlier than thought, `delivered` when something is owed."""
        self._store, self._audiences, self._clock, self._per_guild = store, audiences, clock, per_guild
        self._changed, self._delivered = changed, delivered

    async def set(self, *, guild_id: int, channel_id: int, user_id: int, schedule: str, filter: str = "") -> SetDigest:
        """Orders a digest, or gives the one with this channel and filter other times. Answers what it would tell now.

        Its first one reaches back to the last time of its schedule. Raises QueryError (the schedule's, the filter's)
        and QuotaReached.
        """
        times = parse(schedule)
        query = str(parse_filter(filter)) if filter.strip() else ""
        settings = await self._store.guild_settings(guild_id)
        now = self._clock.now()
        new = Digest(
            id=0,
            guild_id=guild_id,
            channel_id=channel_id,
            schedule=str(times),
            since=times.last_until(now, zone_of(settings)),
            filter=query,
            time_zone=settings.time_zone or "UTC",
            created_by=user_id,
        )
        try:
            digest, replaced = await self._store.set_digest(planned(new, now), at_most=self._per_guild)
        except QuotaReached as error:
            raise QuotaReached(
                f"This server has {self._per_guild} digests, which is the limit. Remove one first: /digest remove."
            ) from error
        self._changed()
        told = await told_now(self._store, self._audiences, digest)
        return SetDigest(
            digest=digest,
            replaced=replaced,
            pages=told.pages if told else (),
            hidden_channel_ids=told.hidden if told else (),
            follows_nothing=not await self._store.subscriptions(guild_id),
        )

    async def all_of(self, guild_id: int) -> list[Digest]:
        """By channel, each with its next time."""
        now = self._clock.now()
        return [one if one.next_due_at else planned(one, now) for one in await self._store.digests(guild_id)]

    async def suggest(self, guild_id: int, typed: str, *, limit: int = 25) -> list[Digest]:
        """For autocomplete: those whose schedule or filter contains what was typed."""
        wanted = typed.strip().casefold()
        mine = await self._store.digests(guild_id)
        return [one for one in mine if wanted in _told_by(one)][:limit]

    async def find(self, guild_id: int, text: str) -> Digest:
        """The digest that an option means: its id (from the autocomplete), or a part of its schedule or filter.

        Raises NotFound, or UsageError if several are meant.
        """
        mine = await self._store.digests(guild_id)
        wanted = text.strip().casefold()
        fits = [one for one in mine if str(one.id) == wanted] or [one for one in mine if wanted in _told_by(one)]
        if not fits:
            raise NotFound(NO_SUCH)
        if len(fits) > 1:
            raise UsageError(f"{len(fits)} digests fit. Choose one from the list.")
        return fits[0]

    async def remove(self, guild_id: int, digest_id: int) -> Digest:
        """Ends it, and what of it is not sent yet. Raises NotFound."""
        found = await self._of(guild_id, digest_id)
        await self._store.remove_digest(guild_id, digest_id)
        return found

    async def post_now(self, guild_id: int, digest_id: int) -> str:
        """Posts what it has to tell at once; its times stay. Returns how much: "3 new entries from 2 feeds", or "".

        Raises NotFound, and UsageError while the last one cannot be posted.
        """
        found = await self._of(guild_id, digest_id)
        if found.unsent:
            raise UsageError("The last one is still on its way. If it does not arrive, look at my permissions there.")
        told = await told_now(self._store, self._audiences, found)
        if told is None:
            raise UsageError("Discord has not told me of this server yet. Please try again in a minute.")
        now = self._clock.now()
        if not told.pages or not await self._store.commit_digest(found, told.until_entry_id, told.pages, now):
            return ""
        self._delivered()
        return counted(told.pages[0])

    async def _of(self, guild_id: int, digest_id: int) -> Digest:
        found = await self._store.digest(guild_id, digest_id)
        if found is None:
            raise NotFound(NO_SUCH)
        return found


def _told_by(one: Digest) -> str:
    return f"{one.schedule} {one.filter}".casefold()
