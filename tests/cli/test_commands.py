"""The commands as they should go: what they print, where, and how they end."""

from __future__ import annotations

import asyncio
import json
import re
import signal
import sqlite3
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from bot.model import Access, FeedFacts
from bot.sandbox import Sandbox
from bot.sandbox.site import FeedSite
from bot.store.store import Store
from bot.work.private import add_private
from tests.cli.process import begin, begin_anew, ended, environment, herald
from tests.keys import KEY, OTHER_KEY, VAULT
from tests.material import OPEN_FEEDS, SEED, needs

ENTRY_KEYS = ["guid", "title", "url", "author", "published_at", "image_url", "summary"]
UTC_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
ODD_FEEDS = [
    "almonitor-dupguid.xml",
    "df-atom.xml",
    "df-json.json",
    "heise-rdf-090.xml",
    "nixos-noguid.xml",
]
OWN = """<?xml version="1.0"?>
<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel>
<title>Tea &amp; stars</title><link>https://example.org/</link>
<item><title>Second</title><link>/two</link><guid isPermaLink="false"> two </guid><dc:creator>Ada</dc:creator>
<pubDate>Wed, 13 May 2026 12:57:52 +0200</pubDate><enclosure url="https://example.org/p.png" type="image/png"/>
<description>&lt;p&gt;Some &lt;b&gt;words&lt;/b&gt;.&lt;/p&gt;</description></item>
<item><title>First</title></item>
</channel></rss>"""


def _check_shape(text: str) -> dict[str, Any]:
    shown: dict[str, Any] = json.loads(text)
    assert list(shown) == ["feed", "entries", "problems"]
    assert list(shown["feed"]) == ["title", "url", "link", "format"]
    for entry in shown["entries"]:
        assert list(entry) == ENTRY_KEYS
        assert entry["published_at"] is None or UTC_TIME.fullmatch(entry["published_at"])
        for address in (entry["url"], entry["image_url"]):
            assert address is None or "://" in address
        assert isinstance(entry["title"], str)
        assert isinstance(entry["summary"], str)
    assert all(isinstance(problem, str) for problem in shown["problems"])
    return shown


async def test_a_file_of_ours_is_shown_exactly(tmp_path: Path) -> None:
    (tmp_path / "own.xml").write_text(OWN, "utf-8")
    answer = await herald(tmp_path, "preview", "own.xml", "--json")
    assert answer.code == 0, answer.err
    shown = _check_shape(answer.out)
    assert shown["feed"]["title"] == "Tea & stars"
    assert shown["feed"]["link"] == "https://example.org/"
    assert shown["feed"]["format"] == "rss2.0"
    assert shown["entries"][0] == {
        "guid": " two ".strip(),
        "title": "Second",
        "url": "https://example.org/two",
        "author": "Ada",
        "published_at": "2026-05-13T10:57:52Z",
        "image_url": "https://example.org/p.png",
        "summary": "Some **words**.",
    }
    assert shown["entries"][1] == dict.fromkeys(ENTRY_KEYS) | {"title": "First", "summary": ""}


@needs(OPEN_FEEDS)
@pytest.mark.parametrize("name", ODD_FEEDS)
async def test_real_feeds_keep_the_form(tmp_path: Path, name: str) -> None:
    answer = await herald(tmp_path, "preview", str(OPEN_FEEDS / name), "--json")
    assert answer.code == 0, answer.err
    assert _check_shape(answer.out)["entries"]


@needs(SEED)
async def test_the_feed_this_project_began_with_is_read_whole(tmp_path: Path) -> None:
    shown = _check_shape((await herald(tmp_path, "preview", str(SEED), "--json")).out)
    assert len(shown["entries"]) == 50
    newest = shown["entries"][0]
    assert newest["title"] == "Alibaba CEO signals capex boost as China tech giant forges full-stack AI path"
    assert newest["author"] == "Ann Cao"
    assert newest["published_at"] == "2026-05-13T10:57:52Z"
    assert newest["guid"] == newest["url"]
    assert "/article/3353451/" in newest["guid"]
    times = [entry["published_at"] for entry in shown["entries"]]
    assert times == sorted(times, reverse=True)


