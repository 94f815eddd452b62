"""Digests that come by themselves: at the times of its schedule a digest is gathered, made, and owed.

    store.gather -> render -> store.commit_digest (told and owed: ONE transaction) -> the outbox, as everything else

A time that passed while the bot was down, or while an earlier message of the digest could not be sent, is not made up
for by a digest of its own: the next one tells of all that came meanwhile.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta, tzinfo

import structlog

from bot.model import Digest, DigestPage, GuildSettings
from bot.ports import Audiences, DigestStore
from bot.render.digest import pages
from bot.schedule.parse import parse
from bot.work.quiet import zone_of

log = structlog.get_logger(__name__)

NOTHING_TO_DO = timedelta(hours=1)
AT_ONCE = 1_000  # digests a step: those of guilds in an outage wait in front, and must not be all that is looked at
SOON = timedelta(seconds=5)  # what waits for Discord's gateway to tell of its guild is tried again


class Digester:
    """The service that posts digests when their time has come."""

    name = "digest"

    def __init__(
        self, store: DigestStore, audiences: Audiences, *, delivered: Callable[[], None] = lambda: None
    ) -> None:
        """`delivered` is called when something is owed."""
        self._store, self._audiences, self._delivered = store, audiences, delivered

    async def step(self, now: datetime) -> datetime:
        """Takes what is due; returns when something else will be."""
        taken = True
        for one in await self._store.digests_due(now, AT_ONCE):
            try:
                taken &= await self._take(one, now)
            except Exception:  # a defect in one guild's digest must not cost the others theirs; it is tried again
                log.exception("digest failed", digest=one.id, guild=one.guild_id)
        later = await self._store.next_digest_due(now) or now + NOTHING_TO_DO
        return later if taken else min(later, now + SOON)

    async def finish(self) -> None:
        """A step leaves nothing behind."""

    async def _take(self, one: Digest, now: datetime) -> bool:
        """False if it has to wait for Discord."""
        if one.next_due_at is None:
            await self._store.plan_digest(planned(one, now))
        elif one.unsent:
            await self._store.plan_digest(_dealt_with(one, now))
            log.info("digest put off", digest=one.id, guild=one.guild_id, reason="the last one is not sent yet")
        else:
            return await self._tell(one, now)
        return True

    async def _tell(self, one: Digest, now: datetime) -> bool:
        told = await told_now(self._store, self._audiences, one)
        if told is None:
            return False
        owed = await self._store.commit_digest(_dealt_with(one, now), told.until_entry_id, told.pages, now)
        if owed and told.pages:
            entries, messages = told.pages[0].entries, len(told.pages)
            log.info("digest", digest=one.id, guild=one.guild_id, entries=entries, messages=messages)
            self._delivered()
        return True


@dataclass(frozen=True, slots=True)
class Told:
    """What a digest has to tell, and up to which entry that is everything. Of what is followed in the `hidden`
    channels it tells nothing: not everybody who would read it sees those."""

    pages: tuple[DigestPage, ...]
    until_entry_id: int
    hidden: tuple[int, ...]


async def told_now(store: DigestStore, audiences: Audiences, one: Digest) -> Told | None:
    """None while nobody knows who would read it: its window must not move over what may not be told now."""
    channel_ids = sorted({each.channel_id for each in await store.subscriptions(one.guild_id)})
    seen = {each: audiences.sees_all(one.guild_id, one.channel_id, each) for each in channel_ids}
    if None in seen.values():
        return None
    gathered = await store.gather(one, [each for each in channel_ids if seen[each]])
    made = pages(gathered.entries, since=one.since, filter=one.filter)
    hidden = tuple(each for each in channel_ids if not seen[each])
    return Told(made, gathered.until_entry_id, hidden)


def planned(one: Digest, now: datetime) -> Digest:
    """With its next time. If the clock was set back over a time that is dealt with, it does not come again."""
    schedule, zone = parse(one.schedule), _zone(one)
    first = schedule.next_after(now, zone)
    return replace(one, next_due_at=schedule.next_after(first, zone) if first == one.last_due_at else first)


def _dealt_with(one: Digest, now: datetime) -> Digest:
    """With every time up to now behind it."""
    return planned(replace(one, last_due_at=parse(one.schedule).last_until(now, _zone(one))), now)


def _zone(one: Digest) -> tzinfo:
    return zone_of(GuildSettings(guild_id=one.guild_id, time_zone=one.time_zone))
