"""Processes of Herald that cost a hundredth of a start: forks of one that has everything imported.

They are processes as any, with a folder, an environment, streams and signals of their own; only Python's start and the
imports are done before. That both work from nothing, the tests with a real one show (tests/cli/test_installed.py).
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from functools import cache
from pathlib import Path
from typing import IO, Any

from bot.demo.bot_process import HERALD_RUN, BotProcess
from tests.fork_server import Order

ROOT = Path(__file__).resolve().parents[1]


@cache
def _server() -> socket.socket:
    """Where orders go. The server ends when this end closes, with us at the latest."""
    ours, theirs = socket.socketpair()
    with theirs:
        subprocess.Popen(
            [sys.executable, "-m", "tests.fork_server", str(theirs.fileno())],
            cwd=ROOT,
            env=bare_environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            pass_fds=[theirs.fileno()],
        )
    return ours


def bare_environment() -> dict[str, str]:
    """Ours without any setting of Herald's and without a display."""
    left_out = ("HERALD_", "DISCORD_", "DISPLAY", "WAYLAND_DISPLAY")
    bare = {name: value for name, value in os.environ.items() if not name.startswith(left_out)}
    return bare | {"PYTHONPATH": str(ROOT), "COLUMNS": "200"}


class Forked:
    """As an asyncio.subprocess.Process, in what tests use of it."""

    def __init__(self, told: asyncio.StreamReader, pid: int, streams: Sequence[Any]) -> None:
        self.pid = pid
        self.returncode: int | None = None
        self.stdout: asyncio.StreamReader | None
        self.stderr: asyncio.StreamReader | None
        self._stdin, self.stdout, self.stderr = streams
        self._ended = asyncio.create_task(self._end(told))

    async def _end(self, told: asyncio.StreamReader) -> int:
        self.returncode = int(await told.readline())
        if self._stdin is not None:
            os.close(self._stdin)
        return self.returncode

    async def wait(self) -> int:
        return await asyncio.shield(self._ended)

    async def communicate(self) -> tuple[bytes, bytes]:
        """All that it says until its end, which is waited for."""
        assert self.stdout is not None
        assert self.stderr is not None
        out, err, _ = await asyncio.gather(self.stdout.read(), self.stderr.read(), self.wait())
        return out, err

    def send_signal(self, number: signal.Signals) -> None:
        if self.returncode is None:
            os.kill(self.pid, number)

    def terminate(self) -> None:
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)


async def fork(
    folder: Path,
    environment: Mapping[str, str],
    module: str,
    *arguments: str,
    log: IO[bytes] | None = None,
    own_session: bool = False,
) -> Forked:
    """`python -m module ...`. With a log its output goes there, and its input is open as long as we are."""
    order = Order(module, list(arguments), str(folder), dict(environment), own_session)
    (told, tell), (answers, out), (complaints, err) = os.pipe(), os.pipe(), os.pipe()
    nothing, holds = os.pipe()
    with open(os.devnull, "rb") as empty:
        streams = (nothing, log.fileno(), log.fileno()) if log else (empty.fileno(), out, err)
        socket.send_fds(_server(), [json.dumps(asdict(order)).encode() + b"\n"], [*streams, tell])
    for end in (tell, nothing, out, err):
        os.close(end)
    if log:
        os.close(answers)
        os.close(complaints)
        said: tuple[Any, ...] = (holds, None, None)
    else:
        os.close(holds)
        said = (None, await _reader(answers), await _reader(complaints))
    number = await _reader(told)
    return Forked(number, int(await number.readline()), said)


async def _reader(end: int) -> asyncio.StreamReader:
    reader = asyncio.StreamReader()
    loop = asyncio.get_running_loop()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), os.fdopen(end, "rb", buffering=0))
    return reader


class ForkedBot(BotProcess):
    """The demo's bot, whose lives are forks."""

    async def _begin(self, arguments: Sequence[str], log: IO[bytes]) -> Any:
        _, module, *rest = arguments or HERALD_RUN
        return await fork(self._folder, self._environment, module, *rest, log=log, own_session=True)
