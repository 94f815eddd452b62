"""Lists of feeds, out of a guild and into one: over a real database and a web in memory."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.errors import FetchError
from bot.feeds.opml import Outline, read_opml
from bot.model import Fetched, Login, NotModified, Validators
from bot.ports import NO_VALIDATORS
from bot.store.store import Store
from bot.work.follow import Follow
from bot.work.lists import Brought, Lists, Progress, Wish
from bot.work.manage import Manage
from bot.work.show import Show
from tests.clocks import ManualClock, settle
from tests.keys import VAULT
from tests.work.fakes import HereReader, Web, document
from tests.work.test_follow import LIMITS

QUOTA = 6


class SlowWeb(Web):
    """Notes how many requests each host has at a time; some hosts never answer."""

    def __init__(self) -> None:
        super().__init__()
        self.silent: set[str] = set()
        self.under_way: dict[str, int] = {}
        self.most: dict[str, int] = {}

    async def fetch(
        self, url: str, validators: Validators = NO_VALIDATORS, *, login: Login | None = None
    ) -> Fetched | NotModified:
        host = url.split("/")[2]
        self.under_way[host] = self.under_way.get(host, 0) + 1
        self.most[host] = max(self.most.get(host, 0), self.under_way[host])
        try:
            await (asyncio.Event().wait() if host in self.silent else asyncio.sleep(0))
            return await super().fetch(url, validators, login=login)
        finally:
            self.under_way[host] -= 1


class House:
    """Lists for guild 1."""

    def __init__(self, store: Store) -> None:
        self.web, self.clock = SlowWeb(), ManualClock()
        self.follow = Follow(
            store, self.web, HereReader(), self.clock, limits=LIMITS, feeds_per_guild=QUOTA, vault=VAULT
        )
        self.show = Show(store, self.web, HereReader(), self.clock, limits=LIMITS)
        self.lists = Lists(self.follow, Manage(store, self.clock), HereReader(), self.clock)
        self.progress = Progress(total=0)

    def feed(self, url: str, **more: Any) -> Wish:
        """A feed that is there, wished for in channel 10."""
        self.web.pages[url] = document("one", feed=url)
        return Wish(outline=Outline(url=url, **more), channel_id=10)

    async def bring_in(self, *wishes: Wish) -> list[Brought]:
        self.progress = Progress(total=len(wishes))
        return await self.lists.bring_in(1, 5, wishes, self.progress)


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    async with await Store.open(f"sqlite+aiosqlite:///{tmp_path / 'herald.db'}") as store:
        yield House(store)


def kinds(results: list[Brought]) -> list[str]:
    return [one.kind for one in results]


async def test_each_feed_is_followed_as_the_list_says(house: House) -> None:
    wish = replace(
        house.feed("https://a.example/", filter="comet", style="title", paused=True, page_images=False),
        mention_role_id=7,
    )
    assert kinds(await house.bring_in(wish, house.feed("https://b.example/"))) == ["added", "added"]
    first, second = await house.follow.subscriptions(1)
    assert (first.filter, first.style, first.mention_role_id, first.created_by) == ("comet", "title", 7, 5)
    assert first.paused_at is not None
    assert (first.page_images, second.page_images) == (False, True)
    assert (second.filter, second.style, second.paused_at) == ("", "full", None)
    assert house.progress.done == 2
    assert (await house.show.status(1, second.id)).waiting == 0, "a first reading announces nothing"


async def test_of_each_it_is_said_what_became_of_it_in_the_order_of_the_list(house: House) -> None:
    house.web.pages["https://page.example/"] = (
        b'<html><link rel="alternate" type="application/rss+xml" href="/1">'
        b'<link rel="alternate" type="application/atom+xml" href="/2"></html>'
    )
    results = await house.bring_in(
        Wish(outline=Outline(url="https://dead.example/"), channel_id=10),
        house.feed("https://a.example/"),
        house.feed("https://b.example/", filter='"open'),
        Wish(outline=Outline(url="https://page.example/"), channel_id=10),
    )
    assert kinds(results) == ["failed", "added", "failed", "several"]
    assert isinstance(results[0].error, FetchError)


async def test_a_list_that_is_brought_in_again_adds_what_is_missing(house: House) -> None:
    a, b = house.feed("https://a.example/"), house.feed("https://b.example/feed/")
    del house.web.pages["https://b.example/feed/"]
    assert kinds(await house.bring_in(a, b)) == ["added", "failed"]
    b = house.feed("https://b.example/feed/")
    asked = len(house.web.asked)
    assert kinds(await house.bring_in(a, b)) == ["already", "added"]
    assert len(house.web.asked) == asked + 1, "what is there is not asked again"
    assert kinds(await house.bring_in(a, b)) == ["already", "already"]


async def test_the_quota_holds_and_what_is_over_it_is_not_asked(house: House) -> None:
    wishes = [house.feed(f"https://{number}.example/") for number in range(QUOTA + 30)]
    results = kinds(await house.bring_in(*wishes))
    assert (results.count("added"), results.count("no room")) == (QUOTA, 30)
    assert len(await house.follow.subscriptions(1)) == QUOTA
    assert len(house.web.asked) <= QUOTA + 16
    assert kinds(await house.bring_in(*wishes)).count("already") == QUOTA


async def test_a_host_has_one_request_at_a_time_and_several_hosts_go_together(house: House) -> None:
    one_host = [house.feed(f"https://a.example/{number}") for number in range(3)]
    await house.bring_in(*one_host, house.feed("https://b.example/"))
    assert house.web.most == {"a.example": 1, "b.example": 1}
    assert [url for url, _ in house.web.asked][:2] == ["https://a.example/0", "https://b.example/"]


async def test_an_import_ends_in_time_and_goes_on_when_it_is_run_again(house: House) -> None:
    house.web.silent.add("slow.example")
    slow = [house.feed(f"https://slow.example/{number}") for number in range(3)]
    running = asyncio.create_task(house.bring_in(*slow, house.feed("https://a.example/")))
    while house.progress.done < 1 or not house.clock.sleepers:
        await asyncio.sleep(0.001)
    await house.clock.advance(timedelta(minutes=9))
    assert not running.done()
    await house.clock.advance(timedelta(minutes=2))
    assert kinds(await running) == ["not tried", "not tried", "not tried", "added"]
    house.web.silent.clear()
    assert kinds(await house.bring_in(*slow)) == ["added", "added", "added"]


async def test_an_import_that_is_cancelled_stops_and_what_was_added_stays(house: House) -> None:
    house.web.silent.add("slow.example")
    running = asyncio.create_task(house.bring_in(house.feed("https://slow.example/"), house.feed("https://a.example/")))
    while house.progress.done < 1:
        await asyncio.sleep(0.001)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    await settle()
    assert house.web.under_way["slow.example"] == 0
    assert len(await house.follow.subscriptions(1)) == 1


async def test_what_goes_out_comes_in_again_but_for_addresses_that_are_keys(house: House) -> None:
    wishes = [
        replace(house.feed("https://a.example/", filter="comet", style="title"), mention_role_id=7),
        house.feed("https://b.example/?token=sesame"),
        house.feed("https://ada:sesame@c.example/"),
    ]
    house.feed("https://c.example/")  # where the login is not part of the address
    await house.bring_in(*wishes)
    out = await house.lists.export(1, {10: "news"}, title="Mine")
    assert b"sesame" not in out.document
    assert (out.count, len(out.left_out)) == (1, 2)
    (outline,) = read_opml(out.document).outlines
    assert outline == Outline(
        url="https://a.example/",
        title="https://a.example/",
        folders=("#news",),
        channel_id=10,
        channel_name="news",
        filter="comet",
        style="title",
        mention_role_id=7,
    )
    assert (await house.lists.export(2, {}, title="Theirs")).count == 0
