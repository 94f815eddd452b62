"""Runs the command line as an operator would: a process of its own, in a folder, with an environment."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.forks import Forked, bare_environment, fork

Process = asyncio.subprocess.Process | Forked
LONGEST = 60.0  # seconds; every command here takes a few at most
SECRET = "MTIz.c2VjcmV0.bm90LWEtdG9rZW4"


@dataclass(frozen=True)
class Ended:
    """What a process said, and how it ended."""

    code: int
    out: str
    err: str

    @property
    def said(self) -> str:
        return self.out + self.err

    def failed_with(self, *words: str) -> None:
        """Exit 1 with a few lines that hold these words, and nothing of Python's."""
        assert self.code == 1, self.said
        lines = [line for line in self.err.splitlines() if "[warning" not in line and "[info" not in line]
        assert 1 <= len(lines) <= 6, self.err
        assert lines[0].startswith("herald: ")
        assert "Traceback" not in self.said
        assert SECRET not in self.said
        for word in words:
            assert word in self.err, self.err


def environment(**more: str) -> dict[str, str]:
    """Ours without any setting of Herald's, but that no port is taken, and with `more`."""
    return bare_environment() | {"HERALD_OPS__HEALTH_PORT": "0"} | more


async def begin(folder: Path, *arguments: str, **settings: str) -> Process:
    """`python -m bot ...` in the folder."""
    return await fork(folder, environment(**settings), "bot", *arguments)


async def begin_anew(
    env: Mapping[str, str], folder: Path, *arguments: str, stdin: int | None = None
) -> asyncio.subprocess.Process:
    """The same from nothing: Python starts, and imports what `env` leads it to."""
    pipe = asyncio.subprocess.PIPE
    return await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot", *arguments), cwd=folder, env=dict(env), stdin=stdin, stdout=pipe, stderr=pipe
    )


async def ended(process: Process) -> Ended:
    """Waits for its end; kills it and fails if that does not come."""
    try:
        out, err = await asyncio.wait_for(process.communicate(), LONGEST)
    except TimeoutError:
        process.kill()
        raise
    assert process.returncode is not None
    return Ended(process.returncode, out.decode(), err.decode())


async def herald(folder: Path, *arguments: str, **settings: str) -> Ended:
    """The command from beginning to end."""
    return await ended(await begin(folder, *arguments, **settings))
