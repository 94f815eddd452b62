"""What a publisher sees of Herald over an hour, a day, a month. P1 and the like are numbers of the list of manners."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path
from random import Random

import pytest

from bot.errors import FetchError
from bot.feeds.cadence import next_due
from bot.net.fetch import HttpFetcher
from bot.net.guard import Guard
from bot.net.websub import HubCaller
from bot.store.store import Store
from bot.work.poll import Poller
from bot.work.push import Push
from tests.clocks import START
from tests.net.server import Site, answer, serving
from tests.work.polling import FEED, LIMITS, Desk, InProcess, document, failure, fetched

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    async with await Store.open(f"sqlite+aiosqlite:///{tmp_path}/herald.db") as opened:
        yield opened


@pytest.fixture
async def desk(store: Store) -> Desk:
    desk = Desk(store)
    await desk.follow()
    desk.web.answers[FEED] = fetched(document(1, 2))
    await desk.poll()
    return desk


@pytest.mark.parametrize("etag", [b'W/"x"', b"unquoted", b'"\xe9\xff"', b'"a\tb"'])
async def test_p1_the_first_poll_is_unconditional_and_every_later_one_sends_what_came_over_a_restart_too(
    store: Store, etag: bytes
) -> None:
    """From the wire through the database to the wire."""
    modified = b"yesterd\xe4y, about noon"
    async with serving(Site()) as site:
        site.answers["/feed"] = answer(document(1, 2), b"ETag: " + etag, b"Last-Modified: " + modified)
        desk = Desk(store)
        await desk.follow(site.url())
        for _ in range(3):
            fetcher = HttpFetcher(Guard(["127.0.0.0/8"]), desk.clock, user_agent="Herald/0")
            poller = Poller(store, fetcher, InProcess(), desk.clock, limits=LIMITS, wake=_nobody, delivered=_nobody)
            await poller.poll(await desk.feed(url=site.url()))
            await poller.finish()
            await fetcher.close()
        sent = [(one.header("If-None-Match"), one.header("If-Modified-Since")) for one in site.requests]
        assert sent == [(None, None), (etag, modified), (etag, modified)]


async def test_p4_a_hundred_restarts_in_an_hour_ask_no_more_than_none(desk: Desk) -> None:
    before = len(desk.web.asked)
    await desk.run(HOUR)
    quietly = len(desk.web.asked) - before
    before = len(desk.web.asked)
    for _ in range(100):
        desk.poller = desk.new_poller()
        await desk.run(HOUR / 100)
    assert 3 <= len(desk.web.asked) - before <= quietly + 1


async def test_p5_a_hundred_channels_of_two_guilds_are_asked_for_as_one(desk: Desk) -> None:
    before = len(desk.web.asked)
    await desk.run(DAY)
    alone = len(desk.web.asked) - before
    for channel_id in range(100, 200):
        await desk.follow(channel_id=channel_id, guild_id=1 + channel_id % 2)
    before = len(desk.web.asked)
    await desk.run(DAY)
    assert abs(len(desk.web.asked) - before - alone) <= 2


def _nobody() -> None:
    """Nobody listens."""


FAULTS = [failure(404), FetchError(FEED, "the host name does not exist"), FetchError(FEED, "the certificate is wrong")]


@pytest.mark.parametrize("fault", FAULTS, ids=str)
async def test_p8_what_is_broken_is_never_given_up(desk: Desk, fault: FetchError) -> None:
    desk.web.answers[FEED] = fault
    await desk.run(4 * DAY)
    before = len(desk.web.asked)
    await desk.run(30 * DAY)
    asked = [at for _, at, _ in desk.web.asked[before:]]
    assert 25 <= len(asked) <= 40
    assert max(later - earlier for earlier, later in pairwise(asked)) <= 1.1 * DAY
    [one] = await desk.store.subscriptions(1)
    assert one.paused_at is None
    desk.web.answers[FEED] = fetched(document(1, 2, 3))
    assert (await desk.poll()).new == 1


def _published(salt: int) -> tuple[datetime, ...]:
    """When a feed's last entries came: each feed at its own rate, or too few to tell."""
    chance = Random(salt)
    gap = chance.choice([HOUR / 2, HOUR, 6 * HOUR, DAY])
    return tuple(START - gap * (number + chance.random()) for number in range(chance.choice([0, 20]), 0, -1))


