"""What the bot and single commands open alike, by the settings: the way to the web, and the place of secrets.

Apart from `app`, which takes a second to import: most commands need no Discord.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from bot.net.fetch import HttpFetcher
from bot.net.guard import Guard
from bot.net.introduction import introduction
from bot.net.polite import PoliteFetcher
from bot.ops.clock import SystemClock
from bot.ports import Vault
from bot.settings import Settings
from bot.store.vault import KeyVault


def keys_of(settings: Settings) -> list[str]:
    """The keys that private feeds are kept under: the first encrypts, all decrypt."""
    keys = settings.secret_key.get_secret_value().split(",")
    return [key.strip() for key in keys if key.strip()]


def open_vault(settings: Settings) -> Vault | None:
    """Where private feeds are kept; None without a key. Raises SetupError for what is no key."""
    keys = keys_of(settings)
    return KeyVault(keys) if keys else None


@asynccontextmanager
async def open_fetcher(settings: Settings, clock: SystemClock | None = None) -> AsyncIterator[PoliteFetcher]:
    """The guarded, polite way to the web."""
    clock = clock or SystemClock()
    fetcher = HttpFetcher(
        Guard(settings.fetch.allow_networks),
        clock,
        user_agent=user_agent(settings),
        timeout=settings.fetch.timeout,
        max_bytes=settings.fetch.max_bytes,
    )
    polite = PoliteFetcher(
        fetcher,
        clock,
        per_host_concurrency=settings.poll.per_host_concurrency,
        per_host_delay=settings.poll.per_host_delay,
        concurrency=settings.poll.concurrency,
    )
    try:
        yield polite
    finally:
        await polite.close()
        await fetcher.close()


def user_agent(settings: Settings) -> str:
    """How requests to the web introduce themselves."""
    return introduction(settings.fetch.user_agent, settings.fetch.contact)
