"""A private feed's document without the key that opened it."""

from __future__ import annotations

import base64
from html import escape
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.feeds.login import basic
from bot.feeds.secrets import without_secrets
from bot.model import Access, Login

FEED = "https://example.org/feed"


def access(query: str = "", path: str = "", login: Login | None = None) -> Access:
    return Access(url=FEED + path + query, login=login)


@pytest.mark.parametrize(
    ("given_by", "secret"),
    [
        (access("?token=geheim1"), "geheim1"),
        (access("?id=3&auth=geheim%2B1"), "geheim+1"),
        (access("?0123456789abcdef0123456789abcdef"), "0123456789abcdef0123456789abcdef"),
        (access(path="/9f8e7d6c5b4a9f8e/rss"), "9f8e7d6c5b4a9f8e"),
        (access(login=basic("ada", "geheim & <1>")), "geheim & <1>"),
        (access(login=Login(header="Authorization", value="Bearer geheim.1")), "geheim.1"),
        (access(login=Login(header="X-Api-Key", value="geheim1")), "geheim1"),
    ],
)
@pytest.mark.parametrize("written", [str, quote, escape, lambda text: quote(text, safe="")])
def test_the_key_is_left_out_however_it_is_written(given_by: Access, secret: str, written: object) -> None:
    assert callable(written)
    form = written(secret)
    document = f"<link>https://a.example/1?token={form}&amp;x=1</link>".encode()
    assert without_secrets(document, given_by) == b"<link>https://a.example/1?token=&amp;x=1</link>"


def test_a_login_is_left_out_in_its_packed_form_too() -> None:
    packed = base64.b64encode(b"ada:geheim1")
    assert without_secrets(b"Basic %b." % packed, access(login=basic("ada", "geheim1"))) == b"."


@pytest.mark.parametrize(
    "open_to_all",
    [
        access(),
        access("?page=1234567&q=harbour"),
        access("?token=ab"),  # too short to be told from words
        access(login=basic("ada", "x")),
        access("?token=geheim1", path="/2026-some-story-12/rss"),  # the key is the token, and the path is a path
    ],
)
def test_words_that_are_no_key_stay(open_to_all: Access) -> None:
    document = b"ada has a token: 1234567, ab, x, harbour https://example.org/feed/2026-some-story-12/rss"
    assert without_secrets(document, open_to_all) == document


@given(st.text("abcXYZ019+/=&<>%\u00fc ", min_size=6, max_size=40).filter(lambda text: text == text.strip()))
def test_no_password_is_left_in_any_of_its_forms(password: str) -> None:
    document = f"{password}|{quote(password)}|{escape(password)}".encode()
    assert password.encode() not in without_secrets(document, access(login=basic("ada", password)))
