"""Standing queries: the index finds what a loop over all would find."""

from __future__ import annotations

import random
import time

from hypothesis import given
from hypothesis import strategies as st

from bot.errors import QueryError
from bot.query.language import Query, parse, parse_filter
from bot.query.match import Document, matches
from bot.query.watch import Watch
from tests.query.material import QUERIES, TEXTS

DOCUMENTS = st.builds(Document, title=TEXTS, author=TEXTS, body=TEXTS, feed_title=TEXTS)


def readable(typed: list[str]) -> list[Query]:
    queries = []
    for text in typed:
        try:
            queries.append(parse_filter(text))
        except QueryError:
            continue
    return queries


@given(st.lists(QUERIES, max_size=12), st.lists(DOCUMENTS, min_size=1, max_size=3), st.data())
def test_it_finds_what_a_loop_over_all_finds(typed: list[str], documents: list[Document], data: st.DataObject) -> None:
    queries = dict(enumerate(readable(typed)))
    watch: Watch[int] = Watch()
    for id_, query in queries.items():
        watch.add(id_, query)
    for id_ in data.draw(st.lists(st.sampled_from(sorted(queries)) if queries else st.nothing(), unique=True)):
        watch.remove(id_)
        del queries[id_]
    for document in documents:
        assert watch.matching(document) == {id_ for id_, query in queries.items() if matches(query, document)}


def test_a_new_query_takes_the_place_of_the_old_one() -> None:
    watch: Watch[str] = Watch()
    watch.add("mine", parse("rust"))
    watch.add("mine", parse("zig"))
    assert len(watch) == 1
    assert watch.matching(Document(title="rust")) == set()
    assert watch.matching(Document(title="zig")) == {"mine"}


def test_nothing_is_left_of_what_was_removed() -> None:
    watch: Watch[int] = Watch()
    watch.add(1, parse("(rust OR zig) news -feed:x"))
    watch.remove(1)
    watch.remove(1)
    assert (len(watch), watch._waiting) == (0, {})


def test_known_frequencies_choose_where_a_query_waits() -> None:
    watch: Watch[int] = Watch({"semiconductor": 5000, "fab": 2})
    watch.add(1, parse("semiconductor fab"))
    assert set(watch._waiting) == {"fab"}


def test_many_queries_cost_an_entry_little() -> None:
    some = random.Random(7)
    vocabulary = [f"{some.choice('bcdfgh')}{number}" for number in range(5_000)]
    watch: Watch[int] = Watch()
    for id_ in range(5_000):
        watch.add(id_, parse(" ".join(some.sample(vocabulary, 2))))
    documents = [Document(title=" ".join(some.sample(vocabulary, 90))) for _ in range(50)]
    began = time.process_time()
    for document in documents:
        watch.matching(document)
    # Some 0.1 ms is usual; a loop over all takes 5 ms and more.
    assert (time.process_time() - began) / len(documents) < 0.003
