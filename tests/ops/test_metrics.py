from __future__ import annotations

import math
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from bot.model import (
    Backlog,
    Delivery,
    Destination,
    Entry,
    Outcome,
    PollOutcome,
    Posting,
    Refused,
    Sent,
    StoredEntry,
    Unknown,
)
from bot.ops.metrics import Metrics

NOW = datetime(2026, 5, 13, 12, 0, tzinfo=UTC)
OPERATING = Path(__file__).parents[2] / "docs" / "operating.md"


def posting(entries: int = 1, age: timedelta = timedelta(seconds=3), published_at: datetime | None = None) -> Posting:
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
                    entry=Entry(guid=str(n), published_at=published_at),
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
    polls: list[tuple[PollOutcome, int]] = [("new", 3), ("failed", 0), ("new", 2)]
    for outcome, new in polls:
        metrics.polled(outcome, new, matches=new * 2)
    found = values(metrics)
    assert found["herald_polls_total{outcome=new}"] == 2
    assert found["herald_polls_total{outcome=failed}"] == 1
    assert found["herald_polls_total{outcome=not modified}"] == 0
    assert found["herald_new_entries_total"] == 5
    assert found["herald_keyword_matches_total"] == 10


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
        metrics.backlog(Backlog(waiting=number, failing=number + 1))
    metrics.loop_lag(0.25)
    found = values(metrics)
    assert (found["herald_deliveries_waiting"], found["herald_feeds_failing"]) == (2, 3)
    assert found["herald_event_loop_lag_seconds_sum"] == 0.25


def test_what_cannot_be_told_is_not_zero() -> None:
    metrics = Metrics()
    metrics.backlog(None)
    assert math.isnan(values(metrics)["herald_deliveries_waiting"])


@pytest.mark.parametrize(
    ("outcome", "word", "invalid"),
    [
        (Sent(message_id=1), "sent", 0),
        (Refused(status=403, code=50001, reason="Missing Access"), "refused", 1),
        (Unknown(reason="HTTP 500"), "unknown", 0),
    ],
)
def test_an_edit_is_counted_by_what_became_of_it(outcome: Outcome, word: str, invalid: int) -> None:
    metrics = Metrics()
    metrics.edited(outcome)
    found = values(metrics)
    assert found[f"herald_edits_total{{outcome={word}}}"] == 1
    assert found["herald_invalid_requests_total"] == invalid
    assert found["herald_deliveries_total"] == 0


def test_searches_are_counted_by_whether_they_found_anything() -> None:
    metrics = Metrics()
    for hits in (3, 0, 1):
        metrics.searched(hits)
    found = values(metrics)
    assert found["herald_searches_total{found=something}"] == 2
    assert found["herald_searches_total{found=nothing}"] == 1


@pytest.mark.parametrize(("dated", "age"), [(timedelta(minutes=4), 240), (timedelta(minutes=-4), 0), (None, None)])
def test_the_way_from_the_publisher_is_measured_where_it_says_when(dated: timedelta | None, age: float | None) -> None:
    metrics = Metrics()
    metrics.sent(posting(published_at=None if dated is None else NOW - dated), Sent(), NOW)
    found = values(metrics)
    assert found["herald_publish_to_message_seconds_count"] == (age is not None)
    assert found["herald_publish_to_message_seconds_sum"] == (age or 0)


def test_every_number_is_explained_to_operators() -> None:
    """Names as Prometheus keeps them: counters with _total, histograms without their parts."""
    metrics = Metrics()
    families = text_string_to_metric_families(metrics.text().decode())
    names = {
        f"{one.name}_total" if one.type == "counter" else one.name for one in families if one.name[:7] == "herald_"
    }
    explained = set(re.findall(r"^\| `(herald_\w+)", OPERATING.read_text("utf-8"), re.MULTILINE))
    assert {
        name for name in names if not name.endswith("_created_total") and not name.endswith("_created")
    } == explained


def test_nothing_of_a_feed_or_a_guild_is_in_the_metrics() -> None:
    metrics = Metrics()
    metrics.sent(posting(), Sent(channel_id=99887766, message_id=1), NOW)
    text = metrics.text().decode()
    assert not re.search(r"private|s3same|99887766|https?:", text)


def test_two_bots_in_one_process_do_not_share_numbers() -> None:
    one, other = Metrics(), Metrics()
    one.polled("new", 1)
    assert values(other)["herald_new_entries_total"] == 0