async def test_addresses_are_read_as_the_bot_would_read_them(tmp_path: Path) -> None:
    async with FeedSite() as site:
        feed, other = site.add_feed("one", title="One"), site.add_feed("two", title="Two", format="json")
        feed.publish(title="an entry")
        urls = [feed.url, feed.page_url, other.url, site.all_feeds_url, site.no_feed_url, site.url + "/nothing"]
        allowed = {"HERALD_FETCH__ALLOW_NETWORKS": "127.0.0.0/8"}
        answers = await asyncio.gather(*(herald(tmp_path, "preview", url, "--json", **allowed) for url in urls))
        refused = await herald(tmp_path, "preview", feed.url)
    direct, by_page, empty, several, none, missing = answers
    assert _check_shape(direct.out)["entries"][0]["title"] == "an entry"
    assert _check_shape(by_page.out)["feed"]["url"] == feed.url
    assert _check_shape(empty.out)["entries"] == []
    several.failed_with("several feeds", feed.url, other.url)
    none.failed_with("no feed")
    missing.failed_with("404")
    refused.failed_with("address")
    assert [answer.out for answer in (several, none, missing, refused)] == [""] * 4


async def test_a_preview_for_people_is_plain_text_with_the_newest_entries(tmp_path: Path) -> None:
    (tmp_path / "own.xml").write_text(OWN.replace("Second", "Sec[red]ond[/red]"), "utf-8")
    answer = await herald(tmp_path, "preview", "own.xml")
    assert answer.code == 0
    for words in ("Tea & stars", "2 entries", "Sec[red]ond[/red]", "Ada", "https://example.org/two"):
        assert words in answer.out
    assert "\x1b" not in answer.out


async def test_a_preview_draws_the_newest_as_posts_and_says_what_is_odd(tmp_path: Path) -> None:
    items = "".join(f"<item><title>Story {n}</title><link>/{n}</link></item>" for n in range(14))
    (tmp_path / "odd.xml").write_text(
        f"<rss version='2.0'><channel><title>Odd</title><link>https://a.example/</link>{items}</channel></rss>", "utf-8"
    )
    shown = (await herald(tmp_path, "preview", "odd.xml", COLUMNS="40")).out
    assert "RSS 2.0, 14 entries" in shown
    assert [line for line in shown.splitlines() if line.startswith("▌ Story")] == [
        "▌ Story 0",
        "▌ Story 1",
        "▌ Story 2",
    ]
    assert "Before them:\n  Story 3\n" in shown
    assert "... and 4 more" in shown
    odd = shown.partition("What is odd about it:")[2]
    assert "none of the 14 entries has a guid" in odd
    assert all(len(line) <= 40 for line in odd.splitlines())


async def test_a_preview_reads_standard_input(tmp_path: Path) -> None:
    process = await begin_anew(environment(), tmp_path, "preview", "-", "--json", stdin=asyncio.subprocess.PIPE)
    out, _ = await process.communicate(OWN.encode())
    assert _check_shape(out.decode())["feed"]["title"] == "Tea & stars"
    (
        await ended(await begin_anew(environment(), tmp_path, "preview", "-", stdin=asyncio.subprocess.DEVNULL))
    ).failed_with("standard input is empty")


async def test_a_terminal_without_the_letters_gets_question_marks_and_json_escapes(tmp_path: Path) -> None:
    (tmp_path / "own.xml").write_text(OWN.replace("Second", "Звёзды"), "utf-8")
    plain = environment(PYTHONIOENCODING="ascii")
    answer = await ended(await begin_anew(plain, tmp_path, "preview", "own.xml"))
    assert (answer.code, "??????" in answer.out) == (0, True), answer.said
    shown = _check_shape((await ended(await begin_anew(plain, tmp_path, "preview", "own.xml", "--json"))).out)
    assert shown["entries"][0]["title"] == "Звёзды"


LINK = '<link rel="alternate" type="application/rss+xml" title="{0}" href="https://a.example/{0}">'


@pytest.mark.parametrize(
    ("document", "words"),
    [
        ("", ["empty"]),
        ("<html><body>Hello</body></html>", ["web page", "RSS, Atom and JSON Feed"]),
        (f"<html><head>{LINK.format('News')}</head></html>", ["announces a feed", "https://a.example/News"]),
        (
            f"<html>{LINK.format('A')}{LINK.format('B')}</html>",
            ["several", "https://a.example/A", "https://a.example/B"],
        ),
        ('{"a": 1}', ["not a JSON Feed"]),
        ('<opml version="2.0"><body><outline text="a" xmlUrl="http://a.example/f"/></body></opml>', ["opml import"]),
        ("hello", ["not a feed", "RSS, Atom and JSON Feed"]),
    ],
)
async def test_a_file_that_is_no_feed_is_said_to_be_what_it_is(tmp_path: Path, document: str, words: list[str]) -> None:
    (tmp_path / "document").write_text(document, "utf-8")
    (await herald(tmp_path, "preview", "document")).failed_with(*words)


