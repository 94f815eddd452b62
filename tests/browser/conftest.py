"""A real browser at the sandbox's page. Where no Chromium is found, these tests skip and say how to get one."""

from __future__ import annotations

import asyncio
import os
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING

import discord
import pytest
import pytest_asyncio

from bot.demo.stage import Stage
from bot.sandbox import Sandbox
from tests.sandbox.discord_bot import small_bot
from tests.waiting import takes_commands

from .visitor import Visitor

if TYPE_CHECKING:
    from playwright.async_api import Browser, Page

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
ARGUMENTS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
)  # fmt: skip
PATIENCE_MS = 30_000  # of which a quiet machine needs none: everything is waited for, nothing slept
PHONE = {"width": 390, "height": 780}
DESKTOP = {"width": 1280, "height": 800}

Visits = Callable[..., Awaitable[Visitor]]


def chromium() -> str | None:
    """Where one is; HERALD_CHROMIUM may name it."""
    named = os.environ.get("HERALD_CHROMIUM")
    return named or next((found for name in NAMES if (found := shutil.which(name))), None)


@pytest_asyncio.fixture(scope="package", loop_scope="package")
async def browser() -> AsyncIterator[Browser]:
    api = pytest.importorskip("playwright.async_api", reason="playwright is not installed: pip install -e .[dev]")
    path = chromium()
    if path is None:
        pytest.skip("no Chromium on this machine: make browser")
    async with api.async_playwright() as playwright:
        running = await playwright.chromium.launch(executable_path=path, args=list(ARGUMENTS))
        yield running
        await running.close()


TOUR_CLOSED = "localStorage.getItem('sandbox-tour') || localStorage.setItem('sandbox-tour', 'closed')"


class Pages:
    """Browser pages, each with a memory of its own. They are kept: a new one takes longer than most tests."""

    def __init__(self, browser: Browser) -> None:
        self._browser = browser
        self._free: dict[tuple[bool, bool], list[Page]] = {}

    async def take(self, *, phone: bool, tour: bool, light: bool) -> Page:
        """One without memories, but that the tour was closed unless `tour` is to be seen."""
        free = self._free.get((phone, tour))
        page = free.pop() if free else await self._open(phone=phone, tour=tour)
        await page.set_viewport_size(PHONE if phone else DESKTOP)  # type: ignore[arg-type]
        await page.emulate_media(color_scheme="light" if light else "dark", reduced_motion="reduce")
        return page

    async def _open(self, *, phone: bool, tour: bool) -> Page:
        context = await self._browser.new_context(has_touch=phone, locale="en-GB")
        context.set_default_timeout(PATIENCE_MS)
        if not tour:
            await context.add_init_script(TOUR_CLOSED)
        return await context.new_page()

    async def give_back(self, page: Page, *, phone: bool, tour: bool) -> None:
        await page.evaluate("localStorage.clear()")
        await page.goto("about:blank")
        self._free.setdefault((phone, tour), []).append(page)


@pytest_asyncio.fixture(scope="package", loop_scope="package")
async def pages(browser: Browser) -> Pages:
    return Pages(browser)


@pytest_asyncio.fixture(loop_scope="package")
async def visit(pages: Pages) -> AsyncIterator[Visits]:
    """Opens a sandbox's page as a new visitor, who has seen the tour unless told otherwise."""
    visitors: list[tuple[Visitor, bool, bool]] = []

    async def open_page(sandbox: Sandbox, *, phone: bool = False, tour: bool = False, light: bool = False) -> Visitor:
        visitor = Visitor(await pages.take(phone=phone, tour=tour, light=light), sandbox)
        visitors.append((visitor, phone, tour))
        await visitor.arrive()
        return visitor

    yield open_page
    for visitor, phone, tour in visitors:
        visitor.leave()
        if visitor.clock_is_ours:
            await visitor.page.context.close()
        else:
            await pages.give_back(visitor.page, phone=phone, tour=tour)
    mistakes = [mistake for visitor, *_ in visitors for mistake in visitor.mistakes]
    assert not mistakes, "the page's console has errors"


@pytest_asyncio.fixture(scope="package", loop_scope="package")
async def stage(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stage]:
    """The demo's world with the real bot, which follows both feeds already."""
    async with Stage(tmp_path_factory.mktemp("stage")) as running:
        await running.start_bot()
        await takes_commands(running.sandbox)
        for channel, feed in zip(running.channels, running.feeds, strict=True):
            await running.guild.command(running.owner, channel, "feed add", url=feed.url)
        yield running


@pytest_asyncio.fixture(scope="package", loop_scope="package")
async def empty_stage(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stage]:
    """The demo's world as a visitor finds it: the real bot follows nothing yet."""
    async with Stage(tmp_path_factory.mktemp("empty-stage")) as running:
        await running.start_bot()
        await takes_commands(running.sandbox)
        yield running


@pytest_asyncio.fixture(scope="package", loop_scope="package")
async def small(browser: Browser) -> AsyncIterator[Sandbox]:
    """A sandbox with a bot of discord.py that has something of everything: modals, selects, menus."""
    before = discord.http.Route.BASE
    async with Sandbox(rate_limits=False, bot_name="small") as sandbox:
        discord.http.Route.BASE = sandbox.api_base
        sandbox.add_guild("Workshop", owner="olive").add_channel("bench")
        client = small_bot()
        running = asyncio.create_task(client.start(sandbox.token))
        try:
            await sandbox.bot_ready()
            yield sandbox
        finally:
            await client.close()
            await running
            discord.http.Route.BASE = before


@pytest.fixture
def pictures() -> Path | None:
    """Where pictures for the README are to be written (HERALD_PICTURES); None: nowhere."""
    folder = os.environ.get("HERALD_PICTURES")
    return Path(folder) if folder else None
