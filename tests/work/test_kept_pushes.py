"""What a hub brought is on disk before the hub hears so: no end of the process makes it late by more than a restart."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from bot.errors import StoreError
from bot.model import Feed
from bot.model import Pushed as Brought
from bot.net.websub import HubCaller
from bot.store.websub import MOST_KEPT
from bot.work.push import MOST_AT_ONCE, Push, Take
from tests.work.hub import Pushed, pushed_feed
from tests.work.polling import document

DAY = timedelta(days=1)


@pytest.fixture
async def scene(tmp_path: Path) -> AsyncIterator[Pushed]:
    async with pushed_feed(tmp_path) as opened:
        await opened.step()
        yield opened


def with_take(scene: Pushed, take: Take) -> Push:
    """The service with another way to take in what comes, listening in place of the scene's."""
    push = Push(scene.desk.store, HubCaller(scene.fetcher), scene.desk.clock, public_url="http://x/", take=take)
    scene.listen(push)
    return push


async def never(feed: Feed, brought: Brought, until: datetime) -> None:
    """The process dies before it is through."""
    raise StoreError("the disk is full")


async def test_a_push_that_was_accepted_is_taken_in_by_the_next_process(scene: Pushed) -> None:
    dying = with_take(scene, never)
    assert await scene.hub.push(document(3)) == 202
    await dying.finish()
    assert await scene.waiting() == 0
    asked = len(scene.desk.web.asked)
    await scene.step()  # the next process's first
    assert await scene.waiting() == 1
    assert len(scene.desk.web.asked) == asked, "nobody had to be asked for it"
    assert await scene.desk.store.kept_pushes() == []


async def test_a_push_that_was_taken_in_before_the_end_is_told_once(scene: Pushed) -> None:
    """The process dies between the commit and the striking off."""

    async def commit_and_die(feed: Feed, brought: Brought, until: datetime) -> None:
        await scene.desk.poller.take_push(feed, brought, until)
        raise StoreError("gone")

    dying = with_take(scene, commit_and_die)
    await scene.hub.push(document(3))
    await dying.finish()
    assert await scene.waiting() == 1
    assert len(await scene.desk.store.kept_pushes()) == 1
    await scene.step()
    assert await scene.waiting() == 1
    assert await scene.desk.store.kept_pushes() == []


async def test_the_same_push_again_tells_nothing_again(scene: Pushed) -> None:
    for _ in range(3):
        assert await scene.deliver(document(3)) == 202
    assert await scene.waiting() == 1


async def test_more_than_anybody_can_take_in_waits_for_its_turn(scene: Pushed) -> None:
    let = asyncio.Event()
    took: list[bytes] = []

    async def slow(feed: Feed, brought: Brought, until: datetime) -> None:
        await let.wait()
        took.append(brought.body)

    push = with_take(scene, slow)
    for number in range(MOST_KEPT):
        assert await scene.hub.push(document(number)) == 202
    before = await scene.desk.feed()
    assert await scene.hub.push(document(99)) == 202
    after = await scene.desk.feed()
    assert before.next_due_at != after.next_due_at == scene.desk.clock.now(), "a poll finds what is not kept"
    let.set()
    await push.finish()
    assert took == [document(number) for number in range(MOST_KEPT)]
    assert MOST_KEPT <= MOST_AT_ONCE


async def test_what_fails_again_and_again_is_given_up_when_a_poll_must_have_found_it(scene: Pushed) -> None:
    failing = with_take(scene, never)
    await scene.hub.push(document(3))
    await failing.finish()
    for hours in (1, 12, 25):
        await failing.step(scene.desk.clock.now() + timedelta(hours=hours))
        await failing.finish()
    assert await scene.desk.store.kept_pushes() == []


async def test_what_nobody_wants_any_more_is_not_taken_in(scene: Pushed) -> None:
    dying = with_take(scene, never)
    await scene.hub.push(document(3))
    await dying.finish()
    [one] = await scene.desk.store.subscriptions(1)
    await scene.desk.store.remove_subscription(1, one.id)
    await scene.step()
    assert await scene.desk.store.kept_pushes() == []
    assert len(await scene.desk.store.latest(1, limit=50)) == 0
