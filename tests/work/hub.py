"""A hub of our own over real sockets, which also lies, and the bot's side of it."""

from __future__ import annotations

import hmac
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from aiohttp import ClientSession, web

from bot.model import HubSubscription
from bot.net.fetch import HttpFetcher
from bot.net.guard import Guard
from bot.net.websub import Callbacks, HubCaller
from bot.ops.health import HealthServer
from bot.ops.metrics import Metrics
from bot.store.store import Store
from bot.work.push import Push
from tests.work.polling import FEED, Desk, document, fetched

SELF = f"<atom:link xmlns:atom='http://www.w3.org/2005/Atom' rel='self' href='{FEED}'/>"


class OurHub:
    """A hub: `asked` are the forms it got. It verifies within the request, as `verify` was told."""

    def __init__(self) -> None:
        self.asked: list[dict[str, str]] = []
        self.verify: dict[str, str] | None = {}
        self.status = 202
        self.answers: list[tuple[int, str]] = []
        self.url = ""
        self._client = ClientSession()
        self._runner: web.AppRunner | None = None

    async def start(self) -> None:
        app = web.Application()
        app.router.add_post("/hub", self._subscribe)
        self._runner = web.AppRunner(app)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}/hub"

    async def close(self) -> None:
        await self._client.close()
        if self._runner:
            await self._runner.cleanup()

    async def _subscribe(self, request: web.Request) -> web.Response:
        form = {name: str(value) for name, value in (await request.post()).items()}
        self.asked.append(form)
        if self.verify is not None:
            self.answers.append(await self.ask_back(**self.verify))
        return web.Response(status=self.status)

    async def ask_back(self, **changes: str) -> tuple[int, str]:
        """The intent's verification, or whatever `changes` make of it. A name is written with "_" for "."."""
        form = self.asked[-1]
        query = {
            "hub.mode": "subscribe",
            "hub.topic": form["hub.topic"],
            "hub.challenge": "ch4llenge",
            "hub.lease_seconds": "864000",
            **{name.replace("_", ".", 1): value for name, value in changes.items()},
        }
        async with self._client.get(form["hub.callback"], params=query) as answer:
            return answer.status, await answer.text()

    async def push(self, body: bytes, *, method: str = "sha256", signature: str | None = None) -> int:
        form = self.asked[-1]
        signed = hmac.new(form["hub.secret"].encode(), body, method).hexdigest()
        headers = {"Content-Type": "application/rss+xml", "X-Hub-Signature": signature or f"{method}={signed}"}
        async with self._client.post(form["hub.callback"], data=body, headers=headers) as answer:
            return answer.status


class Pushed:
    """A followed feed that names the hub, and the bot's side of it, listening."""

    def __init__(self, desk: Desk, hub: OurHub, fetcher: HttpFetcher) -> None:
        self.desk, self.hub, self.fetcher = desk, hub, fetcher
        self.head = SELF + f"<atom:link xmlns:atom='http://www.w3.org/2005/Atom' rel='hub' href='{hub.url}'/>"
        self._listening: list[Push] = []
        self.push: Push
        self.public: str
        self.server: HealthServer

    async def start(self, callback_base: str = "") -> None:
        take, listening = self.desk.poller.take_push, self._listening

        class Late:
            """The callback's port is known only when it listens."""

            def __getattr__(self, name: str) -> Any:
                return getattr(listening[-1], name)

        self.server = HealthServer(Metrics(), live={}, ready={}, also=Callbacks(Late(), max_bytes=1 << 20).routes())
        await self.server.start(free_port(), host="127.0.0.1")
        public = callback_base or f"http://127.0.0.1:{self.server.port}/"
        self.public = public
        self.push = Push(self.desk.store, HubCaller(self.fetcher), self.desk.clock, public_url=public, take=take)
        self.listen(self.push)

    def listen(self, push: Push) -> None:
        """From now on hubs reach this one."""
        self._listening.append(push)

    def document(self, *numbers: int) -> bytes:
        return document(*numbers, extra=self.head)

    async def step(self) -> None:
        await self.push.step(self.desk.clock.now())
        await self.push.finish()
        await self.desk.poller.finish()

    async def deliver(self, body: bytes, **more: str) -> int:
        status = await self.hub.push(body, **more)
        await self.push.finish()
        await self.desk.poller.finish()
        return status

    async def state(self) -> HubSubscription | None:
        return await self.desk.store.hub_subscription(self.hub.asked[-1]["hub.callback"].rpartition("/")[2])

    async def waiting(self) -> int:
        [one] = await self.desk.store.subscriptions(1)
        return await self.desk.store.waiting(1, one.id)


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


@asynccontextmanager
async def pushed_feed(folder: Path) -> AsyncIterator[Pushed]:
    """Followed, polled once; its hub was not asked yet."""
    store = await Store.open(f"sqlite+aiosqlite:///{folder}/herald.db")
    desk, hub = Desk(store), OurHub()
    fetcher = HttpFetcher(Guard(["127.0.0.0/8"]), desk.clock, user_agent="Herald/0")
    await hub.start()
    scene = Pushed(desk, hub, fetcher)
    await scene.start()
    await desk.follow()
    desk.web.answers[FEED] = fetched(scene.document(1, 2))
    await desk.poll()
    yield scene
    await scene.server.close()
    await hub.close()
    await fetcher.close()
    await store.close()
