"""Worker processes that may be killed: for work on hostile bytes that no timeout inside a thread could stop.

A worker runs one function from bytes to bytes, one call at a time, over its standard streams. It gets no
environment of ours (so no token), a cap on memory and processor time, and is killed at the wall limit. One that has
grown makes room for a new one. Only bytes come back, never pickles: what parsed hostile input must not choose what this
process executes.
"""

from __future__ import annotations

import asyncio
import importlib
import os
import struct
import sys
from collections.abc import Callable, Sequence
from contextlib import nullcontext, suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import BinaryIO

from bot import heap

_HEAD = struct.Struct("!??Q")  # did it go well?, will there be another?, length in bytes
_PACKAGE_ROOT = Path(__file__).resolve().parents[2]
# A new one holds 40 MiB and costs 0.4 s of a core; ordinary documents add 5 MiB in all, one odd one adds 30 for good.
GROWN_BYTES = 24 << 20


class WorkerFailed(Exception):
    """The call has no answer: it took too long, too much memory, or the function raised. `str` is short."""


@dataclass(frozen=True, slots=True)
class Allowance:
    """The time that a call may take, by the size of its request."""

    least: timedelta
    per_mib: timedelta = timedelta(0)

    def of(self, size_bytes: int) -> timedelta:
        return self.least + self.per_mib * (size_bytes / 2**20)


class WorkerPool:
    """At most `size` workers, started when first needed; the most recently used is used again first."""

    def __init__(
        self, target: str, *, size: int, wall_limit: Allowance, cpu_limit: Allowance, memory_limit_bytes: int
    ) -> None:
        """`target` is "package.module:function". `cpu_limit` is a call's processor time, `wall_limit` all its time."""
        self._target = target
        self._wall_limit, self._cpu_limit = wall_limit, cpu_limit
        self._memory_limit_bytes = memory_limit_bytes
        self._slots = asyncio.Semaphore(size)
        self._patient = asyncio.Semaphore(max(1, size - 1))
        self._idle: list[asyncio.subprocess.Process] = []
        self._all: set[asyncio.subprocess.Process] = set()

    async def call(self, *request: bytes, patient: bool = False) -> bytes:
        """The function's answer to the parts of the request, joined. `patient` ones leave a worker for the others.

        Raises WorkerFailed; the worker is then gone and the next call gets a new one.
        """
        wall_limit_s = self._wall_limit.of(sum(map(len, request))).total_seconds()
        async with self._patient if patient else nullcontext(), self._slots:
            worker = await self._take()
            try:
                went_well, goes_on, answer = await asyncio.wait_for(_ask(worker, request), wall_limit_s)
            except TimeoutError:
                await self._end(worker)
                raise WorkerFailed(f"took longer than {wall_limit_s:.0f} s") from None
            except (OSError, asyncio.IncompleteReadError):
                await self._end(worker)
                raise WorkerFailed("needed more memory or time than allowed") from None
            except BaseException:  # cancelled: its answer would be taken for the next call's
                await self._end(worker)
                raise
            if goes_on:
                self._idle.append(worker)
            else:
                await self._end(worker)
            if not went_well:
                raise WorkerFailed(answer.decode("utf-8", "replace"))
            return answer

    async def close(self) -> None:
        """Ends every worker."""
        self._idle.clear()
        for worker in list(self._all):
            await self._end(worker)

    async def _take(self) -> asyncio.subprocess.Process:
        while self._idle:
            worker = self._idle.pop()
            if worker.returncode is None:
                return worker
            self._all.discard(worker)
        worker = await asyncio.create_subprocess_exec(
            sys.executable,
            *("-X", "utf8", "-c", "from bot.reading.workers import serve; serve()"),
            *(self._target, str(self._memory_limit_bytes)),
            *(str(length.total_seconds()) for length in (self._cpu_limit.least, self._cpu_limit.per_mib)),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            env=_bare_environment(),
        )
        self._all.add(worker)
        return worker

    async def _end(self, worker: asyncio.subprocess.Process) -> None:
        self._all.discard(worker)
        with suppress(ProcessLookupError):
            worker.kill()
        await worker.wait()