async def test_a_folder_and_a_file_without_an_end_are_no_feed(tmp_path: Path) -> None:
    (await herald(tmp_path, "preview", str(tmp_path))).failed_with("cannot be read", "it is a folder")
    (await herald(tmp_path, "preview", "/dev/zero", HERALD_FETCH__MAX_BYTES="1MiB")).failed_with("more than 1 MiB")


async def test_migrate_makes_a_database_and_may_be_repeated(tmp_path: Path) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path / 'herald.db'}"
    for _ in range(2):
        answer = await herald(tmp_path, "migrate", HERALD_DATABASE_URL=url)
        assert (answer.code, answer.out) == (0, "The database is up to date.\n"), answer.err
    with sqlite3.connect(tmp_path / "herald.db") as database:
        tables = {row[0] for row in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    assert {"feed", "entry", "subscription", "delivery", "posting", "guild"} <= tables


async def test_check_finds_all_in_order_and_prints_the_invitation(tmp_path: Path) -> None:
    async with Sandbox(bot_name="Herald") as sandbox:
        settings = {"DISCORD_TOKEN": sandbox.token, "DISCORD_API_BASE": sandbox.api_base}
        people = await herald(tmp_path, "check", **settings)
        programs = await herald(tmp_path, "check", "--json", **settings)
        invitation = f"https://discord.com/oauth2/authorize?client_id={sandbox.application_id}&"
    assert people.code == programs.code == 0, people.said
    assert invitation in people.out
    # View Channel, Send Messages, Embed Links, Read Message History, Send Messages in Threads (Discord: Permissions)
    assert f"permissions={1 << 10 | 1 << 11 | 1 << 14 | 1 << 16 | 1 << 38}" in people.out
    assert "scope=bot+applications.commands" in people.out
    findings = json.loads(programs.out)
    assert all(finding["fine"] for finding in findings)
    assert invitation in str(findings)
    assert sandbox.token not in people.said + programs.said


async def test_check_says_how_it_stands_with_private_feeds(tmp_path: Path) -> None:
    assert "HERALD_SECRET_KEY is not set" in (await herald(tmp_path, "check")).out
    mistaken = await herald(tmp_path, "check", HERALD_SECRET_KEY="hunter2-hunter2")
    assert "HERALD_SECRET_KEY is no key" in mistaken.said
    assert "hunter2" not in mistaken.said
    access = Access(url="https://example.org/?token=1")
    async with await Store.open(f"sqlite+aiosqlite:///{tmp_path / 'data' / 'herald.db'}") as store:
        await add_private(store, VAULT, 1, access, facts=FeedFacts(), now=datetime(2026, 5, 1, tzinfo=UTC))
    right = await herald(tmp_path, "check", HERALD_SECRET_KEY=KEY)
    assert "Private feeds: 1, and the key opens them all." in right.out
    other = await herald(tmp_path, "check", HERALD_SECRET_KEY=OTHER_KEY)
    assert "1 of 1 cannot be read" in other.said
    assert other.code == 1


async def test_settings_are_read_from_the_env_file_of_the_folder(tmp_path: Path) -> None:
    async with Sandbox() as sandbox:
        (tmp_path / ".env").write_text(f"DISCORD_TOKEN={sandbox.token}\nDISCORD_API_BASE={sandbox.api_base}\n")
        answer = await herald(tmp_path, "check")
    assert answer.code == 0, answer.said
    assert (tmp_path / "data" / "herald.db").is_file()


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
async def test_run_ends_in_order_when_told(tmp_path: Path, how: signal.Signals) -> None:
    async with Sandbox() as sandbox:
        settings = {"DISCORD_TOKEN": sandbox.token, "DISCORD_API_BASE": sandbox.api_base}
        bot = await begin(tmp_path, "run", **settings)
        try:
            await sandbox.bot_ready(30)
            bot.send_signal(how)
            async with asyncio.timeout(8):
                answer = await ended(bot)
        finally:
            if bot.returncode is None:
                bot.kill()
        assert answer.code == 0, answer.err
        assert "Traceback" not in answer.said
        assert sandbox.token not in answer.said
