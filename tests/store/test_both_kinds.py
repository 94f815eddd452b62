"""The law of two kinds: SQLite and PostgreSQL give the same answers."""

from __future__ import annotations

import asyncio
import random
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings

from bot.model import Entry, FeedFacts
from bot.query.language import Query
from bot.store.store import Store
from tests.postgres_server import PostgresServer
from tests.query.material import GLUE, PIECES, QUERIES
from tests.query.test_language import parsed
from tests.store.scene import NOW, Scene, a_commit, an_entry

FEEDS = {"Rust news": 200, "沪深": 100, "Nasa, NASA": 100}


class Shelves:
    """A store of each kind, filled with the same entries, for as long as its loop lives."""

    def __init__(self, runner: asyncio.Runner, urls: list[str]) -> None:
        self._runner = runner
        self._stores = [runner.run(Store.open(url)) for url in urls]
        entries = {title: written(number, count) for number, (title, count) in enumerate(FEEDS.items())}
        for store in self._stores:
            runner.run(fill(store, entries))

    def answers(self, query: Query) -> list[tuple[list[int], int]]:
        """Of each store the entries found, best first, and how many there are."""
        return self._runner.run(self._answers(query))

    async def _answers(self, query: Query) -> list[tuple[list[int], int]]:
        found = [await store.search(1, query, limit=1_000) for store in self._stores]
        return [([hit.id for hit in hits], count) for hits, count in found]

    def close(self) -> None:
        for store in self._stores:
            self._runner.run(store.close())


def written(seed: int, count: int) -> list[Entry]:
    """Of the pieces that queries are made of too."""
    chance = random.Random(seed)

    def text(most: int) -> str:
        return "".join(chance.choice(PIECES) + chance.choice(GLUE) for _ in range(chance.randrange(most)))

    return [an_entry(number, title=text(5), author=text(3), text=text(30)) for number in range(1, count + 1)]


async def fill(store: Store, entries: dict[str, list[Entry]]) -> None:
    for number, (title, some) in enumerate(entries.items()):
        feed = await store.add_feed(f"https://feeds.example/{number}", FeedFacts(title=title), None, NOW)
        await Scene(store).follow(feed)
        await store.commit_poll(a_commit(feed.id, some))


@pytest.fixture(scope="module")
def shelves(
    empty_database: Path, postgres: PostgresServer, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Shelves]:
    file = shutil.copy(empty_database, tmp_path_factory.mktemp("shelves"))
    url = postgres.make()
    with asyncio.Runner() as runner:
        filled = Shelves(runner, [f"sqlite+aiosqlite:///{file}", url])
        yield filled
        filled.close()
    postgres.drop(url)


@settings(max_examples=120)
@given(typed=QUERIES)
def test_both_find_the_same_entries_in_the_same_order(shelves: Shelves, typed: str) -> None:
    in_sqlite, in_postgresql = shelves.answers(parsed(typed))
    assert in_sqlite == in_postgresql


def test_most_words_find_something(shelves: Shelves) -> None:
    """Or the law would say little."""
    counts = [
        shelves.answers(parsed(typed))[0][1] for typed in ("rust", "rus*", '"rust cat"', "股市", "C++", "rust -cat")
    ]
    assert all(counts), counts
    assert max(counts) < sum(FEEDS.values())
