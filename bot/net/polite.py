"""Manners towards the hosts that are asked: few at a time, some time apart, and away when told to stay away.

Pacing is by host, for that is what a request burdens. A 429 speaks for the registrable domain (Tumblr counts all of
*.tumblr.com together); what lies under a public suffix such as github.io is a domain of its own, so that one
tenant of a hoster cannot silence the others. A 503 is the feed's own matter and left to the poller's back-off.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict, deque
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cache
from ipaddress import ip_address
from typing import Literal, Protocol, runtime_checkable

from publicsuffixlist import PublicSuffixList

from bot.errors import FetchError, NotAsked
from bot.model import Fetched, Login, NotModified, Validators
from bot.net.guard import parse
from bot.ports import NO_VALIDATORS, Fetcher

# For a 429 that names no time: Reddit lets one request a minute through; each further 429 doubles it.
FIRST_PAUSE = timedelta(minutes=1)
LONGEST_UNASKED_PAUSE = timedelta(hours=6)
TOO_MANY_REQUESTS = 429

# Hosts and domains at rest that are remembered; each is some hundred bytes. Those in use are never forgotten.
MOST_REMEMBERED = 10_000


# Where in its host's queue a request waits: before the others, after them, or until nobody else waits.
Place = Literal["next", "last", "behind"]


class Timer(Protocol):
    """Lengths of time, for waiting."""

    def monotonic(self) -> float:
        """Seconds that never go back."""

    async def sleep(self, seconds: float) -> None: ...


@runtime_checkable
class Poster(Protocol):
    """Sends a form."""

    async def post(self, url: str, fields: Mapping[str, str]) -> None:
        """Raises FetchError or AddressRefused unless it was taken."""


@dataclass(slots=True)
class _Host:
    """One host's turns. `free_at` is when the next request may start."""

    running: int = 0
    free_at: float = 0.0
    waiting: deque[asyncio.Future[None]] = field(default_factory=deque)
    behind: deque[asyncio.Future[None]] = field(default_factory=deque)
    pacer: asyncio.Task[None] | None = None

    @property
    def idle(self) -> bool:
        return not self.running and not self.waiting and not self.behind and self.pacer is None


@dataclass(slots=True)
class _Pause:
    """A registrable domain that said 429. `length` is what the next one without a time of its own doubles."""

    until: float
    length: timedelta


