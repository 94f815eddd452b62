"""The whole of Herald against a local Discord and a local site, over real sockets, in the test's own event loop."""

from __future__ import annotations

import asyncio
from collections import Counter
from contextlib import AsyncExitStack
from datetime import timedelta
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from pydantic import SecretStr

from bot.app import build
from bot.life import Herald
from bot.sandbox import Channel, Message, Reply, Sandbox
from bot.sandbox.site import FeedSite
from bot.settings import Delivery, Fetch, Ops, Poll, Settings

SOON = 30.0  # seconds that a test waits for what should take a fraction of one
EAGER = Poll(
    default_interval=timedelta(seconds=0.1),
    min_interval=timedelta(seconds=0.1),
    max_interval=timedelta(seconds=0.1),
    per_host_delay=timedelta(0),
    per_host_concurrency=8,
)
LOOPBACK = Fetch(allow_networks=["127.0.0.0/8"], timeout=timedelta(seconds=5))


_COUNTED = {
    "commit_poll",
    "add_subscription",
    "record_visits",
    "settle",
    "put_off",
    "give_up",
    "settle_correction",
    "put_off_correction",
    "forget_guild",
    "restore_guild",
}


class _Counted:
    """The store, which also tells which calls came to their end: some later than what is seen of them."""

    def __init__(self, store: Any) -> None:
        self._store = store
        self.ended: Counter[str] = Counter()
        self.changed = asyncio.Condition()

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._store, name)
        if name not in _COUNTED:
            return method

        async def call(*arguments: Any, **named: Any) -> Any:
            result = await method(*arguments, **named)
            async with self.changed:
                self.ended[name] += 1
                self.changed.notify_all()
            return result

        return call


class World:
    """A guild with a channel, a site, and the bot; `start`, `stop` and `restart` are the bot's, its files stay."""

    def __init__(
        self,
        folder: Path,
        *,
        fetch: Fetch = LOOPBACK,
        rate_limits: bool = False,
        secret_key: str = "",
        database_url: str = "",
    ) -> None:
        self.sandbox = Sandbox(rate_limits=rate_limits)
        self.site = FeedSite()
        self.settings = Settings(
            _env_file=None,
            discord_token=self.sandbox.token,
            database_url=database_url or f"sqlite+aiosqlite:///{folder / 'herald.db'}",
            config=folder / "herald.toml",
            poll=EAGER,
            fetch=fetch,
            delivery=Delivery(batch_window=timedelta(0)),
            ops=Ops(health_port=0),
            secret_key=SecretStr(secret_key),
        )
        self.herald: Herald | None = None
        self._store: _Counted | None = None
        self._running: asyncio.Task[None] | None = None
        self._outer = AsyncExitStack()

    async def __aenter__(self) -> Self:
        await self._outer.enter_async_context(self.sandbox)
        await self._outer.enter_async_context(self.site)
        self.settings = self.settings.model_copy(update={"discord_api_base": self.sandbox.api_base})
        self.guild = self.sandbox.add_guild("Reading room")
        self.owner = self.guild.owner
        self.news = self.guild.add_channel("news")
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            await self.stop()
        finally:
            await self._outer.aclose()

    async def start(self) -> None:
        """Returns when the bot is connected and its commands are known."""
        joined: asyncio.Future[Herald] = asyncio.get_running_loop().create_future()
        self._running = asyncio.create_task(self._run(joined))
        self.herald = await joined
        await asyncio.wait_for(self.sandbox.bot_ready(), SOON)
        await asyncio.wait_for(self.herald.client.commands_synced.wait(), SOON)

    async def ready(self) -> None:
        """Returns when discord.py takes all guilds for told: one that comes from here on has joined."""
        assert self.herald is not None
        await asyncio.wait_for(self.herald.client.wait_until_ready(), SOON)

    async def _run(self, joined: asyncio.Future[Herald]) -> None:
        async with AsyncExitStack() as stack:
            herald = await build(self.settings, stack, self._wrap)
            joined.set_result(herald)
            await herald.run(self.sandbox.token, stack)

    def _wrap(self, name: str, part: Any) -> Any:
        if name == "store":
            self._store = part = _Counted(part)
        return part

    async def stop(self) -> None:
        """In order, as SIGTERM would; raises what ended the bot, if something did before."""
        if self._running is None or self.herald is None:
            return
        self.herald.stop.set()
        running, self._running = self._running, None
        await asyncio.wait_for(running, 2 * SOON)

    async def restart(self) -> None:
        await self.stop()
        await self.start()

    # --- What people do and see ---------------------------------------------------------------------------

    async def command(self, path: str, /, **options: Any) -> Reply:
        """The owner's command in the channel. It must be answered."""
        reply = await self.guild.command(self.owner, self.news, path, **options)
        assert not reply.failed, f"no answer to /{path} {options}"
        return reply

    async def add(self, url: str, **options: Any) -> Reply:
        """`/feed add`, which must succeed."""
        reply = await self.command("feed add", url=url, **options)
        assert "Following" in reply.text, reply.text
        return reply

    async def posted(self, *titles: str, channel: Channel | None = None) -> list[Message]:
        """The channel's messages once their embeds have exactly these titles, in this order."""
        place = channel or self.news
        try:
            return await place.wait_for(lambda _: titles_of(place) == list(titles), SOON)
        except TimeoutError:
            raise AssertionError(f"{titles_of(place)}, not {list(titles)}") from None

    def count(self, call: str) -> int:
        """How many of these calls the store has ended in the bot's present life."""
        assert self._store is not None
        return self._store.ended[call]

    async def ended(self, call: str, times: int) -> None:
        """Returns when the store has ended this many of these calls."""
        store = self._store
        assert store is not None

        async def until() -> None:
            async with store.changed:
                await store.changed.wait_for(lambda: store.ended[call] >= times)

        await asyncio.wait_for(until(), SOON)


def titles_of(channel: Channel) -> list[str]:
    """The titles of everything posted, oldest first."""
    return [str(embed.get("title")) for embed in embeds_of(channel)]


def embeds_of(channel: Channel) -> list[dict[str, Any]]:
    """Everything posted in the channel for all to see, oldest first; answers to commands are none of it."""
    return [embed for message in channel.messages if message.interaction is None for embed in message.embeds]
