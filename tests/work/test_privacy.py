"""A member's data as a file: whole, readable, and never larger than Discord takes."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from bot.model import Destination, Digest, Hold, KeptMessage, KeptOfMember, Keyword, Subscription
from bot.work.privacy import as_file
from tests.clocks import START

HOUR = timedelta(hours=1)
BIG = 1504090836172800026  # JavaScript, and many a reader of JSON, would round it


def message(number: int, title: str = "Entry") -> KeptMessage:
    return KeptMessage(
        guild_id=BIG,
        title=title,
        url="https://feeds.example/1",
        state="sent",
        reason="",
        owed_at=START,
        done_at=START + HOUR,
        channel_id=BIG,
        message_id=number,
    )


def test_everything_that_is_kept_is_in_the_file() -> None:
    kept = KeptOfMember(
        user_id=BIG,
        keywords=(
            Keyword(id=1, guild_id=BIG, user_id=BIG, query="größe", feed_id=3, muted_until=START, created_at=START),
            Keyword(id=2, guild_id=BIG, user_id=BIG, query="x", channel_id=BIG, mention_role_id=4),
        ),
        feed_titles={3: "A feed"},
        closed=(
            Hold(
                destination=Destination(kind="user", id=BIG, guild_id=5),
                since=START,
                until=None,
                code=50007,
                reason="Cannot send messages to this user",
            ),
        ),
        lanes=(5,),
        messages=(message(9),),
        message_count=1,
        named_on=(
            Subscription(
                id=1, guild_id=BIG, channel_id=BIG, feed_id=3, feed_title="A feed", feed_url="https://x/?key=secret"
            ),
        ),
    )
    digest = Digest(id=1, guild_id=BIG, channel_id=BIG, schedule="daily 9:00", since=START, filter="rust")
    written = as_file(replace(kept, digests=(digest,)), START)
    assert "größe" in written.decode()
    assert b"secret" not in written
    assert json.loads(written) == {
        "member": str(BIG),
        "written_at": "2026-05-13T12:00:00+00:00",
        "keywords": [
            {
                "server": str(BIG),
                "query": "größe",
                "feed": "A feed",
                "channel": None,
                "mentions_role": None,
                "muted_until": "2026-05-13T12:00:00+00:00",
                "created_at": "2026-05-13T12:00:00+00:00",
            },
            {
                "server": str(BIG),
                "query": "x",
                "feed": None,
                "channel": str(BIG),
                "mentions_role": "4",
                "muted_until": None,
                "created_at": None,
            },
        ],
        "direct_messages_of_servers": ["5"],
        "direct_messages_refused": [
            {"server": "5", "since": "2026-05-13T12:00:00+00:00", "discord_said": "Cannot send messages to this user"}
        ],
        "direct_messages_count": 1,
        "direct_messages": [
            {
                "server": str(BIG),
                "entry": "Entry",
                "link": "https://feeds.example/1",
                "state": "sent",
                "reason": None,
                "owed_at": "2026-05-13T12:00:00+00:00",
                "done_at": "2026-05-13T13:00:00+00:00",
                "channel": str(BIG),
                "message": "9",
            }
        ],
        "feeds_followed_or_paused_for_a_server": [
            {"server": str(BIG), "channel": str(BIG), "feed": "A feed", "created_at": None}
        ],
        "digests_set_for_a_server": [
            {"server": str(BIG), "channel": str(BIG), "schedule": "daily 9:00", "filter": "rust"}
        ],
    }


@given(count=st.integers(0, 60), title=st.text(max_size=200))
def test_a_file_holds_the_newest_messages_that_fit_and_says_how_many_there_are(count: int, title: str) -> None:
    messages = tuple(message(number, title) for number in range(count))
    kept = KeptOfMember(user_id=BIG, messages=messages, message_count=count)
    written = as_file(kept, START, limit_bytes=6000)
    assert len(written) <= 6000
    read = json.loads(written)
    assert read["direct_messages_count"] == count
    shown = [one["message"] for one in read["direct_messages"]]
    assert shown == [str(number) for number in range(len(shown))]
    assert shown or not count or len(as_file(kept, START)) > 6000
