"""Following feeds: what `/feed` does, for a guild, whoever asked. The commands translate, the rules are here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

from bot.errors import AlreadyThere, FetchError, NotFound, QuotaReached, UsageError
from bot.feeds import cadence
from bot.feeds.discover import normalise
from bot.feeds.private import access_of
from bot.feeds.same import have_the_same, same_address
from bot.feeds.shorthand import word_of
from bot.model import Access, Destination, Feed, Hold, Login, StoredEntry, StyleName, Subscription
from bot.ports import Clock, Discoverer, Fetcher, FollowStore, Vault
from bot.query.language import parse_filter
from bot.work.answers import NO_FATE, Added, Choice, Editing, FilterCheck, Preview, Privacy, Status, Why
from bot.work.filtering import check, left_out
from bot.work.finding import FoundFeed, find_by_word, find_feed, read_with_login
from bot.work.first_poll import first_commit, newest_first, sample
from bot.work.outlook import outlook
from bot.work.private import Locked, add_private, name_of
from bot.work.why import why

PREVIEWED_ENTRIES = 3
FILTERED_ENTRIES = 50
NOTES_SHOWN = 8
A_MONTH = timedelta(days=30)
COMPARED_ENTRIES = 50
SUGGESTED_FROM = 200  # newest entries


class Follow:
    """One method for each thing a manager of a guild may ask of its feeds."""

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
        delivered: Callable[[], None] = lambda: None,
    ) -> None:
        """`changed` is called when another feed may be due, `delivered` when something is owed. Without a `vault`
        private feeds are refused."""
        self._store, self._fetcher, self._reader, self._clock = store, fetcher, reader, clock
        self._limits, self._feeds_per_guild, self._vault = limits, feeds_per_guild, vault or Locked()
        self.keeps_logins = vault is not None
        self._changed, self._delivered = changed, delivered

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
        if login is None and not private and (word := _word(url)) is not None:
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
        found = None if known else await self._find(url, access)
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

    async def _find(self, url: str, access: Access | None) -> FoundFeed | Choice:
        if access is not None and access.login is not None:
            return await read_with_login(access, self._fetcher, self._reader)
        return await find_feed(access.url if access else url, self._fetcher, self._reader)

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
        newest = await self._newest(subscription) if subscription.style != "digest" else None
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

    async def _newest(self, subscription: Subscription) -> StoredEntry | None:
        latest = await self._store.latest(subscription.guild_id, feed_id=subscription.feed_id, limit=1)
        return latest[0] if latest else None

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

    async def preview(self, *, guild_id: int, text: str) -> Preview | Choice:
        """What the newest entries of a followed feed or of any address would look like. Stores nothing."""
        try:
            followed = await self.find(guild_id, text)
        except UsageError:
            followed = None
        if followed is None and (word := _word(text)) is not None:
            return await find_by_word(word, self._fetcher, self._reader)
        url, access = await self._where(followed) if followed else _typed(text)
        found = await self._find(url, access)
        if isinstance(found, Choice):
            return found
        newest = newest_first(found.parsed.entries)[:PREVIEWED_ENTRIES]
        shown = followed or Subscription(id=0, guild_id=guild_id, channel_id=0, feed_id=0)
        now = self._clock.now()
        return Preview(
            url=found.url,
            facts=found.parsed.facts,
            entry_count=len(found.parsed.entries),
            samples=tuple(
                sample(
                    StoredEntry(
                        id=0,
                        feed_id=0,
                        feed_title=found.parsed.facts.title,
                        feed_url=found.url,
                        entry=entry,
                        first_seen_at=now,
                    ),
                    shown,
                )
                for entry in newest
            ),
            problems=found.parsed.problems,
        )

    async def _where(self, followed: Subscription) -> tuple[str, Access | None]:
        feed = await self._feed_of(followed)
        return feed.url, None if feed.sealed is None else self._vault.open(feed.sealed, name=feed.url)

    async def give_login(self, guild_id: int, subscription_id: int, login: Login) -> Subscription:
        """Another login for a private feed, kept if it opens it. Raises UsageError and FeedError kinds."""
        subscription = await self._own(guild_id, subscription_id)
        feed = await self._feed_of(subscription)
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
        """The subscription that a `feed` option means: its id (from the autocomplete), its title or its address.

        Raises NotFound, or UsageError if several are meant.
        """
        mine = await self._store.subscriptions(guild_id, channel_id=channel_id)
        wanted = text.strip().casefold()
        for exact in (_by_id, _by_name, _by_part):
            fits = [one for one in mine if exact(one, wanted)]
            if len(fits) == 1:
                return fits[0]
            if len(fits) > 1:
                raise UsageError(f"{len(fits)} subscriptions fit. Choose one from the list, or name the channel too.")
        raise NotFound("No such feed is followed here. /feed list shows those that are.")

    async def suggest(self, guild_id: int, typed: str, *, limit: int = 25) -> list[Subscription]:
        """For autocomplete: those whose title or address contains what was typed, by title."""
        wanted = typed.strip().casefold()
        mine = await self._store.subscriptions(guild_id)
        return [one for one in mine if not wanted or _by_part(one, wanted)][:limit]

    async def remove(self, guild_id: int, subscription_id: int) -> Subscription:
        """Ends it, and answers what it was."""
        subscription = await self._own(guild_id, subscription_id)
        await self._store.remove_subscription(guild_id, subscription_id)
        return subscription

    async def pause(self, guild_id: int, subscription_id: int, *, by: int, catch_up: bool = False) -> Subscription:
        """Stops posting; what comes meanwhile stays searchable, and is kept for later with `catch_up`."""
        await self._own(guild_id, subscription_id)
        now = self._clock.now()
        await self._store.pause_subscription(guild_id, subscription_id, f"by <@{by}>", now, catch_up=catch_up)
        return await self._own(guild_id, subscription_id)

    async def resume(self, guild_id: int, subscription_id: int) -> Subscription:
        """Posts again: the newest of what was kept, the rest of it in one message, then what is new."""
        await self._own(guild_id, subscription_id)
        await self._store.resume_subscription(guild_id, subscription_id, self._clock.now())
        self._changed()
        self._delivered()
        return await self._own(guild_id, subscription_id)

    async def status(self, guild_id: int, subscription_id: int) -> Status:
        """How it is doing, with its last deliveries."""
        subscription = await self._own(guild_id, subscription_id)
        feed = await self._feed_of(subscription)
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
        subscription = await self._own(guild_id, subscription_id)
        feed = await self._feed_of(subscription)
        entry = await self._store.find_entry(guild_id, feed.id, text)
        fate = await self._store.fate(guild_id, subscription_id, entry.id) if entry is not None else NO_FATE
        return why(subscription, feed, entry, fate, await self._hold(subscription))

    async def entries(self, guild_id: int, feed: str, typed: str, *, limit: int = 25) -> list[StoredEntry]:
        """For autocomplete: the newest of a followed feed whose titles contain what was typed."""
        try:
            subscription = await self.find(guild_id, feed)
        except UsageError:
            return []
        newest = await self._store.latest(guild_id, feed_id=subscription.feed_id, limit=SUGGESTED_FROM)
        wanted = typed.strip().casefold()
        return [one for one in newest if wanted in one.entry.title.casefold()][:limit]

    async def switch(
        self,
        guild_id: int,
        subscription_id: int,
        *,
        follow_edits: bool | None = None,
        merge_stories: bool | None = None,
        page_images: bool | None = None,
    ) -> Subscription:
        """Whether corrections edit posts, a story of several feeds is one post, and entries without a picture take
        their page's. None: as it is."""
        given = {"follow_edits": follow_edits, "merge_stories": merge_stories, "page_images": page_images}
        return await self._change(
            guild_id, subscription_id, {name: value for name, value in given.items() if value is not None}
        )

    async def edit(
        self,
        guild_id: int,
        subscription_id: int,
        *,
        filter: str | None = None,
        style: StyleName | None = None,
        mention_role_id: int | None = None,
    ) -> Subscription:
        """Changes what is given. An empty filter is none, and the mention 0 nobody. Raises QueryError (the filter's).

        What is owed already stays owed, and is shown in the new style.
        """
        given: dict[str, Any] = {}
        if filter is not None:
            given["filter"] = str(parse_filter(filter)) if filter.strip() else ""
        if style is not None:
            given["style"] = style
        if mention_role_id is not None:
            given["mention_role_id"] = mention_role_id or None
        return await self._change(guild_id, subscription_id, given)

    async def _change(self, guild_id: int, subscription_id: int, given: dict[str, Any]) -> Subscription:
        """Only what is given: two managers at once both have their way."""
        now = await self._own(guild_id, subscription_id)
        await self._store.update_subscription(replace(now, **given), only=tuple(given))
        return await self._own(guild_id, subscription_id)

    async def move(self, guild_id: int, subscription_id: int, channel_id: int) -> Subscription:
        """Posts in another channel from now on, also what is owed; what was begun stays where it was."""
        now = await self._own(guild_id, subscription_id)
        try:
            await self._store.move_subscription(guild_id, subscription_id, channel_id, self._clock.now())
        except AlreadyThere as error:
            raise AlreadyThere(f"<#{channel_id}> follows {now.feed_title or 'that feed'} already.") from error
        self._delivered()
        return await self._own(guild_id, subscription_id)

    async def editing(self, guild_id: int, subscription_id: int) -> Editing:
        """The subscription as it is, and what its newest post would look like now."""
        subscription = await self._own(guild_id, subscription_id)
        newest = await self._store.latest(guild_id, feed_id=subscription.feed_id, limit=FILTERED_ENTRIES)
        passing = (one for one in newest if not subscription.filter or not left_out(subscription.filter, one))
        shown = next(passing, None)
        return Editing(
            subscription=subscription,
            sample=sample(shown, subscription) if shown and subscription.style != "digest" else None,
            filtered=check(subscription.filter, newest) if subscription.filter else None,
        )

    async def _feed_of(self, subscription: Subscription) -> Feed:
        feed = await self._store.feed(subscription.guild_id, subscription.feed_id)
        if feed is None:
            raise NotFound("That feed is not followed any more.")
        return feed

    async def _hold(self, subscription: Subscription) -> Hold | None:
        channel = Destination(kind="channel", id=subscription.channel_id, guild_id=subscription.guild_id)
        return next((one for one in await self._store.holds(channel.guild_id) if one.destination == channel), None)

    async def post_newest(self, guild_id: int, subscription_id: int) -> bool:
        """Posts the feed's newest entry although it is not new. False if there is none; never twice."""
        subscription = await self._own(guild_id, subscription_id)
        newest = await self._newest(subscription)
        if newest is None:
            return False
        await self._store.owe([(newest.id, subscription)], self._clock.now())
        self._delivered()
        return True

    async def _own(self, guild_id: int, subscription_id: int) -> Subscription:
        subscription = await self._store.subscription(guild_id, subscription_id)
        if subscription is None:
            raise NotFound("No such feed is followed here. /feed list shows those that are.")
        return subscription


def _already(one: Subscription) -> AlreadyThere:
    return AlreadyThere(f"This channel follows {one.feed_title or 'that feed'} already.")


def _word(text: str) -> str | None:
    """A site's name instead of its address."""
    try:
        normalise(text)
    except UsageError:
        return word_of(text)
    return None


def _typed(text: str) -> tuple[str, Access | None]:
    url = normalise(text)
    return url, access_of(url)


def _no_room(followed: int) -> QuotaReached:
    return QuotaReached(
        f"This server follows {followed} feeds, which is the limit here. Remove one first: /feed remove."
    )


def _by_id(one: Subscription, wanted: str) -> bool:
    return str(one.id) == wanted


def _by_name(one: Subscription, wanted: str) -> bool:
    return wanted in {one.feed_title.casefold(), one.feed_url.casefold()}


def _by_part(one: Subscription, wanted: str) -> bool:
    return wanted in one.feed_title.casefold() or wanted in one.feed_url.casefold()