class PoliteFetcher:
    """Wraps a Fetcher: waits for the host's turn, first come, first served, then for one of `concurrency` slots.

    Thousands may wait: a waiting fetch holds no slot, so a host with a long queue delays no other host. While a
    domain pauses, its fetches fail at once with the 429 and the time that is left; none of them goes out.
    """

    def __init__(
        self,
        inner: Fetcher,
        clock: Timer,
        *,
        per_host_concurrency: int = 1,
        per_host_delay: timedelta = timedelta(seconds=1),
        concurrency: int = 200,
    ) -> None:
        self._inner, self._clock = inner, clock
        self._per_host, self._delay = per_host_concurrency, per_host_delay.total_seconds()
        self._slots = asyncio.Semaphore(concurrency)
        self._hosts: OrderedDict[str, _Host] = OrderedDict()
        self._pauses: OrderedDict[str, _Pause] = OrderedDict()
        _suffixes()  # at start, where nobody feels how long it takes

    async def fetch(
        self, url: str, validators: Validators = NO_VALIDATORS, *, login: Login | None = None
    ) -> Fetched | NotModified:
        """Raises what the wrapped Fetcher raises, and NotAsked with status 429 while the domain pauses."""
        return await self._fetch(self._inner, url, validators, login=login)

    async def post(self, url: str, fields: Mapping[str, str]) -> None:
        """The wrapped Fetcher's `post`, when it is the host's turn."""
        assert isinstance(self._inner, Poster)
        self._refuse_while_paused(url, _domain(url))
        async with self._turn(_host(url), "last"), self._slots:
            await self._inner.post(url, fields)

    def urgent(self) -> Fetcher:
        """The same manners, at the head of the queue: for a person who waits for the answer."""
        return _Urgent(self)

    def beside(self, inner: Fetcher, *, patience: timedelta) -> Fetcher:
        """The same manners, and the same turns, for what another Fetcher asks. It fails at once with NotAsked where a
        turn would come later than `patience`."""
        return _Beside(self, inner, patience)

    def behind(self, inner: Fetcher) -> Fetcher:
        """The same manners for what another Fetcher asks and nobody waits for: while anybody else waits for the host,
        its turn does not come."""
        return _Behind(self, inner)

    def wait_for(self, url: str) -> timedelta:
        """How long a fetch of `url` would wait if asked for now, as far as can be told: pause, queue and delay."""
        host, domain = _host(url), _domain(url)
        now = self._clock.monotonic()
        seconds = 0.0
        if (pause := self._pauses.get(domain)) is not None:
            seconds = pause.until - now
        if (turns := self._hosts.get(host)) is not None:
            seconds = max(seconds, turns.free_at - now + len(turns.waiting) * self._delay)
        return timedelta(seconds=max(0.0, seconds))

    async def _fetch(
        self,
        inner: Fetcher,
        url: str,
        validators: Validators,
        *,
        place: Place = "last",
        login: Login | None = None,
    ) -> Fetched | NotModified:
        domain = _domain(url)
        self._refuse_while_paused(url, domain)
        async with self._turn(_host(url), place), self._slots:
            self._refuse_while_paused(url, domain)  # those ahead in the queue may have met a 429
            try:
                result = await inner.fetch(url, validators, login=login)
            except FetchError as error:
                if error.status == TOO_MANY_REQUESTS:
                    # After a redirect it is the one who answered who wants peace, not the one who sent us there.
                    self._pause(_domain(error.origin or url), error.retry_after)
                raise
            self._end_pause(domain)
            return result

    async def close(self) -> None:
        """Forgets who waits. The wrapped Fetcher is closed by whoever made it."""
        for host in self._hosts.values():
            if host.pacer is not None:
                host.pacer.cancel()
            for turn in (*host.waiting, *host.behind):
                turn.cancel()
        self._hosts.clear()

    # --- Pauses --------------------------------------------------------------------------------------------

    def _refuse_while_paused(self, url: str, domain: str) -> None:
        pause = self._pauses.get(domain)
        left = pause.until - self._clock.monotonic() if pause else 0.0
        if left > 0:
            reason = "the site asked for fewer requests; its pause is not over"
            raise NotAsked(url, reason, status=TOO_MANY_REQUESTS, retry_after=timedelta(seconds=left))

    def _pause(self, domain: str, asked: timedelta | None) -> None:
        now = self._clock.monotonic()
        former = self._pauses.pop(domain, None)
        length = min(former.length * 2, LONGEST_UNASKED_PAUSE) if former else FIRST_PAUSE
        wait = asked if asked else length
        until = max(now + wait.total_seconds(), former.until if former else 0.0)
        self._pauses[domain] = _Pause(until=until, length=length)
        while len(self._pauses) > MOST_REMEMBERED:
            self._pauses.popitem(last=False)

    def _end_pause(self, domain: str) -> None:
        """The domain serves again. A request that began before the 429 and ends after it says nothing about that."""
        pause = self._pauses.get(domain)
        if pause is not None and pause.until <= self._clock.monotonic():
            del self._pauses[domain]

    # --- Turns ---------------------------------------------------------------------------------------------

    @asynccontextmanager
    async def _turn(self, name: str, place: Place) -> AsyncIterator[None]:
        host = self._hosts.setdefault(name, _Host())
        self._hosts.move_to_end(name)
        turn = asyncio.get_running_loop().create_future()
        if place == "next":
            host.waiting.appendleft(turn)
        else:
            (host.waiting if place == "last" else host.behind).append(turn)
        self._advance(host)
        try:
            await turn
        except asyncio.CancelledError:
            self._withdraw(host, turn)
            raise
        try:
            yield
        finally:
            self._release(host)

    def _advance(self, host: _Host) -> None:
        """Gives turns to whoever may start now; whoever may not yet is left to the pacer."""
        now = self._clock.monotonic()
        while (queue := host.waiting or host.behind) and host.running < self._per_host:
            if queue[0].done():  # cancelled while it waited
                queue.popleft()
                continue
            if host.free_at > now:
                if host.pacer is None:
                    host.pacer = asyncio.create_task(self._pace(host))
                return
            turn = queue.popleft()
            host.running += 1
            host.free_at = now + self._delay  # between starts, where several may run at a time
            turn.set_result(None)

    async def _pace(self, host: _Host) -> None:
        await self._clock.sleep(host.free_at - self._clock.monotonic())
        host.pacer = None
        self._advance(host)
        self._forget_idle()

    def _release(self, host: _Host) -> None:
        """The delay counts from the end of a request: a server that took long is not asked again at once."""
        host.running -= 1
        host.free_at = max(host.free_at, self._clock.monotonic() + self._delay)
        self._advance(host)
        self._forget_idle()

    def _withdraw(self, host: _Host, turn: asyncio.Future[None]) -> None:
        if turn.done() and not turn.cancelled():
            self._release(host)  # cancelled in the moment between being called and going
        else:
            self._forget_idle()

    def _forget_idle(self) -> None:
        """Drops hosts at rest beyond the bound, the longest unused first; looks at no more than a few each time."""
        for _ in range(min(4, len(self._hosts) - MOST_REMEMBERED)):
            name, host = next(iter(self._hosts.items()))
            if host.idle and host.free_at <= self._clock.monotonic():
                del self._hosts[name]
            else:
                self._hosts.move_to_end(name)


