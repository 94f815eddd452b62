"""A digest inside Discord's limits, whatever the feeds say."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.model import Destination, Entry, Payload, Posting, StoredEntry
from bot.render import limits
from bot.render.digest import MOST_PAGES, message, pages
from bot.render.embed import PLAINEST, WITHOUT_LINKS
from bot.render.embed import message as message_of
from bot.render.limits import embed_units, units

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)


def stored(number: int, *, feed: int = 1, title: str = "", url: str | None = None, feed_title: str = "") -> StoredEntry:
    at = NOW - timedelta(minutes=number)
    address = url or f"https://site.example/{number}"
    return StoredEntry(
        id=1000 - number,
        feed_id=feed,
        feed_title=feed_title or f"Feed {feed}",
        feed_url=f"https://site.example/{feed}?token=secret",
        entry=Entry(guid=None, aliases=(number,), title=title or f"Entry {number}", url=address, published_at=at),
        first_seen_at=at,
    )


def text_of(payload: Payload) -> str:
    return "\n".join(str(embed["description"]) for embed in payload.embeds)


def test_entries_are_grouped_by_feed_newest_first_each_with_its_link_and_time() -> None:
    [page] = pages([stored(1), stored(2, feed=2), stored(3)], since=NOW - timedelta(days=1), filter="rust -zig")
    payload = message(page)
    assert payload.embeds[0]["title"] == "3 new entries from 2 feeds"
    first, second = (int((NOW - timedelta(minutes=minutes)).timestamp()) for minutes in (1, 2))
    assert text_of(payload).split("\n")[:3] == [
        f"-# Since <t:{int((NOW - timedelta(days=1)).timestamp())}:f> that match `rust -zig`",
        "**Feed 1**",
        f"- [Entry 1](https://site.example/1) · <t:{first}:R>",
    ]
    assert text_of(payload).split("\n")[4:] == [
        "",
        "**Feed 2**",
        f"- [Entry 2](https://site.example/2) · <t:{second}:R>",
    ]
    assert "token" not in str(payload)


def test_nothing_makes_no_page() -> None:
    assert pages([], since=NOW) == ()


def test_a_busy_feed_leaves_room_for_the_quiet_and_the_rest_is_counted() -> None:
    busy = [
        stored(number, title="A title of some length, as they are", url=f"https://site.example/{'x' * 90}{number}")
        for number in range(300)
    ]
    quiet = [stored(400 + number, feed=2 + number) for number in range(5)]
    made = pages([*busy, *quiet], since=NOW)
    assert len(made) == MOST_PAGES
    text = "\n".join(text_of(message(page)) for page in made)
    assert [f"Entry {400 + number}" in text for number in range(5)] == [True] * 5
    shown = len(re.findall(r"^- ", text, re.MULTILINE))
    assert 40 < shown < 80
    assert [page.left_out for page in made] == [0, 0, 305 - shown]
    assert f"and {305 - shown} more: `/search`" in text
    assert message(made[1]).embeds[0]["title"] == "305 new entries from 6 feeds (2/3)"
    assert text.count("-# Since") == 1


def test_a_feed_that_goes_over_a_page_goes_on_under_its_name() -> None:
    made = pages([stored(number, url=f"https://site.example/{'x' * 200}{number}") for number in range(25)], since=NOW)
    assert len(made) == 2
    assert all("**Feed 1**" in text_of(message(page)) for page in made)
    numbers = [int(found) for page in made for found in re.findall(r"\[Entry (\d+)\]", text_of(message(page)))]
    assert numbers == list(range(25))


HOSTILE = [
    "@everyone",
    "<@&1>",
    "](http://evil.example)",
    "**x",
    "||",
    "`",
    "# big",
    "\n\n",
    "discord.gg/x",
    "股市",
    "😀",
]
hostile = st.lists(st.one_of(st.sampled_from(HOSTILE), st.text(max_size=40)), max_size=12).map("".join)


@given(st.lists(st.tuples(hostile, hostile, st.integers(0, 8), st.integers(0, 1900)), max_size=120), st.integers(0, 4))
def test_whatever_feeds_say_it_fits_and_pings_nobody(rows: list[tuple[str, str, int, int]], degraded: int) -> None:
    entries = [
        stored(number, feed=feed, title=title, feed_title=name, url=f"https://site.example/{'%20' * (length // 3)}")
        for number, (title, name, feed, length) in enumerate(rows)
    ]
    made = pages(entries, since=NOW, filter="x" * 500)
    assert len(made) <= MOST_PAGES
    assert sum(len(section.lines) for page in made for section in page.sections) + sum(p.left_out for p in made) == len(
        entries
    )
    for page in made:
        payload = message(page, degraded=degraded)
        assert units(payload.content) <= limits.CONTENT
        assert sum(map(embed_units, payload.embeds)) <= limits.EMBEDS_TOTAL
        for embed in payload.embeds:
            assert units(embed["title"]) <= limits.EMBED_TITLE
            assert 0 < units(embed["description"]) <= limits.EMBED_DESCRIPTION
            assert not re.search(r"(?<!\\)<@|@(?=everyone|here)|(?<!\\)\]\(http://evil", embed["description"])
        assert payload.allowed_role_ids == ()


@pytest.mark.parametrize("degraded", [2, PLAINEST, WITHOUT_LINKS])
def test_refused_it_gets_plainer_and_stays_itself(degraded: int) -> None:
    [page] = pages([stored(1), stored(2)], since=NOW)
    where = Destination(kind="channel", id=10, guild_id=1)
    posting = Posting(id=1, destination=where, nonce="n", deliveries=(), degraded=degraded, digest=page)
    payload = message_of(posting)
    assert "site.example" not in str(payload)
    assert "2 new entries from 1 feed" in (payload.content or payload.embeds[0]["title"])
    assert bool(payload.embeds) is (degraded < PLAINEST)
