"""No site may take all the polls under way: those of a crowd wait for one another, second by second."""

from __future__ import annotations

from collections import Counter

from bot.feeds.links import site_of
from bot.model import Feed


class Shares:
    """Lets a feed begin while fewer than `most` of its site are under way."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._under_way: Counter[str] = Counter()

    @property
    def full(self) -> frozenset[str]:
        """Sites of which no other may begin now."""
        return frozenset(site for site, number in self._under_way.items() if number >= self._most)

    def has_room(self, feed: Feed) -> bool:
        """Whether another feed of its site may begin now."""
        return self._under_way[site_of(feed.url)] < self._most

    def begin(self, feed: Feed) -> None:
        """Takes a place, to be given back by `end`."""
        self._under_way[site_of(feed.url)] += 1

    def end(self, feed: Feed) -> None:
        site = site_of(feed.url)
        self._under_way[site] -= 1
        if not self._under_way[site]:
            del self._under_way[site]
