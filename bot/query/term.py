"""From what a member wrote to the rows of tokens that are looked for."""

from __future__ import annotations

import re
from collections.abc import Iterable

from bot.query.ast import Field, Term
from bot.query.text import index_form, tokens, words

_HYPHENS = frozenset("-‐‑‒–−－")
_JOINT = re.compile(r"(\d+)([^\W\d_]\w*)|([^\W\d_]+)(\d\w*)")
# A letter alone before or after a number is often a word ("a 16-year-old", "в 2026"); these never are.
_CONSONANTS = frozenset("bcdfghjklmnpqrstvwxz")


def make_term(
    text: str,
    *,
    field: Field | None = None,
    exact: bool = False,
    prefix: bool = False,
    quoted: bool = False,
    position: int = 0,
) -> Term | None:
    """The term for `text`, None if there is no word in it. A prefix of a sign is the sign: 股* is 股."""
    found = words(text)
    if not found:
        return None
    prefix = prefix and not found[-1].sign and found[-1].folded.isalnum()
    loose = not (quoted or prefix)
    phrases = (index_form(text), *(_respelled(text, exact=False) if loose else ()))
    written = (" ".join(tokens(text, exact=True)), *(_respelled(text, exact=True) if loose else ())) if exact else ()
    return Term(
        text=text,
        field=field,
        exact=exact,
        prefix=prefix,
        quoted=quoted,
        position=position,
        phrases=phrases,
        exact_phrases=written,
        needles=needles(written if exact else phrases, prefix=prefix),
    )


def needles(phrases: Iterable[str], *, prefix: bool) -> tuple[str, ...]:
    """The phrases with a space on both sides, a prefix on its left only: so no word is found inside another."""
    return tuple(f" {phrase}" if prefix else f" {phrase} " for phrase in phrases)


def _respelled(text: str, *, exact: bool) -> tuple[str, ...]:
    """The other way of writing a name of letters and a number: F35 for F-35, `2 nm` for 2nm; mostly none."""
    found = words(text)
    parts = [word.exact if exact else word.folded for word in found]
    if any(word.sign or not word.folded.isalnum() for word in found):
        return ()
    if len(parts) == 1 and (joint := _JOINT.fullmatch(parts[0])):
        left, right = (part for part in joint.groups() if part is not None)
        return (f"{left} {right}",) if _splits(left) and _splits(right) else ()
    if len(parts) == 2 and text[found[0].end : found[1].start] in _HYPHENS:
        left, right = parts
        return (left + right,) if left[-1].isdigit() != right[0].isdigit() else ()
    return ()


def _splits(part: str) -> bool:
    return len(part) > 1 or part.isdigit() or part.lower() in _CONSONANTS
