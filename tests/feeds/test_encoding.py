"""Texts in every encoding, under labels true and false: what the bytes show counts more than what is said of them."""

from __future__ import annotations

import codecs
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.feeds.encoding import NOT_AS_SAID, recoded
from bot.feeds.parse import parse

URL = "https://feeds.example.org/feed.xml"
CHINESE, JAPANESE, RUSSIAN, FRENCH = "中文标题，测试𠀀", "日本語の見出し", "Привет, мир", "Été “œuvre” – 5 €"
HEADERS = ("", "text/xml", "text/xml; charset=iso-8859-1", "text/html; charset=utf-8", "application/json")


def document(words: str, encoding: str = "") -> str:
    declaration = f'<?xml version="1.0" encoding="{encoding}"?>' if encoding else ""
    named = f"<title>{words}</title>"
    return f"{declaration}<rss version='2.0'><channel>{named}<item>{named}</item></channel></rss>"


def title(body: bytes, content_type: str = "") -> str:
    (item,) = parse(body, url=URL, content_type=content_type).items
    return item.title


@pytest.mark.parametrize("header", HEADERS)
@pytest.mark.parametrize("declared", ["", "utf-8", "utf-16", "iso-8859-1"])
@pytest.mark.parametrize("bom", [False, True])
@pytest.mark.parametrize("codec", ["utf-8", "utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"])
def test_what_is_plainly_unicode_is_read_as_such_whatever_is_said(
    codec: str, bom: bool, declared: str, header: str
) -> None:
    mark = "\ufeff" if bom else ""
    assert title((mark + document(CHINESE, declared)).encode(codec), header) == CHINESE


@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-32", "utf-32-be", "windows-1251"])
def test_a_json_feed_may_come_in_any_of_them_too(codec: str) -> None:
    feed = {"version": "https://jsonfeed.org/version/1.1", "title": "T", "items": [{"id": "1", "title": RUSSIAN}]}
    body = json.dumps(feed, ensure_ascii=False).encode(codec)
    assert title(body, f"application/json; charset={codec}") == RUSSIAN


LEGACY = {
    "gb18030": CHINESE,
    "gbk": "朱镕基",
    "big5": "中文標題",
    "shift_jis": JAPANESE,
    "euc-jp": JAPANESE,
    "iso-2022-jp": JAPANESE,
    "euc-kr": "한국어 제목",
    "koi8-r": RUSSIAN,
    "windows-1251": RUSSIAN,
    "iso-8859-5": RUSSIAN,
    "windows-1252": FRENCH,
    "iso-8859-15": "5 € œ",
    "iso-8859-2": "Zażółć",
    "windows-1254": "İstanbul şğ",
    "windows-1255": "שלום",
    "windows-1256": "مرحبا",
    "tis-620": "สวัสดี",
}


@pytest.mark.parametrize(("encoding", "words"), LEGACY.items())
def test_an_encoding_is_believed_wherever_it_is_named(encoding: str, words: str) -> None:
    declared = document(words, encoding).encode(encoding)
    for header in ("text/xml", f"text/xml; charset={encoding}", "text/xml; charset=utf-8"):
        assert title(declared, header) == words
    assert title(document(words).encode(encoding), f'text/xml; charset="{encoding}"') == words


NAMED_FOR_A_PART = {
    "windows-1252 as Latin-1": (FRENCH, "cp1252", "iso-8859-1"),
    "windows-1252 as ASCII": (FRENCH, "cp1252", "us-ascii"),
    "GB18030 as GB2312": ("朱镕基 𠀀", "gb18030", "gb2312"),
    "windows-31J as Shift_JIS": ("見出し①㈱", "cp932", "shift_jis"),
    "windows-949 as EUC-KR": ("똠방각하", "cp949", "euc-kr"),
    "windows-874 as itself": ("สวัสดี …", "cp874", "windows-874"),
}


@pytest.mark.parametrize(("words", "codec", "named"), NAMED_FOR_A_PART.values(), ids=NAMED_FOR_A_PART)
def test_an_encoding_may_be_called_by_the_name_of_its_older_part(words: str, codec: str, named: str) -> None:
    assert title(document(words, named).encode(codec)) == words


@pytest.mark.parametrize(
    "label",
    ["rot13", "idna", "punycode", "base64", "zlib", "hex", "unicode_escape", "undefined", "mbcs", "x-foo", "utf-8x"],
)
def test_a_label_that_names_no_encoding_does_no_harm(label: str) -> None:
    for words in ("abc", RUSSIAN, FRENCH):
        body = document(words, label).encode("cp1252" if words == FRENCH else "utf-8")
        assert title(body, f"text/xml; charset={label}") == words


def test_a_bad_byte_does_not_make_it_another_encoding() -> None:
    broken = document(RUSSIAN + " X", "utf-8").encode().replace(b" X", b" \xd0 X")
    for header in ("", "text/xml; charset=iso-8859-1"):
        document_ = parse(broken, url=URL, content_type=header)
        assert document_.items[0].title == f"{RUSSIAN} \ufffd X"
        assert document_.problems == (NOT_AS_SAID,)


def test_what_others_lost_before_is_nothing_odd() -> None:
    for header in HEADERS:
        document_ = parse(document("\ufffd\ufffd?", "utf-8").encode(), url=URL, content_type=header)
        assert (document_.items[0].title, document_.problems) == ("\ufffd\ufffd?", ())


def test_what_was_sent_as_it_said_is_nothing_odd() -> None:
    for words, encoding in ((FRENCH, "windows-1252"), (FRENCH, "iso-8859-1"), (RUSSIAN, "koi8-r"), (RUSSIAN, "utf-8")):
        body = document(words, encoding).encode({"iso-8859-1": "cp1252"}.get(encoding, encoding))
        assert parse(body, url=URL).problems == ()


@given(st.binary(max_size=200), st.sampled_from(["", "charset=utf-7", "charset=gb2312", "charset=\x00", "charset=é"]))
def test_any_bytes_become_utf_8(body: bytes, header: str) -> None:
    recoded(body, header).text.decode("utf-8")


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=50), st.sampled_from(["utf-8", "utf-16", "utf-32"]))
def test_text_with_a_mark_is_kept_to_the_letter(words: str, codec: str) -> None:
    mark = codecs.BOM_UTF8 if codec == "utf-8" else b""  # the others write their own
    words = words.lstrip("\ufeff")
    assert recoded(mark + words.encode(codec)).text.decode("utf-8") == words
