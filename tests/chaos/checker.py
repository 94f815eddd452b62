"""The judge: what was published and who followed it on one side, what the channels show on the other.

It shares no code with the bot and knows nothing of its database. Its evidence is the publisher's own record and the
messages that a reader of the channels sees.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from bot.sandbox import Message

LISTED_TITLE = re.compile(r"^• \[(?P<title>.+?)\]\(", re.MULTILINE)  # a backlog told in one message, newest first
PLAIN_TITLE = re.compile(r"^\*\*(?P<title>.+?)\*\*", re.MULTILINE)  # a message without embeds: bold titles with links


@dataclass(frozen=True, slots=True)
class Published:
    """An entry as its publisher knows it. No two entries of a run have the same title."""

    feed: str
    title: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Follows:
    """A channel was told to follow a feed at `asked`, and from `sure` on it was known to.

    What was published before `asked` must not be shown, what was published after `sure` must be, the rest may.
    """

    channel: int
    feed: str
    asked: datetime
    sure: datetime


@dataclass(frozen=True, slots=True)
class Shown:
    """A title in a channel, as readers see it."""

    channel: int
    title: str
    at: datetime


@dataclass
class Verdict:
    """One line for each offence. `waits` has, for what came as it should, when it was published and shown."""

    lost: list[str] = field(default_factory=list)
    twice: list[str] = field(default_factory=list)
    out_of_order: list[str] = field(default_factory=list)
    early: list[str] = field(default_factory=list)
    waits: list[tuple[Published, Shown]] = field(default_factory=list)

    @property
    def clean(self) -> bool:
        return not (self.lost or self.twice or self.out_of_order or self.early)


def seen_in(channel: int, messages: Iterable[Message]) -> list[Shown]:
    """Every title that the bot posted there by itself, from the top of the channel to its end."""
    shown: list[Shown] = []
    for message in messages:
        if message.interaction is not None:  # the answer to a member's command
            continue
        shown += [Shown(channel, title, message.created_at) for title in _titles(message)]
    return shown


def _titles(message: Message) -> Iterator[str]:
    """What the message tells of, oldest first."""
    for embed in message.embeds:
        yield from reversed(LISTED_TITLE.findall(str(embed.get("description", ""))))
        yield str(embed.get("title", ""))
    if not message.embeds:
        yield from PLAIN_TITLE.findall(message.content)


def judge(published: Sequence[Published], follows: Iterable[Follows], shown: Iterable[Shown]) -> Verdict:
    """`published` in the order of publication, `shown` in the order of each channel."""
    in_channel: defaultdict[int, list[Shown]] = defaultdict(list)
    for one in shown:
        in_channel[one.channel].append(one)
    verdict = Verdict()
    for follow in follows:
        feed = [one for one in published if one.feed == follow.feed]
        titles = {one.title for one in feed}
        _judge_one(verdict, follow, feed, [one for one in in_channel[follow.channel] if one.title in titles])
    return verdict


def _judge_one(verdict: Verdict, follow: Follows, feed: Sequence[Published], shown: Sequence[Shown]) -> None:
    place = {one.title: number for number, one in enumerate(feed)}
    first: dict[str, Shown] = {}
    furthest = -1
    for one in shown:
        where = f"{one.title} in {follow.channel}, shown at {one.at:%H:%M:%S}"
        if one.title in first:
            verdict.twice.append(where)
            continue
        first[one.title] = one
        if place[one.title] < furthest:
            verdict.out_of_order.append(f"{where}, after {feed[furthest].title}")
        furthest = max(furthest, place[one.title])
        if feed[place[one.title]].at < follow.asked:
            verdict.early.append(where)
    for entry in feed:
        if entry.title in first:
            verdict.waits.append((entry, first[entry.title]))
        elif entry.at > follow.sure:
            verdict.lost.append(f"{entry.title} in {follow.channel}, published at {entry.at:%H:%M:%S}")
