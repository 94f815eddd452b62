"""A stranger's text shows literally, pings nobody, hides nothing, and takes linear time."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.render.clean import clean, clean_line
from bot.render.escape import escape, escape_line, plain_line
from bot.render.limits import units

FAMILY = "\U0001f468\u200d\U0001f469\u200d\U0001f467"
SCOTLAND = "\U0001f3f4\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f"


@pytest.mark.parametrize(
    ("text", "escaped"),
    [
        ("*a* _b_ `c` \\", r"\*a\* \_b\_ \`c\` \\"),
        ("~~a~~ ||b|| ~c | d", r"\~\~a\~\~ \|\|b\|\| ~c | d"),
        ("[a](https://e.example)", r"\[a\](https://e.example)"),
        ("# a\n## b\n### c\n-# d\n#e", "\\# a\n\\## b\n\\### c\n\\-# d\n#e"),
        ("> a\n>>> b\na > b", "\\> a\n\\>>> b\na > b"),
        ("- a\n  - b\n1. c\n99. d\na - b 1.5", "\\- a\n  \\- b\n1\\. c\n99\\. d\na - b 1.5"),
        (
            "<@1> <@!1> <@&1> <#1> </a:1> <t:0> <:e:1> <a:e:1>",
            r"\<@1> \<@!1> \<@&1> \<#1> \</a:1> \<t:0> \<:e:1> \<a:e:1>",
        ),
        ("1 < 2", "1 < 2"),
        ("@everyone @here @Here", "@\u200beveryone @\u200bhere @\u200bHere"),
        ("discord.gg/a https://discord.com/invite/b", "discord.gg/\u200ba https://discord.com/invite/\u200bb"),
        ("see https://e.example/a_b_(c)~d", "see https://e.example/a_b_(c)~d"),
        ("https://e.example/**a**", r"https://e.example/\*\*a\*\*"),
    ],
)
def test_markup_shows_literally(text: str, escaped: str) -> None:
    assert escape(text) == escaped


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        ("a\u202eb\u2066c\u200ed\u061ce", "abcde"),
        ("a\u200bb\ufeffc\u2060d\u00ade", "abcde"),
        ("a\x00b\x1bc\x85d\x9fe", "abc\nde"),
        ("a\r\nb\rc\u2028d", "a\nb\nc\nd"),
        ("a" + "\n" * 5000 + "b", "a\n\nb"),
        ("a" + " \n\t" * 5000 + "b", "a \n\n\tb"),
        ("e" + "\u0301" * 10_000 + "x", "e" + "\u0301" * 4 + "x"),
        ("\ud800x\ufffe", "x"),
        ("hid\U000e0068\U000e0069den", "hidden"),
        ("@\u200deveryone @ever\u200cyone", "@everyone @everyone"),
    ],
    ids=lambda value: ascii(value)[:40],
)
def test_60_what_hides_or_stacks_is_taken_out(text: str, cleaned: str) -> None:
    assert clean(text) == cleaned


@pytest.mark.parametrize(
    "text",
    [
        FAMILY,
        SCOTLAND,
        "\U0001f44d\U0001f3fd \u2764\ufe0f 1\ufe0f\u20e3",
        "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645",  # Persian, with its non-joiner
        "\u0d28\u0d4d\u200d \u0915\u094d\u200d\u0937",  # Malayalam and Hindi, with their joiners
        "\u05d1\u05bc\u05b0\u05e8\u05b5\u05d0\u05e9\u05c1\u05b4\u0596\u05d9\u05ea",  # Hebrew, pointed and accented
        "\u0e17\u0e35\u0e48\u0e19\u0e35\u0e48",  # Thai, two marks on a letter
        "\u0f66\u0f92\u0fb2\u0f74\u0f56\u0f0b",  # Tibetan, a stack of four
        "Vi\u1ec7\u0302\u0323t Nam",
    ],
    ids=ascii,
)
def test_60_what_a_script_needs_stays(text: str) -> None:
    assert clean(text) == text


@given(st.text(max_size=300))
def test_cleaning_twice_changes_nothing(text: str) -> None:
    assert clean(clean(text)) == clean(text)


@given(st.text(alphabet="ab*_`~|[]()<>@#\\-. \n\u0301\U0001f600", max_size=200), st.integers(2, 80))
def test_an_escaped_line_fits_and_ends_with_no_half_escape(text: str, limit: int) -> None:
    line = escape_line(text, limit)
    assert units(line) <= limit
    assert "\n" not in line
    assert (len(line) - len(line.rstrip("\\"))) % 2 == 0


@given(st.text(alphabet="ab*_`~|[]<>#\\-. ", max_size=100))
def test_without_its_backslashes_an_escaped_text_is_the_text(text: str) -> None:
    line = escape_line(text, 1000)
    unescaped = []
    signs = iter(line)
    for sign in signs:
        unescaped.append(next(signs) if sign == "\\" else sign)
    assert "".join(unescaped) == clean_line(text)


@given(st.text(max_size=200), st.integers(2, 80))
def test_a_plain_line_fits(text: str, limit: int) -> None:
    assert units(plain_line(text, limit)) <= limit


@pytest.mark.timeout(5)
@pytest.mark.parametrize(
    "text",
    ["[a](" * 50_000, "<@1>" * 50_000, "@everyone" * 20_000, "https://" * 25_000, "\u200d" * 200_000, "1. " * 60_000,
     "\n" * 200_000, "~" * 200_000, "\U0001f3f4" * 100_000, "e\u0301" * 100_000],
    ids=lambda text: ascii(text[:9]),
)  # fmt: skip
def test_58_escaping_is_linear(text: str) -> None:
    assert len(escape(text)) <= 2 * len(text) + 1
