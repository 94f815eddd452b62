"""Showing what a guild follows: what `/feed` status, preview and edit answer, whoever asked. Changes nothing."""

from __future__ import annotations

from datetime import timedelta

from bot.errors import FetchError, UsageError
from bot.feeds import cadence
from bot.feeds.discover import normalise
from bot.feeds.odd import oddities
from bot.feeds.private import access_of
from bot.model import Access, Destination, Feed, Hold, StoredEntry, Subscription
from bot.ports import Clock, Discoverer, Fetcher, FollowStore, Vault
from bot.work.answers import NO_FATE, Choice, Editing, Preview, Privacy, Status, Why
from bot.work.filtering import FILTERED_ENTRIES, check, left_out
from bot.work.finding import find_by_word, find_with, site_word
from bot.work.first_poll import sample, samples
from bot.work.outlook import outlook
from bot.work.owned import feed_of, named, own
from bot.work.private import Locked
from bot.work.why import why

PREVIEWED_ENTRIES = 3
NOTES_SHOWN = 8
A_MONTH = timedelta(days=30)
SUGGESTED_FROM = 200  # newest entries


class Show:
    """One method for each thing a manager of a guild may want to know of its feeds."""

    def __init__(
        self,
        store: FollowStore,
        fetcher: Fetcher,
        reader: Discoverer,
        clock: Clock,
        *,
        limits: cadence.Limits,
        vault: Vault | None = None,
    ) -> None:
        """Without a `vault` private feeds cannot be previewed."""
        self._store, self._fetcher, self._reader, self._clock = store, fetcher, reader, clock
        self._limits, self._vault = limits, vault or Locked()

    async def status(self, guild_id: int, subscription_id: int) -> Status:
        """How it is doing, with its last deliveries."""
        subscription = await own(self._store, guild_id, subscription_id)
        feed = await feed_of(self._store, subscription)
        notes = await self._store.recent_deliveries(guild_id, subscription_id, NOTES_SHOWN)
        waiting = await self._store.waiting(guild_id, subscription_id)
        return Status(
            subscription=subscription,
            feed=feed,
            waiting=waiting,
            notes=tuple(notes),
            hold=await self._hold(subscription),
            held=await self._store.reissue(guild_id, feed.id),
            old=await self._store.count_old(guild_id, feed.id, self._clock.now() - A_MONTH),
            outlook=outlook(feed, self._limits, self._clock.now()),
            hub=await self._store.hub_of(guild_id, feed.id),
            private=self._privacy(feed),
        )

    def _privacy(self, feed: Feed) -> Privacy | None:
        if feed.sealed is None:
            return None
        try:
            return "address" if self._vault.open(feed.sealed, name=feed.url).login is None else "login"
        except FetchError:
            return "unreadable"

    async def why(self, guild_id: int, subscription_id: int, text: str) -> Why:
        """Why the entry that `text` names (its link, its title, or its id from `entries`) was posted, or not."""
        subscription = await own(self._store, guild_id, subscription_id)
        feed = await feed_of(self._store, subscription)
        entry = await self._store.find_entry(guild_id, feed.id, text)
        fate = await self._store.fate(guild_id, subscription_id, entry.id) if entry is not None else NO_FATE
        return why(subscription, feed, entry, fate, await self._hold(subscription))

    async def entries(self, guild_id: int, feed: str, typed: str, *, limit: int = 25) -> list[StoredEntry]:
        """For autocomplete: the newest of a followed feed whose titles contain what was typed."""
        try:
            subscription = await named(self._store, guild_id, feed)
        except UsageError:
            return []
        newest = await self._store.latest(guild_id, feed_id=subscription.feed_id, limit=SUGGESTED_FROM)
        wanted = typed.strip().casefold()
        return [one for one in newest if wanted in one.entry.title.casefold()][:limit]

    async def editing(self, guild_id: int, subscription_id: int) -> Editing:
        """The subscription as it is, and what its newest post would look like now."""
        subscription = await own(self._store, guild_id, subscription_id)
        newest = await self._store.latest(guild_id, feed_id=subscription.feed_id, limit=FILTERED_ENTRIES)
        passing = (one for one in newest if not subscription.filter or not left_out(subscription.filter, one))
        shown = next(passing, None)
        return Editing(
            subscription=subscription,
            sample=sample(shown, subscription) if shown and subscription.style != "digest" else None,
            filtered=check(subscription.filter, newest) if subscription.filter else None,
        )

    async def preview(self, *, guild_id: int, text: str) -> Preview | Choice:
        """What the newest entries of a followed feed or of any address would look like. Stores nothing."""
        try:
            followed = await named(self._store, guild_id, text)
        except UsageError:
            followed = None
        if followed is None and (word := site_word(text)) is not None:
            return await find_by_word(word, self._fetcher, self._reader)
        url, access = await self._where(followed) if followed else _typed(text)
        found = await find_with(access, url, self._fetcher, self._reader)
        if isinstance(found, Choice):
            return found
        shown = followed or Subscription(id=0, guild_id=guild_id, channel_id=0, feed_id=0)
        now = self._clock.now()
        return Preview(
            url=found.url,
            facts=found.parsed.facts,
            entry_count=len(found.parsed.entries),
            samples=samples(found.parsed, found.url, shown, now, PREVIEWED_ENTRIES),
            problems=oddities(found.parsed, now),
        )

    async def _where(self, followed: Subscription) -> tuple[str, Access | None]:
        feed = await feed_of(self._store, followed)
        return feed.url, None if feed.sealed is None else self._vault.open(feed.sealed, name=feed.url)

    async def _hold(self, subscription: Subscription) -> Hold | None:
        channel = Destination(kind="channel", id=subscription.channel_id, guild_id=subscription.guild_id)
        return next((one for one in await self._store.holds(channel.guild_id) if one.destination == channel), None)


def _typed(text: str) -> tuple[str, Access | None]:
    url = normalise(text)
    return url, access_of(url)
