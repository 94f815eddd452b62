"""Sites that keep to a rule: which page has which feeds, without a request."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.feeds.sites import by_software, directory_entry, guesses, is_whole_answer, known_sites, without_feeds
from bot.feeds.typed import normalise

CHANNEL = "UC" + "a1-_" * 5 + "bc"
YOUTUBE = f"https://www.youtube.com/feeds/videos.xml?channel_id={CHANNEL}"
EVERY_KIND = ["releases", "tags", "commits"]

# What a person types -> the feeds, in the order in which they are offered.
TYPED = {
    f"https://www.youtube.com/channel/{CHANNEL}/videos": [YOUTUBE],
    f"music.youtube.com/channel/{CHANNEL}": [YOUTUBE],
    "https://www.youtube.com/user/example": ["https://www.youtube.com/feeds/videos.xml?user=example"],
    "m.youtube.com/playlist?list=PLabc": ["https://www.youtube.com/feeds/videos.xml?playlist_id=PLabc"],
    "r/python": ["https://www.reddit.com/r/python/.rss"],
    "/r/python/": ["https://www.reddit.com/r/python/.rss"],
    "u/example": ["https://www.reddit.com/user/example/.rss"],
    "reddit.com/r/python": ["https://www.reddit.com/r/python/.rss"],
    "https://old.reddit.com/r/python/new/": ["https://www.reddit.com/r/python/new/.rss"],
    "https://www.reddit.com/r/python/top/?t=week": ["https://www.reddit.com/r/python/top/.rss?t=week"],
    "old.reddit.com/u/example": ["https://www.reddit.com/user/example/.rss"],
    "https://www.reddit.com/r/a/comments/1x/title/": ["https://www.reddit.com/r/a/comments/1x/title/.rss"],
    "github.com/python/cpython": [f"https://github.com/python/cpython/{kind}.atom" for kind in EVERY_KIND],
    "git@github.com:python/cpython.git": [f"https://github.com/python/cpython/{kind}.atom" for kind in EVERY_KIND],
    "https://github.com/a/b/pulls": [f"https://github.com/a/b/{kind}.atom" for kind in EVERY_KIND],
    "https://github.com/python/cpython/releases/tag/v3": ["https://github.com/python/cpython/releases.atom"],
    "https://github.com/python/cpython/tags": ["https://github.com/python/cpython/tags.atom"],
    "https://github.com/python/cpython/commits": ["https://github.com/python/cpython/commits.atom"],
    "https://github.com/python/cpython/commits/main": ["https://github.com/python/cpython/commits/main.atom"],
    "https://github.com/python/cpython/tree/3.13": ["https://github.com/python/cpython/commits/3.13.atom"],
    "https://github.com/python/cpython/blob/main/LICENSE": ["https://github.com/python/cpython/commits/main/LICENSE.atom"],
    "https://github.com/python/cpython/discussions/1": ["https://github.com/python/cpython/discussions.atom"],
    "https://github.com/orgs/community/discussions": ["https://github.com/orgs/community/discussions.atom"],
    "https://github.com/python/cpython/wiki": ["https://github.com/python/cpython/wiki.atom"],
    "github.com/python": ["https://github.com/python.atom"],
    "https://gist.github.com/example": ["https://gist.github.com/example.atom"],
    "https://gitlab.com/group/project": [
        "https://gitlab.com/group/project/-/releases.atom",
        "https://gitlab.com/group/project/-/tags?format=atom",
        "https://gitlab.com/group/project/-/commits/HEAD?format=atom",
        "https://gitlab.com/group/project.atom",
    ],
    "https://codeberg.org/forgejo/forgejo/releases": ["https://codeberg.org/forgejo/forgejo/releases.rss"],
    "https://pypi.org/project/requests/": ["https://pypi.org/rss/project/requests/releases.xml"],
    "https://crates.io/crates/serde": ["https://static.crates.io/rss/crates/serde.xml"],
    "https://rubygems.org/gems/rails": ["https://rubygems.org/gems/rails/versions.atom"],
    "https://packagist.org/packages/a/b": ["https://packagist.org/feeds/package.a/b.rss"],
    "bsky.app/profile/example.org": ["https://bsky.app/profile/example.org/rss"],
    "https://bsky.app/profile/example.org/post/3k": ["https://bsky.app/profile/example.org/rss"],
    "@someone.bsky.social": ["https://bsky.app/profile/someone.bsky.social/rss"],
    "medium.com/@someone": ["https://medium.com/feed/@someone"],
    "https://medium.com/a-publication/a-story-123": ["https://medium.com/feed/a-publication"],
    "https://medium.com/tag/rust": ["https://medium.com/feed/tag/rust"],
    "someone.medium.com": ["https://someone.medium.com/feed"],
    "example.substack.com": ["https://example.substack.com/feed"],
    "https://example.substack.com/p/a-post": ["https://example.substack.com/feed"],
    "https://substack.com/@example": ["https://example.substack.com/feed"],
    "https://www.tumblr.com/example": ["https://example.tumblr.com/rss"],
    "https://example.tumblr.com/post/1/title": ["https://example.tumblr.com/rss"],
    "https://example.tumblr.com/tagged/cats": ["https://example.tumblr.com/tagged/cats/rss"],
    "http://example.blogspot.com/2020/01/title.html": ["https://example.blogspot.com/feeds/posts/default"],
    "https://example.wordpress.com/2020/01/01/title/": ["https://example.wordpress.com/feed/"],
    "https://dev.to/someone/title-1": ["https://dev.to/feed/someone"],
    "https://dev.to/t/rust": ["https://dev.to/feed/tag/rust"],
    "letterboxd.com/someone": ["https://letterboxd.com/someone/rss/"],
    "https://stackoverflow.com/questions/tagged/python": [
        "https://stackoverflow.com/feeds/tag?tagnames=python&sort=newest"
    ],
    "https://unix.stackexchange.com/questions/12/title": ["https://unix.stackexchange.com/feeds/question/12"],
    "https://superuser.com/users/1/someone": ["https://superuser.com/feeds/user/1"],
    "news.ycombinator.com": ["https://news.ycombinator.com/rss"],
    "https://news.ycombinator.com/show": ["https://news.ycombinator.com/showrss"],
    "https://lobste.rs/t/python": ["https://lobste.rs/t/python.rss"],
    "https://arxiv.org/list/cs.AI/recent": ["https://rss.arxiv.org/rss/cs.AI"],
    "https://store.steampowered.com/app/730/Title/": ["https://store.steampowered.com/feeds/news/app/730"],
    "https://steamcommunity.com/app/730": ["https://store.steampowered.com/feeds/news/app/730"],
    "https://vimeo.com/example": ["https://vimeo.com/example/videos/rss"],
    "https://news.google.com/search?q=rust&hl=en": ["https://news.google.com/rss/search?q=rust&hl=en"],
    "https://www.bbc.co.uk/news/technology": ["https://feeds.bbci.co.uk/news/technology/rss.xml"],
    "bbc.com": [
        "https://feeds.bbci.co.uk/news/rss.xml",
        "https://feeds.bbci.co.uk/news/world/rss.xml",
        "https://feeds.bbci.co.uk/sport/rss.xml",
    ],
}  # fmt: skip


@pytest.mark.parametrize(("typed", "feeds"), TYPED.items(), ids=TYPED)
def test_a_page_of_a_known_site_is_never_asked_for_its_feeds(typed: str, feeds: list[str]) -> None:
    page = normalise(typed)
    assert [candidate.url for candidate in known_sites(page)] == feeds
    assert is_whole_answer(page)


@pytest.mark.parametrize("feeds", TYPED.values(), ids=TYPED)
def test_a_feeds_own_address_is_taken_as_it_is(feeds: list[str]) -> None:
    for feed in feeds:
        assert normalise(feed) == feed
        assert [one.url for one in known_sites(feed) if one.url != feed] == []


@pytest.mark.parametrize(
    "page",
    [
        "https://www.youtube.com/@example",  # the page names the channel
        "https://www.youtube.com/watch?v=abc",
        "https://www.youtube.com/watch?v=abc&list=RDabc",  # a mix is one viewer's own
        "https://www.reddit.com/r/python/.rss",
        "https://www.reddit.com/r/python/s/AbCdEf",  # leads on to a post
        "https://github.com/python/cpython/releases.atom",
        "https://github.com/topics/rss",
        "https://github.com/",
        "https://medium.com/feed/@someone",
        "https://vimeo.com/123456",
        "https://blog.example.org/posts",
        "https://[broken",
    ],
)
def test_other_pages_are_asked_themselves(page: str) -> None:
    assert known_sites(page) == ()
    assert not is_whole_answer(page)


def test_a_video_of_a_playlist_offers_the_playlist_and_the_page_is_asked_for_the_channel() -> None:
    page = "https://www.youtube.com/watch?v=abc&list=PLabc&index=2"
    assert [(one.title, one.url) for one in known_sites(page)] == [
        ("Playlist", "https://www.youtube.com/feeds/videos.xml?playlist_id=PLabc")
    ]
    assert not is_whole_answer(page)


# Software that runs on many hosts.
PATHS = {
    "@someone@mastodon.example": "https://mastodon.example/@someone.rss",
    "https://mastodon.example/users/someone": "https://mastodon.example/@someone.rss",
    "https://mastodon.example/@someone@other.example": "https://other.example/@someone.rss",
    "https://mastodon.example/tags/rust": "https://mastodon.example/tags/rust.rss",
    "!rust@lemmy.example": "https://lemmy.example/feeds/c/rust.xml?sort=New",
    "https://gitlab.example/a/b/c/-/tags": "https://gitlab.example/a/b/c/-/tags?format=atom",
    "https://gitlab.example/a/b/-/releases": "https://gitlab.example/a/b/-/releases.atom",
    "https://gitlab.example/a/b/-/tree/main": "https://gitlab.example/a/b/-/commits/main?format=atom",
    "https://git.example/a/b/src/branch/main": "https://git.example/a/b/rss/branch/main",
}


@pytest.mark.parametrize(("typed", "feed"), PATHS.items(), ids=PATHS)
def test_what_runs_on_many_hosts_is_told_by_its_paths(typed: str, feed: str) -> None:
    page = normalise(typed)
    assert [candidate.url for candidate in by_software(page)] == [feed]
    assert not is_whole_answer(page)


@pytest.mark.parametrize("page", ["https://mastodon.example/@someone/123", "https://www.youtube.com/@example"])
def test_a_path_that_only_looks_like_it_is_not(page: str) -> None:
    assert by_software(page) == ()


@pytest.mark.parametrize(
    ("page", "entry"),
    [
        ("https://podcasts.apple.com/us/podcast/a-show/id123456?i=1", "123456"),
        ("https://itunes.apple.com/podcast/id9", "9"),
        ("https://podcasts.apple.com/us/charts", None),
        ("https://example.org/id123", None),
    ],
)
def test_a_podcast_of_apples_directory_is_looked_up_there(page: str, entry: str | None) -> None:
    expected = None if entry is None else f"https://itunes.apple.com/lookup?id={entry}&entity=podcast"
    assert directory_entry(page) == expected


def test_sites_without_feeds_are_known_and_no_others() -> None:
    assert without_feeds("https://x.com/someone") == "x.com"
    assert without_feeds("https://mobile.twitter.com/someone") == "twitter.com"
    assert without_feeds("https://www.instagram.com/someone/") == "instagram.com"
    assert without_feeds("https://netflix.com/") is None
    assert without_feeds("https://max.com/") is None


def test_guesses_begin_beside_the_page_and_end_at_the_root() -> None:
    tried = guesses("https://example.org/blog/post")
    assert tried[:2] == ("https://example.org/blog/feed", "https://example.org/blog/rss")
    assert {"https://example.org/feed", "https://example.org/atom.xml", "https://example.org/feed.json"} <= set(tried)
    assert len(tried) == len(set(tried)) <= 13  # a second apart
    assert "https://example.org/feed" not in guesses("https://example.org/feed")


@given(
    st.sampled_from(["github.com", "www.reddit.com", "a.tumblr.com", "medium.com", "gitlab.com", "bsky.app", "a.org"]),
    st.text("abr/.{}%é @?#-", max_size=30),
)
def test_no_path_is_too_odd_for_a_rule(host: str, path: str) -> None:
    page = f"https://{host}/{path}"
    for candidate in (*known_sites(page), *by_software(page)):
        assert candidate.url.startswith("https://")
