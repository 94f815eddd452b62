"""The demo as somebody would run it: it ends by itself, by Ctrl-C, or with a reason, and always with the count."""

from __future__ import annotations

import asyncio
import re
import signal
from collections.abc import Sequence
from pathlib import Path

import pytest

from bot.demo import show, stage
from bot.demo.bot_process import BotProcess
from bot.errors import SetupError
from tests.cli.process import Ended, begin, ended, herald

COUNT = re.compile(r"#(\w+): (\d+) published, (\d+) posted once, in order; 0 lost, 0 doubled\.")


def _counts(answer: Ended) -> list[tuple[int, int]]:
    text = " ".join(answer.out.replace("│", " ").split())
    return [(int(found[2]), int(found[3])) for found in COUNT.finditer(text)]


async def test_it_ends_by_itself_with_every_story_posted_once(tmp_path: Path) -> None:
    answer = await herald(tmp_path, "demo", "--seconds", "12", "--no-browser")
    assert answer.code == 0, answer.said
    counts = _counts(answer)
    assert len(counts) == 2
    assert all(published == once for published, once in counts)
    assert sum(published for published, _ in counts) > 0
    assert "Traceback" not in answer.said


async def test_control_c_ends_it_with_the_count(tmp_path: Path) -> None:
    process = await begin(tmp_path, "demo", "--no-browser")
    assert process.stdout is not None
    seen = b""
    while b"/feed add" not in seen:
        line = await asyncio.wait_for(process.stdout.readline(), 30)
        assert line, "it ended by itself"
        seen += line
    process.send_signal(signal.SIGINT)
    answer = await ended(process)
    assert answer.code == 0, answer.said
    assert len(_counts(answer)) == 2
    assert "Traceback" not in answer.said


class _Stillborn(BotProcess):
    """A bot that ends at once, with a reason in its log."""

    async def start(self, arguments: Sequence[str] = ()) -> None:
        await super().start(("-c", "print('no room on this disk'); raise SystemExit(3)"))


@pytest.mark.timeout(15)
async def test_a_bot_that_does_not_come_up_is_told_at_once_with_the_end_of_its_log(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(stage, "BotProcess", _Stillborn)
    with pytest.raises(SetupError) as caught:
        await show.run(seconds=30)
    assert "did not come up" in caught.value.problem
    assert "no room on this disk" in caught.value.advice
