"""The whole bot is killed between two steps of the flow; started again, each entry is there once, in order.

At the points that tell most in each run, at every one with HERALD_CRASH_POINTS=all. `test_every_point` looks closer
for less: there a life is a fork.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from bot.sandbox import Sandbox
from bot.sandbox.site import FeedSite
from tests.forks import ForkedBot
from tests.net.server import Request, answer, serving
from tests.postgres_server import PostgresServer
from tests.waiting import PATIENCE_SECONDS, takes_commands

ALL = os.environ.get("HERALD_CRASH_POINTS") == "all"
TELLING = {"before commit_poll", "during INSERT INTO posting", "after send", "during UPDATE delivery SET state"}
TELLING |= {"after note_page_image", "after edit"}  # of a correction
TITLES = ["the first", "the second", "the third"]

# (point, how often it has happened by then): `/feed add` fetched and read the feed once already.
POINTS = [
    ("after fetch", 2),
    ("before read_unseen", 1),
    ("after read_unseen", 1),
    ("before commit_poll", 1),
    ("during INSERT INTO entry ", 2),
    ("during INSERT INTO delivery ", 1),
    ("after commit_poll", 1),
    ("during INSERT INTO posting", 1),
    ("after lease", 1),
    ("before begin_attempt", 1),
    ("after begin_attempt", 1),
    ("before send", 1),
    ("after send", 1),
    ("before settle", 1),
    ("during UPDATE delivery SET state", 1),
    ("after settle", 1),
]


def tried(points: Sequence[tuple[str, int]]) -> list[tuple[str, int]]:
    return [one for one in points if ALL or one[0] in TELLING]


@pytest.mark.parametrize(("point", "times"), tried(POINTS))
async def test_a_kill_neither_loses_nor_doubles_an_entry(tmp_path: Path, point: str, times: int) -> None:
    await two_lives(tmp_path, point, times)


@pytest.mark.parametrize("place", range(4, len(POINTS), 5), ids=lambda place: POINTS[place][0])
async def test_nor_does_it_on_postgresql(tmp_path: Path, postgres: PostgresServer, place: int) -> None:
    database_url = postgres.make()
    await two_lives(tmp_path, *POINTS[place], database_url=database_url)
    postgres.drop(database_url)


async def two_lives(folder: Path, point: str, times: int, *, database_url: str = "") -> None:
    """The first ends at the point; the second finds what it left."""
    async with Sandbox(rate_limits=False, patience=PATIENCE_SECONDS) as sandbox, FeedSite() as site:
        guild = sandbox.add_guild("Reading room")
        news = guild.add_channel("news")
        feed = site.add_feed("news", title="News")
        feed.publish(title="an old one")
        bot = ForkedBot(folder, api_base=sandbox.api_base, token=sandbox.token, database_url=database_url)

        await bot.start(("-m", "tests.crash.child", point, str(times)))
        await takes_commands(sandbox)
        reply = await guild.command(guild.owner, news, "feed add", url=feed.url)
        assert "News" in reply.text
        for title in TITLES[:2]:
            feed.publish(title=title)
        assert await bot.died() == -9, bot.log_path.read_text()

        feed.publish(title=TITLES[2])
        await bot.start()
        try:
            await news.wait_for(
                lambda messages: TITLES[2] in [_title(e) for m in messages for e in m.embeds], PATIENCE_SECONDS
            )
        finally:
            await bot.stop()  # in order: whatever else it was about to send is sent by then
        assert [_title(embed) for message in news.messages for embed in message.embeds] == TITLES


def _title(embed: dict[str, object]) -> str:
    return str(embed.get("title"))


CORRECTION = [
    ("before commit_poll", 2),
    ("during UPDATE entry SET title", 1),
    ("during INSERT INTO correction ", 1),
    ("after commit_poll", 2),
    ("after lease_corrections", 1),
    ("before edit", 1),
    ("after edit", 1),
    ("after settle_correction", 1),
]


@pytest.mark.parametrize(("point", "times"), tried(CORRECTION))
async def test_a_kill_loses_no_correction_and_posts_nothing_again(tmp_path: Path, point: str, times: int) -> None:
    async with Sandbox(rate_limits=False, patience=PATIENCE_SECONDS) as sandbox, FeedSite() as site:
        guild = sandbox.add_guild("Reading room")
        news = guild.add_channel("news")
        feed = site.add_feed("news", title="News")
        bot = ForkedBot(tmp_path, api_base=sandbox.api_base, token=sandbox.token)

        await bot.start(("-m", "tests.crash.child", point, str(times)))
        await takes_commands(sandbox)
        await guild.command(guild.owner, news, "feed add", url=feed.url)
        entry = feed.publish(title="first words")
        await news.wait_for(lambda messages: any(m.embeds and not m.interaction for m in messages), PATIENCE_SECONDS)
        feed.edit(str(entry.guid), title="second words")
        assert await bot.died() == -9, bot.log_path.read_text()

        await bot.start()
        try:
            await sandbox.bot_ready(PATIENCE_SECONDS)
            feed.publish(title="something else")
            wanted = ["second words", "something else"]
            await news.wait_for(
                lambda messages: [_title(e) for m in messages for e in m.embeds] == wanted, PATIENCE_SECONDS
            )
        finally:
            await bot.stop()
        assert [_title(embed) for message in news.messages for embed in message.embeds] == wanted


# A page that says what its picture is when its entry is posted already.
LATE = [
    ("before note_page_image", 1),
    ("during UPDATE delivery SET picture_url", 2),  # a post began without it before
    ("during INSERT INTO correction ", 1),
    ("after note_page_image", 1),
    ("before edit", 1),
    ("after edit", 1),
    ("after settle_correction", 1),
]
PICTURE = "https://pictures.example/comet.png"


@pytest.mark.parametrize(("point", "times"), tried(LATE))
async def test_a_kill_costs_no_picture_that_comes_late_and_posts_nothing_again(
    tmp_path: Path, point: str, times: int
) -> None:
    posted = asyncio.Event()

    async def when_posted(_: Request, writer: asyncio.StreamWriter) -> None:
        await posted.wait()
        page = f'<head><meta property="og:image" content="{PICTURE}"></head>'
        writer.write(answer(page.encode(), "Content-Type: text/html"))
        await writer.drain()

    async with Sandbox(rate_limits=False, patience=PATIENCE_SECONDS) as sandbox, FeedSite() as site, serving() as pages:
        pages.answers["/comet"] = when_posted
        guild = sandbox.add_guild("Reading room")
        news = guild.add_channel("news")
        feed = site.add_feed("news", title="News")
        bot = ForkedBot(tmp_path, api_base=sandbox.api_base, token=sandbox.token)

        await bot.start(("-m", "tests.crash.child", point, str(times)))
        await takes_commands(sandbox)
        await guild.command(guild.owner, news, "feed add", url=feed.url)
        feed.publish(title="a comet", url=pages.url("/comet"))
        await news.wait_for(lambda messages: any(m.embeds and not m.interaction for m in messages), PATIENCE_SECONDS)
        posted.set()
        assert await bot.died() == -9, bot.log_path.read_text()

        await bot.start()
        try:
            await sandbox.bot_ready(PATIENCE_SECONDS)
            await news.wait_for(
                lambda messages: [_picture(e) for m in messages for e in m.embeds] == [PICTURE], PATIENCE_SECONDS
            )
        finally:
            await bot.stop()
        assert [_title(embed) for message in news.messages for embed in message.embeds] == ["a comet"]


def _picture(embed: dict[str, Any]) -> str | None:
    return (embed.get("image") or {}).get("url")