class _Urgent:
    """A Fetcher whose requests go to the head of their host's queue."""

    def __init__(self, polite: PoliteFetcher) -> None:
        self._polite = polite

    async def fetch(
        self, url: str, validators: Validators = NO_VALIDATORS, *, login: Login | None = None
    ) -> Fetched | NotModified:
        return await self._polite._fetch(self._polite._inner, url, validators, place="next", login=login)


class _Beside:
    """A Fetcher of its own, in the queues of another."""

    def __init__(self, polite: PoliteFetcher, inner: Fetcher, patience: timedelta) -> None:
        self._polite, self._inner, self._patience = polite, inner, patience

    async def fetch(
        self, url: str, validators: Validators = NO_VALIDATORS, *, login: Login | None = None
    ) -> Fetched | NotModified:
        wait = self._polite.wait_for(url)
        if wait > self._patience:
            raise NotAsked(url, "the host's turn would come too late", retry_after=wait)
        return await self._polite._fetch(self._inner, url, validators, login=login)


class _Behind:
    """A Fetcher of its own, behind the queues of another."""

    def __init__(self, polite: PoliteFetcher, inner: Fetcher) -> None:
        self._polite, self._inner = polite, inner

    async def fetch(
        self, url: str, validators: Validators = NO_VALIDATORS, *, login: Login | None = None
    ) -> Fetched | NotModified:
        return await self._polite._fetch(self._inner, url, validators, place="behind", login=login)


@cache
def _suffixes() -> PublicSuffixList:
    return PublicSuffixList()  # reads the list that came with the package, in 90 ms


def _host(url: str) -> str:
    """What is paced together: a host name; for an address or localhost, with the port."""
    try:
        parsed = parse(url)
        host = (parsed.raw_host or "").rstrip(".").lower()
        port = parsed.port
    except ValueError:
        return ""
    return f"{host}:{port}" if _is_machine(host) else host


def _domain(url: str) -> str:
    """What a 429 speaks for: the registrable domain, or what stands alone anyway."""
    host = _host(url)
    if ":" in host:
        return host
    return _suffixes().privatesuffix(host) or host


def _is_machine(host: str) -> bool:
    """An address, or a name of this machine: what runs there on several ports are several sites."""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        ip_address(host)
    except ValueError:
        return False
    return True
