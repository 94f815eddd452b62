"""The services behind the commands, kept in lists. They keep the contract of chat/services and can be told to fail."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from bot.chat.services import Services
from bot.errors import NotFound
from bot.model import (
    DeliveryNote,
    Entry,
    Feed,
    FeedFacts,
    Login,
    Payload,
    StoredEntry,
    StyleName,
    Subscription,
)
from bot.ports import Viewer
from bot.query.language import parse
from bot.work.answers import Added, Choice, Editing, Preview, ResultPage, Status, Why
from bot.work.lists import Lists
from tests.clocks import ManualClock
from tests.work.fakes import HereReader

NOW = datetime(2026, 5, 13, 12, 0, tzinfo=UTC)
SAMPLE = Payload(embeds=({"title": "Newest entry", "url": "https://example.com/1", "description": "words"},))


def stored(number: int, *, title: str = "", text: str = "Some words.", channel_id: int | None = None) -> StoredEntry:
    """An entry that was posted if it has a channel."""
    return StoredEntry(
        id=number,
        feed_id=1,
        feed_title="Example feed",
        feed_url="https://example.com/feed.xml",
        entry=Entry(
            guid=str(number),
            aliases=(number,),
            title=title or f"Entry {number}",
            url=f"https://example.com/{number}",
            published_at=NOW - timedelta(hours=number),
            text=text,
        ),
        first_seen_at=NOW,
        channel_id=channel_id,
        message_id=5000 + number if channel_id else None,
    )


class FakeFollow:
    """Follows whatever it is given; `pages` says what stands at an address instead: a choice, or an error."""

    def __init__(self) -> None:
        self.all: list[Subscription] = []
        self.pages: dict[str, Choice | Exception] = {}
        self.titles: dict[str, str] = {}
        self.empty: set[str] = set()
        self.newest_posted: list[int] = []
        self.notes: tuple[DeliveryNote, ...] = ()
        self.keeps_logins = False
        self.feed_changes: Callable[[Feed], Feed] = lambda feed: feed

    async def give_login(self, guild_id: int, subscription_id: int, login: Login) -> Subscription:
        return next(one for one in self.all if (one.guild_id, one.id) == (guild_id, subscription_id))

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
        there = self.pages.get(url)
        if isinstance(there, Exception):
            raise there
        if there is not None:
            return there
        number = len(self.all) + 1
        subscription = Subscription(
            id=number,
            guild_id=guild_id,
            channel_id=channel_id,
            feed_id=1 + number % 7,
            feed_url=url,
            feed_title=self.titles.get(url, "Example feed"),
            filter=filter,
            style=style,
            mention_role_id=mention_role_id,
            created_by=user_id,
        )
        self.all.append(subscription)
        is_empty = url in self.empty
        return Added(
            subscription=subscription,
            feed=self._feed(subscription),
            entry_count=0 if is_empty else 3,
            sample=None if is_empty else SAMPLE,
        )

    async def preview(self, *, guild_id: int, text: str) -> Preview | Choice:
        there = self.pages.get(text)
        if isinstance(there, Exception):
            raise there
        if there is not None:
            return there
        return Preview(url=text, facts=FeedFacts(title="Example feed"), entry_count=3, samples=(SAMPLE,) * 3)

    async def subscriptions(self, guild_id: int, *, channel_id: int | None = None) -> list[Subscription]:
        mine = [one for one in self.all if one.guild_id == guild_id]
        return [one for one in mine if channel_id in (None, one.channel_id)]

    async def find(self, guild_id: int, text: str, *, channel_id: int | None = None) -> Subscription:
        for one in await self.subscriptions(guild_id, channel_id=channel_id):
            if text in (str(one.id), one.feed_title):
                return one
        raise NotFound("No such feed is followed here. /feed list shows those that are.")

    async def suggest(self, guild_id: int, typed: str, *, limit: int = 25) -> list[Subscription]:
        mine = await self.subscriptions(guild_id)
        return [one for one in mine if typed.casefold() in one.feed_title.casefold()]  # more than the limit, on purpose

    async def remove(self, guild_id: int, subscription_id: int) -> Subscription:
        gone = await self.find(guild_id, str(subscription_id))
        self.all.remove(gone)
        return gone

    async def pause(self, guild_id: int, subscription_id: int, *, by: int, catch_up: bool = False) -> Subscription:
        return self._change(await self.find(guild_id, str(subscription_id)), paused_at=NOW, paused_reason=f"by <@{by}>")

    async def resume(self, guild_id: int, subscription_id: int) -> Subscription:
        return self._change(await self.find(guild_id, str(subscription_id)), paused_at=None, paused_reason="")

    async def status(self, guild_id: int, subscription_id: int) -> Status:
        subscription = await self.find(guild_id, str(subscription_id))
        return Status(subscription=subscription, feed=self._feed(subscription), waiting=2, notes=self.notes)

    async def switch(
        self,
        guild_id: int,
        subscription_id: int,
        *,
        follow_edits: bool | None = None,
        merge_stories: bool | None = None,
        page_images: bool | None = None,
    ) -> Subscription:
        old = await self.find(guild_id, str(subscription_id))
        edits = old.follow_edits if follow_edits is None else follow_edits
        stories = old.merge_stories if merge_stories is None else merge_stories
        pictures = old.page_images if page_images is None else page_images
        new = replace(old, follow_edits=edits, merge_stories=stories, page_images=pictures)
        self.all[self.all.index(old)] = new
        return new

    async def edit(
        self,
        guild_id: int,
        subscription_id: int,
        *,
        filter: str | None = None,
        style: StyleName | None = None,
        mention_role_id: int | None = None,
    ) -> Subscription:
        old = await self.find(guild_id, str(subscription_id))
        self.all[self.all.index(old)] = new = replace(old, style=style or old.style)
        return new

    async def move(self, guild_id: int, subscription_id: int, channel_id: int) -> Subscription:
        old = await self.find(guild_id, str(subscription_id))
        self.all[self.all.index(old)] = new = replace(old, channel_id=channel_id)
        return new

    async def editing(self, guild_id: int, subscription_id: int) -> Editing:
        return Editing(subscription=await self.find(guild_id, str(subscription_id)), sample=SAMPLE)

    async def entries(self, guild_id: int, feed: str, typed: str, *, limit: int = 25) -> list[StoredEntry]:
        return [stored(number) for number in range(limit)] if feed else []

    async def why(self, guild_id: int, subscription_id: int, text: str) -> Why:
        subscription = await self.find(guild_id, str(subscription_id))
        return Why(kind="not seen", subscription=subscription, feed=self._feed(subscription))

    async def post_newest(self, guild_id: int, subscription_id: int) -> bool:
        await self.find(guild_id, str(subscription_id))
        self.newest_posted.append(subscription_id)
        return True

    def _change(self, old: Subscription, *, paused_at: datetime | None, paused_reason: str) -> Subscription:
        new = replace(old, paused_at=paused_at, paused_reason=paused_reason)
        self.all[self.all.index(old)] = new
        return new

    def _feed(self, subscription: Subscription) -> Feed:
        return self.feed_changes(
            Feed(
                id=subscription.feed_id,
                url=subscription.feed_url,
                title=subscription.feed_title,
                polled_at=NOW - timedelta(minutes=5),
                next_due_at=NOW + timedelta(minutes=10),
            )
        )


class FakeLookup:
    """Finds the entries of the guild whose title contains the query."""

    page_size = 5

    def __init__(self, follow: FakeFollow) -> None:
        self._follow = follow
        self.entries: dict[int, list[StoredEntry]] = {}
        self.error: Exception | None = None
        self.asked: list[tuple[str, int | None, str, int]] = []

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
        self.asked.append((text, feed_id, since, page))
        if self.error is not None:
            raise self.error
        query = str(parse(text))
        hits = [one for one in self.entries.get(guild_id, []) if text.casefold() in one.entry.title.casefold()]
        pages = max(1, -(-len(hits) // self.page_size))
        page = min(page, pages - 1)
        shown = hits[page * self.page_size : (page + 1) * self.page_size]
        nearest = None if hits else "entry"
        return ResultPage(query=query, hits=tuple(shown), total=len(hits), page=page, pages=pages, nearest=nearest)

    async def latest(
        self,
        guild_id: int,
        *,
        user_id: int | None = None,
        feed_id: int | None = None,
        count: int = 5,
        viewer: Viewer | None = None,
    ) -> list[StoredEntry]:
        return self.entries.get(guild_id, [])[:count]

    async def now_in(self, guild_id: int) -> datetime:
        return NOW

    async def feeds(
        self, guild_id: int, typed: str = "", *, viewer: Viewer | None = None, limit: int = 25
    ) -> list[Subscription]:
        return await self._follow.suggest(guild_id, typed)

    async def feed(self, guild_id: int, text: str, *, viewer: Viewer | None = None) -> Subscription:
        return await self._follow.find(guild_id, text)


class FakeClosedDms:
    """Nobody's are closed, but those of members it was told of."""

    def __init__(self) -> None:
        self.waiting: dict[int, int] = {}

    async def news_for(self, user_id: int) -> int | None:
        return self.waiting.get(user_id)

    async def try_again(self, user_id: int) -> bool:
        return self.waiting.pop(user_id, None) is not None


