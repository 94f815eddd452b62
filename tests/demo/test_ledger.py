"""The count: what was published against what the channel shows, made by nobody who had a hand in the sending."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bot.demo.ledger import Ledger

A, B, C = "https://example.org/a", "https://example.org/b", "https://example.org/c"


def test_everything_once_and_in_order_is_fine() -> None:
    count = Ledger([A, B, C]).count([A, B, C])
    assert count.fine
    assert (count.published, count.posted_once) == (3, 3)


def test_what_is_missing_or_doubled_is_named() -> None:
    count = Ledger([A, B, C]).count([A, C, C])
    assert not count.fine
    assert (count.missing, count.doubled, count.posted_once) == ((B,), (C,), 1)
    assert count.in_order, "what is there is in its order"


def test_a_wrong_order_is_not_fine() -> None:
    count = Ledger([A, B, C]).count([A, C, B])
    assert not count.fine
    assert not count.in_order
    assert not count.missing


def test_what_nobody_published_here_is_passed_over() -> None:
    assert Ledger([A]).count(["https://example.org/old", A, "None"]).fine


addresses = st.lists(st.sampled_from([f"https://example.org/{number}" for number in range(8)]), max_size=12)


@given(st.lists(st.integers(0, 7), unique=True).map(lambda ns: [f"https://example.org/{n}" for n in ns]), addresses)
def test_it_is_fine_exactly_if_the_channel_shows_what_was_published(published: list[str], posted: list[str]) -> None:
    ours = [url for url in posted if url in published]
    assert Ledger(published).count(posted).fine == (ours == published)
