"""Standing queries: Herald's index against a compiled regular expression for each keyword."""

from __future__ import annotations

import random
import re
import time
from itertools import accumulate

from bot.query.language import parse
from bot.query.match import Document
from bot.query.watch import Watch

QUERIES, ENTRIES, WORDS = 100_000, 200, 92
# A loop is linear in its queries: a part of them is measured, and the rest is multiplied.
LOOPED = 1_000


def run() -> list[tuple[str, str]]:
    """Rows of (what, result): time for an entry against 100,000 queries, and how many times the loop takes."""
    some = random.Random(1)
    vocabulary = [f"{some.choice('bcdfghklmnprst')}{some.choice('aeiou')}word{number}" for number in range(50_000)]
    # Zipf: the n-th commonest word comes up once for every n times that the commonest does.
    weights = list(accumulate(1 / (place + 1) for place in range(len(vocabulary))))
    texts = [" ".join(some.choices(vocabulary, cum_weights=weights, k=WORDS)) for _ in range(ENTRIES)]
    wanted = [some.sample(vocabulary, 1 + number % 2) for number in range(QUERIES)]
    built, indexed, hits = _with_index(wanted, texts)
    looped = _with_loop(wanted[:LOOPED], texts[:20]) * QUERIES / LOOPED
    return [
        (f"{QUERIES:,} standing queries, one entry of {WORDS} words", f"{indexed * 1000:.2f} ms"),
        ("the same with a compiled regular expression for each word", f"{looped / indexed:,.0f} times that"),
        ("queries found by an entry, on average", f"{hits:.1f}"),
        ("adding a query", f"{built * 1e6:.0f} µs"),
    ]


def _with_index(wanted: list[list[str]], texts: list[str]) -> tuple[float, float, float]:
    """Seconds for adding a query, seconds for an entry, hits of an entry."""
    queries = [parse(" ".join(words)) for words in wanted]
    watch: Watch[int] = Watch()
    began = time.perf_counter()
    for number, query in enumerate(queries):
        watch.add(number, query)
    built = (time.perf_counter() - began) / len(queries)
    began = time.perf_counter()
    hits = sum(len(watch.matching(Document(body=text))) for text in texts)
    return built, (time.perf_counter() - began) / len(texts), hits / len(texts)


def _with_loop(wanted: list[list[str]], texts: list[str]) -> float:
    """Seconds for an entry."""
    patterns = [[re.compile(rf"(?i)\b{re.escape(word)}\b") for word in words] for words in wanted]
    began = time.perf_counter()
    for text in texts:
        for words in patterns:
            all(word.search(text) for word in words)
    return (time.perf_counter() - began) / len(texts)
