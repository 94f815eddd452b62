"""Manners towards the hosts that are asked: few at a time, some time apart, and away when told to stay away.

Pacing is by host (turns.py), for that is what a request burdens, and each hop of a redirected request waits for its own
(onward.py); a 429 speaks for the registrable domain (pauses.py), also after a restart (memory.py).
A 503 is the feed's own matter and left to the poller's back-off.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta
from typing import Protocol, runtime_checkable

from bot.errors import TOO_MANY_REQUESTS, FetchError, NotAsked
from bot.model import Fetched, Login, NotModified, Validators
from bot.net.hosts import domain_of, host_of, suffixes
from bot.net.memory import PauseMemory
from bot.net.onward import before_hop
from bot.net.pauses import Pauses
from bot.net.turns import Place, Timer, Turns
from bot.ports import NO_VALIDATORS, Fetcher


@runtime_checkable
class Poster(Protocol):
    """Sends a form."""

    async def post(self, url: str, fields: Mapping[str, str]) -> None:
        """Raises FetchError or AddressRefused unless it was taken."""


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
        self._inner, self._slots = inner, asyncio.Semaphore(concurrency)
        self._turns = Turns(clock, at_once=per_host_concurrency, apart=per_host_delay)
        self._pauses = Pauses(clock)
        self._memory: PauseMemory | None = None
        suffixes()  # at start, where nobody feels how long it takes

    async def fetch(
        self, url: str, validators: Validators = NO_VALIDATORS, *, login: Login | None = None
    ) -> Fetched | NotModified:
        """Raises what the wrapped Fetcher raises, and NotAsked with status 429 while the domain pauses."""
        return await self._fetch(self._inner, url, validators, login=login)

    async def post(self, url: str, fields: Mapping[str, str]) -> None:
        """The wrapped Fetcher's `post`, when it is the host's turn."""
        assert isinstance(self._inner, Poster)
        self._pauses.refuse(url, domain_of(url))
        async with self._way(url, "last"):
            await self._inner.post(url, fields)

    async def remember(self, memory: PauseMemory) -> None:
        """From now on with the pauses that an earlier life was asked for, and with those of this one for the next."""
        self._memory = memory
        for domain, left, length in await memory.load():
            self._pauses.restore(domain, left, length)

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
        return timedelta(seconds=max(self._pauses.left(domain_of(url)), self._turns.wait_for(host_of(url))))

    async def _fetch(
        self,
        inner: Fetcher,
        url: str,
        validators: Validators,
        *,
        place: Place = "last",
        login: Login | None = None,
    ) -> Fetched | NotModified:
        self._pauses.refuse(url, domain_of(url))
        async with self._way(url, place):
            result = await inner.fetch(url, validators, login=login)
            self._pauses.end(domain_of(url))
            return result

    @asynccontextmanager
    async def _way(self, url: str, place: Place) -> AsyncIterator[None]:
        """The host's turn and a slot; after a redirect those of the host that it leads to."""
        async with AsyncExitStack() as held:

            async def to(url: str, place: Place = "next") -> None:
                await held.aclose()  # nobody waits at one host while others wait for them at another
                await held.enter_async_context(self._turns.take(host_of(url), place))
                await held.enter_async_context(self._slots)
                self._pauses.refuse(url, domain_of(url))  # those ahead in the queue may have met a 429

            await to(url, place)
            token = before_hop.set(to)
            try:
                yield
            except NotAsked:
                raise
            except FetchError as error:
                if error.status == TOO_MANY_REQUESTS:
                    # After a redirect it is the one who answered who wants peace, not the one who sent us there.
                    await self._pause(domain_of(error.origin or url), error.retry_after)
                raise
            finally:
                before_hop.reset(token)

    async def _pause(self, domain: str, asked: timedelta | None) -> None:
        left, length = self._pauses.begin(domain, asked)
        if self._memory is not None:
            await self._memory.keep(domain, left, length)

    async def close(self) -> None:
        """Forgets who waits. The wrapped Fetcher is closed by whoever made it."""
        self._turns.close()


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
