"""Why was this not posted? From what is known of an entry, the one reason that decided. Pure."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from bot.model import DeliveryState, Fate, Feed, Hold, StoredEntry, Subscription
from bot.work.answers import Why, WhyKind
from bot.work.filtering import left_out

OF_STATE: dict[DeliveryState, WhyKind] = {
    "sent": "posted",
    "waiting": "waiting",
    "gave up": "refused",
    "same story": "same story",
}


def why(subscription: Subscription, feed: Feed, entry: StoredEntry | None, fate: Fate, hold: Hold | None = None) -> Why:
    """What was owed is told from what became of it; what never was, from what the subscription asked for."""
    if entry is None:
        return Why(kind="not seen", subscription=subscription, feed=feed)
    otherwise: WhyKind = "digest" if subscription.style == "digest" else "unknown"
    known = Why(kind=otherwise, subscription=subscription, feed=feed, entry=entry, fate=fate, hold=hold)
    if fate.state is not None:
        is_flood = fate.gist and fate.state in ("sent", "waiting")
        return replace(known, kind="flood" if is_flood else OF_STATE[fate.state])
    return replace(known, kind="held") if fate.held else _never_owed(known, subscription, entry, fate)


def _never_owed(known: Why, subscription: Subscription, entry: StoredEntry, fate: Fate) -> Why:
    begun = subscription.created_at
    if begun is not None and entry.first_seen_at <= begun:
        return replace(known, kind="older")
    if (pause := _pause_at(subscription, fate, entry)) is not None:
        return replace(known, kind="skipped", skipped_from=pause[0], skipped_until=pause[1])
    if fate.backlog:
        return replace(known, kind="older")
    if fate.old:
        return replace(known, kind="old")
    held_back = left_out(subscription.filter, entry) if subscription.filter else None
    return known if held_back is None else replace(known, kind="filtered", left_out=held_back)


def _pause_at(subscription: Subscription, fate: Fate, entry: StoredEntry) -> tuple[datetime, datetime | None] | None:
    """The pause in which it was published or first seen, from and until; None if there was none, or all was kept."""
    times = [at for at in (entry.first_seen_at, entry.entry.published_at) if at is not None]
    begun = subscription.paused_at
    if begun is not None and not subscription.catch_up and any(at >= begun for at in times):
        return begun, None
    if fate.skipped_from is None or fate.skipped_until is None:
        return None
    fell_into = any(fate.skipped_from <= at <= fate.skipped_until for at in times)
    return (fate.skipped_from, fate.skipped_until) if fell_into else None
