"""What is remembered of a feed's last document, so that of the next one only what is unseen need be read.

For each item: its fingerprint (cut.py) and the names by which identity tells a document's items apart. The short way
is taken only where it provably ends where the long one does:

- the items before and after them, and everything around the items, are the same but for dates and comments;
- no unseen item shares a guid or a link with one that was there before, and none that went shared one with one that
  stays: then every item has the very aliases that reading the whole document would give it.

So decide, given the unseen items alone, finds the same entries new, and remembers the same. Only the order among
several of them may hang on the others: `decide.order_stands_alone` says.
"""

from __future__ import annotations

import re
import sys
from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import Self

from bot.feeds.cut import Cut
from bot.feeds.identity import names
from bot.feeds.parsed import ParsedItem

READER = b"2"  # to be changed with whatever changes how an item is read or named
_COLUMNS = 4  # fingerprint, then up to three names; 0 for none

# What changes with every document and says nothing about its items: comments, dates, RDF's list of the items. CDATA
# and instructions are stepped over whole; in well-formed XML each of these ends, so this is linear.
_VOLATILE = re.compile(
    rb"(?P<kept><!\[CDATA\[.*?\]\]>|<\?.*?\?>)|<!--.*?-->"
    rb"|<(?:\w+:)?(?:lastBuildDate|pubDate|updated|modified|date)(?=[\s>])[^<>]*>[^<]*|<rdf:li[^<>]*>\s*",
    re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class Recall:
    """`rows`: fingerprint -> names. `context` tells whether another document's items would be read as these were."""

    context: int
    rows: dict[int, tuple[int, ...]]

    @classmethod
    def of(cls, pieces: Cut, items: Sequence[ParsedItem], context: int) -> Self | None:
        """What to remember of a document that was read whole; None if its pieces are not its items."""
        if len(pieces.items) != len(items):
            return None
        return cls(context, {at: names(item) for at, item in zip(pieces.fingerprints, items, strict=True)})

    def stays(self, pieces: Cut) -> set[int]:
        """Fingerprints of the items that were there before."""
        return self.rows.keys() & set(pieces.fingerprints)

    def next(self, pieces: Cut, unseen: Sequence[ParsedItem]) -> Self | None:
        """What to remember of the document whose unseen items are these; None if it has to be read whole."""
        stay = self.stays(pieces)
        fresh = [at for at in pieces.fingerprints if at not in stay]
        if len(fresh) != len(unseen):
            return None
        added = {at: names(item) for at, item in zip(fresh, unseen, strict=True)}
        kept = {at: self.rows[at] for at in stay}
        went = (self.rows[at] for at in self.rows.keys() - stay)
        if _all(kept.values()) & (_all(added.values()) | _all(went)):
            return None
        return type(self)(self.context, kept | added)

    def packed(self) -> bytes:
        """32 bytes an item, the same for every order of the items."""
        numbers = array("q", [self.context])
        for at in sorted(self.rows):
            numbers.extend((at, *self.rows[at], *[0] * (_COLUMNS - 1 - len(self.rows[at]))))
        return _little_endian(numbers).tobytes()

    @classmethod
    def unpacked(cls, packed: bytes, context: int) -> Self | None:
        """None if nothing is remembered, or of another context."""
        numbers = array("q")
        if len(packed) % (8 * _COLUMNS) != 8:
            return None
        numbers.frombytes(packed)
        numbers = _little_endian(numbers)
        if numbers[0] != context:
            return None
        starts = range(1, len(numbers), _COLUMNS)
        return cls(context, {numbers[at]: tuple(filter(None, numbers[at + 1 : at + _COLUMNS])) for at in starts})


def context_of(pieces: Cut, *, url: str, content_type: str) -> int:
    """A hash of everything that an item's meaning may hang on besides its own bytes."""
    around = (_VOLATILE.sub(rb"\g<kept>", pieces.head), _VOLATILE.sub(rb"\g<kept>", pieces.tail))
    text = b"\x00".join((READER, url.encode("utf-8", "replace"), content_type.encode("utf-8", "replace"), *around))
    return int.from_bytes(blake2b(text, digest_size=8).digest(), "little", signed=True)


def _all(rows: Iterable[tuple[int, ...]]) -> set[int]:
    return {name for row in rows for name in row}


def _little_endian(numbers: array[int]) -> array[int]:
    if sys.byteorder == "big":
        numbers.byteswap()
    return numbers
