"""Following feeds, and finding those that are followed, for a guild, whoever asked.

The commands translate, the rules are here. A subscription is changed in work/manage and shown in work/show.
"""

from __future__ import annotations

from collections.abc import Callable

from bot.errors import AlreadyThere, QuotaReached, UsageError
from bot.feeds import cadence
from bot.feeds.discover import normalise
from bot.feeds.private import access_of
from bot.feeds.same import have_the_same, same_address
from bot.model import Access, Feed, Login, StyleName, Subscription
from bot.ports import Clock, Discoverer, Fetcher, FollowStore, Vault
from bot.query.language import parse_filter
from bot.work.answers import Added, Choice, FilterCheck
from bot.work.filtering import FILTERED_ENTRIES, check
from bot.work.finding import FoundFeed, find_by_word, find_with, read_with_login, site_word
from bot.work.first_poll import first_commit, newest_first, sample
from bot.work.owned import feed_of, matching, named, newest_of, own
from bot.work.private import Locked, add_private, name_of

COMPARED_ENTRIES = 50


class Follow:
    """The feeds of guilds."""

    def __init__(
        self,
        store: FollowStore,
        fetcher: Fetcher,
        reader: Discoverer,
        clock: Clock,
        *,
        limits: cadence.Limits,
        feeds_per_guild: int,
        vault: Vault | None = None,
        changed: Callable[[], None] = lambda: None,
    ) -> None:
        """`changed` is called when another feed may be due. Without a `vault` private feeds are refused."""
        self._store, self._fetcher, self._reader, self._clock = store, fetcher, reader, clock
        self._limits, self._feeds_per_guild, self._vault = limits, feeds_per_guild, vault or Locked()
        self.keeps_logins = vault is not None
        self._changed = changed

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
        login: Login | None = None,
        private: bool = False,
    ) -> Added | Choice:
        """Subscribes the channel. A feed that is polled already is joined without another request, unless it is
        private: then it is the guild's own (work/private).

        Raises AlreadyThere, QuotaReached, QueryError (the filter's), UsageError (the address), FeedError kinds.
        """
        if login is None and not private and (word := site_word(url)) is not None:
            return await find_by_word(word, self._fetcher, self._reader)
        url = normalise(url)
        query = str(parse_filter(filter)) if filter.strip() else ""
        asked_at = self._clock.now()  # before the first document: what is published after that is news
        mine = await self._store.subscriptions(guild_id)
        access = access_of(url, login, private=private)
        self._refuse_twice(mine, self._name(guild_id, url, access), channel_id)
        if len(mine) >= self._feeds_per_guild:
            raise _no_room(len(mine))
        known = None if access else await self._store.feed_by_url(url)
        found = None if known else await find_with(access, url, self._fetcher, self._reader)
        if isinstance(found, Choice):
            return found
        if found is not None:
            if access is not None and access.login is None:
                # The address with a key was perhaps a page's, and its feed is everybody's.
                access = access_of(found.asked, private=private)
            self._refuse_twice(mine, self._name(guild_id, found.url, access), channel_id)
            await self._refuse_the_same(mine, found, channel_id)
        feed = known or await self._joined_or_new(guild_id, found, access)
        subscription = await self._subscribed(
            Subscription(
                id=0,
                guild_id=guild_id,
                channel_id=channel_id,
                feed_id=feed.id,
                filter=query,
                style=style,
                mention_role_id=mention_role_id,
                created_by=user_id,
                created_at=asked_at,
            )
        )
        self._changed()
        return await self._added(feed, subscription, found)

    async def _subscribed(self, new: Subscription) -> Subscription:
        try:
            return await self._store.add_subscription(new, at_most=self._feeds_per_guild)
        except QuotaReached as error:  # somebody was faster while the feed was read
            raise _no_room(self._feeds_per_guild) from error

    def _name(self, guild_id: int, url: str, access: Access | None) -> str:
        return url if access is None else name_of(access, guild_id, self._vault)

    async def _joined_or_new(self, guild_id: int, found: FoundFeed | None, access: Access | None) -> Feed:
        assert found is not None
        known = None if access else await self._store.feed_by_url(found.url)
        if known is not None:
            return known
        now = self._clock.now()
        facts, commit = found.parsed.facts, await first_commit(found, now, self._limits)
        if access is not None:
            return await add_private(self._store, self._vault, guild_id, access, facts=facts, now=now, commit=commit)
        return await self._store.add_feed(found.url, facts, commit, now)

    async def _added(self, feed: Feed, subscription: Subscription, found: FoundFeed | None) -> Added:
        # What is kept for digests has no posts of its own.
        newest = await newest_of(self._store, subscription) if subscription.style != "digest" else None
        return Added(
            subscription=subscription,
            feed=feed,
            entry_count=len(found.parsed.entries) if found else feed.document_size,
            sample=sample(newest, subscription) if newest else None,
            sample_entry=newest,
            problems=found.parsed.problems if found else (),
            filtered=await self._filtered(subscription),
        )

    async def _filtered(self, subscription: Subscription) -> FilterCheck | None:
        """What the filter does with the feed's newest entries."""
        if not subscription.filter:
            return None
        newest = await self._store.latest(subscription.guild_id, feed_id=subscription.feed_id, limit=FILTERED_ENTRIES)
        return check(subscription.filter, newest)

    @staticmethod
    def _refuse_twice(mine: list[Subscription], url: str, channel_id: int) -> None:
        for one in mine:
            if one.channel_id == channel_id and same_address(one.feed_url, url):
                raise _already(one)

    async def _refuse_the_same(self, mine: list[Subscription], found: FoundFeed, channel_id: int) -> None:
        """The same feed at another address: where it leads now, or with the same title and the very same entries."""
        here = [one for one in mine if one.channel_id == channel_id]
        for one in here:
            if same_address(one.feed_url, found.fetched.url):
                raise _already(one)
        for one in here:
            if one.feed_title and one.feed_title == found.parsed.facts.title:
                newest = await self._store.latest(one.guild_id, feed_id=one.feed_id, limit=COMPARED_ENTRIES)
                if have_the_same(newest_first(found.parsed.entries), [stored.entry for stored in newest]):
                    raise _already(one)

    async def give_login(self, guild_id: int, subscription_id: int, login: Login) -> Subscription:
        """Another login for a private feed, kept if it opens it. Raises UsageError and FeedError kinds."""
        subscription = await own(self._store, guild_id, subscription_id)
        feed = await feed_of(self._store, subscription)
        if feed.sealed is None:
            raise UsageError("That feed is followed as one that everybody may read. Use /feed add with private.")
        access = access_of(self._vault.open(feed.sealed, name=feed.url).url, login)
        assert access is not None
        await read_with_login(access, self._fetcher, self._reader)
        await self._store.reseal_feed(guild_id, feed.id, self._vault.seal(access), self._clock.now())
        self._changed()
        return subscription

    async def subscriptions(self, guild_id: int, *, channel_id: int | None = None) -> list[Subscription]:
        """All of the guild, or of one of its channels, by title."""
        return await self._store.subscriptions(guild_id, channel_id=channel_id)

    async def find(self, guild_id: int, text: str, *, channel_id: int | None = None) -> Subscription:
        """The subscription that a `feed` option means (work/owned)."""
        return await named(self._store, guild_id, text, channel_id=channel_id)

    async def suggest(self, guild_id: int, typed: str, *, limit: int = 25) -> list[Subscription]:
        """For autocomplete: those whose title or address contains what was typed, by title."""
        return matching(await self._store.subscriptions(guild_id), typed, limit)


def _already(one: Subscription) -> AlreadyThere:
    return AlreadyThere(f"This channel follows {one.feed_title or 'that feed'} already.")


def _no_room(followed: int) -> QuotaReached:
    return QuotaReached(
        f"This server follows {followed} feeds, which is the limit here. Remove one first: /feed remove."
    )
