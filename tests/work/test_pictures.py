"""Pictures from pages: each page asked once, no post held up for long, and nothing that goes wrong costs a post."""

from __future__ import annotations

import asyncio
from collections.abc import Collection
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from bot.errors import AddressRefused, FetchError, NotAsked, ParseError, StoreError
from bot.model import (
    Delivery,
    Destination,
    Entry,
    Fetched,
    Keyword,
    Login,
    NotModified,
    Posting,
    StoredEntry,
    Subscription,
    Validators,
)
from bot.ports import NO_VALIDATORS
from bot.work.pages import Pages
from bot.work.pictures import Pictures, wants_picture
from tests.clocks import START, ManualClock, settle

NEWS = Destination(kind="channel", id=10, guild_id=1)
FOLLOWED = Subscription(id=1, guild_id=1, channel_id=10, feed_id=1)
A = "https://cdn.example/a.jpg"
SHORT = timedelta(milliseconds=50)


def a_delivery(number: int = 1, *, subscription: Subscription | None = FOLLOWED, **entry: Any) -> Delivery:
    values = {"guid": str(number), "aliases": (number,), "title": "T", "url": f"https://news.example/{number}"} | entry
    stored = StoredEntry(
        id=number,
        feed_id=1,
        feed_title="News",
        feed_url="https://news.example/feed",
        entry=Entry(**values),
        first_seen_at=START,
    )
    return Delivery(id=number * 10, entry=stored, subscription=subscription)


def a_posting(*deliveries: Delivery, **more: Any) -> Posting:
    return Posting(id=1, destination=NEWS, nonce="n", deliveries=deliveries or (a_delivery(),), **more)


class Kept:
    """A PictureStore, in which no feed has a page of its own unless `site` is one."""

    def __init__(self) -> None:
        self.known: dict[int, str | None] = {}
        self.site: str | None = None
        self.logos: list[str | None] = []
        self.broken = False

    async def page_images(self, entry_ids: Collection[int]) -> dict[int, str | None]:
        if self.broken:
            raise StoreError("the disk is full")
        return {entry_id: self.known[entry_id] for entry_id in entry_ids if entry_id in self.known}

    async def note_page_image(self, entry_id: int, url: str | None, now: datetime) -> bool:
        self.known[entry_id] = url
        return url is not None

    async def site_page(self, feed_id: int) -> str | None:
        return None if self.logos else self.site

    async def note_site_image(self, feed_id: int, url: str | None, now: datetime) -> None:
        self.logos.append(url)


class Web:
    """Pages that say what their picture is, fail, or hang until let go."""

    def __init__(self) -> None:
        self.pages: dict[str, str | Exception | asyncio.Event] = {}
        self.asked: list[str] = []

    async def fetch(
        self, url: str, validators: Validators = NO_VALIDATORS, *, login: Login | None = None
    ) -> Fetched | NotModified:
        self.asked.append(url)
        page = self.pages.get(url, "")
        if isinstance(page, asyncio.Event):
            await page.wait()
            page = A
        if isinstance(page, Exception):
            raise page
        return Fetched(url=url, body=page.encode())

    async def picture(self, body: bytes, *, url: str, content_type: str = "") -> str | None:
        if body == b"hostile":
            raise ParseError(url, "took too long")
        if body == b"defect":
            raise RuntimeError
        return body.decode() or None


class House:
    def __init__(self, budget: timedelta = timedelta(seconds=30)) -> None:
        self.store, self.web, self.clock = Kept(), Web(), ManualClock()
        self.late: list[str] = []
        self.pages = Pages(self.store, self.web, self.clock, late=lambda: self.late.append("late"))
        self.pictures = Pictures(self.store, self.pages, self.web, self.clock, budget=budget)


@pytest.mark.parametrize(
    ("posting", "wanted"),
    [
        (a_posting(), True),
        (a_posting(a_delivery(image_url=A)), False),
        (a_posting(a_delivery(url=None)), False),
        (a_posting(a_delivery(subscription=replace(FOLLOWED, page_images=False))), False),
        (a_posting(a_delivery(subscription=replace(FOLLOWED, style="title"))), False),
        (a_posting(a_delivery(subscription=replace(FOLLOWED, style="compact"))), True),
        (a_posting(a_delivery(url="https://news.example/1?token=s3cret")), False),
        (a_posting(a_delivery(url="https://me:pw@news.example/1")), False),
        (a_posting(degraded=1), False),
        (a_posting(replace(a_delivery(), gist=True)), False),
    ],
)
def test_a_page_is_only_for_an_entry_that_shows_pictures_and_has_none(posting: Posting, wanted: bool) -> None:
    assert wants_picture(posting, posting.deliveries[0]) is wanted


def test_a_feed_of_ones_own_tells_its_pages_of_nobody() -> None:
    mine = a_delivery()
    private = replace(mine, entry=replace(mine.entry, feed_url="https://news.example/feed?key=0123"))
    assert not wants_picture(a_posting(private), private)


def test_an_alert_has_a_picture_too() -> None:
    asked = Keyword(id=1, guild_id=1, user_id=7, query="comet")
    alert = replace(a_delivery(subscription=None), keywords=(asked,))
    assert wants_picture(replace(a_posting(alert), destination=Destination(kind="user", id=7, guild_id=1)), alert)


