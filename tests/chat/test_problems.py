from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.chat.feed_messages import list_line
from bot.chat.messages import literal
from bot.chat.problems import problem
from bot.chat.status_messages import note_line
from bot.errors import (
    AddressRefused,
    BotError,
    FeedError,
    FetchError,
    NotFound,
    ParseError,
    QueryError,
    QuotaReached,
    SetupError,
    StoreError,
    UsageError,
)
from bot.model import DeliveryNote, Subscription
from bot.render.limits import CONTENT, EMBED_FIELD_VALUE, units
from tests.chat.fakes import NOW

URL = "https://user:pass@example.com/feed?token=secret"


@pytest.mark.parametrize(
    "error",
    [
        NotFound("No such feed."),
        QuotaReached("This server follows 200 feeds, which is the limit here."),
        FetchError(URL, "no answer within 30 s"),
        *(FetchError(URL, "x", status=status) for status in (301, 400, 401, 403, 404, 410, 418, 429, 500, 503)),
        AddressRefused(URL, "10.0.0.1 is private"),
        ParseError(URL, "an HTML page"),
        FeedError(URL, "something else"),
        StoreError("disk I/O error at /data/herald.db"),
    ],
    ids=repr,
)
def test_every_kind_is_one_line_without_secrets_or_inner_names(error: BotError) -> None:
    line = problem(error)
    assert line
    assert "\n" not in line
    assert line.endswith(".")
    assert not any(word in line for word in ("secret", "pass@", "10.0.0.1", "/data/", "Error"))


def test_what_no_member_can_act_on_is_nobodys_line() -> None:
    assert problem(SetupError("no token")) is None
    assert problem(BotError("a defect")) is None


def test_a_mistake_in_a_query_cannot_leave_its_code_block() -> None:
    line = problem(QueryError("What is that?", "``` @everyone ```", 0, hint="Use *words*."))
    assert line is not None
    assert line.count("```") == 2
    assert r"\*words\*" in line


def test_a_feeds_name_in_a_line_is_literal_and_our_own_mentions_stay() -> None:
    line = literal("In <#123> I lack **Send**. [a](https://x.example) <@&5> <@7>")
    assert "<#123>" in line
    assert "<@&5> <@7>" in line
    assert r"\*\*Send" in line
    assert "[a](" not in line


@given(st.text(max_size=3000), st.text(max_size=3000))
def test_whatever_is_in_an_error_its_line_fits_a_message(reason: str, text: str) -> None:
    errors = [
        UsageError(text),
        ParseError(URL, reason),
        QueryError(reason[:300], text, len(text) // 2, hint=text[:300]),
    ]
    for error in errors:
        line = problem(error)
        assert line is not None
        assert units(line) <= CONTENT


@given(st.text(max_size=500), st.text(max_size=500), st.text(max_size=500))
def test_whatever_a_feed_is_called_its_lines_stay_lines(title: str, filter_: str, reason: str) -> None:
    subscription = Subscription(
        id=1,
        guild_id=1,
        channel_id=2,
        feed_id=3,
        feed_url="https://example.com/",
        feed_title=title,
        filter=filter_,
        paused_at=NOW,
        paused_reason=reason,
    )
    assert list_line(subscription).count("\n") == 1
    note = DeliveryNote(title=title, url=None, state="gave up", reason=reason, at=NOW)
    line = note_line(note, 1, 2)
    assert "\n" not in line
    assert units(line) <= EMBED_FIELD_VALUE
