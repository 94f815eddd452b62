"""Nothing twice, nothing lost: what a document holds that is new."""

from __future__ import annotations

import random
from array import array
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.feeds.decide import Decision, decide
from bot.feeds.identity import Seen, is_strong, pack, with_aliases
from bot.feeds.parsed import ParsedItem
from bot.model import Entry, Media
from tests.feeds.corpus import RealFeed, parsed, real_feeds

NOW = datetime(2026, 5, 13, 12, tzinfo=UTC)
DAY = timedelta(days=1)
SITE = "https://blog.example.org/"


def entries(items: Sequence[ParsedItem], site: str | None = SITE) -> list[Entry]:
    return [item.entry(summary="", text=item.html) for item in with_aliases(items, site=site)]


def poll(seen: bytes, items: Sequence[ParsedItem], *, first: bool = False, site: str | None = SITE) -> Decision:
    return decide(seen, entries(items, site), first_poll=first, now=NOW)


def after(items: Sequence[ParsedItem], site: str | None = SITE) -> bytes:
    """What is remembered of a feed whose first poll brought these."""
    return poll(b"", items, first=True, site=site).seen


def article(number: int, **changes: Any) -> ParsedItem:
    item = ParsedItem(
        guid=f"https://blog.example.org/{number}/a-title",
        url=f"https://blog.example.org/{number}/a-title",
        title=f"Title {number}",
        html=f"<p>Body {number}</p>",
        published_at=NOW - DAY * number,
    )
    return replace(item, **changes)


def titles(found: Sequence[Entry]) -> list[str]:
    return [entry.title for entry in found]


# --- First polls and order ------------------------------------------------------------------------------------


def test_a_first_poll_announces_nothing_and_keeps_everything_oldest_first() -> None:
    decision = poll(b"", [article(1), article(2), article(3)], first=True)
    assert decision.new == ()
    assert titles(decision.backlog) == ["Title 3", "Title 2", "Title 1"]


def test_new_entries_come_oldest_first() -> None:
    decision = poll(after([article(9)]), [article(2), article(1), article(3), article(9)])
    assert titles(decision.new) == ["Title 3", "Title 2", "Title 1"]


def test_entries_without_a_date_come_in_the_order_of_the_document_read_from_its_end() -> None:
    undated = [article(number, published_at=None) for number in (1, 2, 3)]
    assert titles(poll(after([article(9)]), undated).new) == ["Title 3", "Title 2", "Title 1"]


def test_a_date_in_the_far_future_does_not_make_an_entry_the_newest() -> None:
    wrong = article(2, published_at=NOW + 500 * DAY)
    assert titles(poll(after([article(9)]), [article(1), wrong, article(3)]).new) == ["Title 3", "Title 2", "Title 1"]


# --- Each case of reliability.md (b) and hostile.md 46 to 54 ----------------------------------------------------


def changed(**changes: Callable[[ParsedItem], Any]) -> Callable[[ParsedItem], ParsedItem]:
    return lambda item: replace(item, **{name: change(item) for name, change in changes.items()})


def in_both(old: str, new: str) -> Callable[[ParsedItem], ParsedItem]:
    return lambda i: replace(i, guid=(i.guid or "").replace(old, new), url=(i.url or "").replace(old, new))


HARMLESS = {
    "48 http for https": in_both("https:", "http:"),
    "48 www. for the bare host": in_both("blog.", "www.blog."),
    "48 another host": in_both("blog.example.org", "new-home.example.com"),
    "48 tracking arguments": in_both("a-title", "a-title?utm_source=rss&utm_medium=feed&fbclid=x"),
    "48 a trailing slash": in_both("a-title", "a-title/"),
    "48 an upper-case host": in_both("blog.example.org", "BLOG.example.org"),
    "48 new guids for the same pages": changed(guid=lambda item: f"urn:new:{item.title}"),
    "48 guids dropped": changed(guid=lambda item: None),
    "53 an edited title": changed(title=lambda item: item.title + ", updated"),
    "53 a body that prints the time": changed(html=lambda item: item.html + "12:34:56"),
    "54 another date": changed(published_at=lambda item: NOW),
    "54 no date": changed(published_at=lambda item: None),
}


