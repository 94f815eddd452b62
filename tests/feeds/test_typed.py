"""What people type where an address is asked for (hostile.md 16, 61, 77, 78)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import UsageError
from bot.feeds.discover import normalise
from bot.feeds.shorthand import word_of

MEANT = {
    "https://example.org/feed": "https://example.org/feed",
    "  <https://example.org/feed>  ": "https://example.org/feed",
    "example.org/feed.xml": "https://example.org/feed.xml",
    "example.org": "https://example.org/",
    "example.org:8443/feed": "https://example.org:8443/feed",
    "//example.org/feed": "https://example.org/feed",
    "HTTPS://EXAMPLE.ORG/Feed": "https://example.org/Feed",
    "https://example.org:443/feed": "https://example.org/feed",
    "http://example.org:80": "http://example.org/",
    "http://example.org:8080/feed#top": "http://example.org:8080/feed",
    "feed:https://example.org/feed": "https://example.org/feed",
    "feed://example.org/feed": "https://example.org/feed",
    "feed://https://example.org/feed": "https://example.org/feed",
    "https://user:pass@example.org/feed": "https://user:pass@example.org/feed",
    "https://example.org/feed?token=A%20b&x": "https://example.org/feed?token=A%20b&x",
    "http://127.0.0.1:9000/feed.xml": "http://127.0.0.1:9000/feed.xml",
    "http://[::1]:9000/feed.xml": "http://[::1]:9000/feed.xml",
    "http://localhost:9000/feed.xml": "http://localhost:9000/feed.xml",
    "http://intranet/feed": "http://intranet/feed",
    "https://müller.example/": "https://müller.example/",
    "[a feed](https://example.org/feed)": "https://example.org/feed",
    '[a feed](<https://example.org/a_(b)> "title")': "https://example.org/a_(b)",
    "`https://example.org/feed`": "https://example.org/feed",
    '"https://example.org/feed"': "https://example.org/feed",
    "view-source:https://example.org/": "https://example.org/",
    "podcast://example.org/show": "https://example.org/show",
    "r/python": "https://www.reddit.com/r/python",
    "u/someone": "https://www.reddit.com/user/someone",
    "@someone@mastodon.example": "https://mastodon.example/@someone",
    "acct:someone@mastodon.example": "https://mastodon.example/@someone",
    "!rust@lemmy.example": "https://lemmy.example/c/rust",
    "@someone.bsky.social": "https://bsky.app/profile/someone.bsky.social",
    "git@example.org:a/b.git": "https://example.org/a/b",
    "https://www.google.com/url?q=https://example.org/feed&sa=D": "https://example.org/feed",
    "https://l.facebook.com/l.php?u=https%3A%2F%2Fexample.org%2Fa&h=1": "https://example.org/a",
    "https://www.google.com/amp/s/example.org/post": "https://example.org/post",
    "https://example-org.cdn.ampproject.org/c/s/example.org/post": "https://example.org/post",
    "https://feedly.com/i/subscription/feed%2Fhttps%3A%2F%2Fexample.org%2Ffeed": "https://example.org/feed",
    "https://cdn.discordapp.com/attachments/1/2/feed.xml": "https://cdn.discordapp.com/attachments/1/2/feed.xml",
}

NONSENSE = {
    "": "Give the address",
    "<>": "Give the address",
    "hello": "not an address",
    "hello world": "blanks",
    "@mention": "mention",
    "<@123456789012345678>": "mention",
    "<#123456789012345678>": "mention",
    "123456789012345678": "mention",
    "https://discord.com/channels/1/2/3": "Discord",
    "https://ptb.discord.com/channels/1/2/3": "Discord",
    "discord.gg/abc": "Discord",
    "javascript:alert(1)": "http",
    "file:///etc/passwd": "http",
    "view-source:file:///etc/passwd": "http",
    "[x](javascript:alert(1))": "http",
    "ftp://example.org/feed": "http",
    "data:text/xml,<rss/>": "http",
    "mailto:a@example.org": "http",
    "http:example.org": "http",
    "https://": "not an address",
    "https://exa mple.org/": "blanks",
    "https://example.org/\nHost: evil": "blanks",
    "https://example.org/\x00": "blanks",
    "https://example.org/\u202efeed": "blanks",
    "http://evil.example\\@good.example/": "blanks",
    "https://example.org:99999/": "not an address",
    "https://[::1/": "not an address",
    "https://-.example/": "not an address",
    "https://example..org/": "not an address",
    "https://example.org/" + "a" * 5_000: "too long",
}


@pytest.mark.parametrize(("typed", "meant"), MEANT.items(), ids=lambda text: text[:40])
def test_an_address_is_understood(typed: str, meant: str) -> None:
    assert normalise(typed) == meant
    assert normalise(meant) == meant


@pytest.mark.parametrize(("typed", "why"), NONSENSE.items(), ids=lambda text: ascii(text[:40]))
def test_nonsense_is_refused_in_one_line(typed: str, why: str) -> None:
    with pytest.raises(UsageError, match=why) as refusal:
        normalise(typed)
    assert "\n" not in str(refusal.value)


def test_a_plain_word_is_a_sites_name_and_nothing_else_is() -> None:
    assert [word_of(typed) for typed in ("BBC", " lwn ", "the-verge")] == ["bbc", "lwn", "the-verge"]
    for typed in ("two words", "12345", "a.example", "-x", "x/y", "", "ünï", "a" * 41, "feed:x"):
        assert word_of(typed) is None


@given(st.text(max_size=60) | st.from_regex(r"(?:https?://)?[a-z@:/?#\[\]\\.%]{1,40}", fullmatch=True))
def test_whatever_is_typed_gives_a_stable_address_or_a_usage_error(typed: str) -> None:
    try:
        url = normalise(typed)
    except UsageError:
        return
    assert url.startswith(("http://", "https://"))
    assert normalise(url) == url
