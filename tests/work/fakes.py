"""The ports in memory, each as small as its contract allows: no mocks, and nothing scripted but the outside world."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from bot.errors import FetchError
from bot.feeds.age import Arrival
from bot.feeds.discover import Candidate, discover
from bot.feeds.opml import FeedList, read_opml
from bot.feeds.story import wording
from bot.model import (
    Correction,
    Destination,
    Feed,
    Fetched,
    GuildKeywords,
    Keyword,
    Login,
    Note,
    NotModified,
    Outcome,
    ParsedFeed,
    Payload,
    PollCommit,
    Posting,
    Reading,
    Refused,
    Sent,
    Subscription,
    Unknown,
    Validators,
    Visit,
)
from bot.ports import NO_PICTURES, NO_VALIDATORS
from bot.reading import reader

URL = "https://example.org/feed.xml"


def document(*titles: str, feed: str = "News", newest_first: bool = True) -> bytes:
    """An RSS document with these entries; the title is the guid too."""
    items = [f"<item><title>{title}</title><guid isPermaLink='false'>{title}</guid></item>" for title in titles]
    shown = "".join(reversed(items) if newest_first else items)
    return f"<rss version='2.0'><channel><title>{feed}</title>{shown}</channel></rss>".encode()


class Web:
    """A Fetcher over a dictionary: bytes are a 200, an exception is raised, NotModified is given back."""

    def __init__(self, **pages: Any) -> None:
        self.pages: dict[str, Any] = dict(pages)
        self.asked: list[tuple[str, Validators]] = []
        self.logins: list[Login | None] = []  # of each request

    async def fetch(
        self, url: str, validators: Validators = NO_VALIDATORS, *, login: Login | None = None
    ) -> Fetched | NotModified:
        self.asked.append((url, validators))
        self.logins.append(login)
        answer = self.pages.get(url, FetchError(url, "HTTP 404: not found", status=404))
        if isinstance(answer, Exception):
            raise answer
        if isinstance(answer, bytes):
            kind = "text/html" if answer.lstrip().startswith(b"<html") else "application/xml"
            return Fetched(url=url, body=answer, content_type=kind)
        assert isinstance(answer, Fetched | NotModified)
        return answer


class HereReader:
    """The real reading, in this process."""

    def __init__(self) -> None:
        self.documents_read = 0

    async def read(self, body: bytes, *, url: str, content_type: str = "") -> ParsedFeed:
        self.documents_read += 1
        return reader.read(body, url=url, content_type=content_type)

    async def read_unseen(self, body: bytes, recalled: bytes, *, url: str, content_type: str = "") -> Reading:
        self.documents_read += 1
        return reader.read_unseen(body, recalled, url=url, content_type=content_type)

    async def discover(self, body: bytes, *, url: str, content_type: str = "") -> tuple[Candidate, ...]:
        return discover(body, url=url, content_type=content_type)

    async def outlines(self, body: bytes) -> FeedList:
        return read_opml(body)


class OneFeed:
    """A PollStore of one feed, which takes over what is committed."""

    def __init__(self, *subscriptions: Subscription, keywords: Sequence[Keyword] = ()) -> None:
        self.feed = Feed(id=1, url=URL)
        self.commits: list[PollCommit] = []
        self.visits: list[Visit] = []
        self._subscriptions, self._keywords = list(subscriptions), list(keywords)
        self._seen = self._recalled = b""

    async def due(
        self, now: datetime, limit: int, *, busy: frozenset[int] = frozenset(), full: frozenset[str] = frozenset()
    ) -> list[Feed]:
        late = self.feed.next_due_at is None or self.feed.next_due_at <= now
        return [self.feed] if late and self.feed.id not in busy and limit > 0 else []

    async def next_due(self, after: datetime) -> datetime | None:
        due = self.feed.next_due_at
        return due if due is not None and due > after else None

    async def seen(self, feed_id: int) -> bytes:
        return self._seen

    async def recalled(self, feed_id: int) -> bytes:
        return self._recalled

    async def subscriptions_of(self, feed_id: int) -> list[Subscription]:
        return self._subscriptions

    async def standing(self, feed_id: int, known: Mapping[int, int]) -> tuple[Set[int], list[GuildKeywords]]:
        guild_ids = {one.guild_id for one in self._keywords}
        theirs = {id_: tuple(one for one in self._keywords if one.guild_id == id_) for id_ in guild_ids}
        return guild_ids, [GuildKeywords(guild_id=id_, stamp=1, keywords=theirs[id_]) for id_ in guild_ids]

    async def arrivals(self, feed_id: int, limit: int) -> list[Arrival]:
        return []

    async def logins_refused_untold(self, now: datetime) -> list[tuple[Feed, list[Subscription]]]:
        return []

    async def wordings(self, feed_id: int, keys: Sequence[int]) -> dict[int, int]:
        stored = [one for commit in self.commits for one in (*commit.entries, *commit.corrected)]
        return {one.key: wording(one) for one in stored if one.key in keys}

    async def commit_poll(self, commit: PollCommit) -> int:
        self.commits.append(commit)
        self._seen, self._recalled = commit.seen, commit.recalled or b""
        self.feed = replace(
            self.feed,
            facts=commit.facts,
            validators=commit.validators,
            body_hash=commit.body_hash,
            polled_at=commit.polled_at,
            next_due_at=commit.next_due_at,
            document_size=commit.document_size,
            entry_times=commit.entry_times,
            failures=0,
        )
        return len(commit.owed)

    async def record_visits(self, visits: Sequence[Visit]) -> None:
        self.visits.extend(visits)
        for visit in visits:
            self.feed = replace(
                self.feed,
                validators=visit.validators or self.feed.validators,
                body_hash=visit.body_hash or self.feed.body_hash,
                next_due_at=visit.next_due_at,
                failures=self.feed.failures + 1 if visit.error else 0,
            )
            self._recalled = visit.recalled if visit.recalled is not None else self._recalled

    async def move_feed(self, feed_id: int, to: str, now: datetime, *, busy: frozenset[int] = frozenset()) -> bool:
        self.feed = replace(self.feed, url=to)
        return True

    async def end_feed(self, feed_id: int, reason: str, now: datetime) -> list[Subscription]:
        ended, self._subscriptions = self._subscriptions, []
        return ended


@dataclass
class Ledger:
    """An Outbox that leases what it was given, once, and writes down every call in order."""

    ready: list[Posting] = field(default_factory=list)
    calls: list[tuple[Any, ...]] = field(default_factory=list)
    known_holds: set[Destination] = field(default_factory=set)
    pictures: dict[int, str | None] = field(default_factory=dict)

    async def lease(self, now: datetime, limit: int, *, window: timedelta = timedelta(0)) -> list[Posting]:
        leased, self.ready = self.ready[:limit], self.ready[limit:]
        return leased

    async def next_ready(self, after: datetime, *, window: timedelta = timedelta(0)) -> datetime | None:
        return None

    async def begin_attempt(
        self,
        posting_id: int,
        now: datetime,
        *,
        silent: bool = False,
        server: str = "",
        pictures: Mapping[int, str | None] = NO_PICTURES,
    ) -> None:
        self.pictures |= pictures
        self.calls.append(("begin", posting_id, "silent") if silent else ("begin", posting_id))

    async def settle(self, posting_id: int, outcome: Sent, now: datetime) -> None:
        self.calls.append(("settle", posting_id, outcome))

    async def put_off(self, posting_id: int, until: datetime, reason: str) -> None:
        self.calls.append(("put off", posting_id, until, reason))

    async def degrade(self, posting_id: int, refusal: Refused, until: datetime, *, to: int | None = None) -> None:
        self.calls.append(("degrade", posting_id) if to is None else ("degrade", posting_id, to))

    async def split(self, posting_id: int, refusal: Refused, guilty: Sequence[int]) -> None:
        self.calls.append(("split", posting_id, tuple(guilty)))

    async def give_up(self, posting_id: int, refusal: Refused, now: datetime) -> None:
        self.calls.append(("give up", posting_id))

    async def hold(self, where: Destination, refusal: Refused, now: datetime, until: datetime) -> bool:
        self.calls.append(("hold", where, until))
        is_news = where not in self.known_holds
        self.known_holds.add(where)
        return is_news

    async def post_note(self, where: Destination, note: Note, now: datetime) -> None:
        self.calls.append(("note", where, note))

    async def free_leases(self) -> int:
        return 0


class Discord:
    """A Sender that answers what it was told to, and writes its calls into the same list as the Ledger."""

    def __init__(self, calls: list[tuple[Any, ...]], outcome: Outcome, found: Sent | Refused | Unknown | None) -> None:
        self._calls, self._outcome, self._found = calls, outcome, found

    async def send(self, posting: Posting, payload: Payload) -> Outcome:
        self._calls.append(("send", posting.id))
        return self._outcome

    async def edit(self, correction: Correction, payload: Payload) -> Outcome:
        self._calls.append(("edit", correction.message_id))
        return self._outcome

    async def find(self, posting: Posting, payload: Payload) -> Sent | Refused | Unknown | None:
        self._calls.append(("find", posting.id))
        return self._found
