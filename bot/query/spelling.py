"""What a member may have meant, for an answer without hits."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from difflib import SequenceMatcher
from itertools import islice

from bot.query.language import Query
from bot.query.text import words

# Bounds of the work: some 12 words a title make 24,000 tokens.
MOST_TITLES = 2_000
LIKE_ENOUGH = 0.75
SHORTEST = 3


def nearest(asked: Sequence[str], titles: Iterable[str]) -> dict[str, str]:
    """For each word of `asked` that is in none of the titles, the word in them that is spelt most like it, if any is.

    `titles` are those of the asking guild's own entries, newest first; what others follow must not be guessed here.
    """
    known = Counter(
        word.folded
        for title in islice(titles, MOST_TITLES)
        for word in words(title)
        if not word.sign and len(word.folded) >= SHORTEST
    )
    by_start: defaultdict[str, list[str]] = defaultdict(list)
    for word in known:
        by_start[word[0]].append(word)
    guesses = {word: _nearest(word, by_start, known) for word in dict.fromkeys(asked) if word not in known}
    return {word: guess for word, guess in guesses.items() if guess is not None}


def asked_words(query: Query) -> list[str]:
    """The words of a query that spelling can help with: wanted, whole, of a script that spells."""
    return [
        word.folded
        for term in query.wanted
        if term.field != "feed" and not term.prefix
        for word in words(term.text)
        if not word.sign and len(word.folded) >= SHORTEST and word.folded.isalpha()
    ]


def respelled(query: Query, guesses: Mapping[str, str]) -> str:
    """The query's text with each guessed word in its place; the query itself if nothing changes."""
    text = str(query)
    changes = [(word.start, word.end, guesses[word.folded]) for word in words(text) if word.folded in guesses]
    for start, end, guess in reversed(changes):
        text = text[:start] + guess + text[end:]
    return text


def _nearest(word: str, by_start: Mapping[str, list[str]], known: Mapping[str, int]) -> str | None:
    """Two letters changed places, one missing or wrong; the first letter is mostly right. The commoner word wins."""
    starts = dict.fromkeys(word[:2])
    best: tuple[float, int, str] | None = None
    matcher = SequenceMatcher(b=word, autojunk=False)
    for candidate in (candidate for start in starts for candidate in by_start.get(start, ())):
        if abs(len(candidate) - len(word)) > 2:
            continue
        matcher.set_seq1(candidate)
        if matcher.real_quick_ratio() < LIKE_ENOUGH or matcher.quick_ratio() < LIKE_ENOUGH:
            continue
        rank = (round(matcher.ratio(), 2), known[candidate], candidate)
        if rank[0] >= LIKE_ENOUGH and (best is None or rank > best):
            best = rank
    return best[2] if best else None
