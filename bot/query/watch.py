"""Which of 100,000 standing queries find this entry?

Every query waits at the rarest thing that it cannot do without: a token, two neighbouring signs, the beginning of a
word, or a token of the feed's name. An entry has some hundred of these, so a few look-ups give the few queries that
are worth a check: 0.4 ms an entry, most of it for the 75 queries that find it. A regular expression for each query
takes some 3,000 times as long (benchmarks/watch.py).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Generic, TypeVar

from bot.query.ast import And, Node, Not, Term
from bot.query.grammar import SHORTEST_PREFIX
from bot.query.language import Query
from bot.query.match import Document, matches
from bot.query.text import APART, is_sign

Id = TypeVar("Id", bound=int | str)
Keys = frozenset[str]
# The key that every entry has.
ANY = ""


class Watch(Generic[Id]):
    """Standing queries by id. `frequency` says in how many entries a token occurs; without it long words are rare."""

    def __init__(self, frequency: Mapping[str, int] | None = None) -> None:
        self._frequency = frequency or {}
        self._queries: dict[Id, tuple[Query, Keys]] = {}
        self._waiting: dict[str, set[Id]] = {}

    def __len__(self) -> int:
        return len(self._queries)

    def add(self, id_: Id, query: Query) -> None:
        """From now on `query` is watched as `id_`, in the place of any other of that id."""
        self.remove(id_)
        keys = self._keys(query.root)
        if keys is None:  # a filter like -sponsored needs no word: it is checked each time
            keys = frozenset((ANY,))
        self._queries[id_] = (query, keys)
        for key in keys:
            self._waiting.setdefault(key, set()).add(id_)

    def remove(self, id_: Id) -> None:
        """Unknown ids are passed over."""
        _, keys = self._queries.pop(id_, (None, frozenset()))
        for key in keys:
            waiting = self._waiting[key]
            waiting.remove(id_)
            if not waiting:
                del self._waiting[key]

    def matching(self, document: Document) -> set[Id]:
        """The ids of all queries that find the entry."""
        candidates: set[Id] = set()
        for key in self._waiting.keys() & _keys_in(document):
            candidates |= self._waiting[key]
        return {id_ for id_ in candidates if matches(self._queries[id_][0], document)}

    def _keys(self, node: Node) -> Keys | None:
        """Keys of which every entry that `node` finds has one; None if there are none."""
        if isinstance(node, Not):
            return None
        if isinstance(node, Term):
            return frozenset(min(_keys_of(phrase, node), key=self._cost) for phrase in node.phrases)
        found = [keys for part in node.parts if (keys := self._keys(part)) is not None]
        if isinstance(node, And):
            return min(found, key=lambda keys: sum(map(self._cost, keys)), default=None)
        return frozenset().union(*found) if len(found) == len(node.parts) else None

    def _cost(self, key: str) -> float:
        """About how many checks in vain a key brings: words that many wait for are common in entries too."""
        length = len(key.rpartition(":")[2]) + (3 if " " in key else -1 if key.endswith("*") else 0)
        return self._frequency.get(key, 0) + len(self._waiting.get(key, ())) + 1000 / 2.0**length


def _keys_of(phrase: str, term: Term) -> Iterator[str]:
    """What an entry must have to hold the phrase. Spaces, stars and colons are in no token."""
    row = phrase.split()
    start = "feed:" if term.field == "feed" else ""
    whole = row[:-1] if term.prefix else row
    for token in whole:
        if token != APART:
            yield start + token
    if not start:
        yield from _pairs(whole)
    if term.prefix:
        yield f"{start}{row[-1][:SHORTEST_PREFIX]}*"


def _keys_in(document: Document) -> set[str]:
    row = document.row(None).split()
    feed = set(document.row("feed").split())
    keys = {ANY, *(f"{token[:SHORTEST_PREFIX]}*" for token in document.tokens)}
    keys.update(document.tokens)
    if not document.row(None).isascii():
        keys.update(_pairs(row))
    keys.update(f"feed:{token}" for token in feed)
    keys.update(f"feed:{token[:SHORTEST_PREFIX]}*" for token in feed)
    return keys


def _pairs(row: Iterable[str]) -> Iterator[str]:
    """Neighbouring signs of a script without spaces: one alone is in too many entries."""
    before = ""
    for token in row:
        if not is_sign(token):
            before = ""
            continue
        if before:
            yield f"{before} {token}"
        before = token