@pytest.mark.parametrize("change", HARMLESS.values(), ids=HARMLESS)
def test_what_changes_on_a_known_entry_does_not_make_it_new(change: Callable[[ParsedItem], ParsedItem]) -> None:
    items = [article(number) for number in range(10)]
    decision = poll(after(items), [change(item) for item in items])
    assert (decision.new, decision.held) == ((), ())


def test_a_feed_that_begins_to_give_guids_repeats_nothing() -> None:
    without = [article(number, guid=None) for number in range(10)]
    assert poll(after(without), [article(number) for number in range(10)]).new == ()


def test_46_an_item_with_nothing_but_a_body_is_posted_once() -> None:
    bare = ParsedItem(html="<p>Just words</p>")
    decision = poll(after([article(1)]), [bare, article(1)])
    assert len(decision.new) == 1
    assert poll(decision.seen, [bare, article(1)]).new == ()


def test_46_items_with_nothing_but_an_enclosure_are_told_apart() -> None:
    pictures = [ParsedItem(image_url=f"https://example.org/{number}.png") for number in range(3)]
    assert len(poll(after([article(1)]), pictures).new) == 3


@pytest.mark.parametrize(
    ("old", "new"), [("http://", "https://"), ("//x.", "//www.x."), ("a?b=1", "a?utm_source=rss&b=1")]
)
def test_48_an_item_known_by_its_body_stays_known_when_the_addresses_inside_change(old: str, new: str) -> None:
    body = '<a href="http://x.example/a?b=1">one</a> <img src="http://x.example/b.png">'
    bare, doubled = ParsedItem(html=body), article(1, guid="same", title="", html=body)
    known = [bare, doubled, replace(doubled, html="other")]
    assert poll(after(known), [replace(item, html=item.html.replace(old, new)) for item in known]).new == ()


def test_48_a_redirectors_link_stays_known_when_the_address_inside_changes() -> None:
    link = "https://redirect.example/x/*http://news.example/1"
    assert (
        poll(after([article(1, guid=None, url=link)]), [article(1, guid=None, url=link.replace("p:", "ps:"))]).new == ()
    )


def test_a_date_tells_an_item_apart_only_if_it_has_nothing_else() -> None:
    episode = ParsedItem(media=(Media(url="https://x.example/1.mp3"),), published_at=NOW)
    assert poll(after([episode]), [replace(episode, published_at=NOW + DAY)]).new == ()
    assert len(poll(after([ParsedItem(published_at=NOW)]), [ParsedItem(published_at=NOW + DAY)]).new) == 1


@pytest.mark.parametrize("guid", [None, "always-the-same"])
def test_47_one_link_and_one_guid_for_all_loses_nothing(guid: str | None) -> None:
    same = [article(number, guid=guid, url="https://blog.example.org/news") for number in range(6)]
    seen = after(same[4:])
    first = poll(seen, same[2:])
    assert titles(first.new) == ["Title 3", "Title 2"]
    second = poll(first.seen, same)
    assert titles(second.new) == ["Title 1", "Title 0"]
    assert poll(second.seen, same).new == ()


def test_47_one_link_one_title_and_no_guid_are_told_apart_by_the_body() -> None:
    same = [article(n, guid=None, url="https://blog.example.org/news", title="Update") for n in range(3)]
    assert len(poll(after([article(9)]), same).new) == 3


def test_47_a_shared_link_stays_useless_when_the_document_shrinks_to_one_item() -> None:
    shared = [article(number, guid=None, url="https://blog.example.org/news") for number in (2, 3)]
    seen = after(shared)
    alone = article(1, guid=None, url="https://blog.example.org/news")
    assert titles(poll(seen, [alone]).new) == ["Title 1"]


def test_47_what_was_alone_and_is_shared_later_is_useless_from_then_on() -> None:
    for shared in ({"guid": None, "url": "https://blog.example.org/news"}, {"guid": "x"}, {"guid": SITE + "news"}):
        first, second, third = (article(number, **shared) for number in (3, 2, 1))
        both = poll(after([first]), [second, first])
        alone = poll(both.seen, [third])
        assert titles(alone.new) == ["Title 1"]
        assert poll(alone.seen, [third, second, first]).new == ()


@pytest.mark.parametrize("site", [SITE, SITE + "releases/"])
def test_the_sites_own_address_identifies_nothing(site: str) -> None:
    releases = [article(number, guid=None, url=site.rstrip("/")) for number in (1, 2)]  # kernel.org
    assert titles(poll(after(releases[1:], site), releases[:1], site=site).new) == ["Title 1"]


