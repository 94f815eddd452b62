"""From a page to its feeds."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.feeds.discover import discover

PAGE = "https://blog.example.org/posts/hello.html"
CHANNEL = "UC" + "a1-_" * 5 + "bc"
YOUTUBE = f"https://www.youtube.com/feeds/videos.xml?channel_id={CHANNEL}"

# (what the page is like, its HTML, the addresses found, in order)
PAGES = [
    ("nothing at all", "", []),
    ("no feed", "<html><head><title>x</title></head><body><a href=/about>About</a></body></html>", []),
    (
        "an absolute RSS link",
        "<link rel=alternate type=application/rss+xml href=https://blog.example.org/feed>",
        ["https://blog.example.org/feed"],
    ),
    (
        "Atom and RSS, in their order",
        '<link rel="alternate" type="application/atom+xml" href="/atom.xml">'
        '<link rel="alternate" type="application/rss+xml" href="/rss.xml">',
        ["https://blog.example.org/atom.xml", "https://blog.example.org/rss.xml"],
    ),
    (
        "a JSON Feed",
        '<link rel="alternate" type="application/feed+json" href="/feed.json">',
        ["https://blog.example.org/feed.json"],
    ),
    (
        "a JSON Feed of 1.0 days",
        '<link rel="alternate" type="application/json" href="/feed.json">',
        ["https://blog.example.org/feed.json"],
    ),
    (
        "oEmbed and WordPress's API, which are no feeds",
        '<link rel="alternate" type="application/json+oembed" href="/oembed?x">'
        '<link rel="alternate" type="application/json" href="https://blog.example.org/wp-json/wp/v2/posts/1">'
        '<link rel="alternate" type="text/xml+oembed" href="/oembed?format=xml">',
        [],
    ),
    (
        "a relative link",
        '<link rel="alternate" type="application/rss+xml" href="feed.xml">',
        ["https://blog.example.org/posts/feed.xml"],
    ),
    (
        "a protocol-relative link",
        '<link rel="alternate" type="application/rss+xml" href="//cdn.example.net/feed">',
        ["https://cdn.example.net/feed"],
    ),
    (
        "a base",
        '<base href="https://other.example/sub/"><link rel="alternate" type="application/rss+xml" href="feed">',
        ["https://other.example/sub/feed"],
    ),
    (
        "a relative base",
        '<base href="/sub/"><link rel="alternate" type="application/rss+xml" href="feed">',
        ["https://blog.example.org/sub/feed"],
    ),
    (
        "the same feed twice",
        '<link rel="alternate" type="application/rss+xml" href="/feed">'
        '<link rel="alternate" type="application/rss+xml" href="https://blog.example.org/feed#again">'
        '<a href="/feed">RSS</a>',
        ["https://blog.example.org/feed"],
    ),
    (
        "a feed of comments before the feed",
        '<link rel="alternate" type="application/rss+xml" title="Hello: Comments" href="/hello/feed/">'
        '<link rel="alternate" type="application/rss+xml" title="Posts" href="/feed/">',
        ["https://blog.example.org/feed/", "https://blog.example.org/hello/feed/"],
    ),
    (
        "upper-case attributes and several rels",
        '<LINK REL="ALTERNATE Feed" TYPE="Application/RSS+XML; charset=utf-8" HREF="/feed">',
        ["https://blog.example.org/feed"],
    ),
    ("no type, but a rel that says feed", '<link rel="feed" href="/feed.xml">', ["https://blog.example.org/feed.xml"]),
    ("a translation, which is an alternate too", '<link rel="alternate" hreflang="de" href="/de/">', []),
    (
        "no rel, but a type that says feed",
        '<link type="application/rss+xml" href="/feed">',
        ["https://blog.example.org/feed"],
    ),
    ("a stylesheet", '<link rel="stylesheet" type="text/css" href="/feed.css">', []),
    (
        "links in the text only",
        '<a href="/index.xml">RSS</a> <a href="/about">About</a> <a href="/blog.atom">Atom</a>',
        ["https://blog.example.org/index.xml", "https://blog.example.org/blog.atom"],
    ),
    ("a link of the feed: scheme", '<a href="feed:https://blog.example.org/rss">RSS</a>', ["https://blog.example.org/rss"]),
    (
        "a list of feeds",
        '<a href="/rss/world.xml">World</a><a href="/?feed=rss2">All</a><a href="/feeds/posts/default">Posts</a>',
        [
            "https://blog.example.org/rss/world.xml",
            "https://blog.example.org/?feed=rss2",
            "https://blog.example.org/feeds/posts/default",
        ],
    ),
    (
        "one feed in two spellings",
        '<link rel="alternate" type="application/rss+xml" href="https://blog.example.org/feed/">'
        '<a href="http://www.blog.example.org/feed?utm_source=footer">RSS</a>',
        ["https://blog.example.org/feed/"],
    ),
    ("a page about feeding", '<a href="/feeding-cats">Cats</a><a href="/newsfeed/archive">Archive</a>', []),
    ("addresses to nowhere", '<link rel=alternate type="text/xml" href="javascript:x()"><a href="#feed">x</a>', []),
    ("broken HTML", '<head><link rel="alternate" type="application/rss+xml" href="/feed"<body><p>', ["https://blog.example.org/feed"]),
    (
        "an ampersand in the address",
        '<link rel="alternate" type="application/rss+xml" href="/?feed=rss2&amp;cat=1">',
        ["https://blog.example.org/?feed=rss2&cat=1"],
    ),
]  # fmt: skip


@pytest.mark.parametrize(
    ("page", "found"), [(page, found) for _, page, found in PAGES], ids=[name for name, *_ in PAGES]
)
def test_a_page_leads_to_its_feeds(page: str, found: list[str]) -> None:
    assert [candidate.url for candidate in discover(page.encode(), url=PAGE)] == found


def test_a_title_comes_as_plain_text_in_the_pages_own_encoding() -> None:
    page = (
        '<meta charset="iso-8859-1"><link rel=alternate type=application/rss+xml href=/f title="B&uuml;cher für alle">'
    )
    (candidate,) = discover(page.encode("latin-1"), url=PAGE)
    assert (candidate.title, candidate.kind) == ("Bücher für alle", "rss")


@pytest.mark.parametrize(
    "page",
    [
        f'<link rel="canonical" href="https://www.youtube.com/channel/{CHANNEL}">',
        f'<script>var x = {{"externalId":"{CHANNEL}"}}</script>',
        f'<meta itemprop="channelId" content="{CHANNEL}">',
        f'<link rel="alternate" type="application/rss+xml" href="{YOUTUBE}">',
    ],
)
def test_a_youtube_handle_page_names_its_channel(page: str) -> None:
    assert [candidate.url for candidate in discover(page.encode(), url="https://www.youtube.com/@example")] == [YOUTUBE]


@pytest.mark.parametrize(
    ("host", "page", "feeds"),
    [
        # Apple's directory, and its pages: JSON with the slashes escaped or not
        (
            "itunes.apple.com",
            r'{"results":[{"feedUrl":"https:\/\/feeds.example\/show"}]}',
            ["https://feeds.example/show"],
        ),
        (
            "podcasts.apple.com",
            '<script>{"feedUrl":"https://feeds.example/show"}</script>',
            ["https://feeds.example/show"],
        ),
        ("podcasts.apple.com", '<script>{"feedUrl":"javascript:alert(1)"}</script>', []),
        ("blog.example.org", '<script>{"feedUrl":"https://feeds.example/show"}</script>', []),
        (
            "soundcloud.com",
            '<meta property="al:ios:url" content="soundcloud://users:123">',
            ["https://feeds.soundcloud.com/users/soundcloud:users:123/sounds.rss"],
        ),
    ],
)
def test_large_sites_name_their_feeds_in_their_scripts(host: str, page: str, feeds: list[str]) -> None:
    assert [candidate.url for candidate in discover(page.encode(), url=f"https://{host}/show")] == feeds


@given(st.binary(max_size=300) | st.text("<link rel=ahf'\"/>:#&;", max_size=200).map(str.encode))
def test_no_page_is_too_broken_to_be_searched(page: bytes) -> None:
    for candidate in discover(page, url=PAGE):
        assert candidate.url.startswith(("http://", "https://"))
