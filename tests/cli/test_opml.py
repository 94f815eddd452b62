"""Lists of feeds from and into the database, by the command line."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from bot.feeds.opml import Outline, read_opml, write_opml
from bot.model import FeedFacts, Subscription
from bot.store.store import Store
from tests.cli.process import Ended, herald
from tests.keys import KEY
from tests.store.scene import NOW

NEWS, HALL = 10, 11


def url_of(folder: Path) -> str:
    return f"sqlite+aiosqlite:///{folder / 'herald.db'}"


@asynccontextmanager
async def opened(folder: Path) -> AsyncIterator[Store]:
    async with await Store.open(url_of(folder)) as store:
        yield store


async def follow(store: Store, url: str, guild: int = 1, channel: int = NEWS, **more: Any) -> None:
    feed = await store.add_feed(url, FeedFacts(title=f"Title of {url[8:9]}"), None, NOW)
    await store.add_subscription(Subscription(id=0, guild_id=guild, channel_id=channel, feed_id=feed.id, **more))


async def followed(folder: Path, guild: int = 1) -> dict[str, Subscription]:
    async with opened(folder) as store:
        return {one.feed_url: one for one in await store.subscriptions(guild)}


async def run(folder: Path, *arguments: str, **settings: str) -> Ended:
    return await herald(folder, "opml", *arguments, HERALD_DATABASE_URL=url_of(folder), **settings)


def save(folder: Path, *outlines: Outline) -> str:
    (folder / "list.opml").write_bytes(write_opml(outlines, title="Mine", now=NOW))
    return "list.opml"


async def test_what_is_exported_can_be_imported_elsewhere(tmp_path: Path) -> None:
    here, there = tmp_path / "here", tmp_path / "there"
    here.mkdir()
    there.mkdir()
    async with opened(here) as store:
        await follow(store, "https://a.example/", filter="comet", style="title", mention_role_id=7)
        await follow(
            store, "https://b.example/", channel=HALL, paused_at=NOW, paused_reason="by hand", page_images=False
        )
        await follow(store, "https://c.example/?token=sesame")
        # Beside a Herald that runs: the store is open.
        out, written = await asyncio.gather(run(here, "export"), run(here, "export", "list.opml", "--json"))
    assert out.code == 0, out.err
    assert "sesame" not in out.said
    assert "Left out, because whoever has their address can read them: Title of c." in out.err
    assert json.loads(written.out) == {"feeds": 2, "left_out": ["Title of c"], "file": "list.opml"}
    assert read_opml(out.out.encode()).outlines == read_opml((here / "list.opml").read_bytes()).outlines
    (there / "list.opml").write_bytes((here / "list.opml").read_bytes())
    answer = await run(there, "import", "list.opml", "--channel", str(NEWS), "--guild", "1")
    assert answer.code == 0, answer.said
    assert answer.out.startswith("2 feeds added, 0 followed already, 0 failed.\n")
    now = await followed(there)
    a, b = now["https://a.example/"], now["https://b.example/"]
    assert (a.channel_id, a.filter, a.style, a.mention_role_id) == (NEWS, "comet", "title", 7)
    assert (b.channel_id, b.paused_at is not None, b.page_images) == (NEWS, True, False)
    async with opened(there) as store:
        feed = await store.feed_by_url(a.feed_url)
    assert feed is not None
    assert feed.polled_at is None, "the bot's next poll is the first reading"
    again = await run(there, "import", "list.opml", "--channel", str(NEWS), "--json")
    assert again.code == 0
    assert json.loads(again.out)["already"] == 2


async def test_a_channel_of_the_file_is_kept_where_the_server_has_it(tmp_path: Path) -> None:
    async with opened(tmp_path) as store:
        await follow(store, "https://a.example/", channel=HALL)
    listed = save(
        tmp_path,
        Outline(url="https://b.example/", channel_id=HALL, mention_role_id=7),
        Outline(url="https://c.example/", channel_id=99, mention_role_id=7),
    )
    assert (await run(tmp_path, "import", listed, "--channel", str(NEWS))).code == 0
    now = await followed(tmp_path)
    assert (now["https://b.example/"].channel_id, now["https://b.example/"].mention_role_id) == (HALL, 7)
    assert (now["https://c.example/"].channel_id, now["https://c.example/"].mention_role_id) == (NEWS, None)


async def test_what_cannot_be_followed_is_named_and_the_rest_is_added(tmp_path: Path) -> None:
    listed = save(
        tmp_path,
        Outline(url="http://10.0.0.1/feed", title="Inner"),
        Outline(url="https://a.example/", title="Quoted", filter='"open'),
        Outline(url="https://b.example/"),
        Outline(url="javascript:x", title="Odd"),
        Outline(url="https://c.example/?key=sesame", title="Late"),
    )
    settings = {"HERALD_QUOTA__FEEDS_PER_GUILD": "1", "HERALD_SECRET_KEY": KEY}
    arguments = ("import", listed, "--channel", str(NEWS), "--guild", "1")
    answer = await run(tmp_path, *arguments, **settings)
    assert answer.code == 1
    assert "1 feed added, 0 followed already, 4 failed." in answer.out
    for words in ("Inner: ", "Quoted: a mistake in its filter", "Late: the server follows as many", "Odd: Only"):
        assert words in answer.out
    programs = json.loads((await run(tmp_path, *arguments, "--json", **settings)).out)
    assert (programs["added"], programs["already"], programs["unreadable"]) == (0, 1, 1)
    assert [one["title"] for one in programs["failed"]] == ["Inner", "Quoted", "Late"]
    assert "sesame" not in str(programs)


async def test_the_server_must_be_clear(tmp_path: Path) -> None:
    async with opened(tmp_path) as store:
        await follow(store, "https://a.example/", guild=1, channel=NEWS)
        await follow(store, "https://a.example/", guild=2, channel=HALL)
    listed = save(tmp_path, Outline(url="https://b.example/"))
    unclear = await run(tmp_path, "import", listed, "--channel", "12")
    assert unclear.code == 2
    assert "--guild" in unclear.err
    assert "It knows 1, 2." in unclear.err.replace("\n", " ")
    assert (await run(tmp_path, "import", listed, "--channel", str(HALL))).code == 0
    assert "https://b.example/" in await followed(tmp_path, guild=2)
    one = await run(tmp_path, "export", "--guild", "1")
    assert [outline.url for outline in read_opml(one.out.encode()).outlines] == ["https://a.example/"]
    everything = await run(tmp_path, "export")
    assert len(read_opml(everything.out.encode()).outlines) == 3
    (await run(tmp_path, "export", "--guild", "3")).failed_with("no server 3", "It knows 1, 2")


async def test_a_database_that_herald_works_with_is_not_written(tmp_path: Path) -> None:
    listed = save(tmp_path, Outline(url="https://a.example/"))
    async with opened(tmp_path):
        answer = await run(tmp_path, "import", listed, "--channel", str(NEWS), "--guild", "1")
    answer.failed_with("another Herald (process ", "/feed import")
    assert await followed(tmp_path) == {}


WRONG = [
    (),
    ("import", "list.opml"),
    ("import", "missing.opml", "--channel", "1"),
    ("import", "list.opml", "--channel", "news"),
    ("import", "list.opml", "--channel", "0"),
    ("export", "a", "b"),
]


async def test_wrong_usage_ends_with_two(tmp_path: Path) -> None:
    save(tmp_path)
    for answer in await asyncio.gather(*(run(tmp_path, *arguments) for arguments in WRONG)):
        assert answer.code == 2, answer.said
        assert "Usage: herald opml" in answer.said


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"<html/>", "not OPML"),
        (b'<!DOCTYPE opml [<!ENTITY a "b">]><opml/>', "defines entities"),
        (b"<opml/>", "names no feeds"),
    ],
)
async def test_a_file_without_feeds_changes_nothing(tmp_path: Path, data: bytes, words: str) -> None:
    (tmp_path / "list.opml").write_bytes(data)
    (await run(tmp_path, "import", "list.opml", "--channel", "1", "--guild", "1")).failed_with(words)
    assert not (tmp_path / "herald.db").exists()


async def test_a_place_that_cannot_be_written_and_a_database_that_is_not_there_are_told(tmp_path: Path) -> None:
    (await run(tmp_path, "export")).failed_with("there is no database")
    async with opened(tmp_path):
        pass
    (await run(tmp_path, "export", "no/such/folder/list.opml")).failed_with("cannot be written")
