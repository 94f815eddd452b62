"""What appears long after its date is kept and not told, and dates decide nothing else."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.feeds.age import OLD, Arrival, is_old, old_before
from bot.feeds.decide import decide, without_old
from bot.model import Entry

NOW = datetime(2026, 5, 13, 12, tzinfo=UTC)
DAY = timedelta(days=1)
CURRENT, LATE = Arrival(NOW, NOW - DAY), Arrival(NOW, NOW - 400 * DAY)


def entry(number: int, published: timedelta | None = None, updated: timedelta | None = None) -> Entry:
    return Entry(
        guid=str(number),
        aliases=(number * 2,),
        title=f"Title {number}",
        published_at=None if published is None else NOW - published,
        updated_at=None if updated is None else NOW - updated,
    )


@pytest.mark.parametrize(
    ("arrivals", "trusted"),
    [
        ([], False),  # nothing dated was ever there
        ([CURRENT], True),  # the first document, which had current entries
        ([LATE], False),  # an archive, or a blog that rests: all its dates are old
        ([LATE, CURRENT], True),
        ([LATE, LATE, CURRENT], False),  # a young feed whose news are dated long ago, each time
        ([LATE, CURRENT, CURRENT, CURRENT], True),  # old posts were imported once
        ([LATE] * 5 + [CURRENT] * 5, True),
        ([LATE] * 6 + [CURRENT] * 4, False),
    ],
)
def test_dates_say_something_of_age_only_where_most_polls_brought_current_ones(
    arrivals: list[Arrival], trusted: bool
) -> None:
    assert old_before(arrivals, NOW) == (NOW - OLD if trusted else None)


@pytest.mark.parametrize(
    ("one", "old"),
    [
        (entry(1, 31 * DAY), True),
        (entry(1, 30 * DAY), False),
        (entry(1, DAY), False),
        (entry(1, -400 * DAY), False),  # a date in the future
        (entry(1), False),
        (entry(1, updated=400 * DAY), False),  # no date of its own
        (entry(1, 400 * DAY, DAY), False),  # written long ago and rewritten: of a draft
        (entry(1, 400 * DAY, 300 * DAY), True),
    ],
)
def test_an_entry_is_old_by_the_later_of_its_dates(one: Entry, old: bool) -> None:
    assert is_old(one, NOW - OLD) is old


days = st.none() | st.integers(-1000, 1000).map(lambda number: number * DAY)
documents = st.lists(st.tuples(st.integers(1, 30), days, days), max_size=30).map(
    lambda rows: [entry(*row) for row in rows]
)


@given(documents, documents, st.booleans())
def test_dates_decide_nothing_but_whether_what_is_new_is_told(
    before: list[Entry], now: list[Entry], first: bool
) -> None:
    seen = decide(b"", before, first_poll=True, now=NOW).seen
    plain = decide(seen, now, first_poll=first, now=NOW)
    aged = without_old(plain, NOW - OLD)
    assert replace(aged, new=(), old=()) == replace(plain, new=())
    assert {one.key for one in aged.new} | {one.key for one in aged.old} == {one.key for one in plain.new}
    assert [one for one in plain.new if one in aged.new] == list(aged.new), "in their order"
    assert all(one.published_at is not None and one.published_at < NOW - OLD for one in aged.old)


@given(documents)
def test_undated_and_future_entries_are_never_old(now: list[Entry]) -> None:
    told = without_old(decide(b"", now, first_poll=False, now=NOW), NOW - OLD).new
    kept = {one.key for one in decide(b"", now, first_poll=False, now=NOW).new if (one.published_at or NOW) >= NOW}
    assert kept <= {one.key for one in told}
