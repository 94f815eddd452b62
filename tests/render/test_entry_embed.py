"""One entry as an embed: what a channel sees, and the limits that hold whatever a feed says."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.model import Media, StyleName
from bot.render import limits
from bot.render.embed import embed
from bot.render.limits import embed_units, units
from tests.material import SEED, needs
from tests.render.build import NOON, stored

SEED_FEED = "Semiconductors: Industry Trends - South China Morning Post"
SEED_URL = "https://www.scmp.com/rss/519755/feed"
ARTICLE = (
    "https://www.scmp.com/tech/big-tech/article/3353451/"
    "alibaba-ai-revenue-logs-triple-digit-growth-11th-quarter-amid-strategic-reshuffle?utm_source=rss_feed"
)
PICTURE = (
    "https://cdn.i-scmp.com/sites/default/files/styles/1280x720/public/d8/images/canvas/2026/05/13/"
    "7f77ad2c-8739-43a5-af26-6169acbd18eb_00dc2519.jpg?itok=EeCr7H5x&v=1778669863"
)
HEADLINE = "Alibaba CEO signals capex boost as China tech giant forges full-stack AI path"


def seed_entry() -> dict[str, Any]:
    """The facts of the first entry of the feed that this project began with; the text is ours."""
    return {
        "feed_title": SEED_FEED,
        "feed_url": SEED_URL,
        "title": HEADLINE,
        "url": ARTICLE,
        "author": "Ann Cao",
        "published_at": datetime(2026, 5, 13, 10, 57, 52, tzinfo=UTC),
        "image_url": PICTURE,
        "summary": "Somebody expects something.\nSomebody else does not.",
    }


@needs(SEED)
def test_the_facts_used_here_are_those_of_the_seed_feed() -> None:
    document = SEED.read_text(encoding="utf-8").replace("&amp;", "&")
    for fact in (SEED_FEED, HEADLINE, ARTICLE, PICTURE, "Ann Cao", "Wed, 13 May 2026 10:57:52 +0000"):
        assert fact in document


def test_an_entry_shows_title_author_image_summary_and_time() -> None:
    made = embed(stored(**seed_entry()))
    color = made.pop("color")
    assert 0 < color <= 0xFFFFFF
    assert made == {
        "title": HEADLINE,
        "url": ARTICLE,
        "author": {"name": "Ann Cao"},
        "image": {"url": PICTURE},
        "description": "Somebody expects something.\nSomebody else does not.",
        "timestamp": "2026-05-13T10:57:52+00:00",
        "footer": {"text": f"{SEED_FEED} · scmp.com"},
    }


def test_the_compact_style_is_small() -> None:
    made = embed(stored(**seed_entry() | {"summary": "word " * 200}), "compact")
    assert made["thumbnail"] == {"url": PICTURE}
    assert "image" not in made
    assert units(made["description"]) <= 201


def test_the_title_style_has_neither_text_nor_picture() -> None:
    made = embed(stored(**seed_entry()), "title")
    assert made.keys() == {"title", "url", "author", "footer", "timestamp", "color"}


def test_a_long_summary_ends_with_a_word() -> None:
    made = embed(stored(title="t", summary="word " * 400))
    assert made["description"].endswith("word…")
    assert 500 < units(made["description"]) <= 601


def test_addresses_of_links_take_no_room_from_the_text() -> None:
    link = f"[label](https://e.example/{'a' * 150}) "
    assert embed(stored(title="t", summary=link * 8))["description"].count("[label](") == 8


@pytest.mark.parametrize(
    ("facts", "title"),
    [
        ({"title": "A title", "text": "text"}, "A title"),
        ({"title": " \n\u200b", "text": "How it begins"}, "How it begins"),
        ({"text": "word " * 40}, "word " * 15 + "word…"),
        ({"url": "https://www.e.example/a"}, "e.example"),
        ({"url": "http://localhost/a"}, "Feed"),
        ({"feed_title": ""}, "feed.example"),
        ({"feed_title": "", "feed_url": ""}, "…"),
    ],
)
def test_an_entry_without_a_title_has_a_name(facts: dict[str, Any], title: str) -> None:
    assert embed(stored(**facts))["title"] == title


@pytest.mark.parametrize(
    ("facts", "name"),
    [
        ({"author": "Jane Doe"}, "Jane Doe"),
        ({"author": "Jane", "source_title": "Jane's Blog"}, "Jane · Jane's Blog"),
        ({"source_title": "Jane's Blog"}, "Jane's Blog"),
        ({"author": "Jane", "source_title": "Jane"}, "Jane"),
        ({"author": "jane@e.example (Jane Doe)"}, "Jane Doe"),
        ({"author": "Jane Doe <jane@e.example>"}, "Jane Doe"),
        ({"author": "jane@e.example"}, "jane@e.example"),
        ({"author": "*Jane* @everyone"}, "*Jane* @\u200beveryone"),
    ],
    ids=lambda value: str(value)[:60],
)
def test_66_the_author_is_a_name(facts: dict[str, Any], name: str) -> None:
    assert embed(stored(title="t", **facts))["author"] == {"name": name}


def test_the_feeds_author_stands_in_for_an_entrys() -> None:
    assert embed(replace(stored(title="t"), feed_author="Jane"))["author"] == {"name": "Jane"}
    assert embed(replace(stored(title="t", author="Joe"), feed_author="Jane"))["author"] == {"name": "Joe"}


def test_66_ten_thousand_authors_are_cut() -> None:
    assert units(embed(stored(title="t", author="Somebody, " * 10_000))["author"]["name"]) <= 100


def test_nobody_is_named_where_nobody_is_known() -> None:
    assert "author" not in embed(stored(title="t", author=" "))


@pytest.mark.parametrize(
    ("title", "shown"),
    [
        ("@everyone @here <@&123> <@123> <#1>", "@\u200beveryone @\u200bhere \\<@&123> \\<@123> \\<#1>"),
        ("@\u200beveryone @e\u202everyone", "@\u200beveryone @\u200beveryone"),
        ("</cmd:1> <t:0> <:e:1> <id:guide>", r"\</cmd:1> \<t:0> \<:e:1> \<id:guide>"),
        ("[Your bank](https://evil.example)", r"\[Your bank\](https://evil.example)"),
        ("# big", r"\# big"),
        (">>> quote", r"\>>> quote"),
        ("1. one", r"1\. one"),
        ("**bold** __x__ ~~y~~ ||z|| `c`", r"\*\*bold\*\* \_\_x\_\_ \~\~y\~\~ \|\|z\|\| \`c\`"),
        ("a | b ~ c - d # e (f)", "a | b ~ c - d # e (f)"),
        ("join discord.gg/abc", "join discord.gg/\u200babc"),
        ("a\n\nb\tc", "a b c"),
    ],
)
def test_56_to_60_a_title_shows_literally(title: str, shown: str) -> None:
    assert embed(stored(title=title))["title"] == shown


@pytest.mark.timeout(5)
@pytest.mark.parametrize("title", ["[a](" * 4096, "\u0301" * 10_000, "*" * 1_000_000, "<@1>" * 100_000, "\n" * 5000])
def test_58_a_title_of_any_length_is_cut_before_it_is_escaped(title: str) -> None:
    assert 0 < units(embed(stored(title=title))["title"]) <= limits.EMBED_TITLE


@pytest.mark.parametrize("sign", ["x", "\U0001f600", "e\u0301", "\U0001f1e9\U0001f1ea", "*"], ids=ascii)
@pytest.mark.parametrize("extra", [-1, 0, 1])
def test_63_a_title_around_the_limit_is_never_cut_inside_a_sign(sign: str, extra: int) -> None:
    title = embed(stored(title=sign * (limits.EMBED_TITLE // units(sign) + extra)))["title"]
    assert units(title) <= limits.EMBED_TITLE
    assert title.removesuffix("…").replace("\\*", "*").replace(sign, "") == ""


@pytest.mark.parametrize(
    "url",
    ["javascript:alert(1)", "data:text/html,x", "file:///x", "tag:e.example,2020:1", "/relative", "x", "",
     "http://localhost:4000/x", "https://e.example/" + "a" * 5000, "https://user:pw@e.example/", "http://[::1"],
)  # fmt: skip
def test_61_what_is_no_link_is_left_out(url: str) -> None:
    made = embed(stored(title="t", url=url))
    assert "url" not in made
    assert made["footer"] == {"text": "Feed"}


@pytest.mark.parametrize(
    ("url", "written"),
    [
        ("//e.example/x", "https://e.example/x"),
        (" https://e.example/a b ", "https://e.example/a%20b"),
        ("https://e.example/a_(b)?c=d&e=%20f#g", "https://e.example/a_(b)?c=d&e=%20f#g"),
        ("https://b\u00fccher.example/stra\u00dfe", "https://xn--bcher-kva.example/stra%C3%9Fe"),
        ("http://192.168.0.2:8080/wiki", "http://192.168.0.2:8080/wiki"),
    ],
)
def test_61_a_link_is_made_whole(url: str, written: str) -> None:
    assert embed(stored(title="t", url=url))["url"] == written


@pytest.mark.parametrize(
    "url",
    ["data:image/png;base64,AAAA", "http://10.0.0.1/x.png", "http://127.0.0.1/x.png", "http://[::1]/x.png",
     "http://nas.local/x.png", "https://e.example/" + "a" * 3000, "rel.png", ""],
)  # fmt: skip
def test_62_a_picture_that_discord_cannot_fetch_is_left_out(url: str) -> None:
    made = embed(stored(title="t", image_url=url))
    assert "image" not in made


def test_67_the_footer_names_the_true_host() -> None:
    made = embed(stored(title="Your bank", feed_title="Discord Security Team", url="https://www.evil.example/x"))
    assert made["footer"] == {"text": "Discord Security Team · evil.example"}


def test_67_of_a_long_host_the_end_is_shown() -> None:
    made = embed(stored(title="t", url=f"https://{'bank.' * 40}evil.example/"))
    assert made["footer"]["text"].endswith("evil.example")


@pytest.mark.parametrize(
    ("published_at", "timestamp"),
    [
        (None, "2026-05-13T12:00:00+00:00"),
        (datetime(2026, 5, 13, 1, tzinfo=timezone(timedelta(hours=2))), "2026-05-12T23:00:00+00:00"),
        (datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=2))), "2026-05-13T12:00:00+00:00"),
        (datetime(9999, 12, 31, tzinfo=UTC), "2026-05-13T12:00:00+00:00"),
        (datetime(2026, 5, 14, 11, tzinfo=UTC), "2026-05-14T11:00:00+00:00"),
        (datetime(2026, 5, 15, tzinfo=UTC), "2026-05-13T12:00:00+00:00"),
        (datetime(1994, 12, 31, tzinfo=UTC), "2026-05-13T12:00:00+00:00"),
    ],
)
def test_54_the_time_is_one_that_can_be(published_at: datetime | None, timestamp: str) -> None:
    assert embed(stored(title="t", published_at=published_at, first_seen_at=NOON))["timestamp"] == timestamp


def test_a_summary_that_repeats_the_title_is_left_out() -> None:
    assert "description" not in embed(stored(title="News: today!", summary="**News: today**", text="News: today"))
    short_note = embed(stored(summary="A *short* note", text="A short note"))
    assert short_note["title"] == "A short note"
    assert "description" not in short_note


@pytest.mark.parametrize(
    ("facts", "line"),
    [
        ({"type": "audio/mpeg", "duration": timedelta(minutes=62), "length_bytes": 30_000_000},
         "🎧 [Listen](https://e.example/a.mp3) · 1 h 02 min · 30 MB"),
        ({"type": "video/mp4", "duration": timedelta(seconds=20)}, "🎬 [Watch](https://e.example/a.mp3) · 20 s"),
        ({"type": "audio/mpeg", "duration": timedelta(days=900), "length_bytes": -1},
         "🎧 [Listen](https://e.example/a.mp3)"),
        ({"type": "audio/mpeg", "length_bytes": 10**30}, "🎧 [Listen](https://e.example/a.mp3)"),
    ],
    ids=lambda value: str(value)[:50],
)  # fmt: skip
def test_65_a_podcast_can_be_heard_from_its_post(facts: dict[str, Any], line: str) -> None:
    made = embed(stored(title="t", summary="word " * 400, media=(Media(url="https://e.example/a.mp3", **facts),)))
    assert made["description"].endswith(f"word…\n\n{line}")


def test_a_feed_keeps_its_colour() -> None:
    colors = {embed(stored(title="t", feed_url=f"https://{n}.example/"))["color"] for n in range(40)}
    assert len(colors) > 25
    assert embed(stored(title="a"))["color"] == embed(stored(title="b"))["color"]


WILD = st.text(max_size=400) | st.text(alphabet="[](<>@#*`_~|\\\n \u200d\u0301\U0001f1e6\U0001f600a.:/1-", max_size=900)


WILD_FIELDS = ("title", "author", "source_title", "summary", "text", "feed_title", "feed_url", "url", "image_url")


@given(
    wild=st.fixed_dictionaries(dict.fromkeys(WILD_FIELDS, WILD)),
    style=st.sampled_from(["full", "compact", "title"]),
    room=st.integers(0, 300),
)
def test_whatever_a_feed_says_the_embed_is_one_that_discord_takes(
    wild: dict[str, Any], style: StyleName, room: int
) -> None:
    made = embed(stored(**wild), style, room=room)
    assert 0 < units(made["title"]) <= limits.EMBED_TITLE
    assert units(made.get("description", "")) <= room
    assert 0 < units(made.get("author", {"name": "x"})["name"]) <= limits.EMBED_AUTHOR
    assert embed_units(made) <= 519 + room  # ten of these leave room for text
    assert "@everyone" not in str(made)
    assert "@here" not in str(made)
