"""Lists of feeds, in and out (hostile.md 90)."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import UsageError
from bot.feeds.opml import BYTES_LIMIT, OUTLINES_LIMIT, Outline, read_opml, write_opml

NOW = datetime(2026, 5, 13, 12, tzinfo=UTC)


def opml(body: str, prologue: str = '<?xml version="1.0"?>') -> bytes:
    return f'{prologue}<opml version="1.0"><head><title>Mine</title></head><body>{body}</body></opml>'.encode()


def test_feeds_are_read_in_order_each_once_with_their_folders() -> None:
    listed = read_opml(
        opml(
            '<outline text="News"><outline text="A &amp; B" type="rss" xmlUrl="https://a.example/feed" '
            'htmlUrl="https://a.example/"/><outline title="Deep"><outline text="C" xmlURL="HTTPS://C.example:443/feed"/>'
            '</outline></outline><outline text="Again" xmlUrl="https://a.example/feed#x"/><outline text="no feed"/>'
        )
    )
    assert listed.outlines == (
        Outline(url="https://a.example/feed", title="A & B", link="https://a.example/", folders=("News",)),
        Outline(url="https://c.example/feed", title="C", folders=("News", "Deep")),
    )
    assert listed.problems == ()


def test_an_address_that_cannot_be_followed_is_named_and_left_out() -> None:
    listed = read_opml(
        opml('<outline text="Bad" xmlUrl="javascript:x"/><outline text="Ok" xmlUrl="http://a.example/"/>')
    )
    assert [outline.title for outline in listed.outlines] == ["Ok"]
    assert listed.problems == ("Bad: Only addresses that begin with http:// or https:// can be followed.",)


BOMB = '<!DOCTYPE opml [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]>'
REFUSED = {
    "nothing": (b"", "not OPML"),
    "text": (b"hello", "not OPML"),
    "a feed": (b"<rss version='2.0'/>", "not OPML"),
    "cut off": (opml("<outline text='x'/>")[:-5], "not OPML"),
    "entities": (opml("<outline text='&b;'/>", BOMB), "entities"),
    "an external DTD": (opml("", '<!DOCTYPE opml SYSTEM "http://10.0.0.1/x.dtd">'), "entities"),
    "ten megabytes": (opml(" " * BYTES_LIMIT), "too large"),
    "too many": (
        opml("".join(f"<outline xmlUrl='http://a.example/{n}'/>" for n in range(OUTLINES_LIMIT + 1))),
        "too many",
    ),
    "too deep": (opml("<outline text='x'>" * 1_000 + "</outline>" * 1_000), "deep"),
}


@pytest.mark.parametrize(("data", "why"), REFUSED.values(), ids=REFUSED)
def test_what_is_no_list_of_feeds_is_refused_in_one_line(data: bytes, why: str) -> None:
    with pytest.raises(UsageError, match=why) as refusal:
        read_opml(data)
    assert "\n" not in str(refusal.value)


words = st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1, max_size=12)
outlines = st.builds(
    Outline,
    url=st.integers(0, 99).map("https://a.example/{}?x=1&y=2".format),
    title=words,
    link=st.none() | st.just("https://a.example/"),
    folders=st.sampled_from([(), ("News",), ("\"<&>'",)]),
)


@given(st.lists(outlines, unique_by=lambda outline: outline.url, max_size=10), words)
def test_what_is_written_is_read_back(listed: list[Outline], title: str) -> None:
    assert set(read_opml(write_opml(listed, title=title, now=NOW)).outlines) == set(listed)
