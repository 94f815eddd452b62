"""Cutting a feed document into its entries without reading it: every byte that is served is a byte of the file.

A parser would give back other bytes (quotes, entities, white space), and a test of a reader would then test our
writer. So the document is scanned for the tags that open and close an entry, or for the objects in a JSON Feed's
`items`, and only whole slices are ever left out or reordered.
"""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

_MARKS = re.compile(
    rb"<!\[CDATA\[.*?\]\]>|<!--.*?-->|<(?P<close>/?)(?P<name>(?:\w+:)?(?:item|entry))(?=[\s/>])[^>]*?(?P<empty>/?)>",
    re.DOTALL,
)
_ITEMS = re.compile(r'"items"\s*:\s*\[')


@dataclass(frozen=True, slots=True)
class CutDocument:
    """`head`, the `entries` in the order of the document, `gaps` between two of them, and `tail`."""

    head: bytes
    entries: tuple[bytes, ...]
    gaps: tuple[bytes, ...]
    tail: bytes
    is_json: bool = False

    def with_entries(self, chosen: Sequence[int]) -> bytes:
        """The document holding the entries with these indexes, in this order, all else untouched."""
        gap = self.gaps[0] if self.gaps else b""
        parts = [self.head]
        for place, index in enumerate(chosen):
            if place:
                # An entry keeps the gap that stood before it if its neighbour there is the same as in the file.
                parts.append(self.gaps[index - 1] if chosen[place - 1] == index - 1 else gap)
            parts.append(self.entries[index])
        return b"".join([*parts, self.tail])


def cut(document: bytes) -> CutDocument:
    """The document in its slices; joined they are the document. Raises ValueError if no entry is found in it."""
    if document.startswith(b"\x1f\x8b"):
        document = gzip.decompress(document)
    is_json = document.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{")
    spans = _json_spans(document) if is_json else _xml_spans(document)
    if not spans:
        raise ValueError("no entries found in the document")
    entries = tuple(document[start:stop] for start, stop in spans)
    gaps = tuple(document[left:right] for (_, left), (right, _) in pairwise(spans))
    return CutDocument(document[: spans[0][0]], entries, gaps, document[spans[-1][1] :], is_json)


def _xml_spans(document: bytes) -> list[tuple[int, int]]:
    """Outermost <item> or <entry> elements; one named in a CDATA section or a comment is text."""
    spans: list[tuple[int, int]] = []
    name, start, depth = b"", 0, 0
    for mark in _MARKS.finditer(document):
        if mark["name"] is None or (depth and mark["name"] != name):
            continue
        if not mark["close"]:
            if depth == 0:
                name, start = mark["name"], mark.start()
            depth += 0 if mark["empty"] else 1
        elif depth:
            depth -= 1
            if depth == 0:
                spans.append((start, mark.end()))
    return spans


def _json_spans(document: bytes) -> list[tuple[int, int]]:
    text = document.decode("utf-8-sig")
    ahead = len(document) - len(text.encode())  # a byte order mark
    opening = _ITEMS.search(text)
    if opening is None:
        return []
    decoder = json.JSONDecoder()
    spans: list[tuple[int, int]] = []
    at = byte_at = 0
    place = opening.end()
    while True:
        while text[place] in " \t\r\n,":
            place += 1
        if text[place] == "]":
            return spans
        _, stop = decoder.raw_decode(text, place)
        start_byte = byte_at + len(text[at:place].encode())
        stop_byte = start_byte + len(text[place:stop].encode())
        spans.append((ahead + start_byte, ahead + stop_byte))
        at, byte_at, place = stop, stop_byte, stop
