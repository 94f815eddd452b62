"""The real feeds beside the checkout, each with facts that were verified by hand or by two independent readers."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from typing import Any

from bot.feeds.parse import parse
from bot.feeds.parsed import ParsedDocument
from bot.model import Entry
from tests.material import OPEN_FEEDS

WHERE = "https://feeds.example.org/some/dir/feed.xml"


@dataclass(frozen=True)
class RealFeed:
    file: str
    format: str
    expected: dict[str, Any]

    @property
    def body(self) -> bytes:
        return (OPEN_FEEDS / self.file).read_bytes()

    @property
    def first(self) -> dict[str, Any]:
        return self.expected.get("first") or {}

    @property
    def may_be_refused(self) -> bool:
        return 0 in self.expected.get("entries_any_of", ())


def real_feeds() -> list[RealFeed]:
    """Empty where the material is absent."""
    index = OPEN_FEEDS / "index.json"
    if not index.exists():
        return []
    return [RealFeed(fact["file"], fact["format"], fact["expected"]) for fact in json.loads(index.read_text("utf-8"))]


@cache
def parsed(file: str) -> ParsedDocument:
    return parse((OPEN_FEEDS / file).read_bytes(), url=WHERE)


def entries_of(document: ParsedDocument) -> list[Entry]:
    """As the worker makes them, with the plainest of renderings."""
    return [item.entry(summary=item.html[:100], text=item.html[:1000]) for item in document.items]
