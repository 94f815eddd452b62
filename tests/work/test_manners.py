"""How the poller behaves towards publishers. P3 and the like are numbers of the list of polite behaviour."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from bot.errors import AddressRefused, FetchError
from bot.model import Fetched, NotModified, Subscription, Validators
from bot.store.store import Store
from bot.work.starts import LATE_STARTS_A_SECOND
from tests.clocks import ManualClock
from tests.work.polling import FEED, Desk, document, failure, fetched

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
NEW = "https://new.example/a"


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    opened = await Store.open(f"sqlite+aiosqlite:///{tmp_path}/herald.db")
    yield opened
    await opened.close()


@pytest.fixture
async def desk(store: Store) -> Desk:
    desk = Desk(store)
    await desk.follow()
    desk.web.answers[FEED] = fetched(document(1, 2), etag=b'"1"')
    await desk.poll()
    return desk


async def titles(desk: Desk, guild_id: int = 1) -> list[str]:
    return sorted(stored.entry.title for stored in await desk.store.latest(guild_id, limit=50))


async def owed(desk: Desk, channel_id: int = 10) -> int:
    [one] = await desk.store.subscriptions(1, channel_id=channel_id)
    return await desk.store.waiting(1, one.id)


# --- Validators --------------------------------------------------------------------------------------------------


async def test_p3_a_kill_between_fetch_and_commit_sends_the_old_validators_again(desk: Desk) -> None:
    desk.web.answers[FEED] = fetched(document(1, 2, 3), etag=b'"2"')
    feed = await desk.feed()
    await desk.web.fetch(feed.url, feed.validators)  # the process dies with the answer in its hands
    after = Desk(desk.store, desk.clock)
    after.web.answers[FEED] = fetched(document(1, 2, 3), etag=b'"2"')
    assert (await after.poll()).new == 1
    assert after.web.asked[0][2] == b'"1"'
    await after.poll()
    assert after.web.asked[1][2] == b'"2"'


async def test_p2_a_304_parses_nothing_and_renews_the_validators(desk: Desk) -> None:
    reads = desk.reader.reads
    desk.web.answers[FEED] = NotModified(url=FEED, validators=Validators(etag=b'"2"', last_modified=b"then"))
    assert (await desk.poll()).outcome == "not modified"
    feed = await desk.feed()
    assert feed.validators == Validators(etag=b'"2"', last_modified=b"then")
    assert feed.next_due_at is not None
    assert feed.next_due_at > desk.clock.now()
    assert desk.reader.reads == reads


async def test_p1_of_a_200_its_own_validators_are_sent_next_and_no_others(desk: Desk) -> None:
    """Also if its body is the same: an ETag of then beside a Last-Modified of now would be made up."""
    body = document(1, 2)
    for came in (Validators(etag=b'"1"', last_modified=b"Mon"), Validators(last_modified=b"Tue"), Validators()):
        desk.web.answers[FEED] = Fetched(url=FEED, body=body, validators=came)
        await desk.poll()
        assert (await desk.feed()).validators == came


async def test_p16_the_same_body_under_a_new_etag_is_unchanged_and_not_read(desk: Desk) -> None:
    reads = desk.reader.reads
    desk.web.answers[FEED] = fetched(document(1, 2), etag=b'"2"')
    assert (await desk.poll()).outcome == "unchanged"
    assert desk.reader.reads == reads
    assert (await desk.feed()).validators.etag == b'"2"'


async def test_a_clock_in_the_head_costs_no_transaction_of_its_own(desk: Desk) -> None:
    """What changed is written with the visits of the others."""
    for number in range(3):
        desk.web.answers[FEED] = fetched(document(2, 1, extra=f"<lastBuildDate>{number}</lastBuildDate>"))
        feed = await desk.feed()
        assert (await desk.poller.poll(feed)).outcome == "unchanged"
        if number:  # the first time there is nothing to compare with: another element came
            assert await desk.feed() == feed
        await desk.poller.finish()
    assert (await desk.feed()).body_hash != feed.body_hash


@pytest.mark.parametrize(
    "body", [b"<html><body>hello</body></html>", document(), b"{}"], ids=["a page", "no entries", "no feed"]
)
async def test_p15_what_is_no_feed_today_changes_nothing_but_the_error(desk: Desk, body: bytes) -> None:
    before = await desk.feed()
    desk.web.answers[FEED] = fetched(body, etag=b'"2"')
    assert (await desk.poll()).outcome == "failed"
    after = await desk.feed()
    assert (after.validators, after.body_hash, after.document_size) == (before.validators, before.body_hash, 2)
    assert after.failing_since == desk.clock.now()
    desk.web.answers[FEED] = fetched(document(1, 2, 3))
    assert (await desk.poll()).new == 1


# --- Failures ----------------------------------------------------------------------------------------------------


async def test_errors_back_off_to_a_day_and_say_since_when(desk: Desk) -> None:
    desk.web.answers[FEED] = failure(500)
    began = desk.clock.now()
    await desk.run(10 * DAY)
    waits = [later - earlier for (_, earlier, _), (_, later, _) in pairwise(desk.web.asked[1:])]
    assert 25 * MINUTE < waits[0] < 35 * MINUTE
    assert max(waits) > 20 * HOUR
    assert len(desk.web.asked) < 25
    feed = await desk.feed()
    assert feed.failing_since is not None
    assert feed.failing_since - began < 30 * MINUTE
    now = desk.clock.now()
    assert await desk.store.failing_untold(now - 11 * DAY) == []
    assert [one for one, _ in await desk.store.failing_untold(now - 9 * DAY)] == [feed]


@pytest.mark.parametrize("status", [429, 503])
async def test_p7_p8_a_server_that_asks_for_patience_gets_it_and_is_not_called_dead(desk: Desk, status: int) -> None:
    desk.web.answers[FEED] = failure(status, after=2 * HOUR)
    await desk.run(1 * DAY)
    starts = [at for _, at, _ in desk.web.asked[1:]]
    assert all(later - earlier >= 2 * HOUR for earlier, later in pairwise(starts))
    assert 8 <= len(starts) <= 13
    feed = await desk.feed()
    assert (feed.failing_since, feed.failures) == (None, 0)
    assert feed.last_error == f"HTTP {status}"


async def test_p7_without_a_time_patience_doubles(desk: Desk) -> None:
    desk.web.answers[FEED] = failure(503)
    await desk.run(4 * DAY)
    assert len(desk.web.asked) < 15
    assert (await desk.feed()).failing_since is None


async def test_a_refused_address_is_asked_rarely(desk: Desk) -> None:
    def refuse(_: Validators) -> Fetched:
        raise AddressRefused(FEED, "no")

    desk.web.answers[FEED] = refuse
    await desk.poll()
    due = (await desk.feed()).next_due_at
    assert due is not None
    assert due >= desk.clock.now() + 6 * HOUR


# --- Gone --------------------------------------------------------------------------------------------------------


async def test_p11_a_410_is_confirmed_a_day_later_and_ends_the_feed(desk: Desk) -> None:
    desk.web.answers[FEED] = failure(410)
    first = desk.clock.now()
    await desk.run(30 * DAY)
    asked = [at for _, at, _ in desk.web.asked[1:]]
    assert len(asked) == 2
    assert asked[1] - asked[0] >= 24 * HOUR
    [one] = await desk.store.subscriptions(1)
    assert one.paused_reason == "the feed is gone"
    assert [(feed.id, [paused.id for paused in told]) for feed, told in desk.ended] == [(one.feed_id, [one.id])]
    assert await desk.store.next_due(first) is None


async def test_p11_one_410_is_no_end(desk: Desk) -> None:
    desk.web.answers[FEED] = failure(410)
    await desk.run(HOUR)
    desk.web.answers[FEED] = fetched(document(1, 2, 3))
    await desk.run(2 * DAY)
    feed = await desk.feed()
    assert (feed.gone_since, feed.ended_at) == (None, None)
    assert await owed(desk) == 1


async def test_p11_whoever_resumes_a_feed_that_was_gone_has_it_asked_again(desk: Desk) -> None:
    desk.web.answers[FEED] = failure(410)
    await desk.run(3 * DAY)
    [one] = await desk.store.subscriptions(1)
    await desk.store.resume_subscription(1, one.id, desk.clock.now())
    await desk.run(HOUR)
    assert (await desk.store.subscriptions(1))[0].paused_reason == "the feed is gone", "it still is"
    desk.web.answers[FEED] = fetched(document(1, 2))
    await desk.store.resume_subscription(1, one.id, desk.clock.now())
    await desk.run(HOUR)
    assert (await desk.feed()).ended_at is None
    assert (await desk.store.subscriptions(1))[0].paused_at is None


# --- Moves -------------------------------------------------------------------------------------------------------


def moved(*numbers: int) -> Fetched:
    return fetched(document(*numbers), moved_to=NEW)


async def test_p9_a_move_is_believed_after_five_answers_over_a_day(desk: Desk) -> None:
    desk.web.answers = {FEED: moved(1, 2), NEW: fetched(document(1, 2), url=NEW)}
    began = desk.clock.now()
    await desk.run(3 * DAY)
    assert (await desk.feed(url=NEW)).url == NEW
    old = [at for url, at, _ in desk.web.asked[1:] if url == FEED]
    assert len(old) == 5
    assert old[-1] - old[0] >= DAY
    assert old[-1] - began <= 2 * DAY
    between = [url for url, at, _ in desk.web.asked if old[0] < at < old[-1]]
    assert between.count(NEW) > 50, "meanwhile the new address is asked directly"


async def test_p9_a_redirect_that_must_not_be_remembered_is_asked_again_each_time(desk: Desk) -> None:
    desk.web.answers[FEED] = Fetched(url=NEW, body=document(1, 2), moved_to=NEW, moved_for=timedelta())
    await desk.run(12 * HOUR)
    assert set(desk.web.urls) == {FEED}


async def test_a11_a_move_taken_back_is_forgotten(desk: Desk) -> None:
    desk.web.answers = {FEED: moved(1, 2), NEW: fetched(document(1, 2), url=NEW)}
    await desk.run(20 * HOUR)
    desk.web.answers[FEED] = fetched(document(1, 2))
    await desk.run(8 * HOUR)
    assert (await desk.feed()).move is None
    desk.web.answers[FEED] = moved(1, 2)
    await desk.run(20 * HOUR)
    assert (await desk.feed()).url == FEED


async def test_a10_a_move_to_a_parked_domain_is_an_error_and_the_old_address_stays(desk: Desk) -> None:
    desk.web.answers = {FEED: fetched(b"<html>buy this domain</html>", moved_to=NEW), NEW: fetched(b"<html>", url=NEW)}
    await desk.run(5 * DAY)
    feed = await desk.feed()
    assert (feed.url, feed.move) == (FEED, None)
    assert feed.failing_since is not None
    assert await titles(desk) == ["Entry 1", "Entry 2"]


async def test_p9_a_move_to_a_feed_of_other_entries_is_not_believed(desk: Desk) -> None:
    other = document(7, 8).replace(b"Entry", b"Stranger")
    desk.web.answers = {FEED: moved(1, 2), NEW: fetched(document(1, 2), url=NEW)}
    await desk.run(23 * HOUR)
    desk.web.answers = {FEED: fetched(other, moved_to=NEW), NEW: fetched(other, url=NEW)}
    feed = await desk.feed()
    assert feed.move is not None
    desk.clock.set_wall(desk.clock.now() + 8 * HOUR)
    await desk.poll()
    assert (await desk.feed()).url == FEED


async def test_when_the_new_address_fails_the_old_one_is_asked_next(desk: Desk) -> None:
    desk.web.answers = {FEED: moved(1, 2), NEW: failure(500)}
    await desk.poll()
    desk.clock.set_wall(desk.clock.now() + HOUR)
    await desk.poll()
    desk.clock.set_wall(desk.clock.now() + HOUR)
    await desk.poll()
    assert desk.web.urls[-3:] == [FEED, NEW, FEED]


@pytest.mark.parametrize("status", [404, 410, None])
async def test_p9_an_old_address_that_is_given_up_before_its_redirect_was_believed_does_not_end_the_feed(
    desk: Desk, status: int | None
) -> None:
    desk.web.answers = {FEED: moved(1, 2), NEW: fetched(document(1, 2), NEW)}
    await desk.run(7 * HOUR)
    desk.web.answers = {FEED: failure(status), NEW: fetched(document(1, 2, 3), NEW)}
    await desk.run(5 * DAY)
    feed = await desk.feed()
    assert (feed.ended_at, feed.failing_since) == (None, None)
    assert [one.new for one in desk.results if one.new] == [1]
    asked = Counter(desk.web.urls)
    assert asked[NEW] > asked[FEED] > 5, "the old one now and then"


async def test_p10_a_feed_that_moves_to_where_another_is_polled_becomes_one_with_it(desk: Desk) -> None:
    other = await desk.follow(NEW, channel_id=11)
    await desk.follow(NEW, channel_id=10)
    desk.web.answers = {FEED: moved(1, 2, 3), NEW: fetched(document(1, 2, 3), url=NEW)}
    await desk.run(3 * DAY)
    subscriptions = await desk.store.subscriptions(1)
    assert {(one.channel_id, one.feed_id) for one in subscriptions} == {(10, other.feed_id), (11, other.feed_id)}
    asked = len(desk.web.asked)
    desk.web.answers = {NEW: fetched(document(1, 2, 3, 4), url=NEW)}
    await desk.run(2 * HOUR)
    assert set(desk.web.urls[asked:]) == {NEW}
    assert (await desk.store.latest(1, limit=1))[0].entry.title == "Entry 4"
    assert len(await titles(desk)) == 4
    # Entry 3 was told to channel 10 through the first feed, and is not told again through the second.
    assert {one.channel_id: await desk.store.waiting(1, one.id) for one in subscriptions} == {10: 2, 11: 1}


# --- After a sleep -----------------------------------------------------------------------------------------------


async def test_c73_after_three_days_asleep_feeds_are_not_asked_all_at_once(store: Store) -> None:
    desk = Desk(store)
    addresses = [f"https://feeds.example/{number}" for number in range(2 * LATE_STARTS_A_SECOND + 50)]
    for number, address in enumerate(addresses):
        await desk.follow(address, guild_id=1 + number // 100)
        desk.web.answers[address] = failure(500)
    desk.clock.set_wall(desk.clock.now() + 3 * DAY)
    began, starts = desk.clock.now(), []
    while len(desk.web.asked) < len(addresses):
        again = await desk.poller.step(desk.clock.now())
        await desk.poller._tasks.all_done()
        starts.append(len(desk.web.asked))
        desk.clock.set_wall(max(again, desk.clock.now() + timedelta(milliseconds=1)))
    assert starts[0] == LATE_STARTS_A_SECOND
    assert timedelta(seconds=1.5) <= desk.web.asked[-1][1] - began <= timedelta(seconds=3)
    assert len(set(desk.web.urls)) == len(addresses)


async def test_feeds_that_are_due_in_time_all_start_at_once(store: Store) -> None:
    desk = Desk(store, ManualClock(datetime.fromisoformat("2026-05-13T12:00:00+00:00")))
    for number in range(LATE_STARTS_A_SECOND + 50):
        address = f"https://feeds.example/{number}"
        await desk.follow(address, guild_id=1 + number // 100)
        desk.web.answers[address] = FetchError(address, "no")
    await desk.poller.step(desk.clock.now())
    await desk.poller.finish()
    assert len(desk.web.asked) == LATE_STARTS_A_SECOND + 50


# --- Feeds that nobody wanted for a while ------------------------------------------------------------------------


async def test_i3_what_a_paused_feed_published_is_stored_and_not_told(desk: Desk) -> None:
    [one] = await desk.store.subscriptions(1)
    await desk.store.pause_subscription(1, one.id, "by hand", desk.clock.now())
    desk.web.answers[FEED] = fetched(document(1, 2, 3))
    await desk.run(DAY)
    asked = len(desk.web.asked)
    await desk.store.resume_subscription(1, one.id, desk.clock.now())
    await desk.run(HOUR)
    assert len(desk.web.asked) > asked
    assert await titles(desk) == ["Entry 1", "Entry 2", "Entry 3"]
    assert await owed(desk) == 0
    desk.web.answers[FEED] = fetched(document(1, 2, 3, 4))
    await desk.run(HOUR)
    assert await owed(desk) == 1


async def test_i3_nor_what_came_before_another_guild_followed_a_paused_feed(desk: Desk) -> None:
    [one] = await desk.store.subscriptions(1)
    await desk.store.pause_subscription(1, one.id, "by hand", desk.clock.now())
    desk.web.answers[FEED] = fetched(document(1, 2, 3))
    await desk.run(DAY)
    feed = await desk.feed()
    new = Subscription(id=0, guild_id=2, channel_id=20, feed_id=feed.id, created_at=desk.clock.now())
    other = await desk.store.add_subscription(new)
    await desk.run(HOUR)
    assert await desk.store.waiting(2, other.id) == 0


async def test_i3_nor_what_came_while_the_guild_was_away(desk: Desk) -> None:
    await desk.store.forget_guild(1, desk.clock.now())
    desk.web.answers[FEED] = fetched(document(1, 2, 3))
    await desk.run(DAY)
    await desk.store.restore_guild(1)
    await desk.run(HOUR)
    assert await titles(desk) == ["Entry 1", "Entry 2", "Entry 3"]
    assert await owed(desk) == 0


async def test_p5_following_a_feed_that_was_just_read_asks_no_more(desk: Desk) -> None:
    before = await desk.feed()
    new = Subscription(id=0, guild_id=1, channel_id=11, feed_id=before.id, created_at=desk.clock.now())
    await desk.store.add_subscription(new)
    assert await desk.feed() == before
