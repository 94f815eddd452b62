"""Turns, as a law: whoever waits is served, the oldest of a guild first, and nobody twice before all had a turn."""

from __future__ import annotations

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from bot.store.lanes import Lane, take_turns

GUILDS = st.lists(st.integers(1, 6), max_size=40)


def lanes_of(guilds: list[int]) -> list[Lane]:
    return [
        Lane(destination_id=number, guild_id=guild, head=number, posting_id=None, not_before=None)
        for number, guild in enumerate(guilds)
    ]


@given(GUILDS, st.integers(1, 50))
def test_a_lease_takes_as_many_as_it_may_each_once(guilds: list[int], limit: int) -> None:
    waiting = lanes_of(guilds)
    taken = take_turns(waiting, {}, limit)
    assert len(taken) == min(limit, len(waiting))
    assert len(set(taken)) == len(taken)


@given(GUILDS, st.integers(1, 50))
def test_no_guild_gets_two_more_than_another_that_still_waits(guilds: list[int], limit: int) -> None:
    waiting = lanes_of(guilds)
    taken = Counter(lane.guild_id for lane in take_turns(waiting, {}, limit))
    total = Counter(guilds)
    left = [guild for guild in total if taken[guild] < total[guild]]
    for waits in left:
        assert max(taken.values()) <= taken[waits] + 1


@given(GUILDS, st.dictionaries(st.integers(1, 6), st.integers(0, 100)))
def test_the_longest_unserved_guild_is_first_with_its_oldest(guilds: list[int], served: dict[int, int]) -> None:
    waiting = lanes_of(guilds)
    for lane in take_turns(waiting, served, 1):
        assert served.get(lane.guild_id, -1) == min(served.get(guild, -1) for guild in guilds)
        assert lane.head == min(other.head for other in waiting if other.guild_id == lane.guild_id)
