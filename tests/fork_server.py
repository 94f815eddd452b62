"""`python -m tests.fork_server FD`: has all of Herald imported and becomes what it is told, each time in a fork.

An order is one line of JSON at the socket FD, with four files: what is standard input, output and error for the new
process, and where its number and, once it has ended, its exit code are to be written. It ends with the socket.
"""

from __future__ import annotations

import gc
import importlib
import json
import os
import runpy
import signal
import socket
import sys
from dataclasses import dataclass
from typing import Any

# What commands import when they run; never what is run itself, which would then be imported twice.
IMPORTED = ("app", "cli.check", "cli.copies", "cli.opml", "cli.preview", "cli.search", "demo.begin", "sandbox.server")
STREAMS = (0, 1, 2)


@dataclass(frozen=True)
class Order:
    """Run `module` as `python -m` would."""

    module: str
    arguments: list[str]
    folder: str
    environment: dict[str, str]
    own_session: bool  # not in ours: whoever presses Ctrl-C means the tests


def serve(orders: socket.socket) -> Order | None:
    """Comes back in each new process with its order, and in the server with None at the end."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for those that watch
    while data := _received(orders):
        order, files = data
        if os.fork() == 0:
            orders.close()
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            return _watched(order, files)
        for file in files:
            os.close(file)
    return None


def _received(orders: socket.socket) -> tuple[Order, list[int]] | None:
    data, files, _, _ = socket.recv_fds(orders, 1, len(STREAMS) + 1)
    if not data:
        return None
    with orders.makefile("rb", buffering=0) as rest:
        data += rest.readline()
    return Order(**json.loads(data)), files


def _watched(order: Order, files: list[int]) -> Order:
    """Forks once more, comes back in the new process, and tells of its end."""
    *streams, told = files
    process = os.fork()
    if process == 0:
        for stream, file in zip(STREAMS, streams, strict=True):
            os.dup2(file, stream)
        for file in files:
            os.close(file)
        return order
    for file in (*streams, *STREAMS):
        os.close(file)
    os.write(told, b"%d\n" % process)
    _, status = os.waitpid(process, 0)
    os.write(told, b"%d\n" % os.waitstatus_to_exitcode(status))
    os._exit(0)


def become(order: Order) -> Any:
    """What it raises ends this process, as it would end any."""
    if order.own_session:
        os.setsid()
    os.chdir(order.folder)
    os.environ.clear()
    os.environ.update(order.environment)
    sys.argv[1:] = order.arguments
    runpy.run_module(order.module, run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    with socket.socket(fileno=int(sys.argv[1])) as _orders:
        for _name in IMPORTED:
            importlib.import_module(f"bot.{_name}")
        gc.freeze()  # nobody's garbage: a collection would copy all of it into each process
        _order = serve(_orders)
    if _order is not None:
        become(_order)
