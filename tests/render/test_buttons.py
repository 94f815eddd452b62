"""The buttons below an alert."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.model import Delivery, Keyword, Posting
from bot.render import embed, limits
from bot.render.buttons import BUTTON_URL, below_alert, switched, without
from tests.render.build import deliver, keyword, posting, stored, subscription

ENTRY = stored(title="Rust today", url="https://feed.example/1")


def words(*queries: str) -> list[Keyword]:
    return [replace(keyword(query), id=number) for number, query in enumerate(queries, 1)]


def alert(*keywords: Keyword, entries: int = 1, degraded: int = 0) -> Posting:
    return posting(*(deliver(ENTRY, *keywords) for _ in range(entries)), degraded=degraded)


def shown(rows: Any) -> list[list[tuple[str, str]]]:
    """Label, and custom_id or link, row by row."""
    return [[(one["label"], one.get("custom_id") or one["url"]) for one in row["components"]] for row in rows]


def test_one_keyword_has_short_labels_and_the_way_to_the_entry() -> None:
    assert shown(below_alert(alert(*words("rust")))) == [
        [("Mute for a day", "kw:mute:1"), ("Remove", "kw:remove:1"), ("Open", "https://feed.example/1")]
    ]


def test_several_keywords_have_a_row_each_that_names_them() -> None:
    assert shown(below_alert(alert(*words("rust", "zig"))))[1] == [
        ("Mute a day: zig", "kw:mute:2"),
        ("Remove: zig", "kw:remove:2"),
    ]


def test_a_posting_of_subscriptions_alone_has_none() -> None:
    assert below_alert(posting(deliver(ENTRY, by=subscription()))) == ()


def test_one_keyword_of_several_entries_has_one_row_and_no_link() -> None:
    rows = shown(below_alert(alert(*words("rust"), entries=3)))
    assert rows == [[("Mute for a day", "kw:mute:1"), ("Remove", "kw:remove:1")]]


@pytest.mark.parametrize("url", [None, "javascript:alert(1)", "https://feed.example/" + "x" * BUTTON_URL])
def test_a_link_that_a_button_cannot_have_is_left_out(url: str | None) -> None:
    one = Delivery(id=1, entry=stored(title="Rust", url=url), keywords=tuple(words("rust")))
    assert shown(below_alert(posting(one))) == [[("Mute for a day", "kw:mute:1"), ("Remove", "kw:remove:1")]]


@given(st.lists(st.text(min_size=1, max_size=200), min_size=1, max_size=12), st.integers(1, 2**63 - 1))
def test_they_keep_discords_limits_whatever_the_queries(queries: list[str], first_id: int) -> None:
    asked = [replace(keyword(query), id=first_id - number) for number, query in enumerate(queries)]
    rows = below_alert(alert(*asked))
    assert 1 <= len(rows) <= limits.ACTION_ROWS
    ids = [one["custom_id"] for row in rows for one in row["components"] if "custom_id" in one]
    assert len(ids) == len(set(ids))
    assert all(len(id_) <= limits.CUSTOM_ID for id_ in ids)
    for row in rows:
        assert 1 <= len(row["components"]) <= limits.BUTTONS_IN_ROW
        assert all(0 < limits.units(one["label"]) <= limits.BUTTON_LABEL for one in row["components"])


@given(st.lists(st.sampled_from(["rust", "zig", "a OR b"]), min_size=1, max_size=3, unique=True))
def test_muting_and_unmuting_gives_the_same_buttons_again(queries: list[str]) -> None:
    asked = words(*queries)
    rows = below_alert(alert(*asked))
    for one in asked:
        muted = switched(rows, one, muted=True)
        assert shown(muted) != shown(rows)
        assert switched(muted, one, muted=False) == rows
        assert switched(muted, one, muted=True) == muted


def test_what_is_removed_loses_its_buttons_and_the_others_keep_theirs() -> None:
    rust, zig = words("rust", "zig")
    rows = without(below_alert(alert(rust, zig)), rust)
    assert shown(rows) == [
        [("Open", "https://feed.example/1")],
        [("Mute a day: zig", "kw:mute:2"), ("Remove: zig", "kw:remove:2")],
    ]
    assert shown(without(switched(rows, zig, muted=True), zig)) == [[("Open", "https://feed.example/1")]]


@pytest.mark.parametrize(("degraded", "there"), [(0, True), (1, True), (2, False), (3, False)])
def test_the_message_has_them_until_it_must_be_plain(degraded: int, there: bool) -> None:
    assert bool(embed.message(alert(*words("rust"), degraded=degraded)).components) is there
