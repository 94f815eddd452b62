"""Digests as days pass: when they come, what they tell, and that nothing is lost or told twice on the way."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import pytest

from bot.errors import NotFound, QueryError, QuotaReached, StoreError, UsageError
from bot.model import Correction, Digest, Outcome, Payload, Posting, Refused, Sent, Subscription, Unknown
from bot.store.store import Store
from bot.work.answers import SetDigest
from bot.work.clockwork import ClockWatch
from bot.work.deliver import Deliverer
from bot.work.digest import Digester
from bot.work.digests import Digests
from tests.clocks import START, ManualClock
from tests.store.scene import Scene, a_commit, an_entry, save_settings

GUILD, NEWS = 1, 30
DAY, HOUR, MINUTE = timedelta(days=1), timedelta(hours=1), timedelta(minutes=1)
NO_ACCESS = Refused(status=403, code=50013, reason="Missing Permissions")
BAD_FORM = Refused(status=400, code=50035, reason="Invalid Form Body")


class Channels:
    """Takes every message, or answers what it was told to."""

    def __init__(self) -> None:
        self.answer: Outcome | None = None
        self.taken: list[Payload] = []
        self._ids = count(1)

    async def send(self, posting: Posting, payload: Payload) -> Outcome:
        if self.answer is not None:
            return self.answer
        self.taken.append(payload)
        return Sent(channel_id=posting.destination.id, message_id=next(self._ids))

    async def edit(self, correction: Correction, payload: Payload) -> Outcome:
        raise AssertionError("nothing is corrected here")

    async def find(self, posting: Posting, payload: Payload) -> None:
        return None


class Audience:
    """Everybody sees every channel, but those that are hidden; `known` is False until Discord told of the guild."""

    def __init__(self) -> None:
        self.hidden: set[int] = set()
        self.known = True

    def sees_all(self, guild_id: int, place_id: int, channel_id: int) -> bool | None:
        return channel_id not in self.hidden if self.known else None


class Days:
    """A guild that follows a feed, its digests, and the hours that pass."""

    def __init__(self, store: Store, sub: Subscription) -> None:
        self.store, self.sub = store, sub
        self.clock = ManualClock()
        self.channels = Channels()
        self.audience = Audience()
        self.digests = Digests(store, self.audience, self.clock, per_guild=2)
        self.digester = Digester(store, self.audience)
        self.watch = ClockWatch(store, self.clock, moved=lambda: None)
        self._numbers = count(1)

    async def publish(self, title: str) -> None:
        entry = an_entry(next(self._numbers), title=title, text="", published_at=self.clock.now())
        await self.store.commit_poll(a_commit(self.sub.feed_id, [entry], at=self.clock.now()))

    async def ordered(self, schedule: str, filter: str = "") -> SetDigest:
        return await self.digests.set(guild_id=GUILD, channel_id=NEWS, user_id=7, schedule=schedule, filter=filter)

    async def only(self) -> Digest:
        (one,) = await self.digests.all_of(GUILD)
        return one

    async def step(self) -> datetime:
        """What the loop would do now."""
        now = self.clock.now()
        await self.watch.look(now)
        again = await self.digester.step(now)
        deliverer = Deliverer(self.store, self.channels, self.clock, wake=lambda: None)
        for _ in range(2):
            await deliverer.step(now)
            await deliverer.finish()
        return again

    async def until(self, day: int, hour: int, minute: int = 0) -> None:
        """Steps through the time up to then, in May 2026 and UTC, as the loop does."""
        end = datetime(2026, 5, day, hour, minute, tzinfo=UTC)
        while self.clock.now() < end:
            again = min(await self.step(), end)
            await self.clock.advance(max(again - self.clock.now(), timedelta(seconds=1)))
        await self.step()

    async def sleep_until(self, day: int, hour: int) -> None:
        """The bot is down for so long."""
        await self.clock.advance(datetime(2026, 5, day, hour, tzinfo=UTC) - self.clock.now())

    @property
    def told(self) -> list[list[str]]:
        """The titles of each message, in its order."""
        return [titles_in(payload) for payload in self.channels.taken]


def titles_in(payload: Payload) -> list[str]:
    lines = [line for embed in payload.embeds for line in str(embed["description"]).split("\n")]
    return [line[3 : line.index("]")] for line in lines if line.startswith("- [")]


@pytest.fixture
async def days(store: Store, scene: Scene) -> Days:
    sub = await scene.follow(await scene.feed())
    return Days(store, sub)


# --- When they come --------------------------------------------------------------------------------------------


async def test_a_daily_digest_tells_each_day_what_came_since_the_day_before(days: Days) -> None:
    await days.ordered("daily 9:00")
    await days.publish("Wednesday noon")
    await days.until(14, 8, 59)
    assert days.told == []
    await days.publish("Thursday morning")
    await days.until(14, 12)
    assert days.told == [["Thursday morning", "Wednesday noon"]]
    await days.publish("Thursday noon")
    await days.until(15, 10)
    assert days.told[1:] == [["Thursday noon"]]
    assert (await days.only()).next_due_at == datetime(2026, 5, 16, 9, tzinfo=UTC)


async def test_nothing_new_is_not_posted_and_what_comes_then_is_told_the_next_time(days: Days) -> None:
    await days.ordered("daily 9:00")
    await days.until(15, 10)
    assert days.told == []
    await days.publish("At last")
    await days.until(16, 10)
    assert days.told == [["At last"]]


async def test_after_days_of_being_down_one_digest_tells_it_all(days: Days) -> None:
    await days.ordered("daily 9:00")
    await days.publish("one")
    await days.sleep_until(20, 15)
    await days.publish("two")
    await days.until(20, 16)
    assert days.told == [["two", "one"]]
    assert (await days.only()).next_due_at == datetime(2026, 5, 21, 9, tzinfo=UTC)


async def test_it_comes_by_the_guilds_clock_and_follows_a_change_of_it(days: Days) -> None:
    settings = await days.store.guild_settings(GUILD)
    await save_settings(days.store, replace(settings, time_zone="Europe/Berlin"))
    done = await days.ordered("daily 9:00")
    assert done.digest.next_due_at == datetime(2026, 5, 14, 7, tzinfo=UTC)
    await save_settings(days.store, replace(settings, time_zone="America/New_York"))
    await days.step()
    assert (await days.only()).next_due_at == datetime(2026, 5, 13, 13, tzinfo=UTC)
    await save_settings(days.store, replace(settings, time_zone="Nowhere/Atall"))
    await days.step()
    assert (await days.only()).next_due_at == datetime(2026, 5, 14, 9, tzinfo=UTC)


async def test_a_clock_set_back_over_its_time_brings_no_second(days: Days) -> None:
    await days.ordered("daily 9:00")
    await days.publish("before nine")
    await days.until(14, 9, 30)
    assert len(days.told) == 1
    days.clock.set_wall(datetime(2026, 5, 14, 8, 30, tzinfo=UTC))
    await days.publish("after nine, by the old clock")
    await days.until(14, 12)
    assert len(days.told) == 1
    await days.until(15, 10)
    assert days.told[1:] == [["after nine, by the old clock"]]


async def test_a_clock_that_was_a_year_ahead_keeps_no_digest_waiting_for_a_year(days: Days) -> None:
    await days.ordered("daily 9:00")
    await days.publish("one")
    right = days.clock.now()
    days.clock.set_wall(right + 365 * DAY)
    await days.step()
    assert days.told == [["one"]]
    days.clock.set_wall(right)
    await days.publish("two")
    await days.until(14, 10)
    assert days.told[1:] == [["two"]]


# --- What stands in the way ------------------------------------------------------------------------------------


async def test_an_unknown_outcome_is_tried_again_with_the_same_message(days: Days) -> None:
    await days.ordered("hourly")
    await days.publish("one")
    days.channels.answer = Unknown(reason="no answer")
    await days.until(13, 13)
    days.channels.answer = None
    await days.until(13, 13, 30)
    assert days.told == [["one"]]


async def test_a_channel_that_refuses_for_days_gets_the_one_that_waited_and_then_all_the_rest(days: Days) -> None:
    await days.ordered("daily 9:00")
    await days.publish("Wednesday")
    days.channels.answer = NO_ACCESS
    for day in (14, 15, 16, 17):
        await days.until(day, 12)
        await days.publish(f"the {day}th")
    days.channels.answer = None
    assert await days.store.release_channel(NEWS, days.clock.now())
    await days.until(17, 13)
    assert days.told == [["Wednesday"]]
    await days.until(18, 10)
    assert days.told[1:] == [["the 17th", "the 16th", "the 15th", "the 14th"]]


async def test_what_discord_refuses_goes_plainer(days: Days) -> None:
    await days.ordered("hourly")
    await days.publish("one")
    days.channels.answer = BAD_FORM
    await days.step()
    await days.clock.advance(HOUR)
    now = days.clock.now()
    await days.digester.step(now)
    deliverer = Deliverer(days.store, days.channels, days.clock, wake=lambda: None)
    for _ in range(3):
        await deliverer.step(now)
        await deliverer.finish()
    days.channels.answer = None
    await days.step()
    (payload,) = days.channels.taken
    assert (payload.embeds, "1 new entry from 1 feed" in payload.content) == ((), True)


async def test_a_gone_guild_gets_none_and_one_for_all_when_it_is_back(days: Days) -> None:
    await days.ordered("daily 9:00")
    await days.publish("one")
    await days.store.forget_guild(GUILD, days.clock.now())
    await days.until(16, 12)
    assert days.told == []
    await days.store.restore_guild(GUILD)
    await days.until(16, 13)
    assert days.told == [["one"]]


async def test_a_defect_in_one_digest_costs_the_others_nothing(days: Days) -> None:
    broken = await days.ordered("daily 9:00", "entry")
    await days.ordered("daily 9:00")
    await days.publish("one")
    gather = days.store.gather

    async def failing(wanted: Digest, channel_ids: Any) -> Any:
        if wanted.id == broken.digest.id:
            raise StoreError("no")
        return await gather(wanted, channel_ids)

    days.store.gather = failing  # type: ignore[method-assign]
    await days.until(14, 10)
    assert days.told == [["one"]]


async def test_what_is_followed_where_not_every_reader_sees_is_left_out_and_named(days: Days) -> None:
    days.audience.hidden.add(days.sub.channel_id)
    await days.publish("secret")
    done = await days.ordered("daily 9:00")
    assert (done.pages, done.hidden_channel_ids) == ((), (days.sub.channel_id,))
    await days.until(14, 10)
    assert days.told == []


async def test_it_waits_until_discord_has_told_who_would_read_it(days: Days) -> None:
    await days.ordered("daily 9:00")
    await days.publish("one")
    days.audience.known = False
    await days.sleep_until(14, 10)
    await days.step()
    days.audience.known = True
    await days.step()
    assert days.told == [["one"]]


# --- Dead in the middle ----------------------------------------------------------------------------------------


class Dead(BaseException):
    """The process ends here."""


@pytest.mark.parametrize("dies", ["gather", "commit_digest", "lease", "begin_attempt", "send", "settle"])
@pytest.mark.parametrize("when", ["before", "after"])
async def test_dead_before_or_after_any_step_it_comes_once(
    days: Days, monkeypatch: pytest.MonkeyPatch, dies: str, when: str
) -> None:
    await days.ordered("daily 9:00")
    await days.publish("one")
    await days.sleep_until(14, 9)
    sent: dict[str, Outcome] = {}  # as Discord keeps nonces
    really_send = days.channels.send

    async def once_a_nonce(posting: Posting, payload: Payload) -> Outcome:
        if posting.nonce not in sent:
            sent[posting.nonce] = await really_send(posting, payload)
        return sent[posting.nonce]

    monkeypatch.setattr(days.channels, "send", once_a_nonce)
    part: Any = days.channels if dies == "send" else days.store
    with monkeypatch.context() as patch:
        patch.setattr(part, dies, dying(getattr(part, dies), when))
        with pytest.raises(Dead):
            await one_life(days)
    await days.store.free_leases()
    for _ in range(2):
        await one_life(days)
    assert days.told == [["one"]]


def dying(call: Callable[..., Awaitable[Any]], when: str) -> Callable[..., Awaitable[Any]]:
    async def died(*arguments: Any, **named: Any) -> Any:
        if when == "after":
            await call(*arguments, **named)
        raise Dead

    return died


async def one_life(days: Days) -> None:
    """A step of each service."""
    now = days.clock.now()
    await days.digester.step(now)
    deliverer = Deliverer(days.store, days.channels, days.clock, wake=lambda: None)
    for posting in await days.store.lease(now, 10):
        await deliverer.deliver(posting)


# --- Ordering --------------------------------------------------------------------------------------------------


async def test_ordering_answers_what_it_would_tell_now_and_that_is_what_comes(days: Days) -> None:
    days.clock.set_wall(START.replace(hour=7))
    await days.publish("at seven")
    days.clock.set_wall(START)
    await days.publish("at noon")
    done = await days.ordered("daily 9:00")
    assert [line.title for line in done.pages[0].sections[0].lines] == ["at noon"]
    assert done.pages[0].since == START.replace(hour=9)
    assert (done.replaced, done.follows_nothing) == (False, False)
    assert done.digest.next_due_at == datetime(2026, 5, 14, 9, tzinfo=UTC)
    again = await days.ordered("mon-fri 8.30")
    assert (again.replaced, again.digest.schedule, again.digest.id) == (True, "weekdays 8:30", done.digest.id)
    await days.until(14, 8, 30)
    assert days.told == [["at noon"]]


async def test_mistakes_in_schedule_and_filter_and_too_many_are_refused(days: Days) -> None:
    for schedule, filter in (("sometimes", ""), ("daily 9:00", "rust (")):
        with pytest.raises(QueryError):
            await days.ordered(schedule, filter)
    await days.ordered("hourly", "rust")
    await days.ordered("hourly", " -zig ")
    with pytest.raises(QuotaReached, match="2 digests"):
        await days.ordered("hourly")
    assert [one.filter for one in await days.digests.all_of(GUILD)] == ["rust", "-zig"]


async def test_posting_now_tells_once_and_leaves_the_times_as_they_are(days: Days) -> None:
    done = await days.ordered("daily 9:00")
    await days.publish("one")
    assert await days.digests.post_now(GUILD, done.digest.id) == "1 new entry from 1 feed"
    with pytest.raises(UsageError, match="on its way"):
        await days.digests.post_now(GUILD, done.digest.id)
    await days.step()
    assert await days.digests.post_now(GUILD, done.digest.id) == ""
    await days.until(14, 10)
    assert days.told == [["one"]]
    assert (await days.only()).last_due_at == datetime(2026, 5, 14, 9, tzinfo=UTC)


async def test_a_digest_is_found_by_its_id_or_its_words_and_only_at_home(days: Days) -> None:
    rust = (await days.ordered("daily 9:00", "rust")).digest
    other = (await days.ordered("mon 9:00")).digest
    assert await days.digests.find(GUILD, str(rust.id)) == rust
    assert await days.digests.find(GUILD, "Monday") == other
    assert [one.id for one in await days.digests.suggest(GUILD, "rus")] == [rust.id]
    with pytest.raises(UsageError, match="2 digests fit"):
        await days.digests.find(GUILD, "9:00")
    for elsewhere in (days.digests.find(2, str(rust.id)), days.digests.remove(2, rust.id), days.digests.post_now(2, 1)):
        with pytest.raises(NotFound):
            await elsewhere
    await days.digests.remove(GUILD, rust.id)
    assert await days.digests.all_of(GUILD) == [other]
