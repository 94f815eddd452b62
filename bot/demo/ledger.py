"""The demo's honest count: what was published against what the channels show. Pure, and no part of the sender."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """How a channel did. `late` are neither lost nor posted yet: only the caller knows when waiting ends."""

    published: int
    posted_once: int
    missing: tuple[str, ...] = ()
    doubled: tuple[str, ...] = ()
    in_order: bool = True

    @property
    def fine(self) -> bool:
        """Everything once, in order, and nothing else."""
        return not self.missing and not self.doubled and self.in_order


@dataclass(slots=True)
class Ledger:
    """The addresses of the entries published for one channel, in order."""

    published: list[str] = field(default_factory=list)

    def count(self, posted: Iterable[str]) -> Count:
        """`posted` are the addresses of the channel's embeds, oldest first; others than ours are passed over."""
        ours = set(self.published)
        seen: Sequence[str] = [url for url in posted if url in ours]
        times = Counter(seen)
        return Count(
            published=len(self.published),
            posted_once=sum(1 for url in self.published if times[url] == 1),
            missing=tuple(url for url in self.published if times[url] == 0),
            doubled=tuple(url for url, number in times.items() if number > 1),
            in_order=list(dict.fromkeys(seen)) == [url for url in self.published if times[url]],
        )
