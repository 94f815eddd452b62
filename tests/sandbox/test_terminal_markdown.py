"""Discord's markdown as it looks on Discord."""

from __future__ import annotations

import io

import pytest
from rich.console import Console
from rich.text import Text

from bot.sandbox.terminal.markdown import LINK_COLOUR, Names, inline, markdown, plain

NAMES = Names({"5": "mara", "6": "sky", "7": "news"})


def styled(text: Text, wanted: str) -> list[str]:
    """The parts of `text` that are bold, italic, ..."""
    return [
        text.plain[span.start : span.end]
        for span in text.spans
        if not isinstance(span.style, str) and getattr(span.style, wanted)
    ]


@pytest.mark.parametrize(
    ("source", "shows", "wanted", "parts"),
    [
        ("a **b** c", "a b c", "bold", ["b"]),
        ("*b* and _c_", "b and c", "italic", ["b", "c"]),
        ("__b__", "b", "underline", ["b"]),
        ("~~b~~", "b", "strike", ["b"]),
        ("||b||", "b", "reverse", ["b"]),
        ("***b***", "b", "bold", ["b"]),
        ("**a *b* c**", "a b c", "italic", ["b"]),
        ("snake_case_name", "snake_case_name", "italic", []),
        ("2 * 3 * 4", "2 * 3 * 4", "italic", []),
        (r"\*no\*", "*no*", "italic", []),
        (r"**a\*\*b**", "a**b", "bold", ["a", "*", "*", "b"]),
        ("`**b**`", "**b**", "bold", []),
        ("``a`b``", "a`b", "bold", []),
        ("C++ and C# 5 < 6", "C++ and C# 5 < 6", "bold", []),
    ],
)
def test_marks_become_styles(source: str, shows: str, wanted: str, parts: list[str]) -> None:
    drawn = inline(source)
    assert (drawn.plain, styled(drawn, wanted)) == (shows, parts)


@pytest.mark.parametrize(
    ("source", "shows", "link"),
    [
        ("[here](https://a.example/x)", "here", "https://a.example/x"),
        ("[**here**](https://a.example/x_(y))", "here", "https://a.example/x_(y)"),
        ('[here](<https://a.example/x> "title")', "here", "https://a.example/x"),
        ("<https://a.example/x>", "https://a.example/x", "https://a.example/x"),
        ("see https://a.example/x.", "see https://a.example/x.", "https://a.example/x"),
        ("[here](javascript:alert(1))", "[here](javascript:alert(1))", None),
        ("[here](https://a.example/ü)", "here", None),
    ],
)
def test_links_show_their_label_and_lead_only_to_the_web(source: str, shows: str, link: str | None) -> None:
    drawn = inline(source)
    assert drawn.plain == shows
    assert [link] == ([span.style.link for span in drawn.spans if not isinstance(span.style, str)] or [None])[:1]


@pytest.mark.parametrize(
    ("source", "shows"),
    [
        ("<@5> <@!5> <@&6> <#7>", "@mara @mara @sky #news"),
        ("<@1> <@&1> <#1>", "@unknown-user @unknown-role #unknown"),
        ("</feed add:123>", "/feed add"),
        ("<:tea:123456> <a:steam:1234>", ":tea: :steam:"),
        ("<t:1778669872:R>", "13 May 2026 10:57"),
        ("<t:9999999999999>", "Invalid Date"),
    ],
)
def test_references_show_what_they_stand_for(source: str, shows: str) -> None:
    assert inline(source, NAMES).plain == shows


def test_blocks_are_headings_quotes_lists_code_and_small_print() -> None:
    source = "# Head\n> quoted\n> > once\n- one\n  - two\n3. three\n```py\na = *b*\n```\n-# small\n>>> all\nthe rest"
    console = Console(file=io.StringIO(), width=40, color_system=None)
    console.print(markdown(source))
    assert isinstance(console.file, io.StringIO)
    assert console.file.getvalue().splitlines() == [
        "Head",
        "▎ quoted",
        "▎ > once",
        " • one",
        "   • two",
        " 3. three",
        "  a = *b*",
        "small",
        "▎ all",
        "▎ the rest",
    ]


def test_a_long_line_of_a_list_hangs_under_its_first_word() -> None:
    console = Console(file=io.StringIO(), width=12, color_system=None)
    console.print(markdown("- one two three"))
    assert isinstance(console.file, io.StringIO)
    assert [line.rstrip() for line in console.file.getvalue().splitlines()] == [" • one two", "   three"]


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("a\x1b[31mb\x1b[0m", "ab"),
        ("a\x1b]0;title\x07b", "ab"),
        ("a\x1b]8;;https://evil.example\x1b\\b\x1b]8;;\x1b\\", "ab"),
        ("a\x9b2Jb\x9d0;x\x9cc", "abc"),
        ("a\x1b]never closed\nb", "a\nb"),
        ("a\x1bcb\x1b", "ab"),
        ("tab\tand\r\nline\u2028s", "tab    and\nline\ns"),
        ("\u202eabc\u2066\ufeff\x00", "abc"),
        ("👩‍🚀 é ไทย", "👩‍🚀 é ไทย"),
        (12, "12"),
    ],
)
def test_plain_text_has_no_controls_left(text: object, left: str) -> None:
    assert plain(text) == left


def test_a_link_is_drawn_in_the_colour_of_links() -> None:
    assert [
        span.style.color.name
        for span in inline("https://a.example").spans
        if not isinstance(span.style, str) and span.style.color
    ] == [LINK_COLOUR]
