"""The README's pictures: drawn for everybody who runs the tests, written only where HERALD_PICTURES says."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.demo.stage import Stage

from .conftest import Visits

pytestmark = pytest.mark.asyncio(loop_scope="session")

ALL_TOGETHER_BYTES = 300_000


async def test_news_a_search_and_the_desk_make_a_picture(
    empty_stage: Stage, visit: Visits, pictures: Path | None
) -> None:
    stage = empty_stage
    sky = stage.channels[1]
    await stage.guild.command(stage.owner, sky, "feed add", url=stage.feeds[1].url)
    visitor = await visit(stage.sandbox)
    await visitor.page.set_viewport_size({"width": 1200, "height": 960})
    await visitor.open_channel("sky")
    stage.publish(1)
    await stage.caught_up(sky, 15)
    title = str(next(reversed(stage.feeds[1].entries.values())).title)
    await visitor.see(title, ".embed-title")
    await visitor.send('/search storm OR "night shift"')
    await visitor.see("found", ".message.only-you .embed-title")
    await visitor.page.wait_for_function("[...document.querySelectorAll('img')].every((each) => each.complete)")
    shots = {"channel.png": await visitor.page.screenshot()}

    phone = await visit(stage.sandbox, phone=True, light=True)
    await phone.page.set_viewport_size({"width": 360, "height": 680})
    await phone.button("Servers and channels").click()
    await phone.open_channel("sky")
    await phone.see(title, ".embed-title")
    await phone.one("#text").focus()
    await phone.type("/")
    await phone.see("/feed add", ".suggestion")
    shots["phone.png"] = await phone.page.screenshot()

    assert all(shot.startswith(b"\x89PNG") for shot in shots.values())
    if pictures:
        assert sum(map(len, shots.values())) < ALL_TOGETHER_BYTES, "too heavy for a README"
        pictures.mkdir(exist_ok=True)
        for name, shot in shots.items():
            (pictures / name).write_bytes(shot)
