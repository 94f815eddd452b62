"""The index of keywords that polls share: it finds what a loop over the keywords finds, however they change."""

from __future__ import annotations

import asyncio
import time
from dataclasses import replace
from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.model import Entry, Keyword, Owed
from bot.work.matching import owed
from bot.work.standing import StandingQueries
from tests.clocks import START

QUERIES = [
    "rust",
    "zig",
    "rust zig",
    "rust OR zig",
    "rust -zig",
    "rus* OR zig",
    "rus*",
    "title:rust",
    "feed:news",
    "股市",
]
TITLES = ["Rust", "Zig and rust", "Zig", "Rusty", "沪深股市大涨", "Nothing", ""]

a_keyword = st.builds(
    Keyword,
    id=st.integers(1, 8),
    guild_id=st.just(1),
    user_id=st.integers(50, 52),
    query=st.sampled_from(QUERIES),
    channel_id=st.sampled_from([None, 10]),
    muted_until=st.sampled_from([None, START - timedelta(hours=1), START + timedelta(hours=1)]),
)
some_keywords = st.lists(a_keyword, max_size=8, unique_by=lambda keyword: keyword.id).map(
    lambda keywords: sorted(keywords, key=lambda keyword: keyword.id)
)
some_entries = st.lists(st.sampled_from(TITLES), max_size=3).map(
    lambda titles: [Entry(guid=str(key), aliases=(key,), title=title) for key, title in enumerate(titles, 1)]
)


def by_loop(entries: list[Entry], keywords: list[Keyword]) -> list[Owed]:
    return owed(entries, [], keywords, feed_title="The news", feed_url="https://a.example", now=START)


async def by_index(standing: StandingQueries, entries: list[Entry], keywords: list[Keyword]) -> list[Owed]:
    index = await standing.index(keywords)
    return owed(entries, [], keywords, feed_title="The news", feed_url="https://a.example", now=START, index=index)


@settings(deadline=None, max_examples=60)
@given(st.lists(st.tuples(some_entries, some_keywords), max_size=6), st.integers(1, 30))
def test_the_index_owes_what_the_loop_owes_while_keywords_come_go_and_change(
    polls: list[tuple[list[Entry], list[Keyword]]], most_kept: int
) -> None:
    async def compare() -> None:
        standing = StandingQueries(most_kept)
        for entries, keywords in polls:
            assert await by_index(standing, entries, keywords) == by_loop(entries, keywords)

    asyncio.run(compare())


async def test_polls_at_the_same_time_share_it_and_each_gets_what_is_its_own() -> None:
    standing = StandingQueries(most_kept=500)
    words = [f"word{number}" for number in range(400)]
    keywords = [Keyword(id=number, guild_id=1, user_id=50, query=word) for number, word in enumerate(words, 1)]
    entries = [Entry(guid="1", aliases=(1,), title=" ".join(words))]

    async def poll(first: int) -> int:
        mine = [replace(one, id=one.id + first) for one in keywords]
        return len(await by_index(standing, entries, mine))

    assert list(await asyncio.gather(poll(0), poll(1000), poll(200), poll(0))) == [400] * 4


async def test_a_keyword_is_parsed_once_and_ten_thousand_do_not_hold_up_a_poll() -> None:
    standing = StandingQueries()
    keywords = [Keyword(id=number, guild_id=1, user_id=50, query=f"word{number}") for number in range(1, 10_001)]
    entry = [Entry(guid="1", aliases=(1,), title="word77 and word99")]
    assert len(await by_index(standing, entry, keywords)) == 2
    began = time.process_time()
    for _ in range(10):
        assert len(await by_index(standing, entry, keywords)) == 2
    # Parsing them anew takes a second or more each time.
    assert (time.process_time() - began) / 10 < 0.2
