"""Feeds that a page of a large site names somewhere in its scripts, where no reader of feeds would look."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from selectolax.lexbor import LexborHTMLParser

from bot.feeds.links import absolute
from bot.feeds.sites import Candidate, youtube_channel

_CHANNEL_ID = re.compile(r"UC[\w-]{22}")
_CHANNEL = re.compile(
    rb"(?:\"(?:externalId|externalChannelId|channelId)\"\s*:\s*\"|itemprop=\"(?:channelId|identifier)\"\s+content=\")"
    rb"(UC[\w-]{22})"
)
_PODCAST = re.compile(rb"\"feedUrl\"\s*:\s*\"(https?:[^\"<>\s]{1,2048})\"")
_SOUNDCLOUD = re.compile(rb"soundcloud://users:([0-9]{1,20})")


def named_inside(tree: LexborHTMLParser, page: bytes, url: str) -> list[Candidate]:
    """By the host of `url`, which is where the page came from. The page may be the JSON of a directory."""
    host = urlsplit(url).hostname or ""
    if re.search(r"(?:^|\.)youtube\.com$", host):
        return _youtube(tree, page)
    if re.search(r"(?:^|\.)apple\.com$", host):
        written = [match[1].decode("utf-8", "ignore").replace("\\/", "/") for match in _PODCAST.finditer(page)]
        return [Candidate(url=found, kind="site") for one in written if (found := absolute(one)) is not None]
    if re.search(r"(?:^|\.)soundcloud\.com$", host) and (user := _SOUNDCLOUD.search(page)):
        there = f"https://feeds.soundcloud.com/users/soundcloud:users:{user[1].decode()}/sounds.rss"
        return [Candidate(url=there, kind="site")]
    return []


def _youtube(tree: LexborHTMLParser, page: bytes) -> list[Candidate]:
    """An @handle, /c/ or video page names its channel's id inside."""
    element = tree.css_first("link[rel=canonical]")
    named = _CHANNEL_ID.search((element.attributes.get("href") or "") if element else "")
    if named:
        return [youtube_channel(named[0])]
    inside = _CHANNEL.search(page)
    return [youtube_channel(inside[1].decode())] if inside else []
