"""Manners in virtual time. P13, P7 and 32 are numbers of the lists of polite and of hostile behaviour."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Coroutine
from datetime import timedelta
from typing import Any

import pytest

from bot.errors import FetchError, NotAsked
from bot.model import Fetched, Login, NotModified, Validators
from bot.net import pauses, turns
from bot.net.pauses import FIRST_PAUSE
from bot.net.polite import PoliteFetcher
from bot.ports import NO_VALIDATORS
from tests.clocks import ManualClock, settle

Answer = Callable[[str], Awaitable[None]]


class Web:
    """A Fetcher that takes `takes` seconds, notes who started when, and can be told to fail."""

    def __init__(self, clock: ManualClock, takes: float = 0.0) -> None:
        self.clock, self.takes = clock, takes
        self.starts: list[tuple[float, str]] = []
        self.running: Counter[str] = Counter()
        self.most: Counter[str] = Counter()
        self.failures: dict[str, FetchError] = {}

    async def fetch(
        self, url: str, validators: Validators = NO_VALIDATORS, *, login: Login | None = None
    ) -> Fetched | NotModified:
        host = url.split("/")[2]
        self.starts.append((self.clock.monotonic(), url))
        self.running[host] += 1
        self.most[host] = max(self.most[host], self.running[host])
        try:
            await self.clock.sleep(self.takes)
        finally:
            self.running[host] -= 1
        if url in self.failures:
            raise self.failures[url]
        return NotModified(url=url, validators=validators)

    @property
    def times(self) -> list[float]:
        return [at for at, _ in self.starts]

    @property
    def urls(self) -> list[str]:
        return [url for _, url in self.starts]


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


def start(*fetches: Coroutine[Any, Any, Fetched | NotModified]) -> list[asyncio.Task[Fetched | NotModified]]:
    return [asyncio.create_task(fetch) for fetch in fetches]


def busy(url: str, *, status: int = 429, after: timedelta | None = None, origin: str | None = None) -> FetchError:
    return FetchError(url, f"HTTP {status}", status=status, retry_after=after, origin=origin)


async def refused(web: PoliteFetcher, url: str) -> FetchError:
    with pytest.raises(FetchError) as caught:
        await web.fetch(url)
    return caught.value


async def test_p13_a_host_gets_one_request_at_a_time_and_a_rest_after_each(clock: ManualClock) -> None:
    web = Web(clock, takes=5)
    manners = PoliteFetcher(web, clock, per_host_delay=timedelta(seconds=2))
    start(*(manners.fetch(f"http://a.example/{n}") for n in range(4)))
    await clock.advance(timedelta(minutes=1))
    assert web.times == [0, 7, 14, 21]
    assert web.urls == [f"http://a.example/{n}" for n in range(4)]


async def test_several_at_a_time_if_allowed_but_never_two_starts_together(clock: ManualClock) -> None:
    web = Web(clock, takes=10)
    manners = PoliteFetcher(web, clock, per_host_concurrency=2, per_host_delay=timedelta(seconds=1))
    start(*(manners.fetch(f"http://a.example/{n}") for n in range(4)))
    await clock.advance(timedelta(minutes=1))
    assert web.times == [0, 1, 12, 13]
    assert web.most["a.example"] == 2


async def test_hosts_do_not_wait_for_one_another(clock: ManualClock) -> None:
    web = Web(clock, takes=5)
    manners = PoliteFetcher(web, clock)
    start(*(manners.fetch(f"http://{n}.example/") for n in range(50)))
    await clock.advance(timedelta(seconds=5))
    assert web.times == [0] * 50


async def test_servers_of_one_machine_are_hosts_of_their_own_by_port(clock: ManualClock) -> None:
    web = Web(clock, takes=5)
    manners = PoliteFetcher(web, clock)
    hosts = ["127.0.0.1:8001", "127.0.0.1:8002", "localhost:8001", "[::1]:8001", "a.localhost:1", "a.example:8080"]
    start(*(manners.fetch(f"http://{host}/") for host in hosts))
    start(manners.fetch("http://A.EXAMPLE./"))  # the same host as a.example, on whatever port
    await settle()
    assert len(web.starts) == len(hosts)


async def test_a32_a_thousand_feeds_of_one_host_hold_up_nobody_else(clock: ManualClock) -> None:
    web = Web(clock, takes=0.5)
    manners = PoliteFetcher(web, clock, concurrency=5)
    crowd = start(*(manners.fetch(f"http://crowd.example/{n}") for n in range(1000)))
    others = start(*(manners.fetch(f"http://{n}.example/") for n in range(20)))
    await clock.advance(timedelta(seconds=3))
    assert all(task.done() for task in others)
    await clock.advance(timedelta(seconds=1500))
    assert all(task.done() for task in crowd)
    assert web.most["crowd.example"] == 1
    assert [url for url in web.urls if "crowd" in url] == [f"http://crowd.example/{n}" for n in range(1000)]


async def test_never_more_at_a_time_than_there_are_slots(clock: ManualClock) -> None:
    web = Web(clock, takes=1)
    manners = PoliteFetcher(web, clock, concurrency=3)
    start(*(manners.fetch(f"http://{n}.example/") for n in range(9)))
    await clock.advance(timedelta(seconds=10))
    assert web.times == [0] * 3 + [1] * 3 + [2] * 3


async def test_a_person_who_waits_is_served_next(clock: ManualClock) -> None:
    web = Web(clock)
    manners = PoliteFetcher(web, clock)
    start(*(manners.fetch(f"http://a.example/{n}") for n in range(5)))
    await settle()
    start(manners.urgent().fetch("http://a.example/mine"))
    await clock.advance(timedelta(seconds=10))
    assert web.urls[1] == "http://a.example/mine"
    assert len(web.urls) == 6


async def test_who_gives_up_waiting_leaves_no_gap(clock: ManualClock) -> None:
    web = Web(clock, takes=1)
    manners = PoliteFetcher(web, clock)
    tasks = start(*(manners.fetch(f"http://a.example/{n}") for n in range(4)))
    await settle()
    tasks[1].cancel()
    tasks[2].cancel()
    await clock.advance(timedelta(seconds=10))
    assert web.starts == [(0, "http://a.example/0"), (2, "http://a.example/3")]


async def test_who_gives_up_when_just_called_passes_the_turn_on(clock: ManualClock) -> None:
    web = Web(clock, takes=1)
    manners = PoliteFetcher(web, clock, per_host_delay=timedelta(0))

    async def first_then_stop_the_second() -> None:
        await manners.fetch("http://a.example/0")
        second.cancel()  # in the very step in which its turn came

    first = asyncio.create_task(first_then_stop_the_second())
    await asyncio.sleep(0)
    second, third = start(manners.fetch("http://a.example/1"), manners.fetch("http://a.example/2"))
    await clock.advance(timedelta(seconds=3))
    assert first.done()
    assert second.cancelled()
    assert third.done()
    assert web.urls == ["http://a.example/0", "http://a.example/2"]


async def test_a_failed_request_frees_the_host(clock: ManualClock) -> None:
    web = Web(clock)
    web.failures["http://a.example/0"] = FetchError("http://a.example/0", "HTTP 500", status=500)
    manners = PoliteFetcher(web, clock)
    tasks = start(manners.fetch("http://a.example/0"), manners.fetch("http://a.example/1"))
    await clock.advance(timedelta(seconds=2))
    assert isinstance(tasks[0].exception(), FetchError)
    assert isinstance(tasks[1].result(), NotModified)


# --- 429 ---------------------------------------------------------------------------------------------------


async def test_p7_a_429_pauses_the_whole_registrable_domain_for_the_time_asked(clock: ManualClock) -> None:
    web = Web(clock)
    url = "http://one.tumblr.com/rss"
    web.failures[url] = busy(url, after=timedelta(minutes=2))
    manners = PoliteFetcher(web, clock)
    await refused(manners, url)
    await clock.advance(timedelta(seconds=60))
    error = await refused(manners, "http://two.tumblr.com/rss")
    assert (error.status, error.retry_after) == (429, timedelta(seconds=60))
    assert web.urls == [url]
    await manners.fetch("http://other.example/")
    await clock.advance(timedelta(seconds=60))
    await manners.fetch("http://two.tumblr.com/rss")


async def test_a_429_of_one_tenant_does_not_pause_the_others_of_a_public_suffix(clock: ManualClock) -> None:
    web = Web(clock)
    url = "http://one.github.io/rss"
    web.failures[url] = busy(url)
    manners = PoliteFetcher(web, clock)
    await refused(manners, url)
    await manners.fetch("http://two.github.io/rss")
    assert (await refused(manners, "http://one.github.io/other")).status == 429


async def test_those_who_waited_behind_a_429_do_not_go_out(clock: ManualClock) -> None:
    web = Web(clock)
    url = "http://a.example/0"
    web.failures[url] = busy(url)
    manners = PoliteFetcher(web, clock)
    tasks = start(*(manners.fetch(f"http://a.example/{n}") for n in range(5)))
    await clock.advance(timedelta(seconds=10))
    assert web.urls == [url]
    assert all(isinstance(task.exception(), FetchError) for task in tasks)


@pytest.mark.parametrize("after", [None, timedelta(0)])
async def test_a_429_without_a_time_pauses_for_a_minute_then_for_twice_as_long(
    clock: ManualClock, after: timedelta | None
) -> None:
    web = Web(clock)
    url = "http://a.example/"
    web.failures[url] = busy(url, after=after)
    manners = PoliteFetcher(web, clock)
    for minutes in (1, 2, 4, 8):
        await refused(manners, url)
        assert manners.wait_for(url) == minutes * FIRST_PAUSE
        await clock.advance(minutes * FIRST_PAUSE)
    assert len(web.urls) == 4
    del web.failures[url]
    await manners.fetch(url)
    web.failures[url] = busy(url)
    await clock.advance(timedelta(seconds=1))
    await refused(manners, url)
    assert manners.wait_for(url) == FIRST_PAUSE


async def test_an_answer_on_its_way_during_a_429_does_not_end_the_pause(clock: ManualClock) -> None:
    web = Web(clock, takes=1)
    url = "http://one.tumblr.com/"
    web.failures[url] = busy(url)
    manners = PoliteFetcher(web, clock)
    start(manners.fetch("http://two.tumblr.com/"))
    await settle()
    tasks = start(manners.fetch(url))
    await clock.advance(timedelta(seconds=1))
    assert tasks[0].exception()
    start(manners.fetch("http://three.tumblr.com/"))
    await clock.advance(timedelta(seconds=2))
    assert (await refused(manners, "http://four.tumblr.com/")).status == 429


async def test_after_a_redirect_the_one_who_answered_429_is_left_in_peace(clock: ManualClock) -> None:
    web = Web(clock)
    url = "http://short.example/x"
    web.failures[url] = busy(url, origin="https://www.busy.example")
    manners = PoliteFetcher(web, clock)
    await refused(manners, url)
    await clock.advance(timedelta(seconds=1))
    await manners.fetch("http://short.example/y")
    assert (await refused(manners, "http://busy.example/feed")).status == 429


@pytest.mark.parametrize("status", [500, 503, 403])
async def test_p7_a_503_and_other_failures_pause_nobody_else(clock: ManualClock, status: int) -> None:
    web = Web(clock)
    url = "http://a.example/0"
    web.failures[url] = busy(url, status=status, after=timedelta(hours=1))
    manners = PoliteFetcher(web, clock)
    await refused(manners, url)
    await clock.advance(timedelta(seconds=1))
    await manners.fetch("http://a.example/1")


# --- Bounds ------------------------------------------------------------------------------------------------


async def test_a_caller_can_ask_how_long_it_would_wait(clock: ManualClock) -> None:
    manners = PoliteFetcher(Web(clock, takes=0.1), clock, per_host_delay=timedelta(seconds=10))
    assert manners.wait_for("http://a.example/") == timedelta(0)
    start(*(manners.fetch(f"http://a.example/{n}") for n in range(7)))
    await settle()
    assert manners.wait_for("http://a.example/new") == timedelta(seconds=70)
    assert manners.wait_for("http://b.example/") == timedelta(0)
    await manners.close()


async def test_hosts_at_rest_are_forgotten_beyond_a_bound(clock: ManualClock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turns, "MOST_AT_REST", 10)
    monkeypatch.setattr(pauses, "MOST_REMEMBERED", 10)
    web = Web(clock)
    manners = PoliteFetcher(web, clock)
    for n in range(100):
        url = f"http://{n}.example/"
        web.failures[url] = busy(url)
        await refused(manners, url)
        await clock.advance(timedelta(seconds=2))
    assert len(manners._turns) <= 10
    assert len(manners._pauses) <= 10


async def test_closing_ends_the_waiting(clock: ManualClock) -> None:
    manners = PoliteFetcher(Web(clock, takes=1), clock)
    tasks = start(*(manners.fetch(f"http://a.example/{n}") for n in range(3)))
    await settle()
    await manners.close()
    await settle()
    assert [task.cancelled() for task in tasks] == [False, True, True]


async def test_a_broken_url_is_left_to_the_fetcher_to_refuse(clock: ManualClock) -> None:
    web = Web(clock)
    web.failures["http://[/"] = FetchError("http://[/", "no address")
    assert str(await refused(PoliteFetcher(web, clock), "http://[/")) == "no address"


# --- Another fetcher in the same queues --------------------------------------------------------------------


async def test_what_is_asked_beside_waits_its_turn_with_the_others(clock: ManualClock) -> None:
    web, pages = Web(clock, takes=1), Web(clock)
    manners = PoliteFetcher(web, clock, per_host_delay=timedelta(seconds=2))
    beside = manners.beside(pages, patience=timedelta(seconds=5))
    start(manners.fetch("http://a.example/feed"), beside.fetch("http://a.example/story"))
    await clock.advance(timedelta(seconds=10))
    assert (web.times, pages.times) == ([0], [3])


async def test_what_is_asked_beside_is_not_asked_if_its_turn_comes_too_late(clock: ManualClock) -> None:
    web, pages = Web(clock), Web(clock)
    manners = PoliteFetcher(web, clock, per_host_delay=timedelta(seconds=2))
    beside = manners.beside(pages, patience=timedelta(seconds=5))
    start(*(manners.fetch(f"http://a.example/{n}") for n in range(5)))
    await clock.advance(timedelta(0))
    with pytest.raises(NotAsked) as caught:
        await beside.fetch("http://a.example/story")
    assert caught.value.retry_after == timedelta(seconds=10)
    await beside.fetch("http://b.example/story")
    assert pages.urls == ["http://b.example/story"]


async def test_a_429_to_the_other_fetcher_speaks_for_the_domain_and_the_other_way_round(clock: ManualClock) -> None:
    web, pages = Web(clock), Web(clock)
    manners = PoliteFetcher(web, clock, per_host_delay=timedelta(0))
    beside = manners.beside(pages, patience=timedelta(seconds=5))
    pages.failures["http://a.example/story"] = busy("http://a.example/story")
    web.failures["http://b.example/feed"] = busy("http://b.example/feed")
    with pytest.raises(FetchError):
        await beside.fetch("http://a.example/story")
    assert (await refused(manners, "http://a.example/feed")).status == 429
    await refused(manners, "http://b.example/feed")
    with pytest.raises(NotAsked):
        await beside.fetch("http://b.example/story")
    assert (web.urls, pages.urls) == (["http://b.example/feed"], ["http://a.example/story"])


# --- Behind everybody ------------------------------------------------------------------------------------------


async def test_what_is_asked_behind_lets_everybody_else_go_first(clock: ManualClock) -> None:
    web, pages = Web(clock), Web(clock)
    manners = PoliteFetcher(web, clock)
    behind, beside = manners.behind(pages), manners.beside(pages, patience=timedelta(seconds=5))
    start(behind.fetch("http://a.example/1"), behind.fetch("http://a.example/2"), behind.fetch("http://a.example/3"))
    await clock.advance(timedelta(seconds=0.5))
    start(manners.fetch("http://a.example/feed"), beside.fetch("http://a.example/story"))
    await clock.advance(timedelta(seconds=10))
    assert web.starts == [(1, "http://a.example/feed")]
    assert [(at, url[-1]) for at, url in pages.starts] == [(0, "1"), (2, "y"), (3, "2"), (4, "3")]


async def test_what_is_asked_behind_is_given_up_and_forgotten_like_the_rest(clock: ManualClock) -> None:
    web, pages = Web(clock), Web(clock)
    manners = PoliteFetcher(web, clock)
    behind = manners.behind(pages)
    tasks = start(*(behind.fetch(f"http://a.example/{n}") for n in range(4)))
    await settle()
    tasks[1].cancel()
    await clock.advance(timedelta(seconds=1))
    assert pages.urls == ["http://a.example/0", "http://a.example/2"]
    await manners.close()
    await settle()
    assert [task.cancelled() for task in tasks] == [False, True, False, True]


async def test_what_is_asked_behind_a_429_is_not_asked(clock: ManualClock) -> None:
    web, pages = Web(clock), Web(clock)
    manners = PoliteFetcher(web, clock)
    web.failures["http://a.example/feed"] = busy("http://a.example/feed")
    tasks = start(manners.fetch("http://a.example/feed"), manners.behind(pages).fetch("http://a.example/1"))
    await clock.advance(timedelta(seconds=10))
    assert isinstance(tasks[1].exception(), NotAsked)
    assert pages.urls == []
