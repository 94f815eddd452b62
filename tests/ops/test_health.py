"""The probes, asked over real sockets."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any

import aiohttp
import pytest

from bot.errors import SetupError, StoreError
from bot.model import Backlog
from bot.ops.health import HealthServer
from bot.ops.metrics import Metrics


class World:
    """What the parts say of themselves."""

    def __init__(self) -> None:
        self.stall = self.gateway = ""


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
def metrics() -> Metrics:
    return Metrics()


@pytest.fixture
async def server(world: World, metrics: Metrics, unused_tcp_port: int) -> AsyncIterator[HealthServer]:
    health = HealthServer(metrics, live={"loop": lambda: world.stall}, ready={"gateway": lambda: world.gateway})
    await health.start(unused_tcp_port, host="127.0.0.1")
    yield health
    await health.close()


async def asked(server: HealthServer, path: str) -> tuple[int, Any]:
    async with aiohttp.ClientSession() as session, session.get(f"http://127.0.0.1:{server.port}{path}") as response:
        return response.status, await response.json() if "json" in response.content_type else await response.text()


async def test_all_well_is_200_with_every_part(server: HealthServer) -> None:
    assert await asked(server, "/live") == (200, {"ok": True, "parts": {"loop": "ok"}})
    assert await asked(server, "/ready") == (200, {"ok": True, "parts": {"loop": "ok", "gateway": "ok"}})


async def test_not_connected_is_live_but_not_ready(server: HealthServer, world: World) -> None:
    world.gateway = "not connected"
    assert (await asked(server, "/live"))[0] == 200
    assert await asked(server, "/ready") == (503, {"ok": False, "parts": {"loop": "ok", "gateway": "not connected"}})


async def test_a_stall_is_neither_live_nor_ready(server: HealthServer, world: World) -> None:
    world.stall = "no progress: rest"
    assert await asked(server, "/live") == (503, {"ok": False, "parts": {"loop": "no progress: rest"}})
    assert (await asked(server, "/ready"))[0] == 503


async def test_a_part_that_cannot_even_tell_is_not_well(metrics: Metrics, unused_tcp_port: int) -> None:
    def broken() -> str:
        raise RuntimeError("token=s3same")

    health = HealthServer(metrics, live={}, ready={"store": broken})
    await health.start(unused_tcp_port, host="127.0.0.1")
    assert await asked(health, "/ready") == (503, {"ok": False, "parts": {"store": "cannot tell"}})
    await health.close()


async def test_metrics_are_there_in_prometheus_own_form(server: HealthServer, metrics: Metrics) -> None:
    metrics.polled("new", 3)
    status, text = await asked(server, "/metrics")
    assert status == 200
    assert 'herald_polls_total{outcome="new"} 1.0' in text


class Ledger:
    """A database that tells what is left to do, or cannot."""

    def __init__(self) -> None:
        self.left: Backlog | None = Backlog(waiting=0, failing=0)
        self.asked = self.asking = self.most_at_once = 0

    async def backlog(self) -> Backlog:
        self.asking += 1
        self.most_at_once = max(self.most_at_once, self.asking)
        await asyncio.sleep(0)
        self.asking -= 1
        self.asked += 1
        if self.left is None:
            raise StoreError("the disk is full")
        return self.left


async def test_what_is_left_to_do_is_asked_at_each_scrape(metrics: Metrics, unused_tcp_port: int) -> None:
    ledger = Ledger()
    health = HealthServer(metrics, live={}, ready={}, backlog=ledger)
    await health.start(unused_tcp_port, host="127.0.0.1")
    assert "herald_deliveries_waiting 0.0" in (await asked(health, "/metrics"))[1]
    ledger.left = Backlog(waiting=1_234_567, failing=3)
    texts = await asyncio.gather(*(asked(health, "/metrics") for _ in range(10)))
    assert all("herald_deliveries_waiting 1.234567e+06" in text for _, text in texts)
    assert all("herald_feeds_failing 3.0" in text for _, text in texts)
    assert (ledger.asked, ledger.most_at_once) == (11, 1)
    ledger.left = None
    status, text = await asked(health, "/metrics")
    assert status == 200
    assert "herald_deliveries_waiting NaN" in text
    assert "herald_polls_total" in text
    await health.close()


@pytest.mark.parametrize("path", ["/", "/live/x", "/../etc/passwd", "/debug"])
async def test_nothing_else_is_there(server: HealthServer, path: str) -> None:
    assert (await asked(server, path))[0] == 404


async def test_port_0_leaves_it_off(metrics: Metrics) -> None:
    health = HealthServer(metrics, live={}, ready={})
    await health.start(0)
    assert health.port is None
    await health.close()


async def test_a_port_in_use_is_told_with_what_to_do(server: HealthServer, metrics: Metrics) -> None:
    assert server.port is not None
    other = HealthServer(metrics, live={}, ready={})
    with pytest.raises(SetupError) as error:
        await other.start(server.port, host="127.0.0.1")
    assert str(server.port) in error.value.problem
    assert any("HERALD_OPS__HEALTH_PORT" in line for line in error.value.advice)


async def test_an_address_that_cannot_be_had_is_told_too(metrics: Metrics, unused_tcp_port: int) -> None:
    with pytest.raises(SetupError, match="cannot be opened"):
        await HealthServer(metrics, live={}, ready={}).start(unused_tcp_port, host="192.0.2.1")


async def test_it_can_be_closed_and_started_again(metrics: Metrics, unused_tcp_port_factory: Callable[[], int]) -> None:
    health = HealthServer(metrics, live={}, ready={})
    for _ in range(2):
        await health.start(unused_tcp_port_factory(), host="127.0.0.1")
        assert (await asked(health, "/live"))[0] == 200
        await health.close()
        assert health.port is None