class Absent:
    """A service that the test has no need of: using it fails the test."""

    def __getattr__(self, name: str) -> Any:
        raise AssertionError(f"{name} was called")


def services(follow: FakeFollow, lookup: FakeLookup, guilds: FakeGuilds) -> Services:
    """The fakes as the client wants them; tests/chat/desk.py has the real ones of what is not here."""
    absent: Any = Absent()
    return Services(
        follow=follow,
        manage=follow,
        show=follow,
        lists=Lists(follow, follow, HereReader(), ManualClock(NOW)),
        reissued=absent,
        lookup=lookup,
        keywords=absent,
        digests=absent,
        more=absent,
        closed_dms=FakeClosedDms(),
        guilds=guilds,
        settings=absent,
        privacy=absent,
    )


class FakeGuilds:
    """Remembers what it was told."""

    def __init__(self) -> None:
        self.told: list[tuple[str, int]] = []
        self.present_at_start: frozenset[int] = frozenset()

    async def present(self, guild_ids: frozenset[int]) -> None:
        self.present_at_start = guild_ids

    async def joined(self, guild_id: int) -> None:
        self.told.append(("joined", guild_id))

    async def left(self, guild_id: int) -> None:
        self.told.append(("left", guild_id))

    async def channel_back(self, channel_id: int) -> None:
        self.told.append(("back", channel_id))
