"""The demo in a browser, as somebody would run it; the browser is a script that notes what it was to open."""

from __future__ import annotations

import asyncio
import signal
import sys
from pathlib import Path

import aiohttp
import pytest

from tests.cli.process import begin, ended


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="DISPLAY and BROWSER are how Linux says it")
async def test_it_opens_the_page_lives_by_itself_and_ends_with_control_c(tmp_path: Path) -> None:
    browser = tmp_path / "browser"
    browser.write_text('#!/bin/sh\necho "$1" > opened\n')
    browser.chmod(0o755)
    process = await begin(tmp_path, "demo", DISPLAY=":99", BROWSER=f"{browser} %s")
    assert process.stdout is not None
    seen = b""
    while b"[APP]" not in seen:  # an answer or a post of Herald's
        line = await asyncio.wait_for(process.stdout.readline(), 30)
        assert line, "it ended by itself"
        seen += line
    url = (tmp_path / "opened").read_text().strip()
    assert url.encode() in seen
    async with aiohttp.ClientSession() as session, session.get(url + "around/") as answer:
        around = await answer.json()
    assert around["bot_process"]["running"]
    assert around["tour"]["feed_url"].startswith("http://127.0.0.1:")
    process.send_signal(signal.SIGINT)
    over = await ended(process)
    assert over.code == 0, over.said
    assert "Traceback" not in over.said
