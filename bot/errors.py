"""The error tree: a class for each *reaction*, facts as attributes, the cause chained.

    BotError
    ├── UsageError            the person asked for something that cannot be: tell them, change nothing
    │   ├── NotFound          no such feed, keyword or channel *here*
    │   ├── NotAllowed        this member may not
    │   ├── AlreadyThere      it exists; saying so is the whole answer
    │   ├── QuotaReached      a limit of the settings
    │   └── QueryError        a query's or a schedule's mistake, with its place
    ├── FeedError             something about one feed; the poller records it and goes on
    │   ├── FetchError        network, status, size, time: try again later
    │   │   └── NotAsked      manners forbade to ask now: nothing was sent
    │   ├── AddressRefused    the guard said no: never dial it
    │   └── ParseError        bytes arrived, but they are no feed
    ├── StoreError            the database cannot be used now: stop sending what cannot be recorded
    └── SetupError            the installation is wrong: `herald check` says what to do
        └── DatabaseInUse     another Herald works with it: what needs it alone has to wait

Texts that members see are made from the attributes in `chat/`; texts here are for the log and the terminal.
"""

from __future__ import annotations

from datetime import timedelta


class BotError(Exception):
    """The root of everything Herald raises on purpose."""


class UsageError(BotError):
    """What was asked cannot be done; `str(error)` is one line for the person who asked."""


class NotFound(UsageError):
    """Nothing by that name in this guild."""


class NotAllowed(UsageError):
    """The member lacks the permission that the text names."""


class AlreadyThere(UsageError):
    """What was to be added exists already."""


class QuotaReached(UsageError):
    """A limit of the settings; the text says which and how to make room."""


class QueryError(UsageError):
    """A mistake in a query or a schedule. `position` counts characters from 0; `hint` says what to write instead."""

    def __init__(self, reason: str, query: str, position: int, length: int = 1, hint: str = "") -> None:
        super().__init__(reason)
        self.reason, self.query, self.position, self.length, self.hint = reason, query, position, length, hint


class FeedError(BotError):
    """Something about one feed. `reason` is short, for people, without secrets or inner addresses."""

    def __init__(self, url: str, reason: str) -> None:
        super().__init__(reason)
        self.url, self.reason = url, reason


TOO_MANY_REQUESTS = 429  # RFC 6585 4


class FetchError(FeedError):
    """No usable answer. `status` is HTTP's, if one came; `retry_after` what the server asked for.

    `origin` is who failed to answer, as "https://host:port": after redirects it need not be the feed's own.
    """

    def __init__(
        self,
        url: str,
        reason: str,
        *,
        status: int | None = None,
        retry_after: timedelta | None = None,
        origin: str | None = None,
    ) -> None:
        super().__init__(url, reason)
        self.status, self.retry_after, self.origin = status, retry_after, origin


class NotAsked(FetchError):
    """Nothing went out: the host wants peace, or its turn would come too late. `retry_after` says when to ask."""


class AddressRefused(FeedError):
    """The guard refused to dial it: a private address, a port, a scheme. Same text for all of these."""


class ParseError(FeedError):
    """What arrived is no feed, or reading it took more time or memory than allowed."""


class StoreError(BotError):
    """The database said no (full, locked, unwritable, damaged)."""


class SetupError(BotError):
    """The installation is wrong. `advice` is what to do, one line each."""

    def __init__(self, problem: str, *advice: str) -> None:
        super().__init__(problem)
        self.problem, self.advice = problem, advice


class DatabaseInUse(SetupError):
    """Another process holds the database."""
