"""The texts of the demo: complete, well made, and varied enough to show a search."""

from __future__ import annotations

import re
from collections import Counter
from html.parser import HTMLParser
from typing import get_args

import pytest

from bot.sandbox.site.formats import FeedFormat
from bot.sandbox.site.pictures import MOTIFS
from bot.sandbox.site.stories import Story, find_story, load_stories

STORIES = [story for feed in load_stories() for story in feed.stories]
VOID = {"br", "img", "hr"}


class Balance(HTMLParser):
    """Remembers open elements and links; a closing tag must close the last one opened."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.links: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in VOID:
            self.open.append(tag)
        self.links += [value for name, value in attrs if name == "href" and value]

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def test_there_are_forty_or_more_in_four_feeds_of_all_formats() -> None:
    assert len(load_stories()) == 4
    assert len(STORIES) >= 40
    assert {feed.format for feed in load_stories()} == set(get_args(FeedFormat))


def test_slugs_and_titles_are_unique() -> None:
    for values in ([story.slug for story in STORIES], [story.title for story in STORIES]):
        assert [value for value, count in Counter(values).items() if count > 1] == []


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.slug)
def test_a_story_is_whole(story: Story) -> None:
    assert story.author
    assert story.categories
    assert story.motif in MOTIFS
    assert len(story.title) <= 100
    balance = Balance()
    balance.feed(story.body_html)
    assert balance.open == []
    assert 60 <= len(re.sub(r"<[^>]*>|\s", "", story.body_html)) <= 900


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.slug)
def test_links_lead_to_stories_that_exist_or_to_names_that_cannot(story: Story) -> None:
    balance = Balance()
    balance.feed(story.body_html)
    for link in balance.links:
        if link.startswith("/stories/"):
            assert find_story(link.removeprefix("/stories/"))
        else:
            assert re.match(r"https://[\w.]+\.example(/|$)", link)  # RFC 2606: never registered


@pytest.mark.parametrize(
    "word", ["C++", "C#", ".NET", "R&amp;D", "半导体", "烏龍茶", "オーロラ", "ชาเย็น", "Émile", "🍵", "RISC-V"]
)
def test_words_that_are_hard_to_search_for_are_there(word: str) -> None:
    assert any(word in story.body_html for story in STORIES)


def test_an_unknown_story_is_none() -> None:
    assert find_story("never-written") is None
