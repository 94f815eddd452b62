"""When feeds publish: histories to try a cadence on, real ones and made ones of known kinds.

Each half holds every kind: the made ones from seeds of their own, the real ones by a hash of their names. Cadence is
tuned on the histories of one half only; figures are of the other. Real ones are the dates in the real feeds beside the
checkout, and uploads.txt: when Debian packages were uploaded in the four years before June 2023, from their changelogs.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import blake2b
from pathlib import Path

from benchmarks.made import BEGIN, DAY, KINDS, Rate
from bot.errors import ParseError
from bot.feeds.parse import parse
from tests.feeds.corpus import WHERE, real_feeds

SEEDS = {"tuning": "tuning", "judged": "judged anew"}
OF_EACH_KIND = 6
LEAST_REAL = 20  # dated entries over LEAST_SPAN, or there is nothing to learn and then to judge by
LEAST_SPAN = DAY * 4
LEAST_UPLOADS, NEWEST_UPLOADS = 30, 60  # of a package by itself
TOGETHER, NEWEST_TOGETHER = (8, 16, 32, 50), 200  # packages in a planet, and its entries
UPLOADS = Path(__file__).with_name("uploads.txt")


@dataclass(frozen=True)
class History:
    """`times` are when entries appeared, oldest first, `dates` what they say; from `judged_from` on delays count.

    `seed` makes a made one again (a rate is a function, and those do not travel between processes).
    """

    kind: str
    times: tuple[datetime, ...]
    dates: tuple[datetime, ...]
    judged_from: datetime
    seed: str | None = None

    @property
    def rate(self) -> Rate | None:
        """How many entries are to be expected around a time; None if nobody knows."""
        return KINDS[self.kind](random.Random(self.seed)).rate if self.seed is not None else None


def histories(half: str, of_each_kind: int = OF_EACH_KIND) -> list[History]:
    """Of the "tuning" or of the "judged" half."""
    made = [
        History(kind, one.times, one.dates, BEGIN + one.known_for, seed)
        for kind, make in KINDS.items()
        for number in range(of_each_kind)
        for seed in [f"{kind}, {SEEDS[half]}, {number}"]
        for one in [make(random.Random(seed))]
    ]
    real = [*_feeds(half), *_uploads(half)]
    return [*made, *(History(kind, times, times, times[len(times) // 2]) for kind, times in real)]


def _is_of(half: str, name: str) -> bool:
    tuning = blake2b(name.encode(), digest_size=1).digest()[0] < 128
    return tuning == (half == "tuning")


def _feeds(half: str) -> Iterator[tuple[str, tuple[datetime, ...]]]:
    """The dates in the real feeds beside the checkout; one that is there in two formats is one feed."""
    seen = set()
    for feed in real_feeds():
        try:
            items = parse(feed.body, url=WHERE).items
        except ParseError:
            continue
        times = tuple(sorted(item.published_at for item in items if item.published_at))
        if len(times) < LEAST_REAL or times[-1] - times[0] < LEAST_SPAN or times in seen:
            continue
        seen.add(times)
        if _is_of(half, feed.file):
            yield "real feed", times


def _uploads(half: str) -> Iterator[tuple[str, tuple[datetime, ...]]]:
    """Uploads of Debian packages: the busy ones each by itself, of the others ever more together."""
    ours = {name: times for name, times in uploads() if _is_of(half, name)}
    quiet = []
    for times in ours.values():
        if len(times) >= LEAST_UPLOADS:
            yield "real package", times[-NEWEST_UPLOADS:]
        else:
            quiet.append(times)
    begin = 0
    for together in TOGETHER:
        some, begin = quiet[begin : begin + together], begin + together
        yield "real planet", tuple(sorted(at for times in some for at in times))[-NEWEST_TOGETHER:]


def uploads() -> Iterator[tuple[str, tuple[datetime, ...]]]:
    """(package, times). A line is a name, its first upload in minutes since 1970, and the minutes between."""
    for line in UPLOADS.read_text("ascii").splitlines():
        name, first, *gaps = line.split()
        minute = int(first)
        times = [minute := minute + int(gap) for gap in ("0", *gaps)]
        yield name, tuple(datetime.fromtimestamp(60 * at, UTC) for at in times)
