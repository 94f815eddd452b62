"""Lists of feeds, in and out: what `/feed export` and `/feed import` do, for a guild, whoever asked.

An import is a row of `/feed add`: politely, one feed of a host at a time, and each feed is there for good once it is
added. So one that was interrupted is finished by running it again.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict, deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, Protocol

from bot.errors import AlreadyThere, BotError, QuotaReached, UsageError
from bot.feeds.opml import BYTES_LIMIT, FeedList, Outline, write_opml
from bot.feeds.private import access_of, is_private
from bot.model import Feed, FeedFacts, StyleName, Subscription
from bot.ports import GuildStore, ListReader, SteadyClock, Vault
from bot.query.language import parse_filter
from bot.query.match import host_of
from bot.work.answers import Added, Choice
from bot.work.private import Locked, add_private

__all__ = [
    "BYTES_LIMIT",  # this, FeedList and Outline are feeds/opml's, for chat/
    "Brought",
    "BroughtKind",
    "Exported",
    "FeedList",
    "Lists",
    "Outline",
    "Progress",
    "Wish",
    "add_unread",
    "exported",
]

AT_ONCE = 16  # hosts
LONGEST = timedelta(minutes=10)  # Discord lets an answer be edited for 15 (interactions, "Followup Messages")


@dataclass(frozen=True, slots=True, kw_only=True)
class Exported:
    """A list of feeds. `left_out` are those whose addresses are keys, which no list gives away."""

    document: bytes
    count: int
    left_out: tuple[Subscription, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """A feed of a list, and where it is to be followed here, mentioning whom."""

    outline: Outline
    channel_id: int
    mention_role_id: int | None = None

    @property
    def address(self) -> str:
        """For a report: only the host, if the address is a key."""
        url = self.outline.url
        return host_of(url) if is_private(url) else url


BroughtKind = Literal["added", "already", "several", "failed", "no room", "not tried"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Brought:
    """What became of one. `error` says why it "failed"; "several": its page announces several feeds."""

    wish: Wish
    kind: BroughtKind
    error: BotError | None = None


@dataclass(slots=True)
class Progress:
    """How far an import is; somebody else may look at it meanwhile."""

    total: int
    done: int = 0


class Following(Protocol):
    """What of work/follow is needed here."""

    async def add(
        self,
        *,
        guild_id: int,
        channel_id: int,
        user_id: int | None,
        url: str,
        filter: str = "",
        style: StyleName = "full",
        mention_role_id: int | None = None,
    ) -> Added | Choice: ...

    async def subscriptions(self, guild_id: int, *, channel_id: int | None = None) -> list[Subscription]: ...


class Managing(Protocol):
    """What of work/manage is needed here."""

    async def pause(self, guild_id: int, subscription_id: int, *, by: int, catch_up: bool = False) -> Subscription: ...

    async def switch(self, guild_id: int, subscription_id: int, *, page_images: bool | None = None) -> Subscription: ...


def exported(
    subscriptions: Sequence[Subscription], channel_names: Mapping[int, str], *, title: str, now: datetime
) -> Exported:
    """The subscriptions as OPML, in a folder for each channel."""
    given = [one for one in subscriptions if not is_private(one.feed_url)]
    left_out = tuple(one for one in subscriptions if is_private(one.feed_url))
    outlines = [_outline(one, channel_names.get(one.channel_id, "")) for one in given]
    return Exported(document=write_opml(outlines, title=title, now=now), count=len(given), left_out=left_out)


def _outline(one: Subscription, channel_name: str) -> Outline:
    return Outline(
        url=one.feed_url,
        title=one.feed_title,
        folders=(f"#{channel_name}",) if channel_name else (),
        channel_id=one.channel_id,
        channel_name=channel_name,
        filter=one.filter,
        style=one.style,
        mention_role_id=one.mention_role_id,
        paused=one.paused_at is not None,
        page_images=one.page_images,
    )


async def add_unread(
    store: GuildStore, guild_id: int, wish: Wish, *, at_most: int, now: datetime, vault: Vault | None = None
) -> Brought:
    """Follows it without asking its server: the bot's next poll is the first reading, which announces nothing."""
    outline = wish.outline
    try:
        filter = str(parse_filter(outline.filter)) if outline.filter.strip() else ""
        feed = await _unread_feed(store, guild_id, outline, now, vault or Locked())
        new = Subscription(
            id=0,
            guild_id=guild_id,
            channel_id=wish.channel_id,
            feed_id=feed.id,
            filter=filter,
            style=outline.style or "full",
            mention_role_id=wish.mention_role_id,
            created_at=now,
            paused_at=now if outline.paused else None,
            paused_reason="when it was imported" if outline.paused else "",
            page_images=outline.page_images,
        )
        await store.add_subscription(new, at_most=at_most)
    except AlreadyThere:
        return Brought(wish=wish, kind="already")
    except QuotaReached:
        return Brought(wish=wish, kind="no room")
    except UsageError as error:
        return Brought(wish=wish, kind="failed", error=error)
    return Brought(wish=wish, kind="added")


