"""Reading a document: bytes in, finished entries out, in a process that may be killed.

`answer` is what the worker runs; `WorkerReader` is the port. Between them go bytes: a JSON head, a line break, what is
recalled of the last document, the document; back come a JSON head, a line break, and JSON in lines. Reading is parsing
what is unseen, and turning each entry's HTML into text.
"""

from __future__ import annotations

import json
import time
from base64 import b64decode, b64encode
from collections import OrderedDict
from dataclasses import replace
from datetime import timedelta
from itertools import chain
from typing import Any

from pydantic import TypeAdapter

from bot.errors import ParseError, UsageError
from bot.feeds.cut import Cut, cut
from bot.feeds.discover import Candidate, discover
from bot.feeds.opml import FeedList, read_opml
from bot.feeds.page_image import page_image
from bot.feeds.parse import parse
from bot.feeds.parsed import ParsedDocument
from bot.feeds.recall import Recall, context_of
from bot.model import Entry, ParsedFeed, Reading
from bot.reading.workers import Allowance, WorkerFailed, WorkerPool
from bot.render.markdown import to_markdown, to_text
from bot.slices import each

# The slowest of 198 real feeds took 3.2 s, 4,000 long episodes of a podcast (8.6 MiB) 9.7 s, on a busy core.
CPU_LIMIT = Allowance(timedelta(seconds=10), per_mib=timedelta(seconds=2))
WALL_LIMIT = Allowance(timedelta(seconds=30), per_mib=timedelta(seconds=4))  # for a machine with much else to do
MEMORY_LIMIT_BYTES = 768 * 2**20
SUMMARY_LIMIT = 1_500  # characters kept of a summary; a post shows fewer
TEXT_LIMIT = 20_000  # characters of the text that is searched
# A document that is larger, or took longer the last time, leaves a worker free for those that are read in a moment.
LARGE_BYTES = 1 << 20
LONG_S = 1.0
MOST_REMEMBERED = 10_000  # of those that took long

AT_ONCE = 40  # entries that are unpacked in one piece: of the longest texts 900 kB, some 5 ms

_feeds = TypeAdapter(ParsedFeed)
_entries = TypeAdapter(tuple[Entry, ...])
_candidates = TypeAdapter(tuple[Candidate, ...])
_lists = TypeAdapter(FeedList)
_image = TypeAdapter(str | None)


def read(body: bytes, *, url: str, content_type: str = "") -> ParsedFeed:
    """The document's entries, named and with their texts. Pure, and as slow as the document likes. ParseError."""
    return _finished(parse(body, url=url, content_type=content_type))


def read_unseen(body: bytes, recalled: bytes, *, url: str, content_type: str = "") -> Reading:
    """What the document holds beyond the one that `recalled` is of; all of it if that cannot be told. ParseError."""
    pieces = cut(body)
    if pieces is None:
        whole = parse(body, url=url, content_type=content_type)
        return Reading(feed=_finished(whole), document_size=len(whole.items))
    context = context_of(pieces, url=url, content_type=content_type)
    last = Recall.unpacked(recalled, context)
    short = _short_way(pieces, last, url, content_type) if last else None
    if short is not None:
        return short
    whole = parse(body, url=url, content_type=content_type)
    kept = Recall.of(pieces, whole.items, context)
    return Reading(feed=_finished(whole), document_size=len(whole.items), recalled=kept.packed() if kept else b"")


def _short_way(pieces: Cut, last: Recall, url: str, content_type: str) -> Reading | None:
    document = pieces.reduced(last.stays(pieces))
    unseen = parse(document, url=url, content_type=content_type) if document else None
    kept = last.next(pieces, unseen.items if unseen else ())
    if kept is None:
        return None
    feed = _finished(unseen) if unseen else None
    return Reading(feed=feed, partial=True, document_size=len(pieces.items), recalled=kept.packed())


def _finished(document: ParsedDocument) -> ParsedFeed:
    entries = tuple(
        item.entry(
            summary=to_markdown(item.html, base_url=item.base_url, limit=SUMMARY_LIMIT),
            text=to_text(item.html, limit=TEXT_LIMIT),
        )
        for item in document.items
    )
    return ParsedFeed(facts=document.facts, entries=entries, problems=document.problems)


def answer(request: bytes) -> bytes:
    """One request of a worker: {"ask", "url", "content_type", "recalled": length}, a line break, both documents."""
    began = time.process_time()
    head, found = _answered(request)
    return json.dumps(head | {"took_s": time.process_time() - began}).encode() + b"\n" + found


