"""Numbers for Prometheus, in a registry of our own. No label carries an address, a guild or a text of anybody's."""

from __future__ import annotations

import math
from datetime import datetime
from typing import get_args

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, Info, ProcessCollector, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4

from bot import __version__
from bot.model import Backlog, Delivery, Outcome, PollOutcome, Posting, Refused, Sent, Unknown

CONTENT_TYPE = CONTENT_TYPE_PLAIN_0_0_4

# Discord bans an address after 10,000 of these in 10 minutes (Rate Limits, Invalid Request Limit).
INVALID_REQUESTS = frozenset({401, 403, 429})

_SECONDS_OF_LAG = (1, 2, 5, 10, 30, 60, 300, 900, 3600, 21600)
_SECONDS_OF_AGE = (10, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 21600, 86400)
_SECONDS_OF_LOOP_LAG = (0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 30)
_SOMETHING, _NOTHING = "something", "nothing"


class Metrics:
    """What happened, to be counted where it happens and read at /metrics."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        own = self.registry
        ProcessCollector(registry=own)
        Info("herald_build", "Which Herald this is.", registry=own).info({"version": __version__})
        self._polls = Counter("herald_polls", "Polls by what they came to.", ["outcome"], registry=own)
        self._entries = Counter("herald_new_entries", "Entries seen for the first time.", registry=own)
        self._matches = Counter(
            "herald_keyword_matches", "Entries that a keyword found, for each keyword.", registry=own
        )
        self._searches = Counter("herald_searches", "Searches by what they found.", ["found"], registry=own)
        self._sends = Counter("herald_sends", "Messages sent to Discord by outcome.", ["outcome"], registry=own)
        self._edits = Counter("herald_edits", "Corrected messages by outcome.", ["outcome"], registry=own)
        self._deliveries = Counter("herald_deliveries", "Entries that reached their destination.", registry=own)
        self._invalid = Counter("herald_invalid_requests", "Answers 401, 403 and 429 of Discord.", registry=own)
        self._lag = Histogram(
            "herald_delivery_lag_seconds",
            "From an entry's first sight to its message.",
            buckets=_SECONDS_OF_LAG,
            registry=own,
        )
        self._age = Histogram(
            "herald_publish_to_message_seconds",
            "From the time an entry is dated to its message.",
            buckets=_SECONDS_OF_AGE,
            registry=own,
        )
        self._loop_lag = Histogram(
            "herald_event_loop_lag_seconds",
            "How much later than asked the event loop wakes.",
            buckets=_SECONDS_OF_LOOP_LAG,
            registry=own,
        )
        self._waiting = Gauge("herald_deliveries_waiting", "Entries owed and not yet delivered.", registry=own)
        self._failing = Gauge("herald_feeds_failing", "Feeds whose last poll failed.", registry=own)
        self._begin_at_zero()

    def _begin_at_zero(self) -> None:
        """A series that first appears with its first event hides that event from `rate()`."""
        for outcome in get_args(PollOutcome):
            self._polls.labels(outcome)
        for kind in (Sent, Refused, Unknown):
            self._sends.labels(_word(kind))
            self._edits.labels(_word(kind))
        for found in (_SOMETHING, _NOTHING):
            self._searches.labels(found)

    def polled(self, outcome: PollOutcome, new: int = 0, matches: int = 0) -> None:
        """One poll, or what a hub brought; `matches` are pairs of a new entry and a keyword that finds it."""
        self._polls.labels(outcome).inc()
        self._entries.inc(new)
        self._matches.inc(matches)

    def searched(self, hits: int) -> None:
        """One page of results."""
        self._searches.labels(_SOMETHING if hits else _NOTHING).inc()

    def edited(self, outcome: Outcome) -> None:
        """One attempt to correct a message, whatever became of it."""
        self._edits.labels(_word(type(outcome))).inc()
        self._count_invalid(outcome)

    def sent(self, posting: Posting, outcome: Outcome, now: datetime) -> None:
        """One attempt to post, whatever became of it."""
        self._sends.labels(_word(type(outcome))).inc()
        self._count_invalid(outcome)
        if isinstance(outcome, Sent):
            self._deliveries.inc(len(posting.deliveries))
            for delivery in posting.deliveries:
                self._arrived(delivery, now)

    def _arrived(self, delivery: Delivery, now: datetime) -> None:
        # A wall clock set back, or a publisher's that goes ahead, must not make a negative time.
        self._lag.observe(max(0.0, (now - delivery.entry.first_seen_at).total_seconds()))
        if delivery.entry.entry.published_at is not None:
            self._age.observe(max(0.0, (now - delivery.entry.entry.published_at).total_seconds()))

    def _count_invalid(self, outcome: Outcome) -> None:
        if isinstance(outcome, Refused) and outcome.status in INVALID_REQUESTS:
            self._invalid.inc()

    def backlog(self, now: Backlog | None) -> None:
        """What is left to do at a scrape; None if that cannot be told, which must not look like zero."""
        self._waiting.set(math.nan if now is None else now.waiting)
        self._failing.set(math.nan if now is None else now.failing)

    def loop_lag(self, seconds: float) -> None:
        self._loop_lag.observe(max(0.0, seconds))

    def text(self) -> bytes:
        """The exposition format that Prometheus reads; its type is `CONTENT_TYPE`."""
        return generate_latest(self.registry)


def _word(outcome: type[Outcome]) -> str:
    return outcome.__name__.lower()
