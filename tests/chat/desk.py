"""Keywords and searches as members use them, with the real store behind the commands and a clock that stands still."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from itertools import count
from typing import Any

from bot.chat.audience import CachedAudiences
from bot.chat.client import HeraldClient
from bot.chat.services import Services
from bot.feeds.cadence import Limits
from bot.model import Entry, Feed, FeedFacts, Keyword, PollCommit, Sent, Subscription, Validators
from bot.sandbox import Channel, Guild, Reply, Sandbox, User
from bot.store.store import Store
from bot.work.closed_dms import ClosedDms
from bot.work.digests import Digests
from bot.work.follow import Follow
from bot.work.keywords import Keywords
from bot.work.lists import Lists
from bot.work.lookup import Lookup
from bot.work.manage import Manage
from bot.work.matching import each_of, owed
from bot.work.more import More
from bot.work.pace import SearchPace
from bot.work.privacy import Privacy
from bot.work.reissued import Reissued
from bot.work.server_settings import ServerSettings
from bot.work.show import Show
from tests.chat.fakes import FakeGuilds
from tests.chat.online import online
from tests.clocks import START, ManualClock
from tests.keys import VAULT
from tests.work.fakes import HereReader, Web

PER_MEMBER = 5
DIGESTS_PER_GUILD = 3
FEEDS_PER_GUILD = 5
LIMITS = Limits(default=timedelta(minutes=1), minimum=timedelta(minutes=1), maximum=timedelta(minutes=1))


@dataclass
class Desk:
    """A guild that follows one feed in #news, a manager and two members."""

    sandbox: Sandbox
    store: Store
    clock: ManualClock
    guild: Guild
    news: Channel
    manager: User
    member: User
    other: User
    feed: Feed
    client: HeraldClient
    numbers: count[int]
    delivered: list[str]
    web: Web

    async def publish(self, title: str, text: str = "", *, days_ago: float = 0, feed: Feed | None = None) -> Entry:
        """A poll brings this one entry, and whoever is owed it is."""
        feed = feed or self.feed
        now = self.clock.now()
        number = next(self.numbers)
        entry = Entry(
            guid=str(number),
            aliases=(number,),
            title=title,
            text=text,
            summary=text,
            url=f"https://feeds.example/{number}",
            published_at=now - timedelta(days=days_ago),
        )
        subscriptions = await self.store.subscriptions_of(feed.id)
        keywords = await self.store.keywords_for(feed.id)
        due = owed([entry], subscriptions, each_of(keywords, now), feed_title=feed.title, feed_url=feed.url)
        await self.store.commit_poll(
            PollCommit(
                feed_id=feed.id,
                facts=FeedFacts(title=feed.title),
                validators=Validators(),
                body_hash=b"",
                seen=b"",
                entries=[entry],
                owed=due,
                polled_at=now,
                next_due_at=now + timedelta(minutes=15),
            )
        )
        return entry

    async def follow(self, title: str, guild: Guild, channel: Channel) -> Feed:
        """Another feed, followed there."""
        url = f"https://feeds.example/{title}"
        feed = await self.store.add_feed(url, FeedFacts(title=title), None, START)
        new = Subscription(id=0, guild_id=guild.id, channel_id=channel.id, feed_id=feed.id)
        await self.store.add_subscription(new)
        return feed

    async def command(self, user: User, path: str, /, **options: Any) -> Reply:
        reply = await self.guild.command(user, self.news, path, **options)
        assert not reply.failed
        assert reply.ephemeral
        return reply

    async def add(self, user: User, query: str, **options: Any) -> Reply:
        return await self.command(user, "keyword add", query=query, **options)

    async def keywords(self) -> list[Keyword]:
        """Of the whole guild."""
        return await self.store.keywords(self.guild.id)

    async def post_all(self) -> list[str]:
        """Everything owed to #news is posted there, one message each posting; the titles."""
        titles = []
        while postings := await self.store.lease(self.clock.now(), 100):
            for posting in postings:
                message = self.news.say(self.sandbox.bot, "an announcement")
                await self.store.begin_attempt(posting.id, self.clock.now())
                sent = Sent(channel_id=self.news.id, message_id=message.id)
                await self.store.settle(posting.id, sent, self.clock.now())
                titles += [one.entry.entry.title for one in posting.deliveries]
        return titles


@asynccontextmanager
async def open_desk(url: str) -> AsyncIterator[Desk]:
    """The desk on a database that is migrated already."""
    clock = ManualClock()
    async with Sandbox(rate_limits=False, patience=3.0, clock=clock) as sandbox, await Store.open(url) as store:
        guild = sandbox.add_guild("Reading room")
        news = guild.add_channel("news")
        manager = guild.add_member("mara", permissions=["MANAGE_GUILD"])
        member, other = guild.add_member("milo"), guild.add_member("oona")
        feed = await store.add_feed("https://feeds.example/a", FeedFacts(title="Example feed"), None, START)
        new = Subscription(id=0, guild_id=guild.id, channel_id=news.id, feed_id=feed.id)
        await store.add_subscription(new)
        pace, delivered, web = SearchPace(), list[str](), Web()
        audiences = CachedAudiences(lambda id_: client.get_guild(id_))  # noqa: PLW0108  (the client is made later)
        follow = Follow(store, web, HereReader(), clock, limits=LIMITS, feeds_per_guild=FEEDS_PER_GUILD, vault=VAULT)
        manage = Manage(store, clock)
        services = Services(
            follow=follow,
            manage=manage,
            show=Show(store, web, HereReader(), clock, limits=LIMITS, vault=VAULT),
            lists=Lists(follow, manage, HereReader(), clock),
            reissued=Reissued(store, clock, flood_limit=10),
            lookup=Lookup(store, clock, pace=pace),
            keywords=Keywords(store, clock, per_member=PER_MEMBER, pace=pace),
            digests=Digests(
                store, audiences, clock, per_guild=DIGESTS_PER_GUILD, delivered=lambda: delivered.append("rung")
            ),
            more=More(store, clock, pace=pace),
            closed_dms=ClosedDms(store, delivered=lambda: delivered.append("rung")),
            guilds=FakeGuilds(),
            settings=ServerSettings(store, clock),
            privacy=Privacy(store, clock, keep_entries=timedelta(days=365)),
        )
        async with online(sandbox, services) as client:
            yield Desk(
                sandbox, store, clock, guild, news, manager, member, other, feed, client, count(1), delivered, web
            )


def labels_of(components: list[dict[str, Any]]) -> list[str]:
    """Of the buttons, row by row."""
    return [one["label"] for row in components for one in row["components"] if "label" in one]