def _answered(request: bytes) -> tuple[dict[str, Any], bytes]:
    head_text, _, rest = request.partition(b"\n")
    head = json.loads(head_text)
    recalled, body = rest[: head["recalled"]], rest[head["recalled"] :]
    where = {"url": head["url"], "content_type": head["content_type"]}
    try:
        match head["ask"]:
            case "discover":
                found = _candidates.dump_json(discover(body, **where))
            case "outlines":
                found = _lists.dump_json(read_opml(body))
            case "picture":
                found = _image.dump_json(page_image(body, **where))
            case "read":
                found = _packed(read(body, **where))
            case _:
                return _written(read_unseen(body, recalled, **where))
        return {}, found
    except ParseError as error:
        return {"refused": error.reason}, b""
    except UsageError as error:
        return {"told": str(error)}, b""


def _written(reading: Reading) -> tuple[dict[str, Any], bytes]:
    head = {
        "partial": reading.partial,
        "document_size": reading.document_size,
        "recalled": b64encode(reading.recalled).decode(),
    }
    return head, _packed(reading.feed) if reading.feed else b""


def _packed(feed: ParsedFeed) -> bytes:
    """A line for the feed without its entries, then one for each few of them."""
    some = (feed.entries[start : start + AT_ONCE] for start in range(0, len(feed.entries), AT_ONCE))
    return b"\n".join([_feeds.dump_json(replace(feed, entries=())), *map(_entries.dump_json, some)])


async def _unpacked(lines: bytes) -> ParsedFeed:
    head, *rest = lines.split(b"\n")
    entries = chain.from_iterable(await each(_entries.validate_json, rest))
    return replace(_feeds.validate_json(head), entries=tuple(entries))


class WorkerReader:
    """The Reader port: hostile documents cost a worker process, never this one."""

    def __init__(self, *, workers: int = 2) -> None:
        self._pool = WorkerPool(
            "bot.reading.reader:answer",
            size=workers,
            wall_limit=WALL_LIMIT,
            cpu_limit=CPU_LIMIT,
            memory_limit_bytes=MEMORY_LIMIT_BYTES,
        )
        self._long: OrderedDict[str, None] = OrderedDict()  # addresses whose document took long the last time

    async def read(self, body: bytes, *, url: str, content_type: str = "") -> ParsedFeed:
        """Raises ParseError: no feed, or over the limits of time and memory."""
        _, feed = await self._ask("read", body, url, content_type)
        return await _unpacked(feed)

    async def read_unseen(self, body: bytes, recalled: bytes, *, url: str, content_type: str = "") -> Reading:
        """As `read`, but only what was not in the document that is recalled, if that can be told."""
        head, feed = await self._ask("read unseen", body, url, content_type, recalled)
        return Reading(
            feed=await _unpacked(feed) if feed else None,
            partial=head["partial"],
            document_size=head["document_size"],
            recalled=b64decode(head["recalled"]),
        )

    async def discover(self, body: bytes, *, url: str, content_type: str = "") -> tuple[Candidate, ...]:
        """The feeds that a web page announces. Raises ParseError if the page could not be read in time."""
        _, candidates = await self._ask("discover", body, url, content_type)
        return _candidates.validate_json(candidates)

    async def picture(self, body: bytes, *, url: str, content_type: str = "") -> str | None:
        """The picture that a web page names for itself. Raises ParseError if the page could not be read in time."""
        _, image = await self._ask("picture", body, url, content_type)
        found: str | None = _image.validate_json(image)
        return found

    async def outlines(self, body: bytes) -> FeedList:
        """The feeds of an OPML file. Raises UsageError, with one line for the person, if it cannot be read."""
        try:
            _, listed = await self._ask("outlines", body, "", "")
        except ParseError as error:
            raise UsageError("Reading that file takes too long. Try a smaller one.") from error
        return _lists.validate_json(listed)

    async def close(self) -> None:
        """Ends the workers."""
        await self._pool.close()

    async def _ask(
        self, what: str, body: bytes, url: str, content_type: str, recalled: bytes = b""
    ) -> tuple[dict[str, Any], bytes]:
        head = {"ask": what, "url": url, "content_type": content_type, "recalled": len(recalled)}
        patient = len(body) > LARGE_BYTES or url in self._long
        try:
            answered = await self._pool.call(json.dumps(head).encode() + b"\n", recalled, body, patient=patient)
        except WorkerFailed as error:
            self._note(url, took_long=True)
            raise ParseError(url, f"reading the document {error}") from error
        head_text, _, rest = answered.partition(b"\n")
        about = json.loads(head_text)
        self._note(url, took_long=about["took_s"] > LONG_S)
        if "refused" in about:
            raise ParseError(url, about["refused"])
        if "told" in about:
            raise UsageError(about["told"])
        return about, rest

    def _note(self, url: str, *, took_long: bool) -> None:
        self._long.pop(url, None)
        if took_long:
            self._long[url] = None
            while len(self._long) > MOST_REMEMBERED:
                self._long.popitem(last=False)
