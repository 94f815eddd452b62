"""The part of a text that shows why it was found."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import NamedTuple

from bot.query.ast import Term
from bot.query.language import Query
from bot.query.match import Part
from bot.query.text import located, words

# A text may say one word ten thousand times; an excerpt shows a few.
MOST_HITS = 100
# Around a cut, enough to see whether it would go through a word.
MARGIN = 64


class Hit(NamedTuple):
    """`text[start:end]` is what `term` found."""

    start: int
    end: int
    term: Term


def found(query: Query, text: str, *, part: Part = "body") -> list[Hit]:
    """Where the wanted terms stand in `text`, from left to right; they may overlap. Excluded terms are not looked for.

    A term with a field stands in that `part` of an entry only. Of each term the first MOST_HITS are given.
    """
    wanted = [term for term in dict.fromkeys(query.wanted) if term.field in (None, part)]
    hits = {
        hit
        for exact in (False, True)
        for hit in _located(text, [term for term in wanted if term.exact is exact], exact=exact)
    }
    return sorted(hits, key=lambda hit: (hit.start, hit.end, hit.term.position))


def _located(text: str, wanted: Sequence[Term], *, exact: bool) -> Iterable[Hit]:
    if not wanted:
        return
    row = list(located(text, exact=exact))
    line = f" {' '.join(token for token, _ in row)} "
    begins = [0]  # where in `line` each token's space is
    for token, _ in row:
        begins.append(begins[-1] + 1 + len(token))
    for term in wanted:
        for needle, place in islice(_places(term, line), MOST_HITS):
            first = bisect_right(begins, place) - 1
            yield Hit(row[first][1].start, row[first + len(needle.split()) - 1][1].end, term)


def _places(term: Term, line: str) -> Iterator[tuple[str, int]]:
    for needle in term.needles:
        place = line.find(needle)
        while place >= 0:
            yield needle, place
            place = line.find(needle, place + 1)


def excerpt(query: Query, text: str, *, limit: int, part: Part = "body") -> list[tuple[str, bool]]:
    """At most `limit` characters around the hits, in pieces that say whether they are one. Joined, they are the text.

    Cut between words, an ellipsis where something is left out. Without a hit it is the beginning.
    """
    hits = found(query, text, part=part)
    start, end = _window(hits, text, limit)
    pieces = [("…", False)] if start > 0 else []
    for hit_start, hit_end in _merged(hits):
        if hit_end <= start or hit_start >= end:
            continue
        pieces.append((text[start:hit_start], False))
        pieces.append((text[max(start, hit_start) : min(hit_end, end)], True))
        start = min(hit_end, end)
    pieces.append((text[start:end], False))
    if end < len(text):
        pieces.append(("…", False))
    return _joined(pieces)


def _window(hits: Sequence[Hit], text: str, limit: int) -> tuple[int, int]:
    """Start and end of the part that shows most terms, with some words before the first of them."""
    if len(text) <= limit:
        return 0, len(text)
    room = max(limit - 2, 0)  # for an ellipsis on either side
    first, last = _densest(hits, room)
    start = max(min(first - (room - (last - first)) // 3, len(text) - room), 0)
    starts, ends = _cuts(text, max(start - MARGIN, 0), start + room + MARGIN)
    if start > 0:
        start = next((cut for cut in starts[bisect_right(starts, start - 1) :] if cut <= first), first)
    end = min(start + room, len(text))
    if end < len(text):
        cut = bisect_right(ends, end)
        end = ends[cut - 1] if cut and ends[cut - 1] > start else end
    return start, end


def _cuts(text: str, start: int, end: int) -> tuple[list[int], list[int]]:
    """Where words begin, and where they end, between two places."""
    near = words(text[start:end])
    return [start + word.start for word in near], [start + word.end for word in near]


def _densest(hits: Sequence[Hit], room: int) -> tuple[int, int]:
    """Start of the first and end of the last hit of those that show most terms within `room`; (0, 0) without hits."""
    best, most = (0, 0), 0
    seen: Counter[Term] = Counter()
    left = 0
    for hit in hits:
        seen[hit.term] += 1
        while left < len(hits) and hit.end - hits[left].start > room and hits[left] != hit:
            seen[hits[left].term] -= 1
            left += 1
        shown = sum(1 for count in seen.values() if count)
        if shown > most:
            best, most = (hits[left].start, min(hit.end, hits[left].start + room)), shown
    return best


def _merged(hits: Iterable[Hit]) -> list[tuple[int, int]]:
    merged: list[tuple[int, int]] = []
    for hit in hits:
        if merged and hit.start < merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], hit.end))
        else:
            merged.append((hit.start, hit.end))
    return merged


def _joined(pieces: Iterable[tuple[str, bool]]) -> list[tuple[str, bool]]:
    """Neighbours of one kind as one piece, none empty."""
    joined: list[tuple[str, bool]] = []
    for text, is_hit in pieces:
        if joined and joined[-1][1] is is_hit and not is_hit:
            joined[-1] = (joined[-1][0] + text, is_hit)
        elif text:
            joined.append((text, is_hit))
    return joined
