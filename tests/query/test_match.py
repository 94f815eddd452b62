"""Whether an entry is what a query asks for."""

from __future__ import annotations

import pytest
from hypothesis import given

from bot.model import Entry
from bot.query.language import parse
from bot.query.match import Document, explain, matches
from tests.query.material import QUERIES, TEXTS
from tests.query.test_language import parsed


@pytest.mark.parametrize(
    ("query", "text"),
    [
        ("rust", "Rust 2.0 is out"),
        ("cafe", "Café Crème"),
        ("straße", "STRASSE"),
        ("ＡＢＣ", "abc"),
        ('"memory chip"', "a memory-chip maker"),
        ('"memory chip"', "Memory chip, and more"),
        ("Huawei", "Huawei's"),
        ("Huawei", "Huawei’s"),
        ("Iran", "l’Iran"),
        ("a b", "b and a"),
        ("a OR z", "z"),
        ("rust*", "rusty"),
        ("=NASA", "NASA, ＮＡＳＡ"),
        ("=NASA", "ＮＡＳＡ"),
        ("C++", "in C++."),
        ("C++", "C++20"),
        ("C#", "C# 12"),
        ("F#", "(F#)"),
        (".NET", "on .NET 8"),
        (".NET", "ASP.NET"),
        ("node.js", "Node.js"),
        ("AT&T", "AT&T's"),
        ("F-35", "F-35A, the F-35"),
        ("F-35", "the F35"),
        ("F35", "the F-35"),
        ("COVID", "COVID-19"),
        ("COVID-19", "Covid 19"),
        ("2nm", "2-nm chips"),
        ("2nm", "2 nm"),
        ("$TSLA", "buy $tsla"),
        ("TSLA", "buy $TSLA"),
        ("#hashtag", "a #hashtag"),
        ("hashtag", "a #hashtag"),
        ("@name", "by @name"),
        ("🚀", "to the moon🚀"),
        ("U.S.", "the U.S.-China"),
        ("U.S", "the U.S."),
        ("股市", "沪深股市大涨"),
        ("삼성", "삼성전자가"),
        ("전자", "삼성전자가"),
        ("東京", "2026年東京で"),
        ("ไทย", "ประเทศไทยวันนี้"),
        ("ລາວ", "ປະເທດລາວ"),
        ("ខ្មែរ", "ភាសាខ្មែរនេះ"),
        ("မြန်မာ", "မြန်မာနိုင်ငံ"),
        ("привет", "Привет!"),
        ("елка", "Ёлка"),
        ("cooperation", "co\u00adopera\u200btion"),
        ("fine", "ﬁne"),
        ("σισυφος", "ΣΙΣΥΦΟΣ"),
        ("istanbul", "İSTANBUL"),
        ("new (york OR jersey) -hampshire", "New Jersey"),
    ],
)
def test_found(query: str, text: str) -> None:
    assert matches(parse(query), Document(title=text))


@pytest.mark.parametrize(
    ("query", "text"),
    [
        ("cat", "education"),
        ("rust", "trust rusty"),
        ("C", "C++ and C#"),
        ("C++", "C and C#"),
        ("C#", "vitamin C #health"),
        (".NET", "net profit"),
        ("AT&T", "at T-Mobile"),
        ("$TSLA", "TSLA"),
        ("#ai", "ai"),
        ("A16", "a 16-year-old"),
        ("G7", "5G 7nm"),
        ('"F-35"', "F35"),
        ("=NASA", "Nasa nasa"),
        ("=Résumé", "resume"),
        ("か", "が"),
        ("и", "й"),
        ("ก", "ก่า"),
        ("성전", "삼성 전자"),
        ("股市", "开股，市场"),
        ('"a b"', "b a"),
        ("a -b", "a b"),
        ("🇳🇺", "🇨🇳🇺🇸"),
        ("trust*", "rust"),
    ],
)
def test_not_found(query: str, text: str) -> None:
    assert not matches(parse(query), Document(title=text))


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("title:one", True),
        ("title:two", False),
        ("author:two", True),
        ("two three", True),
        ('"one two"', False),
        ("feed:gazette", True),
        ("gazette", False),
        ("feed:example.org", True),
        ("feed:secret", False),
        ("feed:(gazette -daily)", False),
        ("one -feed:gazette", False),
    ],
)
def test_a_field_is_where_the_word_must_stand(query: str, expected: bool) -> None:
    entry = Entry(guid="1", title="One", author="Two", text="Three")
    document = Document.of(entry, "The Daily Gazette", "https://user:secret@www.example.org/secret?secret")
    assert matches(parse(query), document) is expected


@pytest.mark.parametrize(
    ("query", "text", "found", "why"),
    [
        ("a b", "a b c", True, ["a", "b"]),
        ("a b", "b", False, ["a"]),
        ("a -c", "a b", True, ["a"]),
        ("a -c", "a c", False, ["c"]),
        ("a OR b", "b", True, ["b"]),
        ("a OR b", "c", False, ["a", "b"]),
        ("a -(b c)", "a b c", False, ["b", "c"]),
        ("a -(b c)", "a b", True, ["a"]),
    ],
)
def test_the_deciding_word_is_named(query: str, text: str, found: bool, why: list[str]) -> None:
    decided, terms = explain(parse(query), Document(title=text))
    assert (decided, [term.text for term in terms]) == (found, why)


@given(QUERIES, TEXTS, TEXTS)
def test_explaining_agrees_with_matching(typed: str, title: str, body: str) -> None:
    query, document = parsed(typed), Document(title=title, body=body)
    found, why = explain(query, document)
    assert found is matches(query, document)
    assert why


@given(QUERIES)
def test_nothing_is_found_in_nothing(typed: str) -> None:
    assert not matches(parsed(typed), Document())
