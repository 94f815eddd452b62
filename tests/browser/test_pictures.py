"""The README's pictures: drawn for everybody who runs the tests, written only where HERALD_PICTURES says."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.demo.stage import Stage

from .conftest import Visits
from .visitor import Visitor

pytestmark = pytest.mark.asyncio(loop_scope="package")

LARGEST_BYTES = 200_000  # of one picture, for who reads the README over a slow line
WIDE, TALL, TOUR = (1120, 880), (360, 680), (900, 620)


async def _sized(visitor: Visitor, size: tuple[int, int]) -> None:
    await visitor.page.set_viewport_size({"width": size[0], "height": size[1]})


async def _complete(visitor: Visitor) -> bytes:
    """The page once all its pictures are there."""
    await visitor.until("[...document.querySelectorAll('img')].every((each) => each.complete)")
    return await visitor.page.screenshot()


async def _channel(stage: Stage, visit: Visits, title: str) -> bytes:
    """A post, and the desk."""
    visitor = await visit(stage.sandbox)
    await _sized(visitor, WIDE)
    await visitor.open_channel("chips")
    await visitor.see(title, ".embed-title")
    await visitor.one(".log li").first.wait_for()
    return await _complete(visitor)


async def _search(stage: Stage, visit: Visits) -> bytes:
    """What only who asked can see."""
    visitor = await visit(stage.sandbox, light=True)
    await _sized(visitor, WIDE)
    await visitor.open_channel("chips")
    await visitor.send('/search chips OR "night shift"')
    await visitor.see("found", ".message.only-you .embed-title")
    return await _complete(visitor)


async def _phone(stage: Stage, visit: Visits, title: str) -> bytes:
    """The list that a slash opens."""
    visitor = await visit(stage.sandbox, phone=True, light=True)
    await _sized(visitor, TALL)
    await visitor.button("Servers and channels").click()
    await visitor.open_channel("chips")
    await visitor.see(title, ".embed-title")
    await visitor.one("#text").focus()
    await visitor.type("/")
    await visitor.see("/feed add", ".suggestion")
    return await _complete(visitor)


async def _tour(stage: Stage, visit: Visits) -> bytes:
    """Its second step, with the command typed in."""
    visitor = await visit(stage.sandbox, tour=True)
    await _sized(visitor, TOUR)
    await visitor.button("Close the desk").click()
    await visitor.button("Begin").click()
    await visitor.button("Type it for me").click()
    await visitor.one('.field-pill input[data-option="url"]').wait_for()
    return await _complete(visitor)


async def _desk(stage: Stage, visit: Visits) -> bytes:
    """A feed that is broken, and what the bot does about it."""
    visitor = await visit(stage.sandbox)
    await _sized(visitor, WIDE)
    await visitor.button("500", "#desk", exact=True).click()
    await visitor.see("broken: 500", ".desk-facts")
    await visitor.one(".log li.bad").first.wait_for()
    shot = await visitor.one("#desk").screenshot()
    await visitor.button("Heal", "#desk").click()
    await visitor.see("well again", ".desk-note")
    return shot


async def test_the_page_makes_pictures(stage: Stage, visit: Visits, pictures: Path | None) -> None:
    title = stage.publish(0)
    assert title, "no story is left"
    await stage.caught_up(stage.channels[0], 60)
    shots = {
        "channel.png": await _channel(stage, visit, title),
        "search.png": await _search(stage, visit),
        "phone.png": await _phone(stage, visit, title),
        "tour.png": await _tour(stage, visit),
        "desk.png": await _desk(stage, visit),
    }
    assert all(shot.startswith(b"\x89PNG") for shot in shots.values())
    if pictures:
        assert {name: len(shot) for name, shot in shots.items() if len(shot) > LARGEST_BYTES} == {}
        pictures.mkdir(exist_ok=True)
        for name, shot in shots.items():
            (pictures / name).write_bytes(shot)