def test_a_page_stays_known_when_its_guid_is_dropped_and_its_title_edited() -> None:
    seen = after([article(1, guid="opaque")])
    assert poll(seen, [article(1, guid=None, title="Another")]).new == ()


def test_a_page_stays_known_when_all_guids_change() -> None:
    seen = after([article(1, guid=SITE + "?p=5")])
    assert poll(seen, [article(1, guid=SITE + "?p=905", html="edited")]).new == ()


@pytest.mark.parametrize("old", ["https://blog.", "https://www.blog."])
def test_a_guid_that_gains_or_loses_www_stays_known_whatever_else_changes(old: str) -> None:
    item = in_both("https://blog.", old)(article(1))
    other = in_both("https://www.blog." if old == "https://blog." else "https://blog.", "http://blog.")(article(1))
    assert poll(after([item]), [replace(other, title="Another", html="edited")]).new == ()


def test_an_item_without_guid_and_link_is_known_by_title_and_time_though_its_body_changes() -> None:
    bare = ParsedItem(title="Report", html="12:01", published_at=NOW)
    assert poll(after([bare]), [replace(bare, html="12:02")]).new == ()


@pytest.mark.parametrize("alike", [{"published_at": NOW.replace(hour=0)}, {"title": ""}, {"published_at": None}])
def test_a_mere_day_or_a_time_without_a_title_does_not_make_two_items_one(alike: dict[str, Any]) -> None:
    bare = replace(ParsedItem(title="Report", html="one", published_at=NOW), **alike)
    assert len(poll(after([bare]), [replace(bare, html="two")]).new) == 1


def test_one_guid_on_two_pages_is_two_entries() -> None:
    twice = [article(1, guid="x"), article(2, guid="x")]
    assert len(poll(after([article(9)]), twice).new) == 2


def test_a_true_repetition_is_one_entry() -> None:
    assert len(poll(after([article(9)]), [article(1)] * 4).new) == 1


def test_two_blogs_of_a_planet_may_use_the_same_path() -> None:
    ours = article(1, guid="https://a.example/2026/05/hello", url="https://a.example/2026/05/hello", title="Hello")
    theirs = article(2, guid="https://b.example/2026/05/hello", url="https://b.example/2026/05/hello", title="Hi all")
    assert titles(poll(after([ours]), [theirs, ours]).new) == ["Hi all"]


def test_two_blogs_of_a_planet_may_even_use_the_same_title_if_each_is_named() -> None:
    hello = [
        article(n, guid=f"https://{blog}/hello/", url=f"https://{blog}/hello/", title="Hello world", source_title=blog)
        for n, blog in enumerate(("a.example", "b.example"))
    ]
    assert len(poll(after(hello[1:]), hello).new) == 1


def test_an_argument_that_names_the_article_is_no_tracking() -> None:
    items = [article(n, guid=None, title="Same", url=f"https://blog.example.org/view?pk_id={n}") for n in (1, 2)]
    assert len(poll(after(items[1:]), items).new) == 1


def test_entries_that_differ_in_the_fragment_are_different() -> None:
    day = "https://scripting.example/2017/06/26.html"
    items = [article(number, guid=None, title="", url=f"{day}#a{number}") for number in (1, 2)]
    assert len(poll(after(items[1:]), items).new) == 1


def test_49_a_reissued_archive_is_held() -> None:
    archive = [article(number) for number in range(30)]
    moved = [replace(item, guid=f"post-{n}", url=f"https://other.example/?p={n}") for n, item in enumerate(archive)]
    decision = poll(after(archive), moved)
    assert decision.new == ()
    assert len(decision.held) == 30
    again = poll(decision.seen, moved)
    assert (again.new, again.held) == ((), ())


def test_49_what_is_new_among_a_reissued_archive_is_new() -> None:
    archive = [article(number) for number in range(5, 35)]
    moved = [replace(item, guid=f"post-{n}", url=f"https://other.example/?p={n}") for n, item in enumerate(archive)]
    fresh = [article(number, guid=f"post-{90 + number}") for number in range(3)]
    decision = poll(after(archive), [*fresh, *moved])
    assert titles(decision.new) == ["Title 2", "Title 1", "Title 0"]
    assert len(decision.held) == 30