async def _unread_feed(store: GuildStore, guild_id: int, outline: Outline, now: datetime, vault: Vault) -> Feed:
    facts = FeedFacts(title=outline.title)
    if (access := access_of(outline.url)) is not None:
        return await add_private(store, vault, guild_id, access, facts=facts, now=now)
    return await store.feed_by_url(outline.url) or await store.add_feed(outline.url, facts, None, now)


class Lists:
    """A guild's feeds as a file."""

    def __init__(
        self,
        follow: Following,
        manage: Managing,
        reader: ListReader,
        clock: SteadyClock,
        *,
        longest: timedelta = LONGEST,
    ) -> None:
        """`longest` is all the time that an import may take."""
        self._follow, self._manage = follow, manage
        self._reader, self._clock, self._longest = reader, clock, longest

    async def export(self, guild_id: int, channel_names: Mapping[int, str], *, title: str) -> Exported:
        """All that the guild follows."""
        mine = await self._follow.subscriptions(guild_id)
        return exported(mine, channel_names, title=title, now=self._clock.now())

    async def read(self, data: bytes) -> FeedList:
        """The feeds of a file. Raises UsageError, with one line for the person, if it cannot be read."""
        return await self._reader.outlines(data)

    async def bring_in(self, guild_id: int, user_id: int, wishes: Sequence[Wish], progress: Progress) -> list[Brought]:
        """Follows them, and says of each what became of it, in their order. Raises what is no mistake of a feed's."""
        run = _Import(self._follow, self._manage, wishes, progress, guild_id=guild_id, user_id=user_id)
        working = asyncio.ensure_future(run.work())
        over = asyncio.ensure_future(self._clock.sleep(self._longest.total_seconds()))
        try:
            await asyncio.wait({working, over}, return_when=asyncio.FIRST_COMPLETED)
            if working.done():
                working.result()
        finally:
            for task in (working, over):
                task.cancel()
            await asyncio.gather(working, over, return_exceptions=True)
        return [run.results.get(place) or Brought(wish=wish, kind="not tried") for place, wish in enumerate(wishes)]


class _Import:
    """One import. `results` is by the wish's place."""

    def __init__(
        self,
        follow: Following,
        manage: Managing,
        wishes: Sequence[Wish],
        progress: Progress,
        *,
        guild_id: int,
        user_id: int,
    ) -> None:
        self._follow, self._manage, self._guild_id, self._user_id = follow, manage, guild_id, user_id
        self._wishes, self._progress = wishes, progress
        self._there: set[tuple[str, int]] = set()
        self._full = False
        self.results: dict[int, Brought] = {}

    async def work(self) -> None:
        mine = await self._follow.subscriptions(self._guild_id)
        self._there = {(one.feed_url.rstrip("/"), one.channel_id) for one in mine}
        hosts: defaultdict[str, list[int]] = defaultdict(list)
        for place, wish in enumerate(self._wishes):
            hosts[host_of(wish.outline.url)].append(place)
        # The longest first: what is of one host takes its time one after the other.
        waiting = deque(sorted(hosts.values(), key=len, reverse=True))
        async with asyncio.TaskGroup() as group:
            for _ in range(min(AT_ONCE, len(waiting))):
                group.create_task(self._take_turns(waiting))

    async def _take_turns(self, waiting: deque[list[int]]) -> None:
        while waiting:
            for place in waiting.popleft():
                self.results[place] = await self._bring(self._wishes[place])
                self._progress.done += 1

    async def _bring(self, wish: Wish) -> Brought:
        if (wish.outline.url.rstrip("/"), wish.channel_id) in self._there:
            return Brought(wish=wish, kind="already")
        if self._full:
            return Brought(wish=wish, kind="no room")
        try:
            return Brought(wish=wish, kind=await self._add(wish))
        except AlreadyThere:
            return Brought(wish=wish, kind="already")
        except QuotaReached:
            self._full = True
            return Brought(wish=wish, kind="no room")
        except BotError as error:
            return Brought(wish=wish, kind="failed", error=error)

    async def _add(self, wish: Wish) -> BroughtKind:
        outline = wish.outline
        added = await self._follow.add(
            guild_id=self._guild_id,
            channel_id=wish.channel_id,
            user_id=self._user_id,
            url=outline.url,
            filter=outline.filter,
            style=outline.style or "full",
            mention_role_id=wish.mention_role_id,
        )
        if isinstance(added, Choice):
            return "several"
        if not outline.page_images:
            await self._manage.switch(self._guild_id, added.subscription.id, page_images=False)
        if outline.paused:
            await self._manage.pause(self._guild_id, added.subscription.id, by=self._user_id)
        return "added"
