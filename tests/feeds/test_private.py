"""Which addresses must not be given away."""

from __future__ import annotations

import pytest

from bot.feeds.private import is_private

PRIVATE = [
    "https://ada:secret@example.org/feed",
    "https://ada@example.org/feed",
    "https://www.patreon.com/rss/show?auth=Zm9v",
    "https://github.com/ada.private.atom?token=AAAA",
    "https://www.reddit.com/.rss?feed=0123456789abcdef0123456789abcdef01234567&user=ada",
    "https://example.org/feed?API_KEY=1",
    "https://example.org/feed?access-token=1",
    "https://example.org/feed?apikey=1",
    "https://example.org/feed?x-amz-signature=1",
    "https://[broken",
]
PUBLIC = [
    "https://example.org/feed",
    "https://example.org/feed?author=ada&keyword=rust&token=",
    "https://www.youtube.com/feeds/videos.xml?channel_id=UC0123456789abcdefghijkl",
    "https://www.youtube.com/feeds/videos.xml?playlist_id=PL0123456789abcdefghijklmnopqrstuv",
    "https://feeds.example.org/public/shows/0123456789abcdef0123456789abcdef",
    "https://example.org/search?q=password",
]


@pytest.mark.parametrize("url", PRIVATE)
def test_an_address_that_is_a_key_is_private(url: str) -> None:
    assert is_private(url)


@pytest.mark.parametrize("url", PUBLIC)
def test_an_address_that_everybody_may_know_is_not(url: str) -> None:
    assert not is_private(url)
