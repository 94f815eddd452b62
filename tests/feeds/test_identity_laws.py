"""Laws of identity: whatever a publisher does to how its entries are written, what was told is not told again."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from bot.feeds.decide import Decision, decide, in_order
from bot.feeds.identity import with_aliases
from bot.feeds.parsed import ParsedItem
from bot.model import Entry

NOW = datetime(2026, 5, 13, 12, tzinfo=UTC)
DAY = timedelta(days=1)
HOME = "https://blog.example.org"

Change = Callable[[ParsedItem], ParsedItem]


def poll(seen: bytes, items: Sequence[ParsedItem], *, first: bool = False) -> Decision:
    found = [item.entry(summary="", text=item.html) for item in with_aliases(items, site=f"{HOME}/")]
    return decide(seen, found, first_poll=first, now=NOW)


# --- Entries as they are published: told apart by a title, with or without guid, date and body -----------------------


def _item(number: int, has_guid: bool, guid_is_link: bool, dated: bool, body: str) -> ParsedItem:
    page = f"{HOME}/2026/{number}/a-title"
    return ParsedItem(
        guid=(page if guid_is_link else f"tag:blog.example.org,2026:{number}") if has_guid else None,
        url=page,
        title=f"Title number {number}",
        html=body,
        published_at=NOW - DAY * number if dated else None,
    )


@st.composite
def archives(draw: st.DrawFn) -> list[ParsedItem]:
    """A feed writes all its entries in one way."""
    has_guid, guid_is_link, dated = draw(st.booleans()), draw(st.booleans()), draw(st.booleans())
    numbers = draw(st.lists(st.integers(1, 60), min_size=1, max_size=12, unique=True))
    return [_item(n, has_guid, guid_is_link, dated, draw(st.text("ab <>&", max_size=8))) for n in numbers]


# --- What publishers do to all their entries -------------------------------------------------------------------------


def _everywhere(old: str, new: str) -> Change:
    def change(item: ParsedItem) -> ParsedItem:
        guid = item.guid.replace(old, new) if item.guid and item.guid.startswith("http") else item.guid
        return replace(item, guid=guid, url=(item.url or "").replace(old, new))

    return change


def _in_links(tail: str) -> Change:
    return lambda item: replace(item, url=f"{item.url}{tail}")


REWRITINGS: dict[str, Change] = {
    "http": _everywhere("https://", "http://"),
    "www": _everywhere("//blog.", "//www.blog."),
    "host": _everywhere("blog.example.org", "another-home.example.com"),
    "slash": _in_links("/"),
    "tracking": _in_links("?utm_source=rss&utm_medium=feed&fbclid=x"),
    "re-dated": lambda item: replace(item, published_at=NOW + 3 * DAY),
    "undated": lambda item: replace(item, published_at=None),
    "body": lambda item: replace(item, html=f"{item.html} 12:34:56"),
}
_ORDER = list(REWRITINGS)  # a link gets its slash before its arguments
rewritings = st.sets(st.sampled_from(_ORDER)).map(lambda names: sorted(names, key=_ORDER.index))


@given(archive=archives(), names=rewritings, order=st.randoms())
def test_rewriting_every_entry_in_any_ways_at_once_tells_nothing(
    archive: list[ParsedItem], names: list[str], order: random.Random
) -> None:
    seen = poll(b"", archive, first=True).seen
    rewritten = archive[:]
    for name in names:
        rewritten = [REWRITINGS[name](item) for item in rewritten]
    order.shuffle(rewritten)
    decision = poll(seen, rewritten)
    assert (decision.new, decision.held) == ((), ())
    assert (poll(decision.seen, archive).new, poll(decision.seen, archive).held) == ((), ()), "and back again"


# --- What publishers do to their documents ---------------------------------------------------------------------------

steps = st.lists(
    st.one_of(
        st.tuples(st.just("permuted"), st.randoms()),
        st.tuples(st.just("repeated"), st.integers(1, 3)),
        st.tuples(st.just("truncated"), st.integers(0, 12)),
        st.tuples(st.just("grown back"), st.none()),
        st.tuples(st.just("rewritten"), st.sampled_from(sorted(REWRITINGS))),
    ),
    max_size=8,
)


def _next(archive: list[ParsedItem], document: list[ParsedItem], kind: str, how: object) -> list[ParsedItem]:
    if isinstance(how, random.Random):
        return how.sample(document, len(document))
    if kind == "repeated":
        return document * int(str(how))
    if kind == "truncated":
        return document[: int(str(how))]
    return [REWRITINGS[str(how)](item) for item in archive] if kind == "rewritten" else archive[:]


@given(archive=archives(), history=steps)
def test_permutation_repetition_truncation_and_growth_tell_nothing_in_any_history(
    archive: list[ParsedItem], history: list[tuple[str, object]]
) -> None:
    seen, document = poll(b"", archive, first=True).seen, archive
    for kind, how in history:
        document = _next(archive, document, kind, how)
        decision = poll(seen, document)
        assert (decision.new, decision.held) == ((), ()), kind
        seen = decision.seen


@given(archive=archives(), window=st.integers(1, 12), history=steps)
def test_every_entry_is_told_once_however_the_feed_reached_it(
    archive: list[ParsedItem], window: int, history: list[tuple[str, object]]
) -> None:
    """The first poll sees a part; whatever happens then, what is told in the end is the rest, each entry once."""
    old, told = archive[window:], []
    seen = poll(b"", old, first=True).seen
    document = archive
    for kind, how in [("grown back", None), *history, ("grown back", None)]:
        document = _next(archive, document, kind, how)
        decision = poll(seen, document)
        assert decision.held == ()
        told += [entry.title for entry in decision.new]
        seen = decision.seen
    assert sorted(told) == sorted(item.title for item in archive[:window])


# --- Order -----------------------------------------------------------------------------------------------------------

ages = st.lists(st.integers(-48, 10_000), min_size=1, max_size=20, unique=True)


def _entry(hours: int) -> Entry:
    return Entry(guid=str(hours), aliases=(2 * hours,), published_at=NOW - timedelta(hours=hours))


@given(hours=ages.filter(lambda ages: min(ages) > -24), order=st.randoms())
def test_the_order_of_a_batch_hangs_on_its_dates_and_not_on_the_document(
    hours: list[int], order: random.Random
) -> None:
    batch = [_entry(age) for age in hours]
    expected = sorted(batch, key=lambda entry: entry.published_at or NOW)
    assert list(in_order(order.sample(batch, len(batch)), NOW)) == expected


@given(hours=ages, undated=st.sets(st.integers(0, 19)))
def test_every_entry_of_a_batch_is_in_its_order_once(hours: list[int], undated: set[int]) -> None:
    batch = [
        replace(_entry(age), published_at=None) if place in undated else _entry(age) for place, age in enumerate(hours)
    ]
    assert sorted(entry.key for entry in in_order(batch, NOW)) == sorted(entry.key for entry in batch)


# --- A re-issued archive ---------------------------------------------------------------------------------------------


@st.composite
def reissues(draw: st.DrawFn) -> tuple[list[ParsedItem], list[ParsedItem], list[str]]:
    """An archive, the same under new guids and links with some new entries among it in any order, and whose those are.

    As many as a lot may hold that is recognised as re-issued: four of five are known by their titles.
    """
    size, has_guid, dated = draw(st.integers(8, 40)), draw(st.booleans()), draw(st.booleans())
    archive = [_item(n, has_guid, False, dated, f"body {n}") for n in range(100, 100 + size)]
    fresh = [_item(n, has_guid, False, dated, f"body {n}") for n in range(draw(st.integers(0, size // 4)))]
    renamed = [
        replace(item, guid=f"{n}-again" if has_guid else None, url=f"https://moved.example/?p={n}")
        for n, item in enumerate(archive)
    ]
    return archive, draw(st.permutations([*renamed, *fresh])), [item.title for item in fresh]


@given(reissues())
def test_of_a_reissued_archive_exactly_what_is_new_is_posted_in_whatever_order_it_stands(
    case: tuple[list[ParsedItem], list[ParsedItem], list[str]],
) -> None:
    archive, document, fresh = case
    decision = poll(poll(b"", archive, first=True).seen, document)
    assert sorted(entry.title for entry in decision.new) == sorted(fresh)
    assert sorted(entry.title for entry in decision.held) == sorted(item.title for item in archive)
    again = poll(decision.seen, document)
    assert (again.new, again.held) == ((), ())


@given(
    st.lists(st.tuples(st.sampled_from("abcd"), st.sampled_from(["", "x", "y"])), max_size=12),
    st.lists(
        st.tuples(st.integers(0, 12), st.sampled_from("abcdefgh "), st.sampled_from(["", "x", "y", "z"])), max_size=24
    ),
)
def test_whatever_a_document_holds_each_entry_is_posted_held_or_known_and_in_one_of_them_alone(
    before: list[tuple[str, str]], now: list[tuple[int, str, str]]
) -> None:
    def written(guid: str, title: str, path: str) -> ParsedItem:
        return ParsedItem(guid=guid or None, url=f"{HOME}/{path}", title=title.strip(), html="")

    first = [written(f"old-{n}", title, path) for n, (title, path) in enumerate(before)]
    then = [written(f"new-{n}" if n else "", title, path) for n, title, path in now]
    decision = poll(poll(b"", first, first=True).seen, then)
    assert len(decision.new) + len(decision.held) + decision.known == len(then)
    assert not {entry.key for entry in decision.new} & {entry.key for entry in decision.held}