def test_p13_the_busiest_minute_of_an_hour_has_less_than_twice_the_mean() -> None:
    """Of feeds with and without a known rhythm that were all asked in the same second."""
    asked: Counter[int] = Counter()
    for salt in range(400):
        times, now = _published(salt), START
        while now < START + HOUR:
            now = next_due(now=now, interval_limits=LIMITS, entry_times=times, salt=salt)
            asked[(now - START) // MINUTE] += 1
    hour = [asked[minute] for minute in range(60)]
    assert max(hour) < 2 * sum(hour) / 60


async def test_p16_an_etag_that_is_another_each_time_costs_no_parse_and_no_news(desk: Desk) -> None:
    reads = desk.reader.reads
    for number in range(5):
        desk.web.answers[FEED] = fetched(document(1, 2), etag=b'"%d"' % number)
        assert (await desk.poll()).outcome == "unchanged"
    assert desk.reader.reads == reads


async def test_i2_what_was_seen_stays_seen_when_its_entry_is_long_forgotten(desk: Desk) -> None:
    desk.web.answers[FEED] = fetched(document(3))
    await desk.poll()
    desk.clock.set_wall(desk.clock.now() + 400 * DAY)
    assert await desk.store.prune(desk.clock.now(), 365 * DAY) == 2, "what is still owed stays"
    desk.web.answers[FEED] = fetched(document(1, 2, 3))
    assert (await desk.poll()).new == 0
    assert (await desk.feed()).document_size == 3


async def test_b68_nothing_that_a_document_names_is_asked_for(desk: Desk) -> None:
    """Its own address, its base, pages, pictures, enclosures; a hub only through the guard (test_push)."""
    inner = "http://127.0.0.1:6379"
    head = (
        f"<link>{inner}/</link><image><url>{inner}/logo</url></image>"
        f"<atom:link xmlns:atom='http://www.w3.org/2005/Atom' rel='self' href='{inner}/feed'/>"
        f"<atom:link xmlns:atom='http://www.w3.org/2005/Atom' rel='hub' href='{inner}/hub'/>"
    )
    body = document(1, 2, 3, extra=head).replace(b"<rss ", b"<rss xml:base='http://10.0.0.1/' ")
    body = body.replace(b"</item>", f"<enclosure url='{inner}/a.mp3' type='audio/mpeg'/></item>".encode())
    desk.web.answers[FEED] = fetched(body.replace(b"https://feeds.example/", f"{inner}/".encode()))
    await desk.poll()
    await desk.run(DAY)
    assert set(desk.web.urls) == {FEED}
    fetcher = HttpFetcher(Guard(), desk.clock, user_agent="Herald/0")
    push = Push(desk.store, HubCaller(fetcher), desk.clock, public_url="https://herald.example", take=_never)
    await push.step(desk.clock.now())
    await push.finish()
    await fetcher.close()
    hub = await desk.store.hub_of(1, (await desk.feed()).id)
    assert hub is not None
    assert (hub.lease_until, hub.pending) == (None, False)
    assert hub.reason, "refused, and nothing was sent"


async def _never(*_: object) -> None:
    raise AssertionError


async def test_55_of_five_thousand_real_new_entries_the_newest_are_posts_and_the_rest_one_message(desk: Desk) -> None:
    desk.web.answers[FEED] = fetched(document(*range(3, 1003)))
    await desk.poll()
    [first] = await desk.store.lease(desk.clock.now(), 10)
    assert first.gist
    [one] = await desk.store.subscriptions(1)
    waiting = await desk.store.waiting(1, one.id)
    assert first.total == waiting - 10
