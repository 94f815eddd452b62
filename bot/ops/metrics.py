"""Numbers for Prometheus, in a registry of our own. No label carries an address, a guild or a text of anybody's."""

from __future__ import annotations

from datetime import datetime

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4

from bot.model import Outcome, Posting, Refused, Sent

CONTENT_TYPE = CONTENT_TYPE_PLAIN_0_0_4

# Discord bans an address after 10,000 of these in 10 minutes (Rate Limits, Invalid Request Limit).
INVALID_REQUESTS = frozenset({401, 403, 429})

_SECONDS_OF_LAG = (1, 2, 5, 10, 30, 60, 300, 900, 3600, 21600)
_SECONDS_OF_LOOP_LAG = (0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 30)


class Metrics:
    """What happened, to be counted where it happens and read at /metrics."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        own = self.registry
        ProcessCollector(registry=own)
        self._polls = Counter("herald_polls", "Polls by what they came to.", ["outcome"], registry=own)
        self._entries = Counter("herald_new_entries", "Entries seen for the first time.", registry=own)
        self._sends = Counter("herald_sends", "Messages sent to Discord by outcome.", ["outcome"], registry=own)
        self._deliveries = Counter("herald_deliveries", "Entries that reached their destination.", registry=own)
        self._invalid = Counter("herald_invalid_requests", "Answers 401, 403 and 429 of Discord.", registry=own)
        self._lag = Histogram(
            "herald_delivery_lag_seconds",
            "From an entry's first sight to its message.",
            buckets=_SECONDS_OF_LAG,
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

    def polled(self, outcome: str, new: int = 0) -> None:
        """`outcome` is one of a few fixed words, never a reason: each makes a series of its own."""
        self._polls.labels(outcome).inc()
        self._entries.inc(new)

    def sent(self, posting: Posting, outcome: Outcome, now: datetime) -> None:
        """One attempt to post, whatever became of it."""
        self._sends.labels(type(outcome).__name__.lower()).inc()
        if isinstance(outcome, Refused) and outcome.status in INVALID_REQUESTS:
            self._invalid.inc()
        if isinstance(outcome, Sent):
            self._deliveries.inc(len(posting.deliveries))
            for delivery in posting.deliveries:
                # A wall clock set back must not make a negative lag.
                self._lag.observe(max(0.0, (now - delivery.entry.first_seen_at).total_seconds()))

    def waiting(self, deliveries: int) -> None:
        self._waiting.set(deliveries)

    def failing(self, feeds: int) -> None:
        self._failing.set(feeds)

    def loop_lag(self, seconds: float) -> None:
        self._loop_lag.observe(max(0.0, seconds))

    def text(self) -> bytes:
        """The exposition format that Prometheus reads; its type is `CONTENT_TYPE`."""
        return generate_latest(self.registry)
