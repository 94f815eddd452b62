"""Feeds that say they live elsewhere for good (301, 308): when to believe them, and where to ask meanwhile. Pure.

A redirect is followed at once, but the feed's own address is given up only after CONFIRMATIONS permanent answers in a
row over CONFIRMED_OVER with the entries it had: publishers take redirects back, and domains are parked. In between
the new address is asked directly, as far as HTTP lets a permanent redirect be remembered (RFC 9110 15.4.2, 15.4.9),
and the old one now and then. That a redirect from https to http is never permanent, net/journey sees to.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from bot.feeds.identity import address as address_of
from bot.model import Detour, Feed, Fetched, Move, NotModified

CONFIRMATIONS = 5
CONFIRMED_OVER = timedelta(hours=24)
LONGEST_DIRECT = timedelta(hours=6)  # so that a day brings the confirmations


def address(feed: Feed, now: datetime) -> str:
    """Where to ask now."""
    return feed.move.to if feed.move is not None and now < feed.move.ask_again_at else feed.url


def after(feed: Feed, asked: str, answer: Fetched | NotModified, now: datetime) -> Move | None:
    """What to remember after an answer to a request to `asked`."""
    if asked != feed.url:
        # The new address says nothing about the old one, unless it moved on itself.
        return replace(feed.move, ask_again_at=now) if feed.move and answer.moved_to else feed.move
    if answer.moved_to is None or answer.moved_to == feed.url:
        return None
    known = feed.move if feed.move is not None and feed.move.to == answer.moved_to else None
    direct = min(LONGEST_DIRECT, LONGEST_DIRECT if answer.moved_for is None else answer.moved_for)
    return Move(
        to=answer.moved_to,
        since=known.since if known else now,
        confirmed=known.confirmed + 1 if known else 1,
        ask_again_at=now + direct,
    )


def detour(feed: Feed, asked: str, answer: Fetched | NotModified, now: datetime) -> Detour | None:
    """Where a redirect led that is not for good: it is followed each time, and nothing hangs on it.

    From http to https, or to "www.", is none worth a word. Of a private feed's ways nothing is remembered.
    """
    if feed.sealed is not None or answer.moved_to is not None or address_of(answer.url) == address_of(asked):
        return None
    if feed.detour is not None and feed.detour.to == answer.url:
        return feed.detour
    return Detour(to=answer.url, since=now)


def after_failure(feed: Feed, asked: str, now: datetime, due: datetime) -> Move | None:
    """What to remember when `asked` gave no feed: the other address is asked next, at
    `due`. Some are given up for good within the day that a redirect takes to be believed."""
    if feed.move is None:
        return None
    return replace(feed.move, ask_again_at=now if asked != feed.url else due + LONGEST_DIRECT)


def is_settled(move: Move | None, now: datetime) -> bool:
    """Whether the feed's address may be rewritten."""
    return move is not None and move.confirmed >= CONFIRMATIONS and now - move.since >= CONFIRMED_OVER
