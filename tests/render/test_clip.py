"""Where texts are cut: at words, never inside a character, never with markup left open."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.render import clip_markdown as module
from bot.render.clip import clip, cut, splits_a_character
from bot.render.clip_markdown import clip_markdown
from bot.render.limits import units

FAMILY = "\U0001f468\u200d\U0001f469\u200d\U0001f467"
FLAG = "\U0001f1e9\U0001f1ea"
THUMB = "\U0001f44d\U0001f3fd"
SCOTLAND = "\U0001f3f4\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f"
TEXTS = st.text(max_size=120) | st.text(alphabet=f"ab \n\u0301\u0e33\u1100\u1161{FAMILY}{FLAG}{THUMB}", max_size=60)


@pytest.mark.parametrize(
    ("text", "limit", "clipped"),
    [
        ("one two three", 13, "one two three"),
        ("one two three", 12, "one two…"),
        ("one two three", 8, "one two…"),
        ("unbelievable", 5, "unbe…"),
        ("股市大涨沪深", 4, "股市大…"),
        ("one  two", 6, "one…"),
        ("ab", 1, "…"),
    ],
)
def test_a_text_is_cut_at_a_word(text: str, limit: int, clipped: str) -> None:
    assert clip(text, limit) == clipped


@given(TEXTS, st.integers(1, 50))
def test_a_clipped_text_fits_and_is_a_prefix(text: str, limit: int) -> None:
    short = clip(text, limit)
    assert units(short) <= limit
    assert short == text or (short[-1] == "…" and text.startswith(short[:-1]))


@pytest.mark.parametrize("sign", [FAMILY, FLAG, THUMB, SCOTLAND, "e\u0301\u0323", "\u1112\u1161\u11ab", "\u0e01\u0e33"])
@given(count=st.integers(1, 12), limit=st.integers(0, 40))
def test_63_no_character_is_cut_in_two(sign: str, count: int, limit: int) -> None:
    kept = cut(sign * count, limit)
    assert units(kept) <= limit
    assert kept == sign * (len(kept) // len(sign))


def test_an_endless_character_is_cut_all_the_same() -> None:
    assert units(cut("e" + "\u0301" * 10_000, 100)) == 100


def test_flags_are_pairs() -> None:
    flags = FLAG * 3
    assert [splits_a_character(flags, place) for place in range(7)] == [False, True, False, True, False, True, False]


@pytest.mark.parametrize(
    ("markdown", "limit", "clipped"),
    [
        ("**bold text** more", 12, "**bold…**"),
        ("**bold *both words* text**", 18, "**bold *both…***"),
        ("a ||hidden words|| b", 14, "a ||hidden…||"),
        ("```\nsome code here\n```", 18, "```\nsome code…\n```"),
        ("a `code here` b", 9, "a `code…`"),
        ("see [label](https://e.example) now", 20, "see…"),
        ("see [label](https://e.example) now and", 33, "see [label](https://e.example)…"),
        (r"a\*\*\*\*", 6, r"a\*\*…"),
        ("go to https://e.example/abc now", 20, "go to…"),
        ("x <t:1778673600:R> y", 12, "x…"),
        ("- one\n- two\n- three", 15, "- one\n- two…"),
        ("> quote\n> more words", 12, "> quote…"),
        ("fits **well**", 13, "fits **well**"),
        ("open ** for ever", 40, "open ** for ever**"),
    ],
)
def test_59_nothing_is_left_open_or_in_half(markdown: str, limit: int, clipped: str) -> None:
    assert clip_markdown(markdown, limit) == clipped
    assert units(clipped) <= limit


def test_what_a_reader_sees_can_be_bounded_apart_from_what_is_sent() -> None:
    links = "[one](https://e.example/1) [two](https://e.example/2) [three](https://e.example/3)"
    assert clip_markdown(links, 1000, shown=8) == "[one](https://e.example/1) [two](https://e.example/2)…"
    assert clip_markdown("a\nb\nc\nd", 1000, lines=2) == "a\nb…"


MARKDOWN = st.text(alphabet="ab \n\\*_~|`[]()<>@.:/\U0001f600\u0301", max_size=120)


@given(MARKDOWN, st.integers(1, 60))
def test_cut_markdown_fits_whatever_it_is(markdown: str, limit: int) -> None:
    assert units(clip_markdown(markdown, limit)) <= limit


@given(MARKDOWN, st.integers(1, 60))
def test_cutting_twice_changes_nothing(markdown: str, limit: int) -> None:
    once = clip_markdown(markdown, limit)
    assert clip_markdown(once, limit) == once


@pytest.mark.timeout(5)
@pytest.mark.parametrize(
    "text", ["[a](" * 250_000, "*" * 1_000_000, "`" * 1_000_000, "https://" * 125_000, "[" * 1_000_000]
)
def test_a_megabyte_is_cut_at_once(text: str) -> None:
    assert units(clip_markdown(text, 4096)) <= 4096


PARTS = st.sampled_from(
    [
        *"ahx*_`~|\\[]() \n.",
        "words of some length",
        "https://a.b/c_d",
        "xhttp://q",
        "**",
        "***",
        "```",
        "||",
        "1. ",
        "- ",
        "[label](http://u)",
        "<@1>",
        "<http://x>",
        "é",
        "\u200d",
        FAMILY,
        FLAG,
        THUMB,
        "股市大涨",
        "ำ",
        "h" * 7,
    ]
)


@given(
    st.lists(PARTS, max_size=40).map("".join),
    st.integers(1, 80),
    st.none() | st.integers(1, 60),
    st.none() | st.integers(1, 6),
)
def test_words_taken_at_once_are_cut_where_they_would_be_letter_by_letter(
    text: str, limit: int, shown: int | None, lines: int | None
) -> None:
    at_once = clip_markdown(text, limit, shown=shown, lines=lines)
    with pytest.MonkeyPatch.context() as patch:
        never = module._TOKEN.pattern.replace("(?P<plain>", "(?P<plain>(?!)", 1)
        patch.setattr(module, "_TOKEN", re.compile(never, module._TOKEN.flags))
        assert clip_markdown(text, limit, shown=shown, lines=lines) == at_once
