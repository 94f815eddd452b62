"""The small pieces of answers."""

from __future__ import annotations

import pytest

from bot.render.limits import units
from bot.render.lines import entry_line, host, plural, redact_url, when
from tests.render.build import NOON, stored


def test_an_entry_on_one_line() -> None:
    line = entry_line(stored(title="A *title*", url="https://e.example/a_(b)", published_at=NOON))
    assert line == f"[A \\*title\\*](https://e.example/a_%28b%29) · Feed · <t:{int(NOON.timestamp())}:R>"


def test_a_title_that_is_an_address_masks_nothing() -> None:
    line = entry_line(stored(title="https://google.com", url="https://evil.example/"))
    assert line.startswith("https://google.com [↗](https://evil.example/) evil.example · Feed")


def test_ten_entries_on_a_line_each_fit_an_embed() -> None:
    wild = stored(title="*" * 999, feed_title="_" * 999, url="https://e.example/" + "a" * 999)
    assert units(entry_line(wild)) * 10 <= 4096


def test_a_time_is_told_in_each_readers_words() -> None:
    assert when(NOON) == "<t:1778673600:R>"


@pytest.mark.parametrize(
    ("count", "words"), [(0, "0 entries"), (1, "1 entry"), (2, "2 entries"), (1234, "1,234 entries")]
)
def test_counts_agree_with_their_words(count: int, words: str) -> None:
    assert plural(count, "entry", "entries") == words


def test_most_words_take_an_s() -> None:
    assert plural(3, "feed") == "3 feeds"


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("https://www.E.example:8080/x", "e.example"),
        ("https://good.example@evil.example/", "evil.example"),
        ("http://evil.example\\@good.example/", "evil.example"),
        ("http://good.example#@evil.example/", "good.example"),
        ("https://b\u00fccher.example", "xn--bcher-kva.example"),
        ("https://\uff11\uff12\uff17.0.0.1/", "127.0.0.1"),
        ("mailto:a@e.example", ""),
        ("http://[::1", ""),
        (None, ""),
    ],
)
def test_15_the_host_is_the_one_a_browser_would_go_to(url: str | None, name: str) -> None:
    assert host(url) == name


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://www.scmp.com/rss/519755/feed", "https://www.scmp.com/rss/519755/feed"),
        ("https://e.example/2024/some-long-title-with-2024-in-it/feed.xml", None),
        ("https://www.youtube.com/feeds/videos.xml?channel_id=UCBR8-60-B28hp2BmDPdntcQ", None),
        ("https://user:pw@e.example/feed", "e.example…"),
        ("https://e.example/feed?token=x", "e.example…"),
        ("https://e.example/feed?a=1&api_key=x", "e.example…"),
        ("https://e.example/private/x/feed", "e.example…"),
        ("https://e.example/rss/0123456789abcdef0123.xml", "e.example…"),
        ("https://e.example/rss/8b1a9953-c461-4296-a827-8c4e1b0f7a2d", "e.example…"),
        ("https://e.example/feed?AbC9dEfGhIjKlMnOpQrStU", "e.example…"),
        ("http://[::1", "…"),
    ],
)
def test_14_a_url_with_a_secret_is_shown_as_its_host(url: str, shown: str | None) -> None:
    assert redact_url(url) == (shown or url)
