"""A feed followed in the short way and in the long one: do they end at the same entries?"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from bot.feeds.decide import Decision, decide, order_stands_alone
from bot.model import Entry
from bot.reading.reader import read_unseen
from tests.feeds.corpus import WHERE

NOW = datetime(2026, 5, 13, tzinfo=UTC)


@dataclass(frozen=True)
class Polled:
    """What one poll came to. `read` are the entries that were parsed, without their aliases."""

    decision: Decision
    read: Counter[Entry]
    partial: bool


class Follower:
    """Polls document after document, in the short way or the long one."""

    def __init__(self, *, short: bool) -> None:
        self.short, self.seen, self.recalled = short, b"", b""

    def poll(self, body: bytes, *, first: bool = False) -> Polled:
        """As the bot does (work/intake.py). ParseError."""
        reading = read_unseen(body, self.recalled if self.short else b"", url=WHERE)
        if reading.partial and reading.feed and not order_stands_alone(reading.feed.entries, NOW):
            reading = read_unseen(body, b"", url=WHERE)
        self.recalled = reading.recalled
        if reading.feed is None:
            return Polled(Decision(seen=self.seen), Counter(), partial=True)
        entries = reading.feed.entries
        decision = decide(self.seen, entries, first_poll=first, now=NOW, document_size=reading.document_size)
        self.seen = decision.seen
        return Polled(decision, Counter(replace(entry, aliases=()) for entry in entries), reading.partial)


def assert_both_ways_agree(documents: list[bytes]) -> int:
    """Returns how often the short way was taken. ParseError if a document is none, in either way."""
    quick, thorough = Follower(short=True), Follower(short=False)
    parts, before = 0, Counter[Entry]()
    for number, body in enumerate(documents):
        short, long = quick.poll(body, first=number == 0), thorough.poll(body, first=number == 0)
        for what in ("new", "backlog", "held", "seen"):
            assert getattr(short.decision, what) == getattr(long.decision, what), f"{what} of document {number}"
        # What was read is as in the whole, and what was not has not changed since the document before.
        assert short.read <= long.read, f"document {number}"
        if short.partial:
            assert set(long.read - short.read) <= set(before), f"document {number}"
        parts, before = parts + short.partial, long.read
    return parts