@pytest.mark.parametrize(
    ("changes", "is_held"),
    [
        ({"url": "https://other.example/new", "title": "Never seen"}, False),
        ({"url": None, "title": "Never seen"}, False),
        ({"url": SITE, "title": "Never seen"}, False),  # the site's own address is nobody's
        ({"url": "https://other.example/new", "title": " TITLE  7 "}, True),  # a title that was there before
        ({"url": "http://www.blog.example.org/7/a-title/?utm_source=x", "title": "Never seen"}, True),  # retitled
        ({"url": "https://other.example/new", "title": ""}, True),  # nothing to tell it by
    ],
)
def test_49_an_entry_of_a_reissued_archive_is_held_if_it_may_be_a_known_one(
    changes: dict[str, Any], is_held: bool
) -> None:
    archive = [article(number) for number in range(30)]
    moved = [replace(item, guid=f"post-{n}", url=f"https://other.example/?p={n}") for n, item in enumerate(archive)]
    odd = replace(article(99, guid="post-99"), **changes)
    decision = poll(after(archive), [*moved, odd])
    assert ("post-99" in {entry.guid for entry in decision.held}) is is_held
    assert ("post-99" in {entry.guid for entry in decision.new}) is not is_held


def test_49_a_feed_that_reissues_itself_at_every_poll_still_posts_what_is_new_and_that_once() -> None:
    seen, posted = after([article(number) for number in range(10, 30)]), []
    for round_ in range(5):
        document = [article(n, guid=f"{round_}-{n}", url=f"{SITE}{round_}/{n}") for n in range(9 - round_, 30)]
        decision = poll(seen, document)
        posted += titles(decision.new)
        seen = decision.seen
    assert posted == ["Title 9", "Title 8", "Title 7", "Title 6", "Title 5"]


def test_49_a_few_old_titles_among_many_new_ones_are_no_reissue() -> None:
    archive = [article(number) for number in range(30)]
    fresh = [article(number, title=f"Title {number - 10}") for number in range(30, 60)]
    assert len(poll(after(archive), fresh).new) == 30


def test_49_a_feed_whose_entries_all_have_one_title_is_never_held() -> None:
    def named(numbers: range) -> list[ParsedItem]:
        return [article(number, title="Update") for number in numbers]

    assert len(poll(after(named(range(10))), named(range(10, 20))).new) == 10


def test_51_a_document_that_shrinks_and_grows_back_repeats_nothing() -> None:
    items = [article(number) for number in range(50)]
    shrunk = poll(after(items), items[:1])
    assert poll(shrunk.seen, items).new == ()


def test_52_two_mirrors_with_different_items_are_one_feed() -> None:
    seen = after([article(0)])
    ours, theirs = [article(n) for n in range(0, 6, 2)], [article(n) for n in range(1, 6, 2)]
    posted: list[str] = []
    for mirror in (ours, theirs, ours, theirs):
        decision = poll(seen, mirror)
        posted += titles(decision.new)
        seen = decision.seen
    assert sorted(posted) == [f"Title {number}" for number in range(1, 6)]


def test_55_five_thousand_new_entries_are_all_new() -> None:
    assert len(poll(after([article(0)]), [article(number) for number in range(1, 5_001)]).new) == 5_000


# --- Laws -----------------------------------------------------------------------------------------------------

words = st.text("abcd ", max_size=4)
pages = st.sampled_from(["", "/", "/1", "/2", "/2#a", "/3?p=1", "/3?p=2"])
items_made_of_little = st.builds(
    ParsedItem,
    guid=st.none() | st.sampled_from(["1", "2", "x"]) | pages.map("https://blog.example.org{}".format),
    title=words,
    url=st.none() | pages.map("https://blog.example.org{}".format),
    html=words,
    published_at=st.none() | st.sampled_from([NOW, NOW - DAY, NOW - DAY * 2, NOW + 90 * DAY]),
)
documents = st.lists(items_made_of_little, max_size=8)


@given(first=documents, second=documents, order=st.randoms())
def test_what_was_polled_once_is_never_new_again_in_any_order(
    first: list[ParsedItem], second: list[ParsedItem], order: random.Random
) -> None:
    seen = poll(after(first), second).seen
    shuffled = second[:]
    order.shuffle(shuffled)
    assert poll(seen, shuffled).new == ()
    assert poll(seen, second + second).new == ()


