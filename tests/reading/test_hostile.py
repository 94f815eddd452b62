"""Documents made to harm, through a real worker: read, or refused in time, and the next one is read as ever."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import suppress

import pytest

from bot.errors import ParseError
from bot.reading.reader import WALL_LIMIT, WorkerReader
from tests.reading.harmful import HARMFUL, HEAD

URL = "https://feeds.example/a"
FINE = HEAD + b"<item><guid>1</guid><title>one</title></item></channel></rss>"


@pytest.fixture
async def reader() -> AsyncIterator[WorkerReader]:
    reader = WorkerReader(workers=1)
    await reader.read(FINE, url=URL)
    yield reader
    await reader.close()


@pytest.mark.timeout(90)
@pytest.mark.parametrize("body", HARMFUL.values(), ids=HARMFUL)
async def test_a_harmful_document_is_over_in_time_and_nobody_waits_for_it(reader: WorkerReader, body: bytes) -> None:
    began, longest = time.monotonic(), 0.0
    reading = asyncio.create_task(reader.read_unseen(body, b"", url=URL))
    while not reading.done():
        before = time.monotonic()
        await asyncio.sleep(0.005)
        longest = max(longest, time.monotonic() - before)
    with suppress(ParseError):
        feed = (await reading).feed
        assert feed is not None
        assert all(len(entry.title) <= 1_000 and len(entry.text) <= 20_000 for entry in feed.entries)
    assert time.monotonic() - began < WALL_LIMIT.of(len(body)).total_seconds() + 5
    assert longest < 1, "the event loop went on meanwhile"
    assert len((await reader.read(FINE, url=URL)).entries) == 1


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"<!doctype html><html><body>hello</body></html>", "web page"),
        (b"%PDF-1.7 ...", "PDF"),
        (b"\xff\xd8\xff\xe0\x00\x10JFIF", "not a feed"),
        (b'{"a": 1}', "not a JSON Feed"),
        (b"  \n ", "empty"),
        (b"hello", "not a feed"),
    ],
)
async def test_44_what_is_no_feed_is_called_what_it_is(reader: WorkerReader, body: bytes, reason: str) -> None:
    with pytest.raises(ParseError, match=reason):
        await reader.read_unseen(body, b"", url=URL)
