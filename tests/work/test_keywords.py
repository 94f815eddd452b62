"""The rules of keywords where no command is needed to see them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import NotAllowed, NotFound, UsageError
from bot.model import Caught
from bot.query.language import parse
from bot.store.store import Store
from bot.work.keywords import LOOKED_BACK, NOISY_PER_DAY, SHORTEST_MEASURE, Keywords, rate
from tests.clocks import ManualClock
from tests.store.scene import DAY, NOW, Scene, a_commit, an_entry

GUILD, OTHER, ME, YOU = 1, 2, 7, 8


@pytest.fixture
def keywords(store: Store) -> Keywords:
    return Keywords(store, ManualClock(NOW), per_member=50)


# --- How often ------------------------------------------------------------------------------------------------


@given(st.integers(1, 1000), st.floats(0, 40))
def test_a_rate_is_never_above_the_count_by_week_nor_below_it_by_month(total: int, days: float) -> None:
    per_day = rate(Caught(total=total, oldest_at=NOW - days * DAY), NOW)
    assert total / (LOOKED_BACK / DAY) - 1e-9 <= per_day <= total / (SHORTEST_MEASURE / DAY) + 1e-9


@pytest.mark.parametrize(
    ("total", "days", "noisy"), [(0, 0, False), (20, 1, False), (36, 1, True), (150, 30, False), (151, 30, True)]
)
def test_one_busy_day_alarms_nobody_but_a_few_a_day_for_long_do(total: int, days: float, noisy: bool) -> None:
    caught = Caught(total=total, oldest_at=NOW - days * DAY if total else None)
    assert (rate(caught, NOW) > NOISY_PER_DAY) is noisy


async def test_what_was_caught_is_of_the_last_30_days_of_this_guilds_feeds_newest_first(
    scene: Scene, store: Store
) -> None:
    feed = await scene.feed()
    await scene.follow(feed)
    hidden = await scene.feed("https://feeds.example/hidden")
    await scene.follow(hidden, guild_id=OTHER)
    ages = [1, 29, 31, 3]
    entries = [
        an_entry(number, title=f"Rust {age}", published_at=NOW - age * DAY) for number, age in enumerate(ages, 1)
    ]
    await store.commit_poll(a_commit(feed.id, entries))
    await store.commit_poll(a_commit(hidden.id, [an_entry(9, title="Rust hidden")]))
    caught = await store.caught(GUILD, parse("rust"), since=NOW - LOOKED_BACK, limit=2)
    assert (caught.total, caught.oldest_at) == (3, NOW - 29 * DAY)
    assert [one.entry.title for one in caught.newest] == ["Rust 1", "Rust 3"]
    assert await store.caught(GUILD, parse("zig"), since=NOW - LOOKED_BACK) == Caught()
    assert (await store.caught(GUILD, parse("rust"), feed_id=hidden.id, since=NOW - LOOKED_BACK)).total == 0


# --- Whose ----------------------------------------------------------------------------------------------------


async def test_a_feed_that_the_guild_does_not_follow_cannot_be_watched(scene: Scene, keywords: Keywords) -> None:
    theirs = await scene.feed()
    await scene.follow(theirs, guild_id=OTHER)
    for feed_id in (theirs.id, 99):
        with pytest.raises(NotFound, match="not followed here"):
            await keywords.add(guild_id=GUILD, user_id=ME, query="rust", feed_id=feed_id)


@pytest.mark.parametrize(
    ("owner", "in_channel", "pressed_in", "manager", "outcome"),
    [
        (ME, False, None, False, "mine"),  # my DM
        (ME, False, GUILD, False, "mine"),
        (YOU, False, None, False, NotFound),
        (YOU, False, GUILD, True, NotFound),  # a member's own is no manager's business
        (YOU, True, GUILD, True, "mine"),
        (YOU, True, GUILD, False, NotAllowed),
        (YOU, True, OTHER, True, NotFound),  # a manager of another guild
        (YOU, True, None, True, NotFound),
        (ME, True, GUILD, False, "mine"),
    ],
)
async def test_a_button_obeys_the_owner_and_for_a_channel_a_manager_of_its_guild(
    scene: Scene,
    keywords: Keywords,
    owner: int,
    in_channel: bool,
    pressed_in: int | None,
    manager: bool,
    outcome: str | type[UsageError],
) -> None:
    kept = await scene.watch("rust", user_id=owner, channel_id=10 if in_channel else None)
    if isinstance(outcome, str):
        assert await keywords.pressed(kept.id, guild_id=pressed_in, user_id=ME, manager=manager) == kept
        return
    with pytest.raises(outcome):
        await keywords.pressed(kept.id, guild_id=pressed_in, user_id=ME, manager=manager)


async def test_the_longest_mute_is_a_year_and_off_ends_any(scene: Scene, keywords: Keywords) -> None:
    kept = await scene.watch("rust")
    assert await keywords.mute(kept, "366d") == NOW + timedelta(days=366)
    with pytest.raises(UsageError, match="a year at most"):
        await keywords.mute(kept, "367d")
    assert await keywords.mute(kept, " OFF ") is None


async def test_a_keyword_wakes_the_poller_since_it_has_paused_feeds_polled_again(scene: Scene, store: Store) -> None:
    rung: list[str] = []
    subscription = await scene.follow(await scene.feed())
    await store.pause_subscription(GUILD, subscription.id, "for a while", NOW)
    assert await store.due(NOW + DAY, 10) == []
    keywords = Keywords(store, ManualClock(NOW), per_member=50, changed=lambda: rung.append("rung"))
    await keywords.add(guild_id=GUILD, user_id=ME, query="rust")
    assert rung == ["rung"]
    assert len(await store.due(NOW + DAY, 10)) == 1
