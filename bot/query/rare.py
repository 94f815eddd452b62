""" "More like this": a query made of the words that set an entry apart."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

from bot.model import Entry
from bot.query.ast import And, Node, Or, Term
from bot.query.grammar import joined
from bot.query.language import Query
from bot.query.term import make_term
from bot.query.text import tokens, words

# A word of the title says more about an entry than one of its text.
TITLE_WEIGHT = 3
WORDS = 4
SHORTEST = 3
# Signs of a script without spaces taken together: most Chinese and Japanese words have two.
SIGNS = 2
# A word that is in more than this part of all entries sets none apart.
COMMON = 0.2


def propose(entry: Entry, frequency: Mapping[str, int], total: int) -> Query | None:
    """A query that finds `entry` and what is like it: its rarest word with any of the three next. None without words.

    `frequency` says in how many of `total` entries a token (text.index_form) occurs; a token it lacks is in one.
    """
    weights = Counter(dict.fromkeys(_candidates(entry.text), 1))
    for text in _candidates(entry.title):
        weights[text] += TITLE_WEIGHT
    ranked = sorted(weights, key=lambda text: (-weights[text] * _rarity(text, frequency, total), text))
    rare = [text for text in ranked if _rarity(text, frequency, total) > -math.log(COMMON)] or ranked
    terms = [term for text in rare[:WORDS] if (term := make_term(text)) is not None]
    return _with_any(terms[0], terms[1:]) if terms else None


def frequencies(titles: Iterable[str]) -> tuple[Mapping[str, int], int]:
    """In how many of the titles each token occurs, and how many there are: the last arguments of `propose`.

    Titles alone: what is common in them ("the", a company) is common everywhere, and they are quickly read.
    """
    rows = [frozenset(tokens(title)) for title in titles]
    return Counter(token for row in rows for token in row), len(rows)


def _with_any(first: Term, others: list[Term]) -> Query:
    nodes: list[Node] = [first]
    if others:
        nodes.append(joined(Or, list(others)))
    return Query(joined(And, nodes))


def _candidates(text: str) -> Iterator[str]:
    """Whole words, and neighbouring signs two by two, as a member would write them."""
    signs: list[str] = []
    for word in words(text):
        if word.sign and not word.apart:
            signs = [*signs, word.folded][-SIGNS:]
        else:
            signs = [word.folded] if word.sign else []
        if len(signs) == SIGNS:
            yield "".join(signs)
        elif not word.sign and len(word.folded) >= SHORTEST and not word.folded.isdigit():
            yield word.folded


def _rarity(text: str, frequency: Mapping[str, int], total: int) -> float:
    """The logarithm of one in how many entries has it; of several tokens the rarest counts."""
    seen = min((frequency.get(token, 1) for token in tokens(text)), default=1)
    return math.log((total + 1) / (max(seen, 1) + 0.5)) if total else 1.0
