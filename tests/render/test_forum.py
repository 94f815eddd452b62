from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.model import Note
from bot.render.forum import MOST_TAGS, Tag, post_title, tags_for, topics
from bot.render.limits import THREAD_NAME, units
from tests.render.build import deliver, posting, stored

OFFERED = (Tag(1, "Rust"), Tag(2, "Official", moderated=True), Tag(3, "Two  words"))


@given(st.text(), st.text())
def test_a_post_is_always_called_something_on_one_line_that_discord_takes(title: str, text: str) -> None:
    name = post_title(posting(deliver(stored(title=title, text=text))))
    assert name.strip()
    assert not set("\r\n\t\x00\u202e") & set(name)
    assert units(name) <= THREAD_NAME


def test_a_title_is_plain_text_there() -> None:
    assert post_title(posting(deliver(stored(title="1 * 2 _is_\nnot @everyone")))) == "1 * 2 _is_ not @everyone"


def test_the_rest_of_a_flood_is_called_by_its_number() -> None:
    flood = replace(posting(replace(deliver(stored(feed_title="News")), gist=True)), total=40)
    assert post_title(flood) == "40 more entries from News"


def test_a_note_is_heralds_own_word() -> None:
    assert post_title(replace(posting(), note=Note(text="Something happened."))) == "A word from Herald"


@pytest.mark.parametrize(
    ("wanted", "required", "expected"),
    [
        (["rust", "news"], False, (1,)),
        (["two words", "RUST"], True, (1, 3)),
        (["official"], False, ()),
        (["official"], True, (1,)),
        ([], False, ()),
    ],
)
def test_tags_are_chosen_by_name_among_those_herald_may_give(
    wanted: list[str], required: bool, expected: tuple[int, ...]
) -> None:
    assert tags_for(wanted, OFFERED, required=required) == expected


def test_no_more_tags_than_discord_takes() -> None:
    many = [Tag(number, f"tag {number}") for number in range(20)]
    assert len(tags_for([tag.name for tag in many], many, required=False)) == MOST_TAGS


def test_a_tag_may_be_called_like_a_category_or_like_the_feed() -> None:
    assert topics(posting(deliver(stored(feed_title="News", categories=("a", "b"))))) == ("a", "b", "News")
