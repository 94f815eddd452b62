"""From a hub to the channel: the whole bot, listening where a hub can reach it."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path

from bot.settings import Ops, Poll, WebSub
from tests.whole.world import SOON, World
from tests.work.hub import OurHub, free_port
from tests.work.polling import document


async def test_what_a_hub_pushes_is_in_the_channel_within_two_seconds(tmp_path: Path) -> None:
    hub, port = OurHub(), free_port()
    await hub.start()
    world = World(tmp_path)
    world.settings = world.settings.model_copy(
        update={
            "poll": Poll(),  # every fifteen minutes: what comes sooner was pushed
            "ops": Ops(health_port=port),
            "websub": WebSub(public_url=f"http://127.0.0.1:{port}"),
        }
    )
    async with world:
        links = "".join(
            f"<atom:link xmlns:atom='http://www.w3.org/2005/Atom' rel='{rel}' href='{url}'/>"
            for rel, url in (("hub", hub.url), ("self", "https://feeds.example/topic"))
        )
        feed = world.site.add_bytes_feed("pushed", document(1, 2, extra=links))
        await world.add(feed.url)
        assert world.herald is not None
        [bell] = [bell for service, bell in world.herald.services if service.name == "push"]
        bell.ring()
        deadline = time.monotonic() + SOON
        while not hub.answers and time.monotonic() < deadline:
            await asyncio.sleep(0.01)
        assert hub.answers == [(200, "ch4llenge")]
        began = time.monotonic()
        assert await hub.push(document(3)) == 202
        await world.posted("Entry 3")
        assert time.monotonic() - began < 2
    await hub.close()
