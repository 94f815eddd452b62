"""Lists of feeds, in and out (hostile.md 90)."""

from __future__ import annotations

from datetime import UTC, datetime
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import UsageError
from bot.feeds.opml import BYTES_LIMIT, NAMESPACE, OUTLINES_LIMIT, Outline, read_opml, write_opml

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


def test_what_herald_did_not_write_in_its_own_words_is_passed_over() -> None:
    own = 'herald:channel="{}" herald:style="{}" herald:mention="{}" herald:paused="{}" herald:filter=" a  b "'
    (outline,) = read_opml(
        opml(f'<outline text="A" xmlUrl="https://a.example/" {own.format("news", "loud", "-1", "yes")}/>')
    ).outlines
    assert outline == Outline(url="https://a.example/", title="A", filter=" a  b ")


def test_a_feed_of_two_channels_is_there_for_each_and_once() -> None:
    one = '<outline xmlUrl="https://a.example/" herald:channel="{}"/>'
    listed = read_opml(opml(one.format(1) + one.format(2) + one.format(1)))
    assert [outline.channel_id for outline in listed.outlines] == [1, 2]


def test_of_many_that_cannot_be_read_some_are_named_and_all_are_counted() -> None:
    listed = read_opml(opml('<outline text="x" xmlUrl="nothing"/>' * 30))
    assert (len(listed.problems), listed.unreadable) == (20, 30)


def test_other_readers_find_plain_opml() -> None:
    written = write_opml([Outline(url="https://a.example/", title="A", channel_id=5)], title="Mine", now=NOW)
    root = ElementTree.fromstring(written)
    (found,) = root.iter("outline")
    assert (root.tag, root.get("version")) == ("opml", "2.0")
    assert (found.get("type"), found.get("xmlUrl"), found.get("text")) == ("rss", "https://a.example/", "A")
    assert found.get(f"{{{NAMESPACE}}}channel") == "5"


words = st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1, max_size=12)
outlines = st.builds(
    Outline,
    url=st.integers(0, 99).map("https://a.example/{}?x=1&y=2".format),
    title=words,
    link=st.none() | st.just("https://a.example/"),
    folders=st.sampled_from([(), ("News",), ("\"<&>'",)]),
    channel_id=st.none() | st.integers(1, 2**63),
    channel_name=st.just("") | words,
    filter=st.just("") | words | st.just('"a <b>" OR -c'),
    style=st.sampled_from([None, "full", "compact", "title"]),
    mention_role_id=st.none() | st.integers(1, 2**63),
    paused=st.booleans(),
    page_images=st.booleans(),
)


@given(st.lists(outlines, unique_by=lambda outline: (outline.url, outline.channel_id), max_size=10), words)
def test_what_is_written_is_read_back(listed: list[Outline], title: str) -> None:
    assert set(read_opml(write_opml(listed, title=title, now=NOW)).outlines) == set(listed)
