"""What Herald keeps of a member, for the member who asks: in numbers, as a file, and erased."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import structlog

from bot.model import Digest, ForgottenMember, Hold, KeptMessage, KeptOfMember, Keyword, Subscription
from bot.ports import Clock, PrivacyStore
from bot.work.sweep import GUILD_GRACE

log = structlog.get_logger(__name__)

MOST_MESSAGES = 10_000  # in a file
FILE_BYTES = 8 * 1024 * 1024  # Discord takes 10 MiB of anybody (Uploading Files)


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """What is kept of a member, without the messages themselves, and for how long."""

    of_member: KeptOfMember
    entries_for: timedelta
    guilds_for: timedelta = GUILD_GRACE  # after they removed Herald


class Privacy:
    """Of a member in every server, so for nobody but them."""

    def __init__(self, store: PrivacyStore, clock: Clock, *, keep_entries: timedelta) -> None:
        self._store, self._clock, self._keep = store, clock, keep_entries

    async def kept(self, user_id: int) -> Kept:
        return Kept(of_member=await self._store.kept_of_member(user_id), entries_for=self._keep)

    async def file(self, user_id: int) -> bytes:
        """All of it as JSON, of the direct messages as many of the newest as a file takes."""
        kept = await self._store.kept_of_member(user_id, messages=MOST_MESSAGES)
        return as_file(kept, self._clock.now())

    async def forget(self, user_id: int) -> ForgottenMember:
        """For good. A direct message that is being sent at this moment may still arrive, and is not sent again."""
        forgotten = await self._store.forget_member(user_id)
        log.info("member forgotten", keywords=forgotten.keywords, messages=forgotten.messages)
        return forgotten


def as_file(kept: KeptOfMember, now: datetime, *, limit_bytes: int = FILE_BYTES) -> bytes:
    """The record as indented JSON in UTF-8. Discord's numbers are texts: JavaScript would round them."""
    shown = len(kept.messages)
    while True:
        written = json.dumps(_record(kept, now, shown), ensure_ascii=False, indent=2).encode("utf-8", "replace")
        if len(written) <= limit_bytes or not shown:
            return written
        shown //= 2


def _record(kept: KeptOfMember, now: datetime, shown: int) -> dict[str, Any]:
    return {
        "member": str(kept.user_id),
        "written_at": _time(now),
        "keywords": [_keyword(one, kept.feed_titles) for one in kept.keywords],
        "direct_messages_of_servers": [str(guild_id) for guild_id in kept.lanes],
        "direct_messages_refused": [_closed(one) for one in kept.closed],
        "direct_messages_count": kept.message_count,
        "direct_messages": [_message(one) for one in kept.messages[:shown]],
        "feeds_followed_or_paused_for_a_server": [_named(one) for one in kept.named_on],
        "digests_set_for_a_server": [_digest(one) for one in kept.digests],
    }


def _keyword(one: Keyword, feed_titles: Mapping[int, str]) -> dict[str, Any]:
    return {
        "server": str(one.guild_id),
        "query": one.query,
        "feed": feed_titles.get(one.feed_id) if one.feed_id is not None else None,
        "channel": _number(one.channel_id),
        "mentions_role": _number(one.mention_role_id),
        "muted_until": _time(one.muted_until),
        "created_at": _time(one.created_at),
    }


def _closed(one: Hold) -> dict[str, Any]:
    return {"server": str(one.destination.guild_id), "since": _time(one.since), "discord_said": one.reason}


def _message(one: KeptMessage) -> dict[str, Any]:
    return {
        "server": str(one.guild_id),
        "entry": one.title,
        "link": one.url,
        "state": one.state,
        "reason": one.reason or None,
        "owed_at": _time(one.owed_at),
        "done_at": _time(one.done_at),
        "channel": _number(one.channel_id),
        "message": _number(one.message_id),
    }


def _named(one: Subscription) -> dict[str, Any]:
    # Not the feed's address, which may hold a server's secret: who has left it need not know what it is now.
    return {
        "server": str(one.guild_id),
        "channel": str(one.channel_id),
        "feed": one.feed_title,
        "created_at": _time(one.created_at),
    }


def _digest(one: Digest) -> dict[str, Any]:
    return {
        "server": str(one.guild_id),
        "channel": str(one.channel_id),
        "schedule": one.schedule,
        "filter": one.filter or None,
    }


def _number(value: int | None) -> str | None:
    return None if value is None else str(value)


def _time(moment: datetime | None) -> str | None:
    return None if moment is None else moment.astimezone(UTC).isoformat(timespec="seconds")
