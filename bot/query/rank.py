"""In which order hits are shown: where the words stand, how much they weigh, how new the entry is.

BM25 (Robertson and Zaragoza, "The Probabilistic Relevance Framework", 2009, eq. 3.15) over the hits themselves: what
other guilds follow has no part in it, and a million entries cost no more than the thousand that are looked at.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from bot.query.ast import Node, Term
from bot.query.match import Document, Part, holds

PART_WEIGHTS: Mapping[Part, float] = {"title": 10.0, "author": 4.0, "body": 1.0}
# The usual values; as in SQLite's bm25().
SATURATION, LENGTH_WEIGHT = 1.2, 0.75


class Candidate(NamedTuple):
    """A hit that wants its place. `shown_at` is when it was published as far as that can be believed.

    `root` is the query without its feed: terms, which a document from the index cannot answer; None: nothing is left.
    """

    id: int
    document: Document
    shown_at: datetime
    root: Node | None


def ranked(wanted: Sequence[Term], candidates: Sequence[Candidate]) -> list[int]:
    """The ids, best first: found in the title alone, then with the author, then in the text; among these by weight
    of the `wanted` terms (to one decimal: a comma more must not outweigh a year), then the newer first.
    """
    counts = [[_count(term, candidate.document) for term in wanted] for candidate in candidates]
    lengths = [1 + candidate.document.row(None).count(" ") for candidate in candidates]
    average = sum(lengths) / max(len(lengths), 1)
    rarity = [_rarity(sum(1 for row in counts if row[place]), len(counts)) for place in range(len(wanted))]

    def key(place: int) -> tuple[int, float, float, int]:
        candidate = candidates[place]
        norm = SATURATION * (1 - LENGTH_WEIGHT + LENGTH_WEIGHT * lengths[place] / average)
        weight = sum(
            idf * count * (SATURATION + 1) / (count + norm) for idf, count in zip(rarity, counts[place], strict=True)
        )
        return _tier(candidate), -round(weight, 1), -candidate.shown_at.timestamp(), -candidate.id

    return [candidates[place].id for place in sorted(range(len(candidates)), key=key)]


def _count(term: Term, document: Document) -> float:
    return sum(
        weight * document.row(part, exact=term.exact).count(needle)
        for part, weight in PART_WEIGHTS.items()
        if term.field in (None, part)
        for needle in term.needles
    )


def _rarity(having: int, total: int) -> float:
    return math.log(1 + (total - having + 0.5) / (having + 0.5))


def _tier(candidate: Candidate) -> int:
    if candidate.root is None or holds(candidate.root, candidate.document.only("title")):
        return 0
    return 1 if holds(candidate.root, candidate.document.only("title", "author")) else 2
