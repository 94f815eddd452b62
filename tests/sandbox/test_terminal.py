"""A channel drawn in a terminal: what is on the screen, in which columns, and what never gets there."""

from __future__ import annotations

import io
import re
import time
from datetime import timedelta, timezone
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.console import Console, RenderableType

from bot.sandbox.site.pictures import encode_png, paint
from bot.sandbox.terminal.drawing import draw_command, draw_header, draw_message, draw_notice

HERALD = {"id": "1", "username": "herald", "bot": True}
PICTURE = "http://127.0.0.1:1/pictures/aurora.png"
SEQUENCES = re.compile(r"\x1b\[[0-9;]*m|\x1b\]8;[^\x1b]*\x1b\\")  # rich's own: colours and links


def shown(drawn: RenderableType, *, width: int = 80, colours: Any = None, encoding: str = "utf-8") -> str:
    raw = io.BytesIO()
    file = io.TextIOWrapper(raw, encoding=encoding)
    Console(file=file, width=width, color_system=colours, force_terminal=colours is not None).print(drawn)
    file.flush()
    return raw.getvalue().decode(encoding)


def lines(message: dict[str, Any], **more: Any) -> list[str]:
    return [line.rstrip() for line in shown(draw_message({"author": HERALD} | message, **more)).splitlines()]


def test_an_embed_is_drawn_in_discords_order_beside_its_bar() -> None:
    embed = {
        "footer": {"text": "sunward.example"},
        "timestamp": "2026-05-13T10:57:52Z",
        "image": {"url": PICTURE},
        "description": "**Clear** skies",
        "title": "Aurora tonight",
        "url": "https://sunward.example/1",
        "author": {"name": "Sunward"},
        "color": 0x2B7A5B,
    }
    assert lines({"timestamp": "2026-05-13T10:58:00+00:00", "embeds": [embed]}) == [
        "herald [APP]  13 May 2026 10:58",
        "▌ Sunward",
        "▌ Aurora tonight",
        "▌ Clear skies",
        "▌ ▣ aurora.png",
        "▌ sunward.example • 13 May 2026 10:57",
    ]


def test_the_bar_has_the_embeds_colour_and_the_title_its_link() -> None:
    embed = {"title": "T", "url": "https://a.example/x", "color": 0x2B7A5B}
    screen = shown(draw_message({"author": HERALD, "embeds": [embed]}), colours="truecolor")
    assert "38;2;43;122;91m▌" in screen
    assert ";https://a.example/x\x1b\\" in screen


def test_inline_fields_stand_side_by_side_three_to_a_row() -> None:
    fields = [{"name": f"N{n}", "value": f"V{n}", "inline": n != 5} for n in range(1, 6)]
    drawn = lines({"embeds": [{"fields": fields}]})
    assert [line.split()[1:] for line in drawn[1:]] == [
        ["N1", "N2", "N3"],
        ["V1", "V2", "V3"],
        *[[x] for x in ("N4", "V4", "N5", "V5")],
    ]


def test_buttons_and_menus_are_labels_in_brackets() -> None:
    row = [
        {"type": 2, "style": 1, "label": "Share", "emoji": {"name": "📣"}},
        {"type": 2, "style": 5, "label": "Open", "url": "https://a.example"},
        {"type": 2, "style": 2, "label": "Next", "disabled": True},
    ]
    menu = {"type": 3, "options": [{"label": "full", "default": True}, {"label": "compact"}]}
    rows = [{"type": 1, "components": row}, {"type": 1, "components": [menu]}]
    assert lines({"components": rows})[1:] == ["[ 📣 Share ] [ Open ↗ ] [ Next ]", "[ full ▾ ]"]


def test_components_of_version_2_are_drawn_too() -> None:
    inside = [
        {"type": 10, "content": "## Status"},
        {"type": 9, "components": [{"type": 10, "content": "all well"}], "accessory": {"type": 2, "label": "More"}},
        {"type": 12, "items": [{"media": {"url": PICTURE}}]},
    ]
    drawn = lines({"components": [{"type": 17, "accent_color": 0xFF0000, "components": inside}]})
    assert drawn[1:] == ["▌ Status", "▌ all well", "▌ [ More ]", "▌ ▣ aurora.png"]


def test_an_answer_for_one_person_says_so() -> None:
    assert lines({"content": "Done.", "flags": 64})[1:] == ["Done.", "Only you can see this"]
    assert lines({"flags": 128}) == ["herald [APP]", "herald is thinking…"]
    assert lines({"content": "Done.", "flags": 0})[1:] == ["Done."]


def test_a_silent_message_shows_a_crossed_out_bell() -> None:
    assert lines({"content": "x", "flags": 1 << 12}) == ["herald [APP] 🔕", "x"]


def test_suppressed_embeds_are_not_drawn() -> None:
    assert lines({"content": "x", "flags": 4, "embeds": [{"title": "T"}]})[1:] == ["x"]


def test_a_person_has_no_badge_and_a_time_is_told_in_the_zone_asked_for() -> None:
    person = {"username": "m", "global_name": "Mara"}
    message = {"author": person, "timestamp": "2026-05-13T23:30:00+00:00", "edited_timestamp": "2026-05-13T23:31:00Z"}
    assert lines(message, zone=timezone(timedelta(hours=2))) == ["Mara  14 May 2026 01:30 (edited)"]


def test_a_command_a_notice_and_a_header_are_one_line_each() -> None:
    assert (
        shown(draw_command("mara", "/feed add url:https://a.example/x")) == "mara › /feed add url:https://a.example/x\n"
    )
    assert shown(draw_notice("Killed here.")) == "· Killed here.\n"
    assert shown(draw_header("Port Ellery", "news", "topic")).splitlines()[0] == "Port Ellery  # news  topic"


