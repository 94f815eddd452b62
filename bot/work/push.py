"""Push: hubs tell us of new entries within seconds, so that those feeds need be asked but once a day (WebSub).

    feed names a hub and itself -> we ask the hub -> it verifies -> it pushes until the lease ends; before that, again
    nobody follows the feed, or it names another hub -> we ask the hub to stop -> it verifies that too
    it pushes -> on disk -> it is answered -> taken in as a poll's answer is -> off the disk

Hubs lie, forget and lose pushes. So: what was not asked for is refused, what is not signed is dropped, and polling
goes on; once a poll finds what the hub did not tell, the feed is polled as if there were none (Feed.pushed_until).
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import count

import structlog

from bot.errors import FeedError, FetchError
from bot.model import Feed, HubLeaving, HubSubscription, Pushed
from bot.ports import Clock, Hubs, PushStore
from bot.work.tasks import Tasks

log = structlog.get_logger(__name__)

LEASE = timedelta(days=10)  # what we ask for; the hub decides
SHORTEST_LEASE, LONGEST_LEASE = timedelta(minutes=1), timedelta(days=30)
RENEWED_AFTER = 0.8  # of a lease
SHORT = timedelta(minutes=10)  # what ends sooner is renewed at half its time: a fifth of it is soon over
SHORTEST_PAUSE = timedelta(seconds=30)  # between two requests to a hub for one feed
FIRST_RETRY, LONGEST_RETRY = timedelta(hours=1), timedelta(days=1)
AFTER_A_DENIAL = timedelta(days=7)
MOST_PARTINGS = 3  # a hub that never verifies finds out by our 410
KEPT_FOR = timedelta(days=1)  # a push that could not be taken in: by then a poll has found what it brought
NOTHING_TO_DO = timedelta(hours=1)
MOST_AT_ONCE = 20

Take = Callable[[Feed, Pushed, datetime], Awaitable[object]]


def asked(one: HubSubscription, now: datetime) -> HubSubscription:
    """About to be asked. Not verified by `ask_at`, it failed, and is asked again then."""
    retry = min(FIRST_RETRY * 2 ** min(one.failures, 10), LONGEST_RETRY)
    return replace(one, pending=True, failures=one.failures + 1, ask_at=now + retry)


def confirmed(
    one: HubSubscription, topic: str, mode: str, lease: timedelta | None, now: datetime
) -> HubSubscription | None:
    """After the hub asked whether we meant it; None if we did not. Hubs may ask again while the lease runs (section 5):
    whether we still mean it, or because our first answer was lost."""
    runs = one.lease_until is not None and one.lease_until > now
    if mode != "subscribe" or not (one.pending or runs) or topic != one.topic:
        return None
    length = min(max(lease or LEASE, SHORTEST_LEASE), LONGEST_LEASE)
    return replace(one, pending=False, failures=0, reason="", lease_until=now + length, ask_at=now + renewal(length))


def renewal(lease: timedelta) -> timedelta:
    """How long after it was granted a lease is to be renewed."""
    return lease * RENEWED_AFTER if lease >= SHORT else max(lease / 2, SHORTEST_PAUSE)


def refused(one: HubSubscription, topic: str, reason: str, now: datetime) -> HubSubscription | None:
    """After the hub said no, now or later (section 5.2); None if it is about something else."""
    if topic != one.topic:
        return None
    return replace(one, pending=False, reason=reason, lease_until=None, ask_at=now + AFTER_A_DENIAL)


def parting(one: HubLeaving, now: datetime) -> HubLeaving:
    """About to be asked to stop; again after an hour, then after two."""
    return replace(one, attempts=one.attempts + 1, ask_at=now + FIRST_RETRY * (one.attempts + 1))


class Push:
    """The service that keeps subscriptions with hubs, and `ports.PushService` for what the hubs ask and bring."""

    name = "push"

    def __init__(
        self,
        store: PushStore,
        hubs: Hubs,
        clock: Clock,
        *,
        public_url: str,
        take: Take,
        wake: Callable[[], None] = lambda: None,
    ) -> None:
        """`take` treats what was pushed as the poller would: (feed, pushed, how long the hub will go on). `wake` is
        rung when there is room for what was kept meanwhile."""
        self._store, self._hubs, self._clock, self._take, self._wake = store, hubs, clock, take, wake
        self._callback = public_url.rstrip("/") + "/websub/"
        self._asking, self._keys = Tasks(MOST_AT_ONCE), count()
        self._taking = Tasks(MOST_AT_ONCE)  # by the push's id
        self._looked_for_moved = False

    async def step(self, now: datetime) -> datetime:
        """Takes in what was left, asks the hubs whose time has come; returns when the next one's has."""
        if not self._looked_for_moved:
            await self._store.forget_hubs(self._callback, now)
            self._looked_for_moved = True
        await self._take_what_was_left(now)
        await self._store.leave_unwanted(now)
        for leaving in await self._store.hubs_to_leave(now, self._asking.room):
            await self._part(leaving, now)
        for one in await self._store.hubs_due(now, self._asking.room):
            being_asked = replace(asked(one, now), callback=self._callback)
            await self._store.save_hub(being_asked)  # before the request: the hub may verify at once
            self._asking.begin(next(self._keys), self._ask(being_asked))
        return await self._store.next_hub_due(now) or now + NOTHING_TO_DO

    async def finish(self) -> None:
        """Waits for what was asked and for what was brought."""
        await self._asking.all_done()
        await self._taking.all_done()

    async def _part(self, leaving: HubLeaving, now: datetime) -> None:
        if leaving.attempts >= MOST_PARTINGS:
            await self._store.drop_leaving(leaving.token)
            return
        trying = parting(leaving, now)
        await self._store.save_leaving(trying)
        self._asking.begin(next(self._keys), self._ask_to_stop(trying))

    async def _ask_to_stop(self, one: HubLeaving) -> None:
        try:
            await self._hubs.unsubscribe(one, self._callback + one.token)
        except FeedError as error:
            log.warning("hub not left", reason=error.reason, attempts=one.attempts)

    async def _ask(self, one: HubSubscription) -> None:
        try:
            await self._hubs.subscribe(one, self._callback + one.token, LEASE)
        except FeedError as error:
            log.warning("hub refused", feed=one.feed_id, reason=error.reason, failures=one.failures)
            wait = error.retry_after if isinstance(error, FetchError) and error.retry_after else timedelta(0)
            later = max(one.ask_at, self._clock.now() + wait)
            await self._store.save_hub(replace(one, pending=False, reason=error.reason, ask_at=later))

    async def verified(self, token: str, topic: str, mode: str, lease: timedelta | None) -> bool:
        if mode == "unsubscribe":
            return await self._left(token, topic)
        one = await self._store.hub_subscription(token)
        after = confirmed(one, topic, mode, lease, self._clock.now()) if one else None
        if after is None:
            return False
        await self._store.save_hub(after)
        log.info("hub subscribed", feed=after.feed_id)
        return True

    async def _left(self, token: str, topic: str) -> bool:
        """Whether the hub is one that we want to leave; then that is done."""
        leaving = await self._store.hub_to_leave(token)
        if leaving is None or leaving.topic != topic:
            return False
        await self._store.drop_leaving(token)
        log.info("hub left")
        return True

    async def denied(self, token: str, topic: str, reason: str) -> bool:
        one = await self._store.hub_subscription(token)
        after = refused(one, topic, reason, self._clock.now()) if one else None
        if after is None:
            return await self._left(token, topic)
        await self._store.save_hub(after)
        await self._store.rely_no_more(after.feed_id, self._clock.now())
        log.warning("hub denied", feed=after.feed_id, reason=reason)
        return True

    async def secret(self, token: str) -> str | None:
        one = await self._store.hub_subscription(token)
        return None if one is None or one.lease_until is None else one.secret

    async def received(self, token: str, pushed: Pushed) -> None:
        """What finds no room waits on the disk."""
        push_id = await self._store.keep_push(token, pushed, self._clock.now())
        if push_id is not None:
            self._begin_taking(push_id)

    async def _take_what_was_left(self, now: datetime) -> None:
        """By a process that ended, for want of room, or because taking it in failed."""
        for push_id, came_at in await self._store.kept_pushes():
            if now - came_at > KEPT_FOR:
                await self._store.drop_push(push_id)
            else:
                self._begin_taking(push_id)

    def _begin_taking(self, push_id: int) -> None:
        if self._taking.room > 0 and push_id not in self._taking.keys:
            self._taking.begin(push_id, self._taken(push_id))

    async def _taken(self, push_id: int) -> None:
        """What raises stays on the disk, and is tried again at a later step."""
        kept = await self._store.kept_push(push_id)
        if kept is not None:
            await self._take(*kept)
        await self._store.drop_push(push_id)
        self._wake()
