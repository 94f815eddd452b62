"""A hub that is not needed any more is asked to stop, and may verify that this is meant (WebSub, sections 5.1, 5.3)."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from tests.work.hub import Pushed, pushed_feed
from tests.work.polling import FEED, document, fetched

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture
async def scene(tmp_path: Path) -> AsyncIterator[Pushed]:
    async with pushed_feed(tmp_path) as opened:
        await opened.step()
        yield opened


async def unfollow(scene: Pushed) -> None:
    [one] = await scene.desk.store.subscriptions(1)
    await scene.desk.store.remove_subscription(1, one.id)


def modes(scene: Pushed) -> list[str]:
    return [form["hub.mode"] for form in scene.hub.asked]


async def test_the_hub_of_a_feed_that_nobody_follows_is_asked_to_stop_once(scene: Pushed) -> None:
    scene.hub.verify = {"hub_mode": "unsubscribe"}
    await unfollow(scene)
    await scene.step()
    begun, ended = scene.hub.asked
    assert (ended["hub.mode"], ended["hub.topic"]) == ("unsubscribe", FEED)
    assert ended["hub.callback"] == begun["hub.callback"]
    assert "hub.secret" not in ended
    assert scene.hub.answers[-1] == (200, "ch4llenge")
    scene.hub.asked.reverse()  # it pushes as if it had not heard
    assert await scene.deliver(document(3)) == 410
    scene.desk.clock.set_wall(scene.desk.clock.now() + 5 * DAY)
    await scene.step()
    assert len(scene.hub.asked) == 2


async def test_a_paused_feed_leaves_its_hub_and_comes_back_with_another_callback(scene: Pushed) -> None:
    await scene.deliver(document(3))
    [one] = await scene.desk.store.subscriptions(1)
    await scene.desk.store.pause_subscription(1, one.id, "by hand", scene.desk.clock.now())
    scene.hub.verify = {"hub_mode": "unsubscribe"}
    await scene.step()
    assert modes(scene) == ["subscribe", "unsubscribe"]
    assert (await scene.desk.feed()).pushed_until is None
    scene.hub.verify = {}
    await scene.desk.store.resume_subscription(1, one.id, scene.desk.clock.now())
    await scene.step()
    first, _, again = scene.hub.asked
    assert again["hub.mode"] == "subscribe"
    assert again["hub.callback"] != first["hub.callback"]
    assert again["hub.secret"] != first["hub.secret"]
    assert scene.hub.answers[-1] == (200, "ch4llenge")


@pytest.mark.parametrize("head", ["another hub", "no hub"])
async def test_a_feed_that_names_another_hub_or_none_leaves_the_old_one(scene: Pushed, head: str) -> None:
    scene.head = scene.head.replace("/hub'", "/hub?other'") if head == "another hub" else ""
    scene.desk.web.answers[FEED] = fetched(scene.document(1, 2, 3))
    await scene.desk.poll()
    old = scene.hub.asked[0]["hub.callback"]
    scene.hub.verify = None
    await scene.step()
    assert [form["hub.callback"] == old for form in scene.hub.asked if form["hub.mode"] == "unsubscribe"] == [True]
    assert ("subscribe" in modes(scene)[1:]) == (head == "another hub")


async def test_a_feed_that_becomes_one_with_another_leaves_its_hub(scene: Pushed) -> None:
    other = "https://feeds.example/other"
    await scene.desk.follow(other, channel_id=11)
    scene.desk.web.answers[other] = fetched(document(1, 2), url=other)
    scene.desk.web.answers[FEED] = fetched(document(1, 2), url=FEED)
    await scene.desk.poll()
    await scene.desk.poll(other)
    feed = await scene.desk.feed()
    assert await scene.desk.store.move_feed(feed.id, other, scene.desk.clock.now())
    scene.hub.verify = {"hub_mode": "unsubscribe"}
    await scene.step()
    assert modes(scene) == ["subscribe", "unsubscribe"]


@pytest.mark.parametrize("lie", [{"hub_topic": "https://feeds.example/other"}, {"hub_mode": "subscribe"}, {}])
async def test_only_what_is_meant_is_verified(scene: Pushed, lie: dict[str, str]) -> None:
    """Neither another topic, nor that we begin again; and while a feed is followed nobody unsubscribes us."""
    if lie:
        await unfollow(scene)
        scene.hub.verify = {"hub_mode": "unsubscribe", **lie}
        await scene.step()
        assert scene.hub.answers[-1][0] == 404
    else:
        assert (await scene.hub.ask_back(hub_mode="unsubscribe"))[0] == 404
        assert await scene.deliver(document(3)) == 202


async def test_a_parting_is_verified_once(scene: Pushed) -> None:
    await unfollow(scene)
    scene.hub.verify = {"hub_mode": "unsubscribe"}
    await scene.step()
    assert (await scene.hub.ask_back(hub_mode="unsubscribe"))[0] == 404, "a replayed verification"


async def test_a_hub_that_never_verifies_is_asked_three_times(scene: Pushed) -> None:
    await unfollow(scene)
    scene.hub.verify = None
    for _ in range(4 * 24):
        await scene.step()
        scene.desk.clock.set_wall(scene.desk.clock.now() + HOUR)
    assert modes(scene) == ["subscribe", "unsubscribe", "unsubscribe", "unsubscribe"]


async def test_a_hub_that_denies_while_we_part_is_done_with(scene: Pushed) -> None:
    await unfollow(scene)
    scene.hub.verify = {"hub_mode": "denied"}
    await scene.step()
    assert scene.hub.answers[-1][0] == 200
    scene.desk.clock.set_wall(scene.desk.clock.now() + DAY)
    await scene.step()
    assert len(scene.hub.asked) == 2


async def test_a_hub_whose_lease_is_over_need_not_be_told(scene: Pushed) -> None:
    scene.desk.clock.set_wall(scene.desk.clock.now() + 11 * DAY)
    await unfollow(scene)
    await scene.step()
    assert modes(scene) == ["subscribe"]