async def _ask(worker: asyncio.subprocess.Process, request: Sequence[bytes]) -> tuple[bool, bool, bytes]:
    assert worker.stdin is not None
    assert worker.stdout is not None
    worker.stdin.writelines([_HEAD.pack(True, True, sum(map(len, request))), *request])
    await worker.stdin.drain()
    went_well, goes_on, length = _HEAD.unpack(await worker.stdout.readexactly(_HEAD.size))
    return went_well, goes_on, await worker.stdout.readexactly(length)


def _bare_environment() -> dict[str, str]:
    """What Python needs to start and find this package, and nothing that is anybody's secret."""
    kept = {name: os.environ[name] for name in ("PATH", "SYSTEMROOT", "LANG", "TZ") if name in os.environ}
    return kept | {"PYTHONPATH": str(_PACKAGE_ROOT), "PYTHONDONTWRITEBYTECODE": "1"}


def serve() -> None:
    """A worker's main loop: ends when it has grown, or its parent closes the pipe, also by dying."""
    target, memory_limit_bytes = sys.argv[1:3]
    cpu_limit = Allowance(*(timedelta(seconds=float(length)) for length in sys.argv[3:5]))
    requests, answers = sys.stdin.buffer, sys.stdout.buffer
    sys.stdout = sys.stderr  # a stray print must not become part of an answer
    _limit_memory(int(memory_limit_bytes))
    module, _, name = target.partition(":")
    function: Callable[[bytes], bytes] = getattr(importlib.import_module(module), name)
    fresh_bytes = heap.resident_bytes()
    goes_on = True
    while goes_on:
        answered = _answered(function, requests, cpu_limit)
        if answered is None:
            return
        heap.give_back()
        went_well, answer = answered
        goes_on = heap.resident_bytes() - len(answer) < fresh_bytes + GROWN_BYTES
        try:
            answers.write(_HEAD.pack(went_well, goes_on, len(answer)) + answer)
            answers.flush()
        except BrokenPipeError:  # the parent died meanwhile
            os._exit(0)  # no flushing at the end, which would complain of the same pipe
        del answered, answer  # they may be large, and the next request may be long in coming


def _answered(
    function: Callable[[bytes], bytes], requests: BinaryIO, cpu_limit: Allowance
) -> tuple[bool, bytes] | None:
    """Whether the next call went well, and its answer; None if there is no other."""
    request = _receive(requests)
    if request is None:
        return None
    _limit_cpu(cpu_limit.of(len(request)))
    try:
        return True, function(request)
    except Exception as error:  # whatever a hostile document brought about
        return False, f"{type(error).__name__}".encode()


def _receive(requests: BinaryIO) -> bytes | None:
    head = requests.read(_HEAD.size)
    if len(head) < _HEAD.size:
        return None
    return requests.read(_HEAD.unpack(head)[-1])


def _limit_memory(limit_bytes: int) -> None:
    with suppress(ImportError, ValueError, OSError):  # no `resource` on Windows; the wall limit still holds there
        import resource  # noqa: PLC0415

        resource.setrlimit(resource.RLIMIT_AS, (limit_bytes, limit_bytes))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _limit_cpu(limit: timedelta) -> None:
    """For each call: on a busy machine a good document may take long, but it does not compute for long.

    It also ends a worker whose parent died while it was busy: nobody is left to kill it at the wall limit.
    """
    with suppress(ImportError, ValueError, OSError):
        import resource  # noqa: PLC0415

        seconds = max(1, round(limit.total_seconds()))
        used = resource.getrusage(resource.RUSAGE_SELF)
        resource.setrlimit(resource.RLIMIT_CPU, (int(used.ru_utime + used.ru_stime) + seconds, resource.RLIM_INFINITY))
