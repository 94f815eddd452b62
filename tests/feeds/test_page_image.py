"""Which picture a page names, and that no page, however it is made, names one that must not be shown."""

from __future__ import annotations

import time
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.feeds.links import is_public
from bot.feeds.page_image import SEARCHED_BYTES, page_image, picture_name

PAGE = "https://news.example/2026/story.html"
OG = '<meta property="og:image" content="{}">'


def of(head: str, **more: str) -> str | None:
    return page_image(f"<!doctype html><html><head>{head}</head><body>x</body></html>".encode(), url=PAGE, **more)


@pytest.mark.parametrize(
    ("head", "image"),
    [
        (OG.format("https://cdn.example/a.jpg"), "https://cdn.example/a.jpg"),
        ('<META NAME="OG:Image" CONTENT="https://cdn.example/a.jpg">', "https://cdn.example/a.jpg"),
        ("<meta name=twitter:image content=https://cdn.example/t.jpg>", "https://cdn.example/t.jpg"),
        ('<meta property="twitter:image:src" content="https://cdn.example/t.jpg">', "https://cdn.example/t.jpg"),
        ('<link rel="image_src" href="/i.jpg">', "https://news.example/i.jpg"),
        (OG.format("/pictures/a.jpg"), "https://news.example/pictures/a.jpg"),
        (OG.format("//cdn.example/a.jpg"), "https://cdn.example/a.jpg"),
        ('<base href="https://cdn.example/x/">' + OG.format("a.jpg"), "https://cdn.example/x/a.jpg"),
        (OG.format(" https://cdn.example/a b.jpg?x=1&amp;y=2 "), "https://cdn.example/a%20b.jpg?x=1&y=2"),
        (OG.format("") + OG.format("https://cdn.example/second.jpg"), "https://cdn.example/second.jpg"),
        ("<title>none</title>", None),
        ('<meta property="og:image:width" content="1200"><meta property="og:title" content="T">', None),
    ],
)
def test_a_page_names_its_picture_in_many_ways(head: str, image: str | None) -> None:
    assert of(head) == image


def test_open_graph_goes_before_cards_and_both_before_the_old_link() -> None:
    link = '<link rel="image_src" href="https://cdn.example/link.jpg">'
    card = '<meta name="twitter:image" content="https://cdn.example/card.jpg">'
    secure = '<meta property="og:image:secure_url" content="https://cdn.example/secure.jpg">'
    plain = OG.format("http://cdn.example/plain.jpg")
    names = [of(head) for head in (link, link + card, link + card + plain, link + card + plain + secure)]
    assert [urlsplit(str(name)).path for name in names] == ["/link.jpg", "/card.jpg", "/plain.jpg", "/secure.jpg"]


@pytest.mark.parametrize(
    "reference",
    [
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)//.jpg",
        "data:image/png;base64,iVBORw0KGgo=",
        "file:///etc/passwd",
        "ftp://cdn.example/a.jpg",
        "http://127.0.0.1/a.jpg",
        "http://[::1]/a.jpg",
        "http://10.0.0.8/a.jpg",
        "http://169.254.169.254/latest/meta-data/a.jpg",
        "http://localhost:8080/a.jpg",
        "http://intranet/a.jpg",
        "https://cdn.example/logo.svg",
        "https://stats.example/count.gif",
        "https://cdn.example/1x1.gif",
        "https://cdn.example/" + "a" * 3000 + ".jpg",
        "http://[broken/a.jpg",
        "https://",
        "#",
    ],
)
def test_what_cannot_be_shown_is_passed_over_for_what_can(reference: str) -> None:
    assert of(OG.format(reference)) is None
    assert of(OG.format(reference) + '<link rel=image_src href="https://cdn.example/a.jpg">') == (
        "https://cdn.example/a.jpg"
    )


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "windows-1251", "shift_jis", "iso-8859-1"])
def test_a_page_is_read_in_the_encoding_that_it_says(encoding: str) -> None:
    words = {"windows-1251": "Новости", "shift_jis": "ニュース", "iso-8859-1": "Müll"}.get(encoding, "Ünïcode")
    page = f"<html><head><title>{words}</title>{OG.format('https://cdn.example/a.jpg')}</head></html>".encode(encoding)
    assert page_image(page, url=PAGE, content_type=f"text/html; charset={encoding}") == "https://cdn.example/a.jpg"


