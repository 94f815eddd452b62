"""Digests that come by themselves: at the times of its schedule a digest is gathered, made, and owed.

    store.gather -> render -> store.commit_digest (told and owed: ONE transaction) -> the outbox, as everything else

A time that passed while the bot was down, or while an earlier message of the digest could not be sent, is not made up
for by a digest of its own: the next one tells of all that came meanwhile.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta, tzinfo

import structlog

from bot.model import Digest, DigestPage, GuildSettings
from bot.ports import DigestStore
from bot.render.digest import pages
from bot.schedule.parse import parse
from bot.work.quiet import zone_of

log = structlog.get_logger(__name__)

NOTHING_TO_DO = timedelta(hours=1)
AT_ONCE = 100  # digests a step


class Digester:
    """The service that posts digests when their time has come."""

    name = "digest"

    def __init__(self, store: DigestStore, *, delivered: Callable[[], None] = lambda: None) -> None:
        """`delivered` is called when something is owed."""
        self._store, self._delivered = store, delivered

    async def step(self, now: datetime) -> datetime:
        """Takes what is due; returns when something else will be."""
        due = await self._store.digests_due(now, AT_ONCE)
        for one in due:
            try:
                await self._take(one, now)
            except Exception:  # a defect in one guild's digest must not cost the others theirs; it is tried again
                log.exception("digest failed", digest=one.id, guild=one.guild_id)
        return await self._store.next_digest_due(now) or now + NOTHING_TO_DO

    async def finish(self) -> None:
        """A step leaves nothing behind."""

    async def _take(self, one: Digest, now: datetime) -> None:
        if one.next_due_at is None:
            await self._store.plan_digest(planned(one, now))
        elif one.unsent:
            await self._store.plan_digest(_dealt_with(one, now))
            log.info("digest put off", digest=one.id, guild=one.guild_id, reason="the last one is not sent yet")
        elif made := await issue(self._store, one, _dealt_with(one, now), now):
            log.info("digest", digest=one.id, guild=one.guild_id, entries=made[0].entries, messages=len(made))
            self._delivered()


async def issue(store: DigestStore, one: Digest, then: Digest, now: datetime) -> tuple[DigestPage, ...]:
    """Owes what the digest has to tell, if anything; `then` has its times afterwards. Returns what is owed."""
    made, until = await told_now(store, one)
    return made if await store.commit_digest(then, until, made, now) else ()


async def told_now(store: DigestStore, one: Digest) -> tuple[tuple[DigestPage, ...], int]:
    """What the digest would tell at the moment, and up to which entry that is everything."""
    gathered = await store.gather(one)
    return pages(gathered.entries, since=one.since, filter=one.filter), gathered.until_entry_id


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
