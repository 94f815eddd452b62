"""Redirects keep the manners of the host that they lead to: its turn, its rest, its pause. Over real sockets."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from bot.errors import FetchError, NotAsked
from bot.net.fetch import HttpFetcher
from bot.net.guard import Guard
from bot.net.memory import PauseMemory
from bot.net.polite import PoliteFetcher
from bot.ops.clock import SystemClock
from bot.store.store import Store
from tests.clocks import ManualClock
from tests.net.server import Request, Site, answer, redirect, serving
from tests.net.test_polite import Web, busy, refused

DELAY_S = 0.05


@asynccontextmanager
async def polite(delay_s: float = DELAY_S, timeout_s: float = 5) -> AsyncIterator[PoliteFetcher]:
    fetcher = HttpFetcher(
        Guard(["127.0.0.0/8"]), SystemClock(), user_agent="Herald/0", timeout=timedelta(seconds=timeout_s)
    )
    manners = PoliteFetcher(fetcher, SystemClock(), per_host_delay=timedelta(seconds=delay_s))
    yield manners
    await manners.close()
    await fetcher.close()


class Guest:
    """Notes when each request came and went."""

    def __init__(self) -> None:
        self.at_once = self.most_at_once = 0
        self.times: list[tuple[float, float]] = []

    async def __call__(self, _request: Request, writer: asyncio.StreamWriter) -> None:
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        came = asyncio.get_running_loop().time()
        await asyncio.sleep(0.01)
        self.at_once -= 1
        self.times.append((came, asyncio.get_running_loop().time()))
        writer.write(answer())
        await writer.drain()

    @property
    def rests(self) -> list[float]:
        return [later[0] - earlier[1] for earlier, later in zip(self.times, self.times[1:], strict=False)]


async def test_p13_where_many_hosts_lead_is_asked_one_at_a_time_with_a_rest_between() -> None:
    guest = Guest()
    async with AsyncExitStack() as stack, polite() as manners:
        there = await stack.enter_async_context(serving(Site({"/feed": guest})))
        others = [await stack.enter_async_context(serving(Site({"/": redirect(there.url())}))) for _ in range(5)]
        await asyncio.gather(*(manners.fetch(one.url("/")) for one in others))
    assert len(guest.times) == 5
    assert guest.most_at_once == 1
    assert min(guest.rests) >= DELAY_S * 0.9


async def test_two_hosts_that_lead_to_each_other_do_not_wait_for_each_other_for_ever() -> None:
    async with serving(Site()) as one, serving(Site()) as other, polite() as manners:
        one.answers = {"/a": redirect(other.url("/b")), "/b": answer()}
        other.answers = {"/a": redirect(one.url("/b")), "/b": answer()}
        found = await asyncio.wait_for(asyncio.gather(manners.fetch(one.url("/a")), manners.fetch(other.url("/a"))), 5)
    assert [answered.url for answered in found] == [other.url("/b"), one.url("/b")]


async def test_waiting_for_the_next_host_is_no_slowness_of_the_servers() -> None:
    async with serving(Site()) as one, serving(Site()) as other, polite(0.4, timeout_s=0.3) as manners:
        one.answers, other.answers = {"/": redirect(other.url())}, {"/feed": answer()}
        await manners.fetch(other.url())
        assert (await manners.fetch(one.url("/"))).url == other.url()


async def test_p7_a_redirect_into_a_paused_domain_is_not_followed_and_says_for_how_long() -> None:
    async with serving(Site()) as one, serving(Site()) as other, polite(0) as manners:
        one.answers = {"/": redirect(other.url()), "/mine": answer()}
        other.answers = {"/busy": answer(b"", "Retry-After: 120", status="429 Too Many Requests")}
        with pytest.raises(FetchError):
            await manners.fetch(other.url("/busy"))
        with pytest.raises(NotAsked) as caught:
            await manners.fetch(one.url("/"))
        assert caught.value.status == 429
        assert timedelta(seconds=110) < (caught.value.retry_after or timedelta()) <= timedelta(seconds=120)
        assert [request.path for request in other.requests] == ["/busy"]
        await manners.fetch(one.url("/mine"))  # who leads there is not paused


async def test_a_hub_that_says_429_is_left_in_peace_with_all_of_its_domain() -> None:
    async with serving(Site()) as hub, polite(0) as manners:
        hub.answers = {"/hub": answer(b"", "Retry-After: 7200", status="429 Too Many Requests"), "/feed": answer()}
        with pytest.raises(FetchError) as caught:
            await manners.post(hub.url("/hub"), {"hub.mode": "subscribe"})
        assert caught.value.retry_after == timedelta(hours=2)
        with pytest.raises(NotAsked):
            await manners.fetch(hub.url())
        assert len(hub.requests) == 1


async def test_p7_a_pause_outlives_a_restart(tmp_path: Path) -> None:
    """Also for feeds of the domain that were not asked since, and what doubles goes on from there."""
    clock = ManualClock()
    async with await Store.open(f"sqlite+aiosqlite:///{tmp_path}/herald.db") as store:

        async def life() -> PoliteFetcher:
            manners = PoliteFetcher(Web(clock), clock, per_host_delay=timedelta(0))
            await manners.remember(PauseMemory(store, clock))
            return manners

        web = Web(clock)
        first = PoliteFetcher(web, clock, per_host_delay=timedelta(0))
        await first.remember(PauseMemory(store, clock))
        web.failures["https://a.blog.example/"] = busy("https://a.blog.example/", after=timedelta(hours=1))
        await refused(first, "https://a.blog.example/")
        await clock.advance(timedelta(minutes=20))
        error = await refused(await life(), "https://b.blog.example/")
        assert error.retry_after == timedelta(minutes=40)
        await clock.advance(timedelta(minutes=41))
        await (await life()).fetch("https://b.blog.example/")


async def test_p7_a_second_429_of_a_domain_replaces_the_first_on_disk(tmp_path: Path) -> None:
    clock = ManualClock()
    async with await Store.open(f"sqlite+aiosqlite:///{tmp_path}/herald.db") as store:
        web = Web(clock)
        manners = PoliteFetcher(web, clock, per_host_delay=timedelta(0))
        await manners.remember(PauseMemory(store, clock))
        web.failures["https://a.example/"] = busy("https://a.example/")
        for expected in (1, 2, 4):
            await refused(manners, "https://a.example/")
            [kept] = await store.site_pauses(clock.now())
            assert (kept.domain, kept.length) == ("a.example", timedelta(minutes=expected))
            assert kept.until == clock.now() + timedelta(minutes=expected)
            await clock.advance(timedelta(minutes=expected, seconds=1))
        assert await store.site_pauses(clock.now()) == []
