"""The judge itself: it lets nothing pass, and accuses nobody without cause."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from bot.sandbox import Message
from tests.chaos.checker import Follows, Published, Shown, judge, seen_in

START = datetime(2026, 5, 13, 12, tzinfo=UTC)
CHANNEL = 7


def minute(number: int) -> datetime:
    return START + timedelta(minutes=number)


PUBLISHED = [Published("news", f"news {number}", minute(number)) for number in range(6)]
FOLLOWS = [Follows(CHANNEL, "news", asked=minute(2) - timedelta(seconds=9), sure=minute(2) + timedelta(seconds=9))]


def shown(*numbers: int) -> list[Shown]:
    return [Shown(CHANNEL, f"news {number}", minute(10 + place)) for place, number in enumerate(numbers)]


@pytest.mark.parametrize(
    ("numbers", "offence"),
    [
        ((3, 4, 5), ""),
        ((2, 3, 4, 5), ""),  # published while the subscription was being made: either is right
        ((3, 5), "lost"),
        ((), "lost"),
        ((3, 4, 4, 5), "twice"),
        ((3, 4, 5, 3), "twice"),
        ((4, 3, 5), "out_of_order"),
        ((1, 3, 4, 5), "early"),
    ],
)
def test_each_offence_is_found_and_named(numbers: tuple[int, ...], offence: str) -> None:
    verdict = judge(PUBLISHED, FOLLOWS, shown(*numbers))
    found = [name for name in ("lost", "twice", "out_of_order", "early") if getattr(verdict, name)]
    assert found == ([offence] if offence else [])
    assert verdict.clean is not bool(offence)


def test_another_channel_and_another_feed_are_no_evidence() -> None:
    elsewhere = [Shown(CHANNEL + 1, one.title, one.at) for one in shown(3, 4, 5)]
    other = [Published("other", f"other {number}", minute(number)) for number in range(6)]
    assert len(judge([*PUBLISHED, *other], FOLLOWS, elsewhere).lost) == 3


def test_titles_are_read_from_embeds_lists_and_plain_text_but_not_from_answers() -> None:
    def message(**what: object) -> Message:
        return Message(id=1, channel_id=CHANNEL, author_id=2, created_at=START, **what)  # type: ignore[arg-type]

    messages = [
        message(embeds=[{"title": "news 1"}, {"title": "news 2"}]),
        message(embeds=[{"title": "2 more", "description": "• [news 4](https://a)\n• [news 3](https://b)\n"}]),
        message(content="**news 5** <https://news.example/5>\n**news 6**"),
        message(embeds=[{"title": "news 7"}], interaction={"id": "1"}),
    ]
    titles = [one.title for one in seen_in(CHANNEL, messages)]
    assert titles == ["news 1", "news 2", "news 3", "news 4", "2 more", "news 5", "news 6"]
