"""Workers can be killed, hold no secret, and cost only the call that they were busy with."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from bot.reading.workers import GROWN_BYTES, Allowance, WorkerFailed, WorkerPool

kept: list[bytes] = []  # what a worker does not get rid of


def answer(request: bytes) -> bytes:
    """What the workers of this test run."""
    match request:
        case b"spin":
            while True:
                time.perf_counter()
        case _ if request.startswith(b"compute for two seconds"):
            while time.process_time() < 2.5:
                pass
            return b"done"
        case b"wait":
            time.sleep(60)
            return b""
        case b"eat":
            return bytes(10**10)
        case b"die":
            os._exit(3)
        case b"environment":
            return repr(sorted(os.environ)).encode()
        case b"print":
            print("a stray print")
            return b"clean"
        case b"grow":
            kept.append(os.urandom(GROWN_BYTES + 2**20))
            return str(os.getpid()).encode()
        case b"raise":
            raise ValueError("a secret of the document")
        case b"pid":
            return str(os.getpid()).encode()
        case _:
            return request[::-1]


@pytest.fixture
async def pool() -> AsyncIterator[WorkerPool]:
    pool = WorkerPool(
        "tests.reading.test_workers:answer",
        size=2,
        wall_limit=Allowance(timedelta(seconds=5), per_mib=timedelta(seconds=10)),
        cpu_limit=Allowance(timedelta(seconds=1), per_mib=timedelta(seconds=1)),
        memory_limit_bytes=2**30,
    )
    yield pool
    await pool.close()


async def test_an_answer_comes_back_whole(pool: WorkerPool) -> None:
    body = os.urandom(3_000_000)
    assert await pool.call(body) == body[::-1]
    assert await pool.call(b"") == b""


@pytest.mark.parametrize("harm", [b"spin", b"wait", b"eat", b"die", b"raise"])
async def test_a_worker_that_comes_to_harm_costs_only_its_call(pool: WorkerPool, harm: bytes) -> None:
    with pytest.raises(WorkerFailed) as failure:
        await pool.call(harm)
    assert "secret" not in str(failure.value)
    assert await pool.call(b"abc") == b"cba"


async def test_a_large_request_may_be_computed_for_longer(pool: WorkerPool) -> None:
    assert await pool.call(b"compute for two seconds", bytes(3 * 2**20)) == b"done"
    await pool.close()
    with pytest.raises(WorkerFailed, match="memory or time"):
        await pool.call(b"compute for two seconds")


def test_what_a_call_may_take_grows_with_its_request() -> None:
    allowance = Allowance(timedelta(seconds=10), per_mib=timedelta(seconds=2))
    assert allowance.of(0) == timedelta(seconds=10)
    assert allowance.of(10 * 2**20) == timedelta(seconds=30)


async def test_a_stray_print_is_no_part_of_an_answer(pool: WorkerPool) -> None:
    assert await pool.call(b"print") == b"clean"


async def test_workers_know_no_secret(pool: WorkerPool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DISCORD_TOKEN", "x")
    assert b"DISCORD_TOKEN" not in await pool.call(b"environment")


async def test_a_cancelled_call_does_not_hand_its_answer_to_the_next(pool: WorkerPool) -> None:
    await pool.call(b"warm")
    task = asyncio.create_task(pool.call(b"spin"))
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert await pool.call(b"abc") == b"cba"


async def test_one_after_another_needs_one_worker(pool: WorkerPool) -> None:
    assert await pool.call(b"pid") == await pool.call(b"pid")


async def test_patient_calls_leave_a_worker_for_the_others(pool: WorkerPool) -> None:
    long = [asyncio.create_task(pool.call(b"wait", patient=True)) for _ in range(3)]
    assert await pool.call(b"a", b"bc") == b"cba"
    assert not any(task.done() for task in long)
    for task in long:
        task.cancel()
    await asyncio.gather(*long, return_exceptions=True)
    assert await pool.call(b"abc", patient=True) == b"cba"


async def test_a_worker_that_has_grown_makes_room_for_a_new_one(pool: WorkerPool) -> None:
    first = await pool.call(b"grow")
    assert await pool.call(b"pid") != first


async def test_a_large_document_is_no_growth(pool: WorkerPool) -> None:
    first = await pool.call(b"pid")
    await pool.call(bytes(2 * GROWN_BYTES))
    assert await pool.call(b"pid") == first
