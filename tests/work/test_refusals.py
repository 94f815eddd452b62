"""What a refusal means for its posting: who is at fault, and what is tried next."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.model import Delivery, Destination, Entry, Note, Posting, Refused, StoredEntry
from bot.render.embed import PLAINEST, WITHOUT_LINKS
from bot.work.refusals import (
    CLOSED_DMS_HELD_FOR,
    HELD_FOR,
    PLACE_REFUSED,
    WORDS_REFUSED,
    GiveUp,
    GoPlainer,
    HoldPlace,
    PassOn,
    Reaction,
    TakeApart,
    reaction,
)
from tests.clocks import START

NEWS, SECOND, THIRD = (Destination(kind="channel", id=number, guild_id=1) for number in (10, 11, 12))
STORED = StoredEntry(
    id=1, feed_id=1, feed_title="News", feed_url="", entry=Entry(guid="1", aliases=(1,), title="T"), first_seen_at=START
)
POSTING = Posting(id=4, destination=NEWS, nonce="n", deliveries=(Delivery(id=1, entry=STORED),))
SEVERAL = replace(POSTING, deliveries=tuple(Delivery(id=number, entry=STORED) for number in (7, 8, 9)))
FLOOD = replace(POSTING, deliveries=tuple(replace(one, gist=True) for one in SEVERAL.deliveries))
BAD_FORM = Refused(status=400, code=50035, reason="Invalid Form Body")
FILTERED = Refused(status=403, code=200000, reason="blocked by AutoMod")
NO_ACCESS = Refused(status=403, code=50013, reason="Missing Permissions")
CLOSED_DMS = Refused(status=403, code=50007, reason="Cannot send messages to this user")


def noted(*otherwise: Destination) -> Posting:
    return replace(POSTING, deliveries=(), note=Note(text="Hello", otherwise=otherwise))


CASES = {
    "a form too rich": (POSTING, BAD_FORM, GoPlainer()),
    "a form almost at its plainest": (replace(POSTING, degraded=PLAINEST - 1), BAD_FORM, GoPlainer()),
    "a form at its plainest": (replace(POSTING, degraded=PLAINEST), BAD_FORM, GiveUp()),
    "one of several is at fault": (SEVERAL, replace(BAD_FORM, embeds=(1,)), TakeApart((8,))),
    "two of several are": (SEVERAL, replace(BAD_FORM, embeds=(0, 2)), TakeApart((7, 9))),
    "nobody says which": (SEVERAL, BAD_FORM, TakeApart(())),
    "an embed that is not there": (SEVERAL, replace(BAD_FORM, embeds=(9,)), TakeApart(())),
    "a flood's rest is one message": (FLOOD, BAD_FORM, GoPlainer()),
    "filtered words": (POSTING, FILTERED, GoPlainer(to=WITHOUT_LINKS)),
    "filtered words at what else is plainest": (
        replace(POSTING, degraded=PLAINEST),
        FILTERED,
        GoPlainer(to=WITHOUT_LINKS),
    ),
    "filtered words without a link": (replace(POSTING, degraded=WITHOUT_LINKS), FILTERED, GiveUp()),
    "filtered words among several": (SEVERAL, FILTERED, TakeApart(())),
    "a bad form without a link": (replace(POSTING, degraded=WITHOUT_LINKS), BAD_FORM, GiveUp()),
    "a channel that is closed to us": (POSTING, NO_ACCESS, HoldPlace(HELD_FOR)),
    "a member who takes no direct messages": (POSTING, CLOSED_DMS, HoldPlace(CLOSED_DMS_HELD_FOR)),
    "a note refused for what it says": (noted(SECOND), BAD_FORM, GoPlainer()),
    "a note with other places": (
        noted(SECOND, THIRD),
        NO_ACCESS,
        PassOn(SECOND, Note(text="Hello", otherwise=(THIRD,))),
    ),
    "a note with none": (noted(), NO_ACCESS, PassOn(None, Note(text="Hello"))),
}


@pytest.mark.parametrize(("posting", "refusal", "expected"), CASES.values(), ids=CASES)
def test_what_is_done_about_a_refusal(posting: Posting, refusal: Refused, expected: Reaction) -> None:
    assert reaction(posting, refusal) == expected


@pytest.mark.parametrize(
    ("status", "code"), [(400, 40067), (403, 50278), (400, 160006), (403, 999_999), (404, 999_999), (403, 20026)]
)
def test_a_refusal_of_the_place_or_an_unknown_one_of_us_costs_no_entry(status: int, code: int) -> None:
    assert reaction(SEVERAL, Refused(status=status, code=code, reason="No")) == HoldPlace(HELD_FOR)


@pytest.mark.parametrize("code", sorted(WORDS_REFUSED))
def test_filtered_words_hold_nothing_else_back(code: int) -> None:
    assert reaction(POSTING, Refused(status=403, code=code, reason="blocked")) == GoPlainer(to=WITHOUT_LINKS)


codes = st.sampled_from(sorted(PLACE_REFUSED | WORDS_REFUSED)) | st.integers(0, 999_999)


@given(st.lists(st.tuples(st.sampled_from([400, 403, 404, 413]), codes), min_size=1))
def test_an_entry_ends_only_when_it_cannot_be_said_plainer_and_nothing_is_tried_for_ever(
    refusals: list[tuple[int, int]],
) -> None:
    posting, plainer = POSTING, 0
    for status, code in refusals:
        match reaction(posting, Refused(status=status, code=code, reason="No")):
            case GoPlainer(to):
                degraded = posting.degraded + 1 if to is None else to
                assert posting.degraded < degraded <= WITHOUT_LINKS
                posting, plainer = replace(posting, degraded=degraded), plainer + 1
            case other:
                assert isinstance(other, HoldPlace) or posting.degraded >= PLAINEST
    assert plainer <= WITHOUT_LINKS