async def test_each_entry_gets_its_pages_picture_and_the_others_go_without() -> None:
    house = House()
    house.web.pages = {"https://news.example/1": A, "https://news.example/2": ""}
    posting = a_posting(a_delivery(1), a_delivery(2), a_delivery(3, image_url="https://own.example/x.jpg"))
    assert await house.pictures.of(posting) == {10: A}
    assert sorted(house.web.asked) == ["https://news.example/1", "https://news.example/2"]
    assert house.store.known == {1: A, 2: None}


async def test_a_page_is_asked_once_by_a_thousand_at_a_time_and_by_who_comes_later() -> None:
    house = House()
    house.web.pages["https://news.example/1"] = A
    assert await asyncio.gather(*(house.pictures.of(a_posting()) for _ in range(1000))) == [{10: A}] * 1000
    assert await house.pictures.of(a_posting()) == {10: A}
    pages = Pages(house.store, house.web, house.clock)
    assert await Pictures(house.store, pages, house.web, house.clock).of(a_posting()) == {10: A}
    assert len(house.web.asked) == 1


async def test_a_page_that_hangs_costs_the_budget_once_and_what_it_says_later_is_kept() -> None:
    house, page = House(SHORT), asyncio.Event()
    house.web.pages["https://news.example/1"] = page
    assert await house.pictures.of(a_posting()) == {10: None}
    await house.clock.advance(SHORT)
    waits_no_more = asyncio.create_task(house.pictures.of(a_posting()))
    await settle()
    assert waits_no_more.done()
    assert waits_no_more.result() == {10: None}
    page.set()
    await settle()
    assert await house.pictures.of(a_posting()) == {10: A}
    assert len(house.web.asked) == 1


@pytest.mark.parametrize(
    ("page", "kept", "host_rests"),
    [
        ("", {1: None}, False),
        ("hostile", {1: None}, True),
        ("defect", {}, False),
        (FetchError("", "HTTP 404", status=404), {1: None}, False),
        (FetchError("", "HTTP 429", status=429), {1: None}, True),
        (FetchError("", "HTTP 503", status=503), {1: None}, True),
        (FetchError("", "no answer"), {1: None}, True),
        (AddressRefused("", "refused"), {1: None}, True),
        (NotAsked("", "its turn would come too late"), {}, False),
    ],
)
async def test_what_goes_wrong_costs_the_picture_and_a_host_that_fails_is_let_be(
    page: str | Exception, kept: dict[int, str | None], host_rests: bool
) -> None:
    house = House()
    house.web.pages = {"https://news.example/1": page, "https://news.example/2": A, "https://b.example/3": A}
    assert await house.pictures.of(a_posting()) == ({} if kept else {10: None})
    assert house.store.known == kept
    assert await house.pictures.of(a_posting(a_delivery(2))) == {20: None if host_rests else A}
    assert await house.pictures.of(a_posting(a_delivery(3, url="https://b.example/3"))) == {30: A}
    await house.clock.advance(timedelta(minutes=5))
    assert await house.pictures.of(a_posting(a_delivery(2))) == {20: A}


async def test_a_feed_whose_pages_have_nothing_to_show_is_asked_rarely() -> None:
    house = House()
    for number in range(1, 21):
        await house.pictures.of(a_posting(a_delivery(number)))
    assert len(house.web.asked) == 5
    await house.clock.advance(timedelta(hours=6))
    house.web.pages["https://news.example/21"] = house.web.pages["https://news.example/22"] = A
    assert await house.pictures.of(a_posting(a_delivery(21))) == {210: A}
    assert await house.pictures.of(a_posting(a_delivery(22))) == {220: A}


async def test_a_store_that_fails_costs_the_picture_alone() -> None:
    house = House()
    house.store.broken = True
    assert await house.pictures.of(a_posting()) == {}
    assert house.web.asked == []


async def test_closing_ends_what_is_under_way() -> None:
    house = House(SHORT)
    house.web.pages["https://news.example/1"] = asyncio.Event()
    await house.pictures.of(a_posting())
    await house.pages.close()
    assert house.store.known == {}


async def test_the_feeds_own_page_is_asked_once_and_before_those_of_its_entries() -> None:
    house = House()
    house.store.site = "https://news.example/"
    house.web.pages["https://news.example/"] = "https://cdn.example/logo.png"
    await house.pictures.of(a_posting(a_delivery(1), a_delivery(2)))
    await house.pictures.of(a_posting(a_delivery(3)))
    assert house.web.asked[0] == "https://news.example/"
    assert house.web.asked.count("https://news.example/") == 1
    assert house.store.logos == ["https://cdn.example/logo.png"]


@pytest.mark.parametrize(
    ("site", "asked_by_then"),
    [(FetchError("", "HTTP 404", status=404), 2), (FetchError("", "no answer"), 1), (NotAsked("", "too late"), 1)],
)
async def test_where_the_feeds_own_page_fails_those_of_its_entries_are_asked_when_its_host_may_be(
    site: Exception, asked_by_then: int
) -> None:
    house = House()
    house.store.site = "https://news.example/"
    house.web.pages = {"https://news.example/": site, "https://news.example/1": A}
    expected = A if asked_by_then == 2 else None
    assert await house.pictures.of(a_posting()) == {10: expected}
    assert len(house.web.asked) == asked_by_then
    house.web.pages["https://news.example/"] = ""
    await house.clock.advance(timedelta(minutes=5))
    assert await house.pictures.of(a_posting()) == {10: A}


async def test_a_site_that_only_its_subscriber_may_see_is_not_asked() -> None:
    house = House()
    house.store.site = "https://news.example/?token=s3cret"
    await house.pictures.of(a_posting())
    assert (house.web.asked, house.store.logos) == (["https://news.example/1"], [None])
