"""Whatever happens in whatever order: nothing is lost, nothing comes twice, everything comes in order.

`HYPOTHESIS_PROFILE=long pytest tests/model` tries far more.
"""

from __future__ import annotations

import asyncio
import itertools
import os
import tempfile
from collections.abc import Coroutine, Sequence
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from bot.model import Subscription
from tests.model.discord import Failure
from tests.model.world import CHANNELS, GUILD, NAMES, World, make_template

T = TypeVar("T")
Pair = tuple[int, str]  # channel, feed

MOST_UNPOLLED = 10  # delivery.flood_limit: more at once are summarised on purpose
LONGEST_PAUSE = timedelta(hours=2)  # nothing is put off or held for longer

feeds = st.sampled_from(NAMES)
channels = st.sampled_from(CHANNELS)
failures = st.sampled_from(Failure.__args__)  # type: ignore[attr-defined]
crossings = st.none() | st.integers(0, 12)  # when the power fails, if it does
passing = st.sampled_from(
    [timedelta(seconds=2), timedelta(seconds=2), timedelta(seconds=61), timedelta(minutes=5), timedelta(hours=2)]
)


@cache
def template() -> Path:
    path = Path(tempfile.mkdtemp(prefix="herald-model-")) / "empty.db"
    make_template(path)
    return path


