"""A site with more feeds than it can be asked for holds up nobody else. In virtual time, the bounds scaled down."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from bot.errors import FetchError
from bot.feeds.links import site_of
from bot.model import Feed, Fetched, Login, NotModified, Validators
from bot.net.polite import PoliteFetcher
from bot.ports import NO_VALIDATORS
from bot.store.store import Store
from bot.work import poll
from bot.work.poll import Poller
from bot.work.shares import Shares
from tests.clocks import ManualClock
from tests.work.polling import LIMITS, Desk, InProcess

CROWD, HEALTHY = 60, 12
SECOND = timedelta(seconds=1)


class Slow:
    """A Fetcher whose every answer takes half a second; `asked` is which site was asked, and when."""

    def __init__(self, clock: ManualClock) -> None:
        self.clock = clock
        self.asked: list[tuple[str, datetime]] = []

    async def fetch(
        self, url: str, validators: Validators = NO_VALIDATORS, *, login: Login | None = None
    ) -> Fetched | NotModified:
        self.asked.append((site_of(url), self.clock.now()))
        await self.clock.sleep(0.5)
        raise FetchError(url, "HTTP 500", status=500)

    def of_crowd(self) -> list[datetime]:
        return [at for site, at in self.asked if site == "crowd.example"]

    def of_others(self) -> list[datetime]:
        return [at for site, at in self.asked if site != "crowd.example"]


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    async with await Store.open(f"sqlite+aiosqlite:///{tmp_path}/herald.db") as opened:
        yield opened


@pytest.mark.parametrize("share", [5, 1000], ids=["with shares", "without, to show that it matters"])
async def test_a32_a_crowd_of_one_site_that_was_due_first_does_not_keep_the_others_waiting(
    store: Store, monkeypatch: pytest.MonkeyPatch, share: int
) -> None:
    monkeypatch.setattr(poll, "MOST_UNDER_WAY", 30)
    monkeypatch.setattr(poll, "MOST_A_STEP", 20)
    monkeypatch.setattr(poll, "MOST_OF_ONE_SITE", share)
    desk = Desk(store)
    for number in range(CROWD):
        await desk.follow(f"https://crowd.example/{number}", guild_id=1)
    desk.clock.set_wall(desk.clock.now() + SECOND)
    for number in range(HEALTHY):
        await desk.follow(f"https://healthy{number}.example/feed", guild_id=2)
    web = Slow(desk.clock)
    fetcher = PoliteFetcher(web, desk.clock, per_host_delay=SECOND, concurrency=10)
    poller = Poller(store, fetcher, InProcess(), desk.clock, limits=LIMITS, wake=lambda: None, delivered=lambda: None)
    began = desk.clock.now()
    while len(web.asked) < CROWD + HEALTHY:
        again = await poller.step(desk.clock.now())
        await desk.clock.advance(max(timedelta(0), min(again - desk.clock.now(), SECOND / 4)))
        assert desk.clock.now() - began < timedelta(minutes=5)
    last_of_others = max(web.of_others()) - began
    assert (last_of_others <= 2 * SECOND) == (share == 5)
    crowd = web.of_crowd()
    assert crowd[-1] - crowd[0] >= (CROWD - 1) * SECOND, "the crowd is asked as gently as ever"
    assert len(crowd) == CROWD
    await fetcher.close()


async def test_a_site_that_is_full_is_left_out_of_what_is_due(store: Store) -> None:
    desk = Desk(store)
    for url in ("https://a.example/1", "https://a.example:8443/1", "https://b.example/1"):
        await desk.follow(url)
    due = await store.due(desk.clock.now(), 10, full=frozenset({"a.example"}))
    assert [one.url for one in due] == ["https://a.example:8443/1", "https://b.example/1"]
    await store.move_feed(due[1].id, "https://a.example/2", desk.clock.now())
    assert len(await store.due(desk.clock.now(), 10, full=frozenset({"a.example"}))) == 1


def test_a_place_is_given_back() -> None:
    shares = Shares(2)
    feeds = [Feed(id=number, url=f"https://a.example/{number}") for number in range(3)]
    for one in feeds[:2]:
        assert shares.has_room(one)
        shares.begin(one)
    assert not shares.has_room(feeds[2])
    assert shares.full == {"a.example"}
    shares.end(feeds[0])
    assert shares.has_room(feeds[2])
    assert shares.full == frozenset()


@pytest.mark.parametrize(
    ("url", "site"),
    [
        ("https://A.example/x", "a.example"),
        ("http://u:p@a.example:81/", "a.example:81"),
        ("http://[::1/", ""),
        ("", ""),
    ],
)
def test_a_site_is_host_and_port(url: str, site: str) -> None:
    assert site_of(url) == site
