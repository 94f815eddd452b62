"""Why an entry was posted or not: one reason for every state that it can be in."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.chat.why_messages import WORDS
from bot.chat.why_messages import why as words
from bot.model import Destination, Entry, Fate, Feed, Hold, StoredEntry, Subscription
from bot.work.answers import WhyKind
from bot.work.why import why
from tests.clocks import START

HOUR = timedelta(hours=1)
FEED = Feed(id=1, url="https://news.example/feed", title="News", polled_at=START, next_due_at=START + HOUR)
FOLLOWED = Subscription(id=1, guild_id=1, channel_id=10, feed_id=1, feed_title="News", created_at=START - 24 * HOUR)
SEEN = StoredEntry(
    id=5,
    feed_id=1,
    feed_title="News",
    feed_url=FEED.url,
    entry=Entry(guid="5", aliases=(2,), title="Rust and crypto"),
    first_seen_at=START,
)
HELD = Hold(
    destination=Destination(kind="channel", id=10, guild_id=1),
    since=START,
    until=START + HOUR,
    code=50013,
    reason="Missing Permissions",
)


@pytest.mark.parametrize(
    ("fate", "kind", "said"),
    [
        (Fate(state="sent", channel_id=10, message_id=99), "posted", "channels/1/10/99"),
        (Fate(state="sent"), "posted", "removed it at once"),
        (Fate(state="sent", gist=True, channel_id=10, message_id=99), "flood", "[one message]"),
        (Fate(state="waiting", gist=True), "flood", "will be told in one message. It comes"),
        (Fate(state="waiting", gist=True, not_before=START + HOUR), "flood", "when the hour is over, <t:"),
        (Fate(state="same story", channel_id=10, message_id=9, told_by="The Post"), "same story", "The Post"),
        (Fate(state="same story", told_by="The Post"), "same story", "about to come"),
        (Fate(state="gave up", reason="blocked by AutoMod (400, code 200000)"), "refused", "AutoMod"),
        (Fate(state="gave up", gist=True, reason="Invalid Form Body"), "refused", "Invalid Form Body"),
        (Fate(state="waiting"), "waiting", "within moments"),
        (Fate(state="waiting", reason="Discord answered 503", again_at=START + HOUR), "waiting", "503"),
        (Fate(), "unknown", "never owed"),
    ],
)
def test_what_was_owed_is_told_from_what_became_of_it(fate: Fate, kind: WhyKind, said: str) -> None:
    answer = why(FOLLOWED, FEED, SEEN, fate)
    assert answer.kind == kind
    assert said in words(answer)


def test_what_waits_says_what_it_waits_for() -> None:
    waits = Fate(state="waiting")
    assert "Missing Permissions" in words(why(FOLLOWED, FEED, SEEN, waits, HELD))
    paused = replace(FOLLOWED, paused_at=START, catch_up=True)
    assert "/feed resume" in words(why(paused, FEED, SEEN, waits))


def test_an_entry_that_was_never_seen_says_when_the_feed_is_asked() -> None:
    answer = why(FOLLOWED, replace(FEED, last_error="HTTP 500", failures=3), None, Fate())
    assert answer.kind == "not seen"
    assert f"<t:{int((START + HOUR).timestamp())}:R>" in words(answer)
    assert "HTTP 500" in words(answer)


def test_what_was_there_before_is_older_than_the_subscription_also_in_the_same_moment() -> None:
    for created_at in (START, START + HOUR):
        assert why(replace(FOLLOWED, created_at=created_at), FEED, SEEN, Fate()).kind == "older"
    assert why(FOLLOWED, FEED, SEEN, Fate(backlog=True)).kind == "older"


@pytest.mark.parametrize(("filter", "said"), [("zig", "lacks `zig`"), ("rust -crypto", "has `crypto`")])
def test_a_filter_is_named_with_the_word_that_decided(filter: str, said: str) -> None:
    answer = why(replace(FOLLOWED, filter=filter), FEED, SEEN, Fate())
    assert answer.kind == "filtered"
    assert said in words(answer)
    assert why(replace(FOLLOWED, filter="rust"), FEED, SEEN, Fate()).kind == "unknown"


def test_a_feed_that_is_kept_for_digests_says_so_unless_something_else_decided() -> None:
    kept = replace(FOLLOWED, style="digest")
    answer = why(kept, FEED, SEEN, Fate())
    assert (answer.kind, "/digest list" in words(answer)) == ("digest", True)
    assert why(replace(kept, filter="zig"), FEED, SEEN, Fate()).kind == "filtered"
    assert why(kept, FEED, SEEN, Fate(backlog=True)).kind == "older"


def test_a_pause_that_skips_is_named_while_it_lasts_and_when_it_is_over() -> None:
    paused = replace(FOLLOWED, paused_at=START - HOUR)
    assert why(paused, FEED, SEEN, Fate()).kind == "skipped"
    assert why(replace(paused, catch_up=True), FEED, SEEN, Fate()).kind == "unknown"
    over = Fate(skipped_from=START - HOUR, skipped_until=START + HOUR)
    assert why(FOLLOWED, FEED, SEEN, over).kind == "skipped"
    assert why(FOLLOWED, FEED, replace(SEEN, first_seen_at=START + 2 * HOUR), over).kind == "unknown"


def test_an_entry_first_seen_after_a_pause_in_which_it_was_published_was_skipped() -> None:
    over = Fate(skipped_from=START - HOUR, skipped_until=START + HOUR)
    late = replace(SEEN, first_seen_at=START + 2 * HOUR, entry=replace(SEEN.entry, published_at=START))
    assert why(FOLLOWED, FEED, late, over).kind == "skipped"


@pytest.mark.parametrize("kind", list(WORDS))
def test_a_strangers_title_stays_literal(kind: WhyKind) -> None:
    evil = replace(SEEN, entry=replace(SEEN.entry, title="[x](https://evil.example) **now**"))
    answer = replace(why(replace(FOLLOWED, filter="zig"), FEED, evil, Fate()), kind=kind)
    assert "[x](https://evil" not in words(answer)
    assert " **now**" not in words(answer)
