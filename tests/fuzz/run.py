"""Broken documents through a real worker, and rewritten ones through both ways of reading, for as long as one likes."""

from __future__ import annotations

import random
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from bot.errors import ParseError
from bot.reading.reader import WorkerReader
from tests.feeds.corpus import WHERE, real_feeds
from tests.fuzz.mutate import broken, history
from tests.reading.both_ways import assert_both_ways_agree

SLOW_S = 5.0  # for a document of the size of a real one
LARGEST = 150_000  # bytes of a real feed that is used
TYPES = ("", "text/xml", "application/rss+xml; charset=iso-8859-1", "text/html; charset=utf-8", "application/feed+json")

OWN = (  # where no real feeds are
    b"<rss version='2.0'><channel><title>T</title><link>http://a.b/</link>"
    b"<item><title>One</title><guid>1</guid></item><item><title>Two</title><guid>2</guid></item></channel></rss>",
    b"<feed xmlns='http://www.w3.org/2005/Atom'><title>T</title><entry><id>1</id><title>One</title></entry></feed>",
    b'{"version": "https://jsonfeed.org/version/1.1", "items": [{"id": "1", "content_html": "<p>x</p>"}]}',
)


@dataclass
class Result:
    """What the run came to. `found` are the cases that should not be, each saved with its documents."""

    tally: Counter[str] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)
    slowest_s: float = 0.0
    found: list[str] = field(default_factory=list)


async def run(seed: str, seconds: float, folder: Path, progress: Callable[[Result], None] = lambda _: None) -> Result:
    """Every third document is followed in both ways, the others are broken. The same seed makes the same documents."""
    bodies = [feed.body for feed in real_feeds() if 0 < len(feed.body) <= LARGEST] + list(OWN)
    result, reader, number, until = Result(), WorkerReader(workers=1), 0, time.monotonic() + seconds
    try:
        while time.monotonic() < until:
            chance = random.Random(f"{seed} {number}")
            body = chance.choice(bodies)
            if number % 3:
                await _read(broken(body, chance), chance.choice(TYPES), reader, result, folder / f"{seed}-{number}")
            else:
                _follow(body, chance, result, folder / f"{seed}-{number}")
            number += 1
            progress(result)
    finally:
        await reader.close()
    return result


async def _read(body: bytes, content_type: str, reader: WorkerReader, result: Result, where: Path) -> None:
    began = time.monotonic()
    result.tally["broken documents"] += 1
    try:
        feed = await reader.read(body, url=WHERE, content_type=content_type)
    except ParseError as error:
        result.tally["refused"] += 1
        result.reasons[error.reason] += 1
        if error.reason.startswith("reading the document"):  # it died, or raised what it should not
            _save(where, [body], f"{error.reason} {content_type}", result)
    else:
        result.tally["read"] += 1
        result.tally["entries read"] += len(feed.entries)
    took_s = time.monotonic() - began
    result.slowest_s = max(result.slowest_s, took_s)
    if took_s > SLOW_S:
        _save(where, [body], f"took {took_s:.1f} s", result)


def _follow(body: bytes, chance: random.Random, result: Result, where: Path) -> None:
    documents = history(body, chance)
    if documents is None:
        result.tally["not to be cut"] += 1
        return
    result.tally["histories"] += 1
    try:
        parts = assert_both_ways_agree(documents)
    except ParseError:
        result.tally["histories refused"] += 1
    except AssertionError as error:
        _save(where, documents, f"the short way ends elsewhere: {str(error).splitlines()[0]}", result)
    else:
        result.tally["documents followed"] += len(documents)
        result.tally["in the short way"] += parts


def _save(where: Path, documents: list[bytes], why: str, result: Result) -> None:
    where.mkdir(parents=True, exist_ok=True)
    for number, body in enumerate(documents):
        (where / f"{number}.xml").write_bytes(body)
    result.found.append(f"{where}: {why}")
