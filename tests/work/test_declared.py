"""Subscriptions written into config/feeds.toml."""

from __future__ import annotations

from pathlib import Path
from typing import Any, cast

import pytest

from bot.errors import AlreadyThere, ParseError, SetupError
from bot.work import declared
from bot.work.answers import Choice
from bot.work.declared import Declared
from bot.work.follow import Follow

ROOT = Path(__file__).resolve().parents[2]


def _read(folder: Path, text: str) -> list[Declared]:
    path = folder / "feeds.toml"
    path.write_text(text, "utf-8")
    return declared.read(path)


def test_what_is_written_is_read(tmp_path: Path) -> None:
    text = '[[subscription]]\nfeed = "https://a.example"\nchannel = 1\n' + (
        '[[subscription]]\nfeed = "https://b.example"\nchannel = "2"\nfilter = "chip"\nstyle = "title"\n'
    )
    assert _read(tmp_path, text) == [
        Declared(feed="https://a.example", channel_id=1),
        Declared(feed="https://b.example", channel_id=2, filter="chip", style="title"),
    ]


def test_no_file_an_empty_one_and_the_one_as_shipped_declare_nothing(tmp_path: Path) -> None:
    assert declared.read(tmp_path / "none.toml") == []
    assert _read(tmp_path, "") == []
    assert declared.read(ROOT / "config" / "feeds.toml") == []


def test_the_example_as_shipped_is_right_once_its_hashes_are_taken_away(tmp_path: Path) -> None:
    shipped = (ROOT / "config" / "feeds.toml").read_text("utf-8").splitlines()
    start = shipped.index("# [[subscription]]")
    (one,) = _read(tmp_path, "\n".join(line.removeprefix("# ") for line in shipped[start:]))
    assert one.feed == "https://www.scmp.com/rss/519755/feed"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[[subscription]\n", "line 1"),
        ("[subscription]\n", "tables"),
        ("[[feed]]\n", "tables"),
        ("subscription = [1]\n", "no table"),
        ("[[subscription]]\nchannel = 1\n", "subscription 1: feed is missing"),
        ('[[subscription]]\nfeed = "x"\n', "channel must be"),
        ('[[subscription]]\nfeed = "x"\nchannel = "news"\n', "channel must be"),
        ('[[subscription]]\nfeed = "x"\nchannel = true\n', "channel must be"),
        ('[[subscription]]\nfeed = "x"\nchannel = 1\nstyle = "big"\n', "full, compact, title"),
        ('[[subscription]]\nfeed = "x"\nchannel = 1\nfilter = 3\n', "filter a text"),
        ('[[subscription]]\nfeed = "x"\nchannel = 1\ncolour = "red"\n', "no setting colour"),
    ],
)
def test_a_mistake_is_named_with_its_place(tmp_path: Path, text: str, words: str) -> None:
    with pytest.raises(SetupError, match=words):
        _read(tmp_path, text)


async def test_one_that_fails_costs_only_itself() -> None:
    class Following:
        def __init__(self) -> None:
            self.added: list[str] = []

        async def add(self, *, url: str, **_: Any) -> object:
            if url == "twice":
                raise AlreadyThere("it is there")
            if url == "broken":
                raise ParseError(url, "no feed")
            self.added.append(url)
            return Choice(page_url=url, candidates=())

    follow = Following()
    wanted = [Declared(feed=feed, channel_id=1) for feed in ("twice", "broken", "good")]
    wanted.insert(0, Declared(feed="elsewhere", channel_id=2))
    await declared.reconcile(wanted, cast("Follow", follow), lambda channel_id: 7 if channel_id == 1 else None)
    assert follow.added == ["good"]