@pytest.mark.parametrize("charset", ["idna", "punycode", "hex", "rot13", "no-such-thing", "unicode_escape", "utf-7"])
def test_an_encoding_that_is_none_is_survived(charset: str) -> None:
    page = f"<meta charset={charset}>{OG.format('https://cdn.example/a.jpg')}<p>\\x".encode() + b"\xff\xfe" + b"a." * 99
    assert page_image(page, url=PAGE, content_type=f"text/html; charset={charset}") in {
        "https://cdn.example/a.jpg",
        None,
    }


HOSTILE = {
    "nested": b"<div>" * 100_000,
    "attributes": b"<meta " + b"a=1 " * 100_000 + b">",
    "metas": b"<meta content=x>" * 30_000,
    "unclosed": b"<meta property='og:image' content='https://cdn.example/" + b"a" * 400_000,
    "comments": b"<!--" * 100_000,
    "entities": b"<meta property=og:image content='" + b"&amp;" * 100_000 + b"'>",
    "tables": b"<table><tr><td>" * 30_000,
    "formatting": b"<b><i><a>" * 50_000,
    "nulls": b"\0" * SEARCHED_BYTES,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_page_takes_no_more_than_a_moment(name: str) -> None:
    began = time.process_time()
    assert page_image(HOSTILE[name], url=PAGE) is None
    assert time.process_time() - began < 3


def test_only_the_beginning_of_a_huge_page_is_searched() -> None:
    image = OG.format("https://cdn.example/a.jpg").encode()
    assert page_image(image + b"x" * 3_000_000, url=PAGE) == "https://cdn.example/a.jpg"
    assert page_image(b"x" * SEARCHED_BYTES + image, url=PAGE) is None


@given(st.binary(max_size=400), st.text(max_size=100), st.sampled_from(["og:image", "twitter:image", "x"]))
def test_whatever_a_page_says_its_picture_is_public_and_of_the_web(page: bytes, reference: str, name: str) -> None:
    written = reference.replace('"', "&quot;").encode("utf-8", "surrogatepass")
    head = b'<meta property="' + name.encode() + b'" content="' + written + b'">'
    for whole in (page, head + page, page + head):
        image = page_image(whole, url=PAGE)
        if image is not None:
            assert urlsplit(image).scheme in {"http", "https"}
            assert is_public(image)
            assert len(image) <= 2048


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("https://a.example/logo.png", "http://a.example/logo.png", True),
        ("https://a.example/logo.png", "https://A.example/logo.png?v=3", True),
        ("https://a.example/logo.png?w=1200", "https://a.example/logo.png?resize=32%2C32&ssl=1", True),
        ("https://a.example/logo.png?1716", "https://a.example/logo.png#top", True),
        ("https://a.example/logo-300x300.png", "https://a.example/logo-1200x630.png", True),
        ("https://a.example/_next/image?url=%2Fl.png&w=64", "https://a.example/_next/image?url=%2Fl.png&W=1200", True),
        ("https://a.example/_next/image?url=%2Fl.png&w=64", "https://a.example/_next/image?url=%2Fm.png&w=64", False),
        ("https://a.example/card?title=One", "https://a.example/card?title=Two", False),
        ("https://a.example/image.php?id=1", "https://a.example/image.php?id=2", False),
        ("https://a.example/Logo.png", "https://a.example/logo.png", False),
        ("https://a.example/logo.png", "https://b.example/logo.png", False),
        ("https://a.example/logo.png", "https://a.example/logo.jpg", False),
    ],
)
def test_addresses_of_one_picture_have_one_name(one: str, other: str, same: bool) -> None:
    assert (picture_name(one) == picture_name(other)) is same


@given(st.text(max_size=60))
def test_whatever_a_page_names_has_a_name(text: str) -> None:
    image = of(OG.format(text))
    assert image is None or picture_name(image)
