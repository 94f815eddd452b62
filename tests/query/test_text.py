"""What a word is."""

from __future__ import annotations

import sqlite3
import time
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.query.text import index_form, located, tokens, words
from tests.query.material import TEXTS


def folded(text: str) -> list[str]:
    return [word.folded for word in words(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Rust, and RUST.", "rust and rust"),
        ("C++ C# F# c++20 C#12 Objective-C++", "c++ c# f# c++ 20 c# 12 objective c++"),
        ("Ｃ＋＋ Ｃ＃ C♯", "c++ c# c#"),
        ("a+b a#tag A+", "a + b a # tag a+"),
        ("Notepad++ Disney+ 10+ ٣+", "notepad ++ disney + 10 + 3 +"),
        (".NET ASP.NET node.js", ". net asp . net node . js"),
        ("wait...what? end.", "wait what end"),
        ("U.S. U.S.-China", "u . s u . s china"),
        ("AT&T R & D", "at & t r & d"),
        ("F-35 COVID-19 2nm", "f 35 covid 19 2nm"),
        ("$TSLA US$5 5€ 5%", "$ tsla us $ 5 5 € 5 %"),
        ("#hashtag @name # @", "# hashtag @ name"),
        ("memory-chip memory‑chip snake_case and/or", "memory chip memory chip snake case and or"),
        ("Huawei's Huawei’s Huaweiʼs l'Iran", "huawei s huawei s huawei s l iran"),
        ("🚀 👍🏽 👍 ❤️ ❤", "🚀 👍 👍 ❤ ❤"),
        ("👩‍💻 🇨🇳🇺🇸", "👩 💻 🇨🇳 🇺🇸"),
        ("Windows™ Windows®", "windows windows"),
    ],
)
def test_words_of_texts_with_spaces(text: str, expected: str) -> None:
    assert folded(text) == expected.split()


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("ÉCOLE", "ecole"),
        ("Straße", "STRASSE"),
        ("İSTANBUL", "istanbul"),
        ("ıstanbul", "ISTANBUL"),
        ("ΣΊΣΥΦΟΣ", "σισυφος"),
        ("ﬁne", "fine"),
        ("ＡＢＣ１２３", "abc123"),
        ("Łódź Ørsted Đà Nẵng", "lodz orsted da nang"),
        ("ё", "е"),
        ("за́мок", "замок"),
        ("и\u0306", "й"),
        ("ｶﾞｽ", "ガス"),
        ("か\u3099", "が"),
        ("ㅎ\u1161", "ㅎ\u1161"),
        ("한국", unicodedata.normalize("NFD", "한국")),
        ("٢٠٢٦ ۲۰۲۶ २०२६", "2026 2026 2026"),
        ("صَحِيح", "صحيح"),
        ("مـــصر", "مصر"),
        ("שָׁלוֹם", "שלום"),
        ("co\u00adoperation zero\u200bwidth \ufeffbom", "cooperation zerowidth bom"),
        ("می\u200cخواهم", "میخواهم"),
        ("㎏ ㍿ ½", "kg 株式会社 1/2"),
        ("C\u200b++ #\u200bai .\u2060net", "C++ #ai .net"),
    ],
)
def test_spellings_that_are_one(one: str, other: str) -> None:
    assert folded(one) == folded(other) != []


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("й", "и"),
        ("ї", "і"),
        ("ў", "у"),
        ("が", "か"),
        ("パ", "ハ"),
        ("कि", "कु"),
        ("क़", "क"),
        ("เก่า", "เกา"),
        ("น้ำ", "น้า"),
        ("أ", "ا"),
        ("C", "C++"),
        ("C#", "C"),
        ("F-35", "F35"),
        ("🇨🇳", "🇳🇨"),
        ("$", "€"),
    ],
)
def test_spellings_that_differ(one: str, other: str) -> None:
    assert folded(one) != folded(other)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("沪深股市大涨", "沪 深 股 市 大 涨"),
        ("삼성전자가", "삼 성 전 자 가"),
        ("삼성 전자", "삼 성 \ue000 전 자"),
        ("股,市", "股 \ue000 市"),
        ("5G手机 AI", "5g 手 机 ai"),
        ("東京2026年", "東 京 2026 年"),
        ("กรุงเทพ", "ก รุ ง เ ท พ"),
        ("មាន", "មា ន"),
        ("မြန်မာ", "မြ န် မာ"),
        ("ປະເທດລາວ", "ປ ະ ເ ທ ດ ລ າ ວ"),
        ("ไทย\u200bแลนด์", "ไ ท ย แ ล น ด์"),
        ("C++", "c\ue02b\ue02b"),
        ("AT&T", "at \ue026 t"),
    ],
)
def test_the_index_form(text: str, expected: str) -> None:
    assert index_form(text) == expected


def test_the_index_form_has_a_limit() -> None:
    assert index_form("a b c d", limit=3) == "a b c"


@pytest.mark.parametrize("text", ["", " ", "!?… — “”", "\x00\ud800\ue02b\ue000", "\u0301\u200b"])
def test_nothing_is_not_a_word(text: str) -> None:
    assert words(text) == []


@given(TEXTS)
def test_unicodes_spellings_of_one_text_have_one_index_form(text: str) -> None:
    assert index_form(unicodedata.normalize("NFD", text)) == index_form(unicodedata.normalize("NFC", text))


@given(TEXTS)
def test_what_was_folded_folds_to_itself(text: str) -> None:
    # A symbol alone is a token only where it touches a word.
    for word in (word for word in words(text) if word.folded[0].isalnum()):
        assert folded(word.folded) == [word.folded]


@given(TEXTS)
def test_words_lie_in_their_text_in_order(text: str) -> None:
    end = 0
    for word in words(text):
        assert 0 <= word.start < word.end <= len(text)
        assert word.start >= end or word.end == end  # ½ is two words in one place
        assert len(word.exact) <= 64
        end = word.end


@given(st.text(alphabet="aB1+#@.$%&’…- ", max_size=30), st.booleans())
def test_the_fast_way_for_ascii_gives_the_same_tokens(text: str, exact: bool) -> None:
    assert tokens(text, exact=exact) == [token for token, _ in located(text, exact=exact)]


def test_a_long_run_of_letters_is_cut_on_both_ways() -> None:
    assert tokens("x" * 70 + " é") == ["x" * 64, "e"]
    assert tokens("x" * 70) == ["x" * 64]


@given(st.lists(TEXTS, min_size=1, max_size=5))
def test_fts5_sees_the_tokens_that_were_given(texts: list[str]) -> None:
    base = sqlite3.connect(":memory:")
    base.execute("CREATE VIRTUAL TABLE t USING fts5(body, tokenize = 'ascii')")
    base.execute("CREATE VIRTUAL TABLE v USING fts5vocab(t, 'instance')")
    base.executemany("INSERT INTO t VALUES (?)", [(index_form(text),) for text in texts])
    seen = [[] for _ in texts]  # type: list[list[str]]
    for term, row in base.execute("SELECT term, doc FROM v ORDER BY doc, offset"):
        seen[row - 1].append(term)
    assert seen == [index_form(text).split() for text in texts]
    base.close()


@pytest.mark.parametrize(
    "piece", ["a", "+", "#\u200b", ".\u200b", "e\u0301", "股", "\u1100", "㍿", "🇨", "\u0301", "ﷺ "]
)
def test_a_long_text_takes_linear_time(piece: str) -> None:
    # Quadratic would be minutes; usual is a tenth of a second.
    began = time.process_time()
    index_form(piece * 50_000)
    assert time.process_time() - began < 3
