"""The feed that a visitor brings: from a file, from an address, and what is said when there is none."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from bot.demo import begin, given, house, show
from bot.errors import SetupError
from bot.sandbox.site import FeedSite
from tests.cli.process import herald

ITEM = "<item><guid isPermaLink='false'>{0}</guid><title>Item {0}</title><link>https://example.org/{0}</link></item>"


def _feed(count: int) -> str:
    items = "".join(ITEM.format(number) for number in range(count, 0, -1))
    return f"<rss version='2.0'><channel><title>Brought along</title>{items}</channel></rss>"


@pytest.mark.parametrize(("entries", "held_back"), [(9, 5), (3, 2), (1, 0), (0, 0)])
def test_a_feed_begins_with_an_entry_and_keeps_five_at_most(entries: int, held_back: int, tmp_path: Path) -> None:
    path = tmp_path / "My feed.xml"
    path.write_text(_feed(entries))
    read = given.read(str(path))
    assert (read.slug, read.held_back) == ("my-feed", held_back)
    assert read.document == path.read_bytes()


def test_a_file_that_is_not_there_is_a_mistake(tmp_path: Path) -> None:
    with pytest.raises(SetupError, match="cannot be read"):
        given.read(str(tmp_path / "nothing.xml"))


def test_an_address_that_does_not_answer_is_said_and_gone_without() -> None:
    with pytest.raises(given.OutOfReach, match="could not be reached"):
        given.read("http://127.0.0.1:9/feed.xml")


async def test_an_address_is_asked_once() -> None:
    async with FeedSite() as site:
        feed = site.add_bytes_feed("far", _feed(4).encode())
        read = await asyncio.to_thread(given.read, feed.url)
        assert read.held_back == 3
        assert len(feed.requests) == 1


async def test_the_show_posts_the_visitors_entries_one_by_one(tmp_path: Path) -> None:
    (tmp_path / "mine.xml").write_text(_feed(4))
    answer = await herald(tmp_path, "demo", "--seconds", "14", "--feed", "mine.xml")
    assert answer.code == 0, answer.said
    assert "Following Brought along" in answer.out.replace("**", "")
    assert "#yours: " in answer.out
    assert "Item 2" in answer.out, "the oldest of those held back comes first"


@pytest.mark.parametrize(
    ("display", "terminal", "options", "expected"),
    [
        (True, True, {}, "browser"),
        (True, False, {}, "browser"),
        (False, True, {}, "page"),
        (False, False, {}, "show"),
        (True, True, {"no_browser": True}, "show"),
        (True, True, {"seconds": 5}, "show"),
    ],
)
async def test_what_kind_of_demo_it_is(
    display: bool, terminal: bool, options: dict[str, object], expected: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    played: list[str] = []

    async def play_show(*_: object, **__: object) -> int:
        played.append("show")
        return 0

    async def open_house(*_: object, browser: bool, **__: object) -> int:
        played.append("browser" if browser else "page")
        return 0

    monkeypatch.setattr(house, "has_display", lambda: display)
    monkeypatch.setattr("sys.stdout.isatty", lambda: terminal, raising=False)
    monkeypatch.setattr(show, "run", play_show)
    monkeypatch.setattr(house, "run", open_house)
    wanted: dict[str, object] = {"seconds": None, "no_browser": False, "feed": None} | options
    assert await begin.begin(**wanted) == 0  # type: ignore[arg-type]
    assert played == [expected]
