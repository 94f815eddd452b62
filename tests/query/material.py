"""Texts in many scripts, made of pieces that meet often, so that random queries find something."""

from __future__ import annotations

from hypothesis import strategies as st

PIECES = [
    *("rust", "Rust", "RUST", "trust", "cat", "education", "memory", "chip", "Nasa", "NASA", "a", "b", "s"),
    *("C", "C++", "C#", ".NET", "net", "AT&T", "T", "F-35", "F35", "f", "35", "2nm", "nm", "$TSLA", "#ai", "@ai", "ai"),
    *(
        "股",
        "市",
        "股市",
        "沪深",
        "삼",
        "성",
        "삼성",
        "전자",
        "がく",
        "かく",
        "ガ",
        "ｶﾞ",
        "ไทย",
        "ไท",
        "น้ำ",
        "မြန်",
        "ខ្មែរ",
    ),
    *(
        "é",
        "e\u0301",
        "ß",
        "ss",
        "İ",
        "ı",
        "i",
        "й",
        "и",
        "ё",
        "ﬁ",
        "fi",
        "हिन्दी",
        "हिन्द",
        "أحمد",
        "صَحِيح",
        "שָׁלוֹם",
        "٣",
        "3",
    ),
    *("🚀", "👩‍💻", "💻", "🇨🇳", "🇺🇸", "❤️", "½", "㍿", "㎏", "™", "\u00ad", "\u200b", "\u0301", "\ue000", "\ue02b"),
]
GLUE = ["", " ", " ", " ", "-", "’", ".", ", ", "/", "+", "#", "&", "　", "\n"]

TEXTS = st.one_of(
    st.text(max_size=40),
    st.lists(st.tuples(st.sampled_from(PIECES), st.sampled_from(GLUE)), max_size=12).map(
        lambda parts: "".join(piece + glue for piece, glue in parts)
    ),
)

_MARKS = [('"', '"'), ("“", "”"), ("„", "“"), ("«", "»"), ("「", "」")]
_WORDS = st.sampled_from([piece for piece in PIECES if piece.strip()])


@st.composite
def _terms(draw: st.DrawFn) -> str:
    start = draw(st.sampled_from(["", "", "", "-", "=", "title:", "author:", "feed:", "-title:", "title:="]))
    if draw(st.booleans()):
        return start + draw(_WORDS) + draw(st.sampled_from(["", "", "", "*"]))
    opening, closing = draw(st.sampled_from(_MARKS))
    inside = "".join(draw(st.lists(_WORDS | st.sampled_from(GLUE), min_size=1, max_size=4)))
    return start + opening + inside + closing


def _combined(parts: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    joins = st.sampled_from([" ", " ", " OR ", " AND ", " NOT ", " -", "", " | "])
    return st.one_of(
        st.tuples(parts, joins, parts).map("".join),
        st.tuples(st.sampled_from(["(", "-(", "title:(", "（"]), parts, st.just(")")).map("".join),
    )


# Mostly well written; those that are not belong to the tests of mistakes.
QUERIES = st.recursive(_terms(), _combined, max_leaves=6)
