"""A poller over a real database and the real reader, with a web that is told what to answer and a clock of its own."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from bot.errors import FetchError
from bot.feeds.cadence import Limits
from bot.model import Feed, FeedFacts, Fetched, Login, NotModified, Reading, Subscription, Validators
from bot.ports import NO_VALIDATORS
from bot.reading.reader import read_unseen
from bot.store.store import Store
from bot.work.intake import PollResult
from bot.work.poll import Poller
from tests.clocks import ManualClock

Answer = Fetched | NotModified | FetchError
LIMITS = Limits(default=timedelta(minutes=15), minimum=timedelta(minutes=1), maximum=timedelta(hours=6))
FEED = "https://feeds.example/a"


def document(*numbers: int, title: str = "News", extra: str = "") -> bytes:
    items = "".join(
        f"<item><guid>g{n}</guid><title>Entry {n}</title><link>https://feeds.example/{n}</link></item>" for n in numbers
    )
    return f"<rss version='2.0'><channel><title>{title}</title>{extra}{items}</channel></rss>".encode()


def fetched(body: bytes, url: str = FEED, etag: bytes | None = None, moved_to: str | None = None) -> Fetched:
    return Fetched(url=moved_to or url, body=body, validators=Validators(etag=etag), moved_to=moved_to)


def failure(status: int | None = None, *, after: timedelta | None = None) -> FetchError:
    return FetchError(FEED, f"HTTP {status}" if status else "no answer", status=status, retry_after=after)


class Web:
    """Answers by address; `asked` is what was asked, when, and with which ETag."""

    def __init__(self, clock: ManualClock) -> None:
        self.clock = clock
        self.answers: dict[str, Answer | Callable[[Validators], Answer]] = {}
        self.asked: list[tuple[str, datetime, bytes | None]] = []

    async def fetch(
        self, url: str, validators: Validators = NO_VALIDATORS, *, login: Login | None = None
    ) -> Fetched | NotModified:
        self.asked.append((url, self.clock.now(), validators.etag))
        answer = self.answers[url]
        if callable(answer):
            answer = answer(validators)
        if isinstance(answer, FetchError):
            raise answer
        return answer

    @property
    def urls(self) -> list[str]:
        return [url for url, _, _ in self.asked]


class InProcess:
    """The Reader without its worker."""

    def __init__(self) -> None:
        self.reads = 0

    async def read_unseen(self, body: bytes, recalled: bytes, *, url: str, content_type: str = "") -> Reading:
        self.reads += 1
        return read_unseen(body, recalled, url=url, content_type=content_type)


class Desk:
    """Everything together; `run` lets time pass, polling what is due."""

    def __init__(self, store: Store, clock: ManualClock | None = None) -> None:
        self.store, self.clock = store, clock or ManualClock()
        self.web, self.reader = Web(self.clock), InProcess()
        self.results: list[PollResult] = []
        self.ended: list[tuple[Feed, list[Subscription]]] = []
        self.poller = self.new_poller()

    def new_poller(self) -> Poller:
        async def ended(feed: Feed, paused: object) -> None:
            assert isinstance(paused, list)
            self.ended.append((feed, paused))

        return Poller(
            self.store,
            self.web,
            self.reader,
            self.clock,
            limits=LIMITS,
            wake=lambda: None,
            delivered=lambda: None,
            done=self.results.append,
            ended=ended,
        )

    async def follow(self, url: str = FEED, channel_id: int = 10, guild_id: int = 1) -> Subscription:
        feed = await self.store.add_feed(url, FeedFacts(), None, self.clock.now())
        new = Subscription(id=0, guild_id=guild_id, channel_id=channel_id, feed_id=feed.id)
        return await self.store.add_subscription(new)

    async def feed(self, guild_id: int = 1, url: str = FEED) -> Feed:
        [subscription, *_] = [one for one in await self.store.subscriptions(guild_id) if one.feed_url == url]
        feed = await self.store.feed(guild_id, subscription.feed_id)
        assert feed is not None
        return feed

    async def poll(self, url: str = FEED, guild_id: int = 1) -> PollResult:
        """One poll now, due or not, written down."""
        result = await self.poller.poll(await self.feed(guild_id, url))
        await self.poller.finish()
        return result

    async def run(self, time: timedelta) -> None:
        """Lets `time` pass; whatever falls due is polled."""
        end = self.clock.now() + time
        while self.clock.now() < end:
            await self.poller.step(self.clock.now())
            await self.poller.finish()
            due = await self.store.next_due(self.clock.now()) or end
            self.clock.set_wall(min(max(due, self.clock.now() + timedelta(seconds=1)), end))
        await self.poller.step(self.clock.now())
        await self.poller.finish()