@given(document=documents)
def test_a_first_alias_is_shared_by_true_repetitions_only(document: list[ParsedItem]) -> None:
    by_key: dict[int, set[tuple[object, ...]]] = {}
    for item in with_aliases(document, site=SITE):
        assert item.aliases
        assert is_strong(item.aliases[0])
        title, body = item.title.split(), item.html.split()
        told_apart_by = title if item.guid and title else (title, body)
        by_key.setdefault(item.aliases[0], set()).add((item.guid, (item.url or "").rstrip("/"), str(told_apart_by)))
    assert all(len(contents) == 1 for contents in by_key.values())


@given(document=documents)
def test_each_entry_of_a_document_is_in_the_decision_once(document: list[ParsedItem]) -> None:
    decision = poll(b"", document, first=True)
    keys = [entry.key for entry in decision.backlog]
    assert len(keys) == len(set(keys))
    assert set(keys) == {entry.key for entry in entries(document)}


aliases = st.integers(-(2**63), 2**63 - 1)


@given(st.lists(aliases), st.lists(aliases))
def test_the_blob_holds_exactly_what_was_put_in(some: list[int], more: list[int]) -> None:
    blob = Seen(pack(some)).with_(more)
    assert len(blob) == 8 * len({*some, *more})
    assert all(alias in Seen(blob) for alias in (*some, *more))
    assert not any(alias in Seen(pack(some)) for alias in set(more) - set(some))


@given(st.sets(aliases), st.sets(aliases), st.integers(0, 20))
def test_the_blob_has_a_bound_and_keeps_what_the_document_names(some: set[int], more: set[int], most: int) -> None:
    kept = set(array("q", Seen(pack(some)).with_(more, most=most)))
    assert more <= kept <= some | more
    assert len(kept) == min(len(some | more), max(most, len(more)))


@given(st.lists(st.sets(aliases, min_size=1, max_size=5), max_size=40))
def test_a_feed_that_names_everything_anew_at_each_poll_fills_no_disk(polls: list[set[int]]) -> None:
    blob = b""
    for named in polls:
        blob = Seen(blob).with_(named, most=20)
        assert len(blob) <= 20 * 8


# --- Real feeds -----------------------------------------------------------------------------------------------

READ = real_feeds()


@pytest.mark.parametrize("feed", [f for f in READ if f.expected["entries"] > 7], ids=lambda feed: feed.file)
@pytest.mark.parametrize("window", [2, 7])
def test_a_real_feed_that_fills_up_entry_by_entry_tells_each_once(feed: RealFeed, window: int) -> None:
    """The document as a window that moves over the archive, as if every entry had been published after the first."""
    document = parsed(feed.file)
    items, site = document.items[:60], document.facts.link
    everything = {entry.key for entry in poll(b"", items, first=True, site=site).backlog}
    start = len(items) - window
    decision = poll(b"", items[start:], first=True, site=site)
    told = list(decision.backlog)
    for top in range(start - 1, -1, -1):
        decision = poll(decision.seen, items[top : top + window], site=site)
        assert not decision.held
        told += decision.new
    # Entries with one guid, or with one link and no guid, are told apart only while both are in the document.
    named = {item.guid or item.url or item.html for item in items}
    assert len(named) <= len(told) <= len(everything)


@pytest.mark.parametrize("feed", READ, ids=lambda feed: feed.file)
def test_a_real_feed_read_again_in_any_order_has_no_news(feed: RealFeed) -> None:
    document = parsed(feed.file)
    items, site = list(document.items), document.facts.link
    seen = after(items, site)
    for _ in range(3):
        random.Random(feed.file).shuffle(items)
        for part in (items[: len(items) // 3], items):
            decision = poll(seen, part, site=site)
            assert (decision.new, decision.held) == ((), ())
            seen = decision.seen


@pytest.mark.parametrize("feed", READ, ids=lambda feed: feed.file)
@pytest.mark.parametrize(("old", "new"), [("http://", "https://"), ("https://", "http://"), ("//www.", "//")])
def test_a_real_feed_that_changes_scheme_or_www_has_no_news(feed: RealFeed, old: str, new: str) -> None:
    document = parsed(feed.file)
    flipped = [in_both(old, new)(item) if item.guid else item for item in document.items]
    flipped = [replace(item, published_at=None) for item in flipped]
    decision = poll(after(document.items, document.facts.link), flipped, site=document.facts.link)
    assert (decision.new, decision.held) == ((), ())
