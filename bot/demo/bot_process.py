"""The real bot, as a process of its own: what the demo shows is what `herald run` does."""

from __future__ import annotations

import asyncio
import base64
import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import IO

CONFIG = """\
[poll]                       # a demo has no patience: a second between polls, of a server on this machine
default_interval = "1s"
min_interval = "1s"
max_interval = "1s"
per_host_delay = "0s"
per_host_concurrency = 8
[fetch]
allow_networks = ["127.0.0.0/8"]
[delivery]                   # its feeds bring in minutes what others bring in hours
hourly_limit = 10000
[ops]
health_port = 0
"""


PACKAGE_ROOT = Path(__file__).resolve().parents[2]
HERALD_RUN = ("-m", "bot.demo.tether", "run")


class BotProcess:
    """`herald run` in a folder of its own, which ends with us at the latest. Its log goes to `bot.log` there."""

    def __init__(self, folder: Path, *, api_base: str, token: str, database_url: str = "") -> None:
        self._folder = folder
        self._environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith(("HERALD_", "DISCORD_"))},
            "DISCORD_API_BASE": api_base,
            "DISCORD_TOKEN": token,
            "HERALD_CONFIG": str(folder / "herald.toml"),
            "HERALD_SECRET_KEY": base64.b64encode(os.urandom(32)).decode(),  # the same for all of its lives
            "HERALD_DATABASE_URL": database_url or f"sqlite+aiosqlite:///{folder / 'herald.db'}",
            "PYTHONPATH": str(PACKAGE_ROOT),
        }
        (folder / "herald.toml").write_text(CONFIG, "utf-8")
        self._process: asyncio.subprocess.Process | None = None

    @property
    def log_path(self) -> Path:
        """Where to look when something went wrong."""
        return self._folder / "bot.log"

    @property
    def is_running(self) -> bool:
        """False also after it died by itself."""
        return self._process is not None and self._process.returncode is None

    @property
    def pid(self) -> int:
        """The system's number for the process that was started last."""
        assert self._process is not None
        return self._process.pid

    async def start(self, arguments: Sequence[str] = HERALD_RUN) -> None:
        """Returns when the process exists; that it is connected, the sandbox knows. `arguments` are Python's."""
        with self.log_path.open("ab") as log:
            self._process = await self._begin(arguments, log)

    async def _begin(self, arguments: Sequence[str], log: IO[bytes]) -> asyncio.subprocess.Process:
        return await asyncio.create_subprocess_exec(
            *(sys.executable, *arguments),
            cwd=self._folder,
            env=self._environment,
            stdin=asyncio.subprocess.PIPE,  # nothing is written: that it closes tells the bot of our end
            stdout=log,
            stderr=log,
            start_new_session=True,  # Ctrl-C is for the demo, which ends the bot in order
        )

    async def died(self) -> int:
        """Waits for its end, and gives its exit code (negative: the signal)."""
        assert self._process is not None
        return await self._process.wait()

    async def kill(self) -> None:
        """As a power cut would: no signal that could be handled."""
        await self._end(signal.SIGKILL)

    async def stop(self) -> None:
        """In order, as an operator would."""
        await self._end(signal.SIGTERM)

    async def _end(self, how: signal.Signals) -> None:
        process = self._process
        if process is None or process.returncode is not None:
            return
        process.send_signal(how)
        try:
            await asyncio.wait_for(process.wait(), 15)
        except TimeoutError:
            process.kill()
            await process.wait()
