from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from prometheus_client.parser import text_string_to_metric_families

from bot.model import Delivery, Destination, Entry, Outcome, Posting, Refused, Sent, StoredEntry, Unknown
from bot.ops.metrics import Metrics

NOW = datetime(2026, 5, 13, 12, 0, tzinfo=UTC)


def posting(entries: int = 1, age: timedelta = timedelta(seconds=3)) -> Posting:
    return Posting(
        id=1,
        destination=Destination(kind="channel", id=1, guild_id=1),
        nonce="n",
        deliveries=tuple(
            Delivery(
                id=n,
                entry=StoredEntry(
                    id=n,
                    feed_id=1,
                    feed_title="A private feed",
                    feed_url="https://user:s3same@private.example/feed",
                    entry=Entry(guid=str(n)),
                    first_seen_at=NOW - age,
                ),
            )
            for n in range(entries)
        ),
    )


def values(metrics: Metrics) -> dict[str, float]:
    """Sample name with its labels -> value, as Prometheus' own parser reads them."""
    return {
        sample.name + "".join(f"{{{key}={value}}}" for key, value in sample.labels.items()): sample.value
        for family in text_string_to_metric_families(metrics.text().decode())
        for sample in family.samples
    }


def test_polls_are_counted_by_outcome_and_entries_by_number() -> None:
    metrics = Metrics()
    for outcome, new in (("new", 3), ("failed", 0), ("new", 2)):
        metrics.polled(outcome, new)
    found = values(metrics)
    assert found["herald_polls_total{outcome=new}"] == 2
    assert found["herald_polls_total{outcome=failed}"] == 1
    assert found["herald_new_entries_total"] == 5


@pytest.mark.parametrize(
    ("outcome", "word", "delivered", "invalid"),
    [
        (Sent(message_id=1), "sent", 2, 0),
        (Refused(status=403, code=50001, reason="Missing Access"), "refused", 0, 1),
        (Refused(status=400, code=50035, reason="Invalid Form Body"), "refused", 0, 0),
        (Unknown(reason="HTTP 500"), "unknown", 0, 0),
    ],
)
def test_a_send_is_counted_by_what_became_of_it(outcome: Outcome, word: str, delivered: int, invalid: int) -> None:
    metrics = Metrics()
    metrics.sent(posting(entries=2), outcome, NOW)
    found = values(metrics)
    assert found[f"herald_sends_total{{outcome={word}}}"] == 1
    assert found["herald_deliveries_total"] == delivered
    assert found["herald_delivery_lag_seconds_count"] == delivered
    assert found["herald_invalid_requests_total"] == invalid


@pytest.mark.parametrize(("age", "lag"), [(timedelta(seconds=3), 3), (timedelta(seconds=-9), 0)])
def test_lag_runs_from_first_sight_to_the_message_and_is_never_negative(age: timedelta, lag: float) -> None:
    metrics = Metrics()
    metrics.sent(posting(age=age), Sent(), NOW)
    assert values(metrics)["herald_delivery_lag_seconds_sum"] == lag


def test_gauges_show_the_last_value() -> None:
    metrics = Metrics()
    for number in (5, 2):
        metrics.waiting(number)
        metrics.failing(number + 1)
    metrics.loop_lag(0.25)
    found = values(metrics)
    assert (found["herald_deliveries_waiting"], found["herald_feeds_failing"]) == (2, 3)
    assert found["herald_event_loop_lag_seconds_sum"] == 0.25


def test_nothing_of_a_feed_or_a_guild_is_in_the_metrics() -> None:
    metrics = Metrics()
    metrics.sent(posting(), Sent(channel_id=99887766, message_id=1), NOW)
    text = metrics.text().decode()
    assert not re.search(r"private|s3same|99887766|https?:", text)


def test_two_bots_in_one_process_do_not_share_numbers() -> None:
    one, other = Metrics(), Metrics()
    one.polled("new", 1)
    assert values(other)["herald_new_entries_total"] == 0
