"""The composition root: opens what Herald stands on, builds the real parts and joins them. `build` shows the whole."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, TypeVar

import structlog

from bot.chat.audience import CachedAudiences
from bot.chat.client import HeraldClient
from bot.chat.membership import DiscordMembership
from bot.chat.refusals import no_token
from bot.chat.sender import DiscordSender
from bot.chat.services import Services
from bot.chat.where import CachedPlaces
from bot.feeds.cadence import Limits
from bot.life import Herald, Running
from bot.net.guard import Guard
from bot.net.memory import PauseMemory
from bot.net.page import PageFetcher
from bot.net.polite import PoliteFetcher
from bot.net.websub import Callbacks, HubCaller
from bot.opening import keys_of, open_fetcher, open_vault, user_agent
from bot.ops import logging
from bot.ops.clock import SystemClock
from bot.ops.metrics import Metrics
from bot.ports import Fetcher, Vault
from bot.reading.reader import WorkerReader
from bot.settings import Settings, ignored_variables, load
from bot.store.store import Store
from bot.work.clockwork import ClockWatch
from bot.work.closed_dms import ClosedDms
from bot.work.correct import Corrector
from bot.work.deliver import Deliverer
from bot.work.digest import Digester
from bot.work.digests import Digests
from bot.work.follow import Follow
from bot.work.guilds import Guilds
from bot.work.keywords import Keywords
from bot.work.late_pictures import LatePictures
from bot.work.lists import Lists
from bot.work.lookup import Lookup
from bot.work.loop import Bell
from bot.work.manage import Manage
from bot.work.members import Members
from bot.work.more import More
from bot.work.notices import Notices
from bot.work.pace import SearchPace
from bot.work.pages import Pages
from bot.work.pictures import BUDGET, Pictures
from bot.work.poll import Poller
from bot.work.privacy import Privacy
from bot.work.push import Push
from bot.work.reissued import Reissued, ReissueTeller
from bot.work.server_settings import ServerSettings
from bot.work.show import Show
from bot.work.sweep import Sweeper
from bot.work.troubles import Troubles

log = structlog.get_logger(__name__)

T = TypeVar("T")
Wrap = Callable[[str, Any], Any]


def _as_it_is(_name: str, part: T) -> T:
    return part


async def run(settings: Settings | None = None, *, wrap: Wrap = _as_it_is) -> None:
    """Runs the bot until SIGTERM, SIGINT, or something that needs a person. Raises SetupError for the latter.

    `wrap` may put something around the parts by name ("store", "fetcher", "reader", "sender"): tests do.
    """
    settings = settings or load()
    token = settings.discord_token.get_secret_value()
    logging.configure(settings.ops.log_format, secrets=[token, *keys_of(settings)])
    for name, advice in ignored_variables().items():
        log.warning("no such setting", variable=name, advice=advice)
    if not token.strip():
        raise no_token()  # before anything is opened
    async with AsyncExitStack() as stack:
        herald = await build(settings, stack, wrap)
        herald.owns_process = True
        await herald.run(token, stack)


async def build(settings: Settings, stack: AsyncExitStack, wrap: Wrap) -> Herald:
    """Opens what must be open before Discord is told that we are there. `stack` closes it."""
    base = await _opened(settings, stack, wrap)
    audiences = CachedAudiences(lambda id_: client.get_guild(id_))  # noqa: PLW0108  (the client is made with these services)
    follow = _following(base, base.fetcher.urgent())
    client = HeraldClient(_answering(base, follow, audiences), api_base=settings.discord_api_base)
    herald = Herald(settings, base.clock, client, base.store, follow, base.metrics)
    herald.sender = DiscordSender(client, tries=client.tries, on_unauthorized=herald.token_refused)
    notices = Notices(base.store, CachedPlaces(client), base.clock)
    poller = _polling(base, notices)
    herald.callbacks, pushes = await _pushes(base, poller)
    herald.clock_watch = ClockWatch(base.store, base.clock, moved=base.bells.ring_all)
    herald.services = [
        *pushes,
        (poller, base.bells.poll),
        *await _delivering(base, stack, herald, notices),
        *_background(base, notices, audiences),
        (herald.clock_watch, Bell()),
    ]
    return herald


@dataclass(frozen=True, slots=True)
class _Bells:
    """What wakes each service: whoever gives another one something to do rings."""

    poll: Bell = field(default_factory=Bell)
    deliver: Bell = field(default_factory=Bell)
    correct: Bell = field(default_factory=Bell)
    reissued: Bell = field(default_factory=Bell)
    digest: Bell = field(default_factory=Bell)
    pictures: Bell = field(default_factory=Bell)

    def ring_owed(self) -> None:
        """Something is to be sent, or a message to be corrected."""
        self.deliver.ring()
        self.correct.ring()

    def ring_sent(self) -> None:
        """A message that was sent may have to be corrected at once, or be without its pictures."""
        self.ring_owed()
        self.pictures.ring()

    def ring_all(self) -> None:
        """Whatever was planned may be due."""
        self.poll.ring()
        self.ring_owed()
        self.digest.ring()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Base:
    """What everything else stands on."""

    settings: Settings
    clock: SystemClock
    metrics: Metrics
    vault: Vault | None
    store: Store
    fetcher: PoliteFetcher
    reader: WorkerReader
    wrap: Wrap
    bells: _Bells = field(default_factory=_Bells)

    @property
    def limits(self) -> Limits:
        """How often a feed may be asked."""
        poll = self.settings.poll
        return Limits(default=poll.default_interval, minimum=poll.min_interval, maximum=poll.max_interval)


async def _opened(settings: Settings, stack: AsyncExitStack, wrap: Wrap) -> _Base:
    """The files, sockets and processes."""
    clock, vault = SystemClock(), open_vault(settings)
    store = await Store.open(settings.database_url)
    stack.push_async_callback(store.close)
    fetcher = await stack.enter_async_context(open_fetcher(settings, clock))
    await fetcher.remember(PauseMemory(store, clock))
    reader = WorkerReader()
    stack.push_async_callback(reader.close)
    return _Base(
        settings=settings,
        clock=clock,
        metrics=Metrics(),
        vault=vault,
        store=wrap("store", store),
        fetcher=fetcher,
        reader=wrap("reader", reader),
        wrap=wrap,
    )


def _following(base: _Base, way: Fetcher) -> Follow:
    return Follow(
        base.store,
        base.wrap("fetcher", way),
        base.reader,
        base.clock,
        limits=base.limits,
        feeds_per_guild=base.settings.quota.feeds_per_guild,
        vault=base.vault,
        changed=base.bells.poll.ring,
    )


def _answering(base: _Base, follow: Follow, audiences: CachedAudiences) -> Services:
    """What the commands ask."""
    store, clock, bells, settings, pace = base.store, base.clock, base.bells, base.settings, SearchPace()
    owed, quota = bells.deliver.ring, settings.quota
    manage = Manage(store, clock, changed=bells.poll.ring, delivered=owed)
    urgent = base.wrap("fetcher", base.fetcher.urgent())
    behind = _following(base, base.fetcher)  # a list's feeds wait for the polls of their hosts
    return Services(
        follow=follow,
        manage=manage,
        show=Show(store, urgent, base.reader, clock, limits=base.limits, vault=base.vault),
        lists=Lists(behind, manage, base.reader, clock),
        reissued=Reissued(store, clock, flood_limit=settings.delivery.flood_limit, delivered=owed),
        lookup=Lookup(store, clock, pace=pace, searched=base.metrics.searched),
        keywords=Keywords(store, clock, per_member=quota.keywords_per_member, pace=pace, changed=bells.poll.ring),
        digests=Digests(
            store, audiences, clock, per_guild=quota.digests_per_guild, changed=bells.digest.ring, delivered=owed
        ),
        more=More(store, clock, pace=pace),
        closed_dms=ClosedDms(store, delivered=owed),
        guilds=Guilds(store, clock, changed=bells.poll.ring, delivered=owed),
        settings=ServerSettings(store, clock, moved=bells.digest.ring),
        privacy=Privacy(store, clock, keep_entries=settings.retention.entries),
    )


def _polling(base: _Base, notices: Notices) -> Poller:
    """What asks the feeds."""
    delivery, metrics = base.settings.delivery, base.metrics
    return Poller(
        base.store,
        base.wrap("fetcher", base.fetcher),
        base.reader,
        base.clock,
        limits=base.limits,
        flood_limit=delivery.flood_limit,
        hourly_limit=delivery.hourly_limit,
        vault=base.vault,
        wake=base.bells.poll.ring,
        delivered=base.bells.ring_owed,
        held=base.bells.reissued.ring,
        done=lambda result: metrics.polled(result.outcome, result.new, result.matches),
        ended=notices.feed_ended,
        login_refused=notices.login_refused,
    )


async def _pushes(base: _Base, poller: Poller) -> tuple[Callbacks | None, list[Running]]:
    """Where hubs reach us, and the service that they push to, if they can at all."""
    websub, bell = base.settings.websub, Bell()
    if not websub.public_url:
        await base.store.forget_hubs("", base.clock.now())
        return None, []
    push = Push(
        base.store,
        HubCaller(base.fetcher),
        base.clock,
        public_url=websub.public_url,
        take=poller.take_push,
        wake=bell.ring,
    )
    callbacks = Callbacks(push, max_bytes=base.settings.fetch.max_bytes, public_url=websub.public_url)
    return callbacks, [(push, bell)]


@asynccontextmanager
async def _open_pictures(base: _Base) -> AsyncIterator[tuple[Pictures, LatePictures]]:
    """What asks pages for pictures, in the same queues as the feeds, and behind them after the posts."""
    store, clock, bells, settings = base.store, base.clock, base.bells, base.settings
    fetcher = PageFetcher(Guard(settings.fetch.allow_networks), clock, user_agent=user_agent(settings))
    pages = Pages(store, base.reader, clock, late=bells.correct.ring)
    in_time, behind = base.fetcher.beside(fetcher, patience=BUDGET), base.fetcher.behind(fetcher)
    try:
        yield (
            Pictures(store, pages, in_time, clock, budget=BUDGET),
            LatePictures(store, pages, behind, clock, wake=bells.pictures.ring),
        )
    finally:
        await pages.close()
        await fetcher.close()


async def _delivering(base: _Base, stack: AsyncExitStack, herald: Herald, notices: Notices) -> list[Running]:
    """What posts, and what edits posts."""
    settings, store, clock, bells = base.settings, base.store, base.clock, base.bells
    sender = base.wrap("sender", herald.sender)
    members = Members(DiscordMembership(herald.client, clock), store)
    pictures: Pictures | None = None
    services: list[Running] = []
    if settings.fetch.page_images:
        pictures, late = await stack.enter_async_context(_open_pictures(base))
        services.append((late, bells.pictures))
    deliverer = Deliverer(
        store,
        sender,
        clock,
        batch_window=settings.delivery.batch_window,
        pictures=pictures.of if pictures else None,
        refused=notices.place_refused,
        gone=members.gone,
        theirs=members.theirs,
        server_name=CachedPlaces(herald.client).name_of,
        wake=bells.ring_sent,
        done=herald.delivered,
    )
    corrector = Corrector(
        store, sender, clock, theirs=members.theirs, wake=bells.correct.ring, done=base.metrics.edited
    )
    return [(deliverer, bells.deliver), (corrector, bells.correct), *services]


def _background(base: _Base, notices: Notices, audiences: CachedAudiences) -> list[Running]:
    """What works by the clock, or tells of what the others found."""
    store, bells = base.store, base.bells
    teller = ReissueTeller(store, notices.about_reissue, delivered=bells.deliver.ring)
    digester = Digester(store, audiences, delivered=bells.deliver.ring)
    troubles = Troubles(store, failing=notices.about_failing, back=notices.about_back, delivered=bells.deliver.ring)
    sweeper = Sweeper(store, keep_entries=base.settings.retention.entries)
    return [(teller, bells.reissued), (digester, bells.digest), (troubles, Bell()), (sweeper, Bell())]
