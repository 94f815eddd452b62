"""search, backup and restore, as an operator types them, beside a bot that runs."""

from __future__ import annotations

import asyncio
import json
import signal
from dataclasses import replace
from pathlib import Path

import pytest

from bot.model import FeedFacts
from bot.sandbox import Sandbox
from bot.store.store import Store
from tests.cli.process import begin, ended, herald
from tests.store.scene import Scene, a_commit, an_entry

ENTRY_KEYS = ["id", "feed", "guid", "title", "url", "author", "published_at", "image_url", "summary", "first_seen_at"]


@pytest.fixture
async def folder(tmp_path: Path) -> Path:
    """A database as an installation has it, with the feeds of two servers."""
    (tmp_path / "data").mkdir()
    async with await Store.open(f"sqlite+aiosqlite:///{tmp_path}/data/herald.db") as store:
        scene = Scene(store)
        for guild_id, (name, title) in enumerate(
            [("boats", "Ferry [red]to[/red] Tallinn"), ("trains", "Tallinn line")]
        ):
            feed = await scene.feed(f"https://feeds.example/{name}", title=name.title())
            await scene.follow(feed, guild_id=guild_id + 1)
            commit = a_commit(feed.id, [an_entry(1, title=title, text="Leaves at noon for the harbour.")])
            await store.commit_poll(replace(commit, facts=FeedFacts(title=name.title())))
    return tmp_path


async def test_a_search_finds_in_every_server(folder: Path) -> None:
    people, programs = await asyncio.gather(
        herald(folder, "search", "tallinn"), herald(folder, "search", "tallinn", "--json")
    )
    assert people.code == programs.code == 0, people.said + programs.said
    for words in ("Ferry [red]to[/red] Tallinn", "Tallinn line", "https://feeds.example/1", "2 of 2 entries."):
        assert words in people.out
    assert "\x1b" not in people.out
    found = json.loads(programs.out)
    assert (found["query"], found["total"]) == ("tallinn", 2)
    assert [list(entry) for entry in found["entries"]] == [ENTRY_KEYS] * 2
    assert {entry["feed"]["url"] for entry in found["entries"]} == {
        "https://feeds.example/boats",
        "https://feeds.example/trains",
    }


async def test_a_search_is_narrowed_by_feed_time_and_number(folder: Path) -> None:
    by_title, by_address, by_time, by_number, nothing = await asyncio.gather(
        herald(folder, "search", "tallinn", "--feed", "boa", "--json"),
        herald(folder, "search", "tallinn", "--feed", "https://feeds.example/trains", "--json"),
        herald(folder, "search", "tallinn", "--since", "2026-05-02", "--json"),
        herald(folder, "search", "tallinn", "--limit", "1", "--json"),
        herald(folder, "search", "walrus"),
    )
    assert [entry["title"] for entry in json.loads(by_title.out)["entries"]] == ["Ferry [red]to[/red] Tallinn"]
    assert [entry["title"] for entry in json.loads(by_address.out)["entries"]] == ["Tallinn line"]
    assert json.loads(by_time.out) == {"query": "tallinn", "total": 0, "entries": []}
    assert (json.loads(by_number.out)["total"], len(json.loads(by_number.out)["entries"])) == (2, 1)
    assert (nothing.code, nothing.out[:15]) == (0, "Nothing matches")


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["tallinn ("], 2, ["A word is missing", "tallinn (\n"]),
        (["-tallinn"], 2, ["No such option"]),
        (["--", "-tallinn"], 2, ["Try: rust -tallinn"]),
        (["tallinn", "--since", "never"], 2, ["is no time that I know"]),
        (["tallinn", "--limit", "0"], 2, ["--limit"]),
        (["tallinn", "--feed", "planes"], 1, ["no feed is at the address planes"]),
    ],
)
async def test_a_mistake_in_a_search_is_shown(folder: Path, arguments: list[str], code: int, words: list[str]) -> None:
    answer = await herald(folder, "search", *arguments)
    assert (answer.code, answer.out) == (code, "")
    for word in words:
        assert word in answer.err
    assert "Traceback" not in answer.err


async def test_a_running_bot_is_searched_and_backed_up_and_not_restored(folder: Path) -> None:
    async with Sandbox() as sandbox:
        bot = await begin(folder, "run", DISCORD_TOKEN=sandbox.token, DISCORD_API_BASE=sandbox.api_base)
        try:
            await sandbox.bot_ready(30)
            found = await herald(folder, "search", "ferry", "--json")
            made = await herald(folder, "backup", "copy.db", "--json")
            refused = await herald(folder, "restore", "copy.db")
        finally:
            if bot.returncode is None:
                bot.send_signal(signal.SIGTERM)
            assert (await ended(bot)).code == 0
    assert json.loads(found.out)["total"] == 1
    assert json.loads(made.out) == {
        "file": str(folder / "copy.db"),
        "bytes": (folder / "copy.db").stat().st_size,
    }
    refused.failed_with(f"another Herald (process {bot.pid})", "Stop it first")


async def test_a_backup_is_restored_and_searched(folder: Path) -> None:
    (await herald(folder, "restore", "copy.db")).failed_with("copy.db is no file")
    made = await herald(folder, "backup", "copy.db")
    assert (made.code, made.err) == (0, ""), made.said
    (await herald(folder, "backup", "copy.db")).failed_with("exists already", "--force")
    assert (await herald(folder, "backup", "copy.db", "--force")).code == 0
    other = {"HERALD_DATABASE_URL": f"sqlite+aiosqlite:///{folder}/other/herald.db"}
    restored = await herald(folder, "restore", "copy.db", "--json", **other)
    assert json.loads(restored.out) == {"database": f"{folder}/other/herald.db", "former": None}
    again = await herald(folder, "restore", "copy.db", **other)
    assert "The former database is" in again.out
    assert json.loads((await herald(folder, "search", "tallinn", "--json", **other)).out)["total"] == 2


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["backup", "nowhere/copy.db"], ["nowhere does not exist", "mkdir -p"]),
        (["backup", "data/herald.db", "--force"], ["is the database itself"]),
        (["backup", "data", "--force"], ["is a folder"]),
        (["restore", "letter.txt"], ["letter.txt", "herald backup"]),
    ],
)
async def test_a_copy_that_cannot_be_made_is_told_with_what_to_do(
    folder: Path, arguments: list[str], words: list[str]
) -> None:
    (folder / "letter.txt").write_text("Dear Ada, " * 1000)
    (await herald(folder, *arguments)).failed_with(*words)


@pytest.mark.parametrize("command", [["backup", "copy.db"], ["search", "tallinn"]])
async def test_without_a_database_nothing_is_made(tmp_path: Path, command: list[str]) -> None:
    (await herald(tmp_path, *command)).failed_with("there is no database at data/herald.db", "herald run makes it")
    assert list(tmp_path.iterdir()) == []
