"""A clock that is put right stalls nothing."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot.model import Refused
from bot.store.store import Store
from bot.work.clockwork import ClockWatch
from tests.store.scene import HOUR, MINUTE, NOW, Scene, a_commit, channel


class Clock:
    """Two hands that can be moved apart."""

    def __init__(self) -> None:
        self.wall, self.steady = datetime(2026, 5, 1, 12, tzinfo=UTC), 100.0

    def now(self) -> datetime:
        return self.wall

    def monotonic(self) -> float:
        return self.steady

    async def sleep(self, seconds: float) -> None:
        raise NotImplementedError("nothing here sleeps")

    def passes(self, time: timedelta, *, wall: timedelta | None = None) -> None:
        self.steady += time.total_seconds()
        self.wall += time if wall is None else wall


class Plans:
    def __init__(self, latest: datetime | None = None) -> None:
        self.pulled: list[timedelta] = []
        self.rung = 0
        self._latest = latest

    async def latest_poll(self) -> datetime | None:
        return self._latest

    async def pull_in(self, now: datetime, by: timedelta) -> None:
        self.pulled.append(by)

    def ring(self) -> None:
        self.rung += 1


async def _steps(*passings: tuple[timedelta, timedelta]) -> Plans:
    clock, plans = Clock(), Plans()
    watch = ClockWatch(plans, clock, moved=plans.ring)
    await watch.step(clock.now())
    for steady, wall in passings:
        clock.passes(steady, wall=wall)
        await watch.step(clock.now())
    return plans


async def test_a_clock_set_back_pulls_in_what_was_planned_by_as_much() -> None:
    plans = await _steps((MINUTE, MINUTE), (MINUTE, MINUTE - HOUR), (MINUTE, MINUTE))
    assert plans.pulled == [HOUR]
    assert plans.rung == 1


async def test_steps_forward_and_small_corrections_need_nothing() -> None:
    plans = await _steps((MINUTE, MINUTE + HOUR), (MINUTE, MINUTE - timedelta(seconds=2)))
    assert plans.pulled == []


async def test_a_clock_put_right_while_herald_was_down_is_noticed_at_the_start() -> None:
    clock = Clock()
    for latest, pulled in ((clock.wall + HOUR, [HOUR]), (clock.wall - HOUR, []), (None, [])):
        plans = Plans(latest)
        await ClockWatch(plans, clock, moved=plans.ring).look(clock.now())
        assert plans.pulled == pulled


async def test_what_a_wrong_clock_planned_is_due_earlier(tmp_path: Path) -> None:
    async with await Store.open(f"sqlite+aiosqlite:///{tmp_path}/herald.db") as store:
        scene = Scene(store)
        sub = await scene.follow(await scene.feed())
        await store.commit_poll(a_commit(sub.feed_id, at=NOW + HOUR))
        await scene.publish(sub, [1], at=NOW + HOUR)
        [posting] = await scene.lease(NOW + HOUR)
        await store.put_off(posting.id, NOW + HOUR + MINUTE, "HTTP 500")
        await store.hold(channel(11), Refused(status=403, code=50001, reason="no"), NOW + HOUR, NOW + 2 * HOUR)
        await store.pull_in(NOW, HOUR)
        assert await store.next_due(NOW) == NOW + 15 * MINUTE
        assert await store.next_ready(NOW) == NOW + MINUTE
        [hold] = await store.holds(1)
        assert hold.until == NOW + HOUR
