"""Texts of our own for the demo and the tests: feeds of plausible news about companies that do not exist.

They lie in stories.toml beside this file; each feed's stories stand oldest first.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from bot.sandbox.site.pictures import Colour, colour_from


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """One text with everything a feed says of it. `slug` is unique among all stories."""

    slug: str
    title: str
    author: str
    body_html: str
    categories: tuple[str, ...]
    colour: Colour
    motif: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryFeed:
    """A feed's worth of stories, oldest first."""

    slug: str
    title: str
    description: str
    author: str
    format: str
    motif: str
    stories: tuple[Story, ...]


@cache
def load_stories() -> tuple[StoryFeed, ...]:
    """All of them, in the order of the file."""
    text = files("bot.sandbox.site").joinpath("stories.toml").read_text(encoding="utf-8")
    return tuple(_feed(raw) for raw in tomllib.loads(text)["feed"])


@cache
def find_story(slug: str) -> Story | None:
    return next((story for feed in load_stories() for story in feed.stories if story.slug == slug), None)


def _feed(raw: Mapping[str, Any]) -> StoryFeed:
    return StoryFeed(
        slug=raw["slug"],
        title=raw["title"],
        description=raw["description"],
        author=raw["author"],
        format=raw["format"],
        motif=raw["motif"],
        stories=tuple(_story(story, raw) for story in raw["story"]),
    )


def _story(raw: Mapping[str, Any], feed: Mapping[str, Any]) -> Story:
    return Story(
        slug=raw["slug"],
        title=raw["title"],
        author=raw.get("author", feed["author"]),
        body_html=raw["html"].strip(),
        categories=tuple(raw.get("categories", ())),
        colour=colour_from(raw["colour"]),
        motif=raw.get("motif", feed["motif"]),
    )
