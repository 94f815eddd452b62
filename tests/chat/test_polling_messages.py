"""How a feed is asked, in words."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.chat.polling_messages import WHY_THEN, length, next_and_why, polling
from bot.chat.views.status import status_embed
from bot.model import Detour, Feed, HubSubscription, Move, Subscription, Validators
from bot.render import limits
from bot.work.answers import Status
from bot.work.outlook import Outlook

NOW = datetime(2026, 5, 14, 12, tzinfo=UTC)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
FEED = Feed(id=1, url="https://feeds.example/a", polled_at=NOW, next_due_at=NOW + HOUR)
SUBSCRIPTION = Subscription(id=1, guild_id=1, channel_id=10, feed_id=1, feed_title="News")
HUB = HubSubscription(
    feed_id=1, hub_url="https://hub.example/?key=s3cret", topic="t", token="t0ken", secret="s3cret", ask_at=NOW + DAY
)
KNOWN = Outlook(because="rhythm", per_day=3.2, busy_hours=(8, 17), interval=22 * MINUTE)


def status(**changes: Any) -> Status:
    feed = replace(FEED, **{name: changes.pop(name) for name in list(changes) if hasattr(FEED, name)})
    return Status(subscription=SUBSCRIPTION, feed=feed, waiting=0, notes=(), **{"outlook": KNOWN, **changes})


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({}, "About 3 entries a day, most of them from 08:00 to 17:00 UTC, so"),
        ({}, "so it is worth asking about every 22 minutes."),
        ({"outlook": Outlook(because="rhythm", per_day=0.2, interval=2 * HOUR)}, "About an entry every 5 days, so"),
        ({"outlook": Outlook(because="unknown", interval=15 * MINUTE)}, "until then it is asked every 15 minutes."),
        ({}, "neither ETag nor Last-Modified"),
        ({"validators": Validators(etag=b'"1"')}, "gives ETag: what did not change"),
        ({"validators": Validators(etag=b'"1"', last_modified=b"x")}, "gives ETag and Last-Modified"),
        (
            {"move": Move(to="https://new.example/k/s3cret", since=NOW, confirmed=2, ask_again_at=NOW)},
            "lives at **new.example** for good (2 of 5 times",
        ),
        (
            {"detour": Detour(to="https://cdn.example/k/s3cret", since=NOW)},
            "leads to **cdn.example** for the",
        ),
        ({"old": 20}, "20 entries of the last 30 days came long after their date and were not posted"),
        ({}, "names no hub"),
        ({"hub": HUB}, "was not asked to push"),
        ({"hub": replace(HUB, pending=True)}, "has not answered"),
        ({"hub": replace(HUB, reason="no more")}, "does not push: no more"),
        ({"hub": replace(HUB, lease_until=NOW + DAY)}, "not done it yet"),
        ({"hub": replace(HUB, lease_until=NOW + DAY), "pushed_until": NOW + DAY}, "pushes its entries until"),
    ],
)
def test_each_thing_worth_knowing_has_its_words(given: dict[str, Any], words: str) -> None:
    text = polling(status(**given))
    assert words in text
    assert "s3cret" not in text
    assert "t0ken" not in text


@pytest.mark.parametrize("because", WHY_THEN)
def test_the_next_poll_says_why_then(because: Any) -> None:
    text = next_and_why(status(outlook=Outlook(because=because)))
    assert text == f"<t:{int((NOW + HOUR).timestamp())}:R>: {WHY_THEN[because]}"


def test_a_paused_feed_has_no_next_poll_and_no_reason() -> None:
    paused = replace(status(), subscription=replace(SUBSCRIPTION, paused_at=NOW))
    assert next_and_why(paused) == "none while paused"


@pytest.mark.parametrize(
    ("time", "words"),
    [(timedelta(seconds=1), "1 second"), (MINUTE, "60 seconds"), (40 * MINUTE, "40 minutes"), (6 * HOUR, "6 hours")],
)
def test_a_length_of_time_has_one_unit(time: timedelta, words: str) -> None:
    assert length(time) == words


def test_everything_at_once_fits_an_embed() -> None:
    long = "x" * 3000
    full = status(
        outlook=KNOWN,
        last_error=long,
        failures=3,
        failing_since=NOW,
        validators=Validators(etag=b"1", last_modified=b"2"),
        move=Move(to=f"https://{'n' * 63}.example/", since=NOW, confirmed=2, ask_again_at=NOW),
        detour=Detour(to=f"https://{'d' * 63}.example/", since=NOW),
        hub=replace(HUB, reason=long),
    )
    embed = status_embed(full)
    assert all(limits.units(field.value or "") <= limits.EMBED_FIELD_VALUE for field in embed.fields)
    assert len(embed) <= 6000
