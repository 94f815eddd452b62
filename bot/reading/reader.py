"""Reading a document: bytes in, finished entries out, in a process that may be killed.

`read_frame` is what the worker runs; `WorkerReader` is the port. Between them go bytes: a JSON head, a line break,
the document; JSON back. Reading is parsing, and turning each entry's HTML into text.
"""

from __future__ import annotations

import json
from datetime import timedelta

from pydantic import TypeAdapter

from bot.errors import ParseError
from bot.feeds.discover import Candidate, discover
from bot.feeds.parse import parse
from bot.feeds.parsed import ParsedItem
from bot.model import Entry, ParsedFeed
from bot.reading.workers import WorkerFailed, WorkerPool
from bot.render.markdown import to_markdown, to_text

WALL_LIMIT = timedelta(seconds=10)  # the slowest of 198 real feeds took 3.2 s
MEMORY_LIMIT_BYTES = 768 * 2**20
SUMMARY_LIMIT = 1_500  # characters kept of a summary; a post shows fewer
TEXT_LIMIT = 20_000  # characters of the text that is searched

_feeds = TypeAdapter(ParsedFeed)
_candidates = TypeAdapter(tuple[Candidate, ...])


def read(body: bytes, *, url: str, content_type: str = "") -> ParsedFeed:
    """The document's entries, named and with their texts. Pure, and as slow as the document likes. ParseError."""
    document = parse(body, url=url, content_type=content_type)
    entries = tuple(_finished(item) for item in document.items)
    return ParsedFeed(facts=document.facts, entries=entries, problems=document.problems)


def _finished(item: ParsedItem) -> Entry:
    return item.entry(
        summary=to_markdown(item.html, base_url=item.base_url, limit=SUMMARY_LIMIT),
        text=to_text(item.html, limit=TEXT_LIMIT),
    )


def read_frame(request: bytes) -> bytes:
    """One request of a worker: {"ask": "read" | "discover", "url", "content_type"}, a line break, the document."""
    head_text, _, body = request.partition(b"\n")
    head = json.loads(head_text)
    try:
        if head["ask"] == "discover":
            return _candidates.dump_json(discover(body, url=head["url"], content_type=head["content_type"]))
        return _feeds.dump_json(read(body, url=head["url"], content_type=head["content_type"]))
    except ParseError as error:
        return json.dumps({"refused": error.reason}).encode()


class WorkerReader:
    """The Reader port: hostile documents cost a worker process, never this one."""

    def __init__(self, *, workers: int = 2) -> None:
        self._pool = WorkerPool(
            "bot.reading.reader:read_frame", size=workers, wall_limit=WALL_LIMIT, memory_limit_bytes=MEMORY_LIMIT_BYTES
        )

    async def read(self, body: bytes, *, url: str, content_type: str = "") -> ParsedFeed:
        """Raises ParseError: no feed, or over the limits of time and memory."""
        answer = await self._ask("read", body, url, content_type)
        if answer.startswith(b'{"refused"'):
            raise ParseError(url, json.loads(answer)["refused"])
        return _feeds.validate_json(answer)

    async def discover(self, body: bytes, *, url: str, content_type: str = "") -> tuple[Candidate, ...]:
        """The feeds that a web page announces. Raises ParseError if the page could not be read in time."""
        return _candidates.validate_json(await self._ask("discover", body, url, content_type))

    async def close(self) -> None:
        """Ends the workers."""
        await self._pool.close()

    async def _ask(self, what: str, body: bytes, url: str, content_type: str) -> bytes:
        head = json.dumps({"ask": what, "url": url, "content_type": content_type}).encode()
        try:
            return await self._pool.call(head + b"\n" + body)
        except WorkerFailed as error:
            raise ParseError(url, f"reading the document {error}") from error
