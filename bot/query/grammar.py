"""The grammar: how pieces become a tree. Minus binds tightest, then standing side by side, then OR.

either  =  both ("OR" both)*
both    =  single ("AND"? single)*
single  =  ("-" | "NOT" | field)* ( "(" either ")" | "="? phrase | "="? word )
"""

from __future__ import annotations

from typing import cast

from bot.errors import QueryError
from bot.query.ast import And, Field, Node, Not, Or, Term
from bot.query.lexer import Kind, Piece, pieces
from bot.query.term import make_term
from bot.query.text import words

MOST_TERMS = 32
DEEPEST = 12
SHORTEST_PREFIX = 3

_STARTS = (Kind.NOT, Kind.FIELD, Kind.EXACT, Kind.OPEN, Kind.PHRASE, Kind.WORD)


def read(query: str) -> Node:
    """The tree of `query`, flat where it can be and each part once. Raises QueryError."""
    parser = _Parser(query)
    if parser.here is None:
        raise QueryError("There is no word in this.", query, 0, max(len(query), 1), hint="rust")
    tree = parser.either(None, 0)
    if parser.here is not None:
        raise parser.error("This bracket was never opened.", parser.here)
    return tree


def joined(kind: type[And] | type[Or], parts: list[Node]) -> Node:
    """`parts` under one And or Or: nested ones opened up, repeated ones once."""
    flat: list[Node] = []
    for part in parts:
        flat.extend(part.parts if isinstance(part, kind) else (part,))
    unique = tuple(dict.fromkeys(flat))
    return unique[0] if len(unique) == 1 else kind(unique)


class _Parser:
    def __init__(self, query: str) -> None:
        self.query = query
        self.ahead = pieces(query)
        self.terms = 0
        self.last: Piece | None = None
        self.here: Piece | None = next(self.ahead, None)

    def advance(self) -> Piece:
        assert self.here is not None
        self.last, self.here = self.here, next(self.ahead, None)
        return self.last

    def error(self, reason: str, piece: Piece, hint: str = "") -> QueryError:
        return QueryError(reason, self.query, piece.start, max(piece.end - piece.start, 1), hint=hint)

    def sees(self, *kinds: Kind) -> bool:
        return self.here is not None and self.here.kind in kinds

    def either(self, field: Field | None, depth: int) -> Node:
        parts = [self.both(field, depth)]
        while self.sees(Kind.OR):
            self.advance()
            parts.append(self.both(field, depth))
        return joined(Or, parts)

    def both(self, field: Field | None, depth: int) -> Node:
        parts = [self.single(field, depth)]
        while self.sees(Kind.AND, *_STARTS):
            if self.sees(Kind.AND):
                self.advance()
            parts.append(self.single(field, depth))
        return joined(And, parts)

    def single(self, field: Field | None, depth: int) -> Node:
        negation: Piece | None = None
        around = field
        positive = True
        while self.sees(Kind.NOT, Kind.FIELD):
            piece = self.advance()
            if piece.kind is Kind.NOT:
                negation, positive = negation or piece, not positive
            elif field is not None:
                raise self.error("A word stands in one field only.", piece)
            else:
                field = cast(Field, piece.text)
        if self.sees(Kind.OPEN):
            # A field cannot stand inside a field's brackets, so these never nest: the printer may add them.
            part = self.group(field, depth + (field is around))
        else:
            part = self.term(field)
        if positive:
            return part
        assert negation is not None
        return part.part if isinstance(part, Not) else Not(part, negation.start)

    def group(self, field: Field | None, depth: int) -> Node:
        opened = self.advance()
        if depth > DEEPEST:
            raise self.error(f"More than {DEEPEST} brackets inside each other.", opened)
        if self.sees(Kind.CLOSE):
            raise self.error("There is nothing between these brackets.", opened)
        inside = self.either(field, depth)
        if not self.sees(Kind.CLOSE):
            raise self.error("This bracket is never closed.", opened, hint=f"{self.query})")
        self.advance()
        return inside

    def term(self, field: Field | None) -> Node:
        exact = self.sees(Kind.EXACT)
        if exact:
            self.advance()
        if not self.sees(Kind.PHRASE, Kind.WORD):
            raise self.missing()
        piece = self.advance()
        self.terms += 1
        if self.terms > MOST_TERMS:
            raise self.error(f"More than {MOST_TERMS} words and phrases.", piece)
        quoted = piece.kind is Kind.PHRASE
        term = make_term(
            trimmed(piece.text, quoted=quoted),
            field=field,
            exact=exact,
            prefix=piece.star,
            quoted=quoted,
            position=piece.start,
        )
        assert term is not None  # the lexer lets no piece without a word through
        self.check_prefix(term, piece)
        return term

    def check_prefix(self, term: Term, piece: Piece) -> None:
        last = words(term.text)[-1]
        if piece.star and not last.sign and (not term.prefix or len(last.folded) < SHORTEST_PREFIX):
            reason = f"A star needs {SHORTEST_PREFIX} letters before it."
            raise self.error(reason, piece, hint=f'"{piece.text}" for the word alone')

    def missing(self) -> QueryError:
        """A word was expected, and something else came, or nothing."""
        if self.last is None or (self.here is not None and self.last.kind is Kind.OPEN):
            piece = self.here
        else:
            piece = self.last
        assert piece is not None
        if piece.kind in (Kind.OR, Kind.AND):
            word = piece.text
            return self.error(f"{word} needs a word on both sides.", piece, hint=f'"{word}" for the word itself')
        if piece.kind is Kind.CLOSE:
            return self.error("This bracket was never opened.", piece)
        return self.error("A word is missing after this.", piece)


def trimmed(text: str, *, quoted: bool) -> str:
    """`text` from its first word to its last, unless that would read as something else."""
    found = words(text)
    inner = text[found[0].start : found[-1].end]
    same = [word[:2] for word in words(inner)] == [word[:2] for word in found]
    return inner if same and (quoted or _is_plain_word(inner)) else text


def _is_plain_word(text: str) -> bool:
    try:
        return [piece.kind for piece in pieces(text)] == [Kind.WORD]
    except QueryError:
        return False