def test_a_commands_name_is_marked_without_its_options() -> None:
    screen = shown(draw_command("mara", "/feed add url:https://a.example"), colours="truecolor")
    assert "m/feed add\x1b" in screen


# --- Pictures -------------------------------------------------------------------------------------------------------


def test_a_picture_of_ours_is_drawn_in_half_blocks_of_its_colours() -> None:
    png = encode_png(paint("aurora", (43, 122, 91), "sun"))
    message = {"author": HERALD, "embeds": [{"image": {"url": PICTURE}}]}
    screen = shown(draw_message(message, picture={PICTURE: png}.get), colours="truecolor")
    blocks = [line for line in SEQUENCES.sub("", screen).splitlines() if "▀" in line]
    assert blocks == ["▌ " + "▀" * 44] * 12  # 44 columns of 16:9, two pixels to a character
    assert len(set(re.findall(r"38;2;[\d;]+", screen))) > 30


@pytest.mark.parametrize("data", [None, b"", b"\xff\xd8\xff\xe0 a JPEG", b"\x89PNG\r\n\x1a\n"])
def test_any_other_picture_is_named(data: bytes | None) -> None:
    message = {"author": HERALD, "embeds": [{"image": {"url": "https://cdn.example/d8/a%20b.jpg?itok=1"}}]}
    screen = shown(draw_message(message, picture=lambda url: data), colours="truecolor")
    assert "a b.jpg" in screen
    assert "▀" not in screen


# --- Any terminal, any text -----------------------------------------------------------------------------------------

RICH_MESSAGE = {
    "author": HERALD,
    "timestamp": "2026-05-13T10:58:00+00:00",
    "content": "自行車道延長十二公里的工程上週完工，現在可以從舊港一路騎到茶山腳下。" * 4 + "🚲🍵" * 60,
    "embeds": [
        {"title": "半导体" * 40, "description": "> " + "한국어" * 60 + "\n- " + "x" * 300, "image": {"url": PICTURE}},
        {"fields": [{"name": "名前" * 9, "value": "ชาเย็น" * 20, "inline": True}] * 3, "footer": {"text": "脚注" * 60}},
    ],
    "components": [{"type": 1, "components": [{"type": 2, "label": "ラベル" * 10}] * 5}],
}


@pytest.mark.parametrize("width", [80, 40, 20])
def test_no_line_is_wider_than_the_screen_with_wide_characters(width: int) -> None:
    screen = shown(draw_message(RICH_MESSAGE), width=width)
    assert max(cell_len(line) for line in screen.splitlines()) <= width
    assert "".join(screen.split()).count("🚲") == 60


def test_a_terminal_without_unicode_gets_question_marks_and_plain_bars() -> None:
    screen = shown(draw_message(RICH_MESSAGE), encoding="ascii")
    assert "\n| ?" in screen
    assert "aurora.png" in screen


HOSTILE = (
    "\x1b[2J\x1b[31mred\x1b]0;owned\x07\x1b]52;c;aGk=\x1b\\\x9b5n\x1bP1$r\x1b\\\x07\b\r\u202egnorw\u2066\x00\ud800"
)


def everywhere(text: str) -> dict[str, Any]:
    """A message with `text` in every place that takes one."""
    return {
        "author": {"username": text, "bot": True},
        "interaction": {"name": text, "user": {"username": text}},
        "content": f"{text} **{text}** `{text}` [{text}](https://a.example/{text}) <@5>\n```\n{text}\n```\n> {text}",
        "mentions": [{"id": "5", "username": text}],
        "attachments": [{"filename": text, "size": 1}],
        "embeds": [
            {
                "title": text,
                "url": "https://a.example/" + text,
                "description": text,
                "author": {"name": text},
                "provider": {"name": text},
                "fields": [{"name": text, "value": text, "inline": True}],
                "image": {"url": "https://a.example/" + text},
                "footer": {"text": text},
                "timestamp": text,
            }
        ],
        "components": [{"type": 1, "components": [{"type": 2, "label": text, "emoji": {"name": text}}]}],
    }


def controls_in(screen: str) -> set[str]:
    forbidden = "[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]"
    return set(re.findall(forbidden, SEQUENCES.sub("", screen)))


@pytest.mark.parametrize("colours", [None, "truecolor"])
def test_no_text_of_a_message_controls_the_terminal(colours: str | None) -> None:
    screen = shown(draw_message(everywhere(HOSTILE)), colours=colours)
    assert "red" in screen
    assert controls_in(screen) == set()
    for drawn in (draw_command(HOSTILE, HOSTILE), draw_notice(HOSTILE), draw_header(HOSTILE, HOSTILE, HOSTILE)):
        assert controls_in(shown(drawn, colours=colours)) == set()
    assert all(";http" in link or link == "\x1b]8;;\x1b\\" for link in re.findall(r"\x1b\]8;[^\x1b]*\x1b\\", screen))


@settings(deadline=None, max_examples=150)
@given(st.text(st.one_of(st.sampled_from("*_`~|[]()<>\\#-> \n\x1b@&:/"), st.characters()), max_size=60))
def test_any_text_can_be_drawn(text: str) -> None:
    assert controls_in(shown(draw_message(everywhere(text)), colours="truecolor")) == set()


@pytest.mark.parametrize(
    "marks",
    ["**", "*_", "[", "[a](", "||", "<", "`", "> ", ">>> ", "__a", "*a **b", "\\", "- ", "```", "https://(", "*a*"],
)
def test_marks_without_end_are_drawn_in_no_time(marks: str) -> None:
    begun = time.process_time()
    shown(draw_message({"content": marks * (4000 // len(marks))}))
    assert time.process_time() - begun < 2  # measured: under 0.15 s each; exponential would be for ever