class NothingLost(RuleBasedStateMachine):
    """`owed` is what a channel must show in the end; `dropped` it may show, no subscription wants it any more."""

    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.new_event_loop()
        self.folder = tempfile.TemporaryDirectory(prefix="herald-model-")
        self.world = World(Path(self.folder.name), template())
        self.published: dict[str, list[str]] = {name: [] for name in NAMES}
        self.stored: dict[str, set[str]] = {name: set() for name in NAMES}
        self.following: dict[Pair, Subscription] = {}
        self.paused: set[Pair] = set()
        self.owed: dict[Pair, set[str]] = {}
        self.dropped: dict[Pair, set[str]] = {}  # owed once, by a subscription that was removed
        self.numbers = itertools.count(1)

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        return self.loop.run_until_complete(work)

    @initialize()
    def both_channels_follow_both_feeds(self) -> None:
        self.run(self.world.found())
        self.follow(CHANNELS[0], NAMES[0])
        self.poll()
        for channel, name in itertools.product(CHANNELS, NAMES):
            if (channel, name) not in self.following:
                self.follow(channel, name)
        self.poll()  # the entries of old are stored now, and announced to nobody

    # --- News, and what becomes of it -----------------------------------------------------------------------

    @rule(
        counts=st.tuples(st.integers(0, 4), st.integers(0, 4)),
        answers=st.lists(st.sampled_from(["", "down", "reversed"]), max_size=2),
        power_fails=crossings,
    )
    def news(self, counts: Sequence[int], answers: Sequence[str], power_fails: int | None) -> None:
        for name, count in zip(NAMES, counts, strict=True):
            for _ in range(min(count, MOST_UNPOLLED - len(self.unpolled(name)))):
                self.publish(name)
        self.poll(answers, power_fails)

    def publish(self, name: str) -> None:
        # Feeds' dates have whole seconds, and entries of one second no order of their own.
        self.pass_time(timedelta(seconds=1))
        title = f"{name} {next(self.numbers)}"
        self.world.publishers.feeds[name].publish(title=title)
        self.published[name].append(title)

    def poll(self, answers: Sequence[str] = (), power_fails: int | None = None) -> None:
        """What is stored afterwards is what the bot has taken note of, whether or not the power failed."""
        self.pass_time(timedelta(seconds=70))
        self.world.publishers.answers.extend(answers)
        self.run(self.world.poll(power_fails))
        self.world.publishers.answers.clear()
        for name in NAMES:
            stored = set(self.run(self.world.stored(name)))
            fresh = (stored - self.stored[name]) & set(self.published[name])
            self.stored[name] |= stored  # a feed that nobody follows shows none of its entries
            for pair in self.following:
                if pair[1] == name and pair not in self.paused:
                    self.owed[pair] |= fresh

    @rule(later=passing, power_fails=crossings)
    def deliver(self, later: timedelta, power_fails: int | None = None) -> None:
        self.pass_time(later)
        self.run(self.world.deliver(power_fails))

    @rule(failing=st.lists(failures, min_size=1, max_size=3), power_fails=crossings, later=passing)
    def deliver_in_trouble(self, failing: Sequence[Failure], power_fails: int | None, later: timedelta) -> None:
        self.world.discord.failures.extend(failing)
        self.deliver(timedelta(seconds=2), power_fails)
        self.world.discord.failures.clear()
        self.deliver(later)

    def pass_time(self, by: timedelta) -> None:
        self.run(self.world.clock.advance(by))

    # --- Managers -------------------------------------------------------------------------------------------

    @rule(channel=channels, name=feeds, what=st.sampled_from(["follow", "pause", "close"]))
    def a_manager_changes_something(self, channel: int, name: str, what: str) -> None:
        if what == "close":
            self.close_or_open(channel)
        elif what == "pause":
            self.pause_or_resume(channel, name)
        else:
            self.follow_or_unfollow(channel, name)

    def close_or_open(self, channel: int) -> None:
        """The bot may not see a channel, until it may again and the gateway tells so."""
        if channel in self.world.discord.closed:
            self.world.discord.closed.discard(channel)
            self.run(self.world.store.release_channel(channel, self.world.clock.now()))
        else:
            self.world.discord.closed.add(channel)

    def follow_or_unfollow(self, channel: int, name: str) -> None:
        if (channel, name) in self.following:
            self.unfollow(channel, name)
        else:
            self.follow(channel, name)

    def follow(self, channel: int, name: str) -> None:
        pair = (channel, name)
        self.following[pair] = self.run(self.world.follow(name, channel))
        self.owed.setdefault(pair, set())
        self.dropped.setdefault(pair, set())

    def unfollow(self, channel: int, name: str) -> None:
        """What it still owed is dropped; what is under way may arrive all the same."""
        pair = (channel, name)
        self.run(self.world.store.remove_subscription(GUILD, self.following.pop(pair).id))
        self.paused.discard(pair)
        self.dropped[pair] |= self.owed[pair]
        self.owed[pair] = set()

    def pause_or_resume(self, channel: int, name: str) -> None:
        """What is published during a pause is skipped; what was owed before is kept."""
        subscription, now = self.following.get((channel, name)), self.world.clock.now()
        if subscription is None:
            return
        if (channel, name) in self.paused:
            self.run(self.world.store.resume_subscription(GUILD, subscription.id, now))
            self.paused.discard((channel, name))
        else:
            self.run(self.world.store.pause_subscription(GUILD, subscription.id, "by a test", now))
            self.paused.add((channel, name))

    # --- What must hold -------------------------------------------------------------------------------------

    @invariant()
    def nothing_is_shown_twice_unasked_or_out_of_order(self) -> None:
        for (channel, name), owed in self.owed.items():
            shown = self.shown(channel, name)
            assert len(shown) == len(set(shown)), f"twice in {channel}: {shown}"
            assert set(shown) <= owed | self.dropped[channel, name], f"nobody asked {channel} to show {shown}"
            in_order = [title for title in shown if title in owed]
            assert in_order == [title for title in self.published[name] if title in in_order], f"disorder: {shown}"

    def teardown(self) -> None:
        try:
            if self.following:
                self.all_trouble_ends()
                self.nothing_is_shown_twice_unasked_or_out_of_order()
                self.everything_owed_is_shown()
        finally:
            if hasattr(self.world, "store"):
                self.run(self.world.store.close())
            self.loop.close()
            self.folder.cleanup()

    def all_trouble_ends(self) -> None:
        self.world.discord.closed.clear()
        for channel, name in list(self.paused):
            self.pause_or_resume(channel, name)
        for _ in range(4):
            self.poll()
            self.deliver(LONGEST_PAUSE)

    def everything_owed_is_shown(self) -> None:
        for pair, owed in self.owed.items():
            lost = owed - set(self.shown(*pair))
            assert not lost, f"lost in {pair}: {lost}"
        for name in {name for _, name in self.following}:
            assert not self.unpolled(name)

    def unpolled(self, name: str) -> list[str]:
        return [title for title in self.published[name] if title not in self.stored[name]]

    def shown(self, channel: int, name: str) -> list[str]:
        return [title for title in self.world.discord.titles(channel) if title.startswith(name)]


settings.register_profile("long", max_examples=5_000, stateful_step_count=60)
_asked = settings.get_profile(os.environ["HYPOTHESIS_PROFILE"]) if "HYPOTHESIS_PROFILE" in os.environ else None

TestNothingLost = NothingLost.TestCase
TestNothingLost.settings = settings(
    _asked or settings(max_examples=10, stateful_step_count=30, derandomize=True),
    deadline=None,
    suppress_health_check=list(HealthCheck),
)


@pytest.mark.parametrize("later", [timedelta(seconds=2), timedelta(minutes=5)], ids=["at once", "minutes later"])
@pytest.mark.parametrize("failure", Failure.__args__)  # type: ignore[attr-defined]
def test_each_failure_by_itself_ends_well(failure: Failure, later: timedelta) -> None:
    """What chance may miss in a short run: one send fails, and is repeated while its nonce is known, or after that."""
    machine = NothingLost()
    try:
        machine.both_channels_follow_both_feeds()
        machine.news((2, 0), [], None)
        machine.deliver_in_trouble([failure], None, later)
        machine.nothing_is_shown_twice_unasked_or_out_of_order()
    finally:
        machine.teardown()
