"""Who is owed which entry."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

from bot.model import Destination, Entry, Keyword, Owed, Subscription
from bot.work.matching import each_of, owed
from tests.clocks import START

MOON, COMET = (Entry(guid=title, aliases=(key,), title=title) for key, title in ((1, "A moon"), (2, "A comet")))


def _subscription(id: int, filter: str = "", channel: int = 10) -> Subscription:
    return Subscription(id=id, guild_id=1, channel_id=channel, feed_id=1, filter=filter)


def _keyword(id: int, query: str, **more: Any) -> Keyword:
    return Keyword(id=id, guild_id=1, user_id=50, query=query, **more)


def _owed(entries: list[Entry], *followers: Subscription | Keyword, flood_limit: int = 10) -> list[Owed]:
    subscriptions = [one for one in followers if isinstance(one, Subscription)]
    keywords = [one for one in followers if isinstance(one, Keyword)]
    return owed(
        entries,
        subscriptions,
        each_of(keywords, START),
        feed_title="Sky news",
        feed_url="https://example.org",
        flood_limit=flood_limit,
    )


def test_without_a_filter_all_is_owed_in_the_order_of_the_entries() -> None:
    assert [(one.entry_key, one.subscription_id) for one in _owed([MOON, COMET], _subscription(1))] == [(1, 1), (2, 1)]


def test_a_filter_lets_through_what_fits_it() -> None:
    assert [one.entry_key for one in _owed([MOON, COMET], _subscription(1, "comet"))] == [2]
    assert [one.entry_key for one in _owed([MOON, COMET], _subscription(1, "feed:sky -moon"))] == [2]


def test_each_follower_is_owed_for_itself() -> None:
    made = _owed([COMET], _subscription(1), _subscription(2, channel=11), _keyword(3, "comet"))
    places = [(one.destination.kind, one.destination.id) for one in made]
    assert places == [
        ("channel", 10),
        ("channel", 11),
        ("user", 50),
    ]


def test_a_keyword_goes_to_its_channel_or_to_its_member() -> None:
    (told,) = _owed([COMET], _keyword(3, "comet", channel_id=12))
    assert told.destination == Destination(kind="channel", id=12, guild_id=1)
    assert told.keyword_ids == (3,)


def test_a_muted_keyword_is_silent_until_its_time() -> None:
    assert _owed([COMET], _keyword(3, "comet", muted_until=START + timedelta(seconds=1))) == []
    assert len(_owed([COMET], _keyword(3, "comet", muted_until=START))) == 1


def test_of_a_flood_the_newest_are_posts_and_the_rest_its_gist() -> None:
    many = [Entry(guid=str(number), aliases=(number,), title=f"n{number}") for number in range(5)]
    assert [one.gist for one in _owed(many, _subscription(1), flood_limit=2)] == [True, True, True, False, False]
    assert not any(one.gist for one in _owed(many, _subscription(1), flood_limit=5))


def test_a_feed_that_is_kept_for_digests_owes_no_posts_but_its_keywords_do() -> None:
    kept = replace(_subscription(1), style="digest")
    assert [one.subscription_id for one in _owed([COMET], kept, _subscription(2, channel=11))] == [2]
    assert [one.keyword_ids for one in _owed([COMET], kept, _keyword(3, "comet"))] == [(3,)]
