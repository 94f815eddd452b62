"""`python -m bot.demo.tether run`: a `herald run` that ends when whoever started it is gone.

Their end of our standard input closes with them, however they died; no signal and no system call says so everywhere.
"""

from __future__ import annotations

import os
import runpy
import signal
import threading
import time

STDIN = 0
LONGEST_STOP_SECONDS = 20.0  # then it ends without order, which Herald is made for


def main() -> None:
    threading.Thread(target=_end_with_the_starter, daemon=True).start()
    runpy.run_module("bot", run_name="__main__", alter_sys=True)


def _end_with_the_starter() -> None:
    # Not sys.stdin: its lock, held by a thread that waits, disturbs the interpreter's own end.
    while os.read(STDIN, 1024):
        pass
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(LONGEST_STOP_SECONDS)
    os._exit(1)


if __name__ == "__main__":
    main()
