"""What follows from a poll that failed. Pure: patience, back-off, and when a feed is gone."""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.errors import TOO_MANY_REQUESTS, AddressRefused, FeedError, FetchError
from bot.feeds import cadence
from bot.model import Feed, Visit
from bot.work import moves

# 429 and 503 (RFC 6585 4, RFC 9110 15.6.4): come back later. They say nothing against the feed.
ASKS_FOR_PATIENCE = frozenset({TOO_MANY_REQUESTS, 503})
GONE = 410
GONE_FOR_GOOD = timedelta(hours=24)  # from the first 410 to the one that confirms it


def visit_of(feed: Feed, error: FeedError, asked: str, now: datetime, limits: cadence.Limits) -> Visit:
    """What to write down. Validators stay as they were: what could not be read has to be fetched again.

    A server that says when to come back is asked then; one that merely fails, at ever longer intervals.
    """
    status, wait = (error.status, error.retry_after) if isinstance(error, FetchError) else (None, None)
    patience = status in ASKS_FOR_PATIENCE
    counted = not (patience and wait is not None)
    due = cadence.next_due(
        now=now,
        interval_limits=limits,
        entry_times=feed.entry_times,
        failures=feed.failures + 1 if counted else 0,
        facts=feed.facts,
        retry_after=wait,
        salt=feed.id,
    )
    if isinstance(error, AddressRefused):
        due = max(due, now + limits.maximum)
    gone_since = (feed.gone_since or now) if status == GONE else feed.gone_since
    if status == GONE and gone_since:
        due = max(due, gone_since + GONE_FOR_GOOD)
    return Visit(
        feed_id=feed.id,
        at=now,
        next_due_at=due,
        error=error.reason,
        counted=counted,
        blamed=not patience,
        move=moves.after_failure(feed, asked, now, due),
        detour=feed.detour,
        gone_since=gone_since,
        pushed_until=feed.pushed_until,
    )


def is_gone_for_good(feed: Feed, error: FeedError, now: datetime) -> bool:
    """Whether this 410 confirms an earlier one, or the feed had ended already."""
    if not isinstance(error, FetchError) or error.status != GONE:
        return False
    return feed.ended_at is not None or (feed.gone_since is not None and now - feed.gone_since >= GONE_FOR_GOOD)
