"""Somebody at the page: what they see, type and press."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from bot.sandbox import Sandbox

if TYPE_CHECKING:
    from playwright.async_api import ConsoleMessage, Locator, Page


class Visitor:
    """`mistakes` are the console's errors so far: a script that failed, something that the policy stopped."""

    def __init__(self, page: Page, sandbox: Sandbox) -> None:
        self.page, self.sandbox = page, sandbox
        self.mistakes: list[str] = []
        self.requested: list[str] = []
        self.clock_is_ours = False  # a page of which that is true is no page for others
        self._heard: dict[str, Callable[[Any], None]] = {
            "console": self._note,
            "pageerror": lambda error: self.mistakes.append(str(error)),
            "request": lambda request: self.requested.append(request.url),
        }
        for name, listener in self._heard.items():
            page.on(name, listener)  # type: ignore[call-overload]

    def leave(self) -> None:
        """Hears no more of what happens on the page."""
        for name, listener in self._heard.items():
            self.page.remove_listener(name, listener)

    def _note(self, message: ConsoleMessage) -> None:
        # A picture from elsewhere is answered 404 on purpose, and the browser says so.
        if message.type == "error" and "Failed to load resource" not in message.text:
            self.mistakes.append(message.text)

    async def arrive(self) -> None:
        await self.page.goto(self.sandbox.page.url)
        await self.page.wait_for_selector("body[data-ready=true]")

    # --- What they see ------------------------------------------------------------------------------------------

    def one(self, selector: str, **having: Any) -> Locator:
        return self.page.locator(selector, **having)

    def button(self, name: str, within: str = "body", *, exact: bool = False) -> Locator:
        return self.page.locator(within).get_by_role("button", name=name, exact=exact)

    @property
    def messages(self) -> Locator:
        return self.page.locator(".message")

    @property
    def last(self) -> Locator:
        return self.messages.last

    @property
    def suggestions(self) -> Locator:
        return self.page.locator(".suggestion")

    @property
    def focused(self) -> Locator:
        return self.page.locator(":focus")

    async def see(self, text: str, within: str = ".message") -> None:
        """Waits until something on the page has this text."""
        await self.page.locator(within, has_text=text).last.wait_for()

    async def until(self, expression: str) -> None:
        """Waits until JavaScript's expression is true."""
        # As a function, which is compiled once: a bare expression would be each time, and the page's policy forbids it.
        await self.page.wait_for_function(f"() => {expression}")

    async def see_step(self, name: str) -> None:
        await self.page.wait_for_selector(f'.tour[data-step="{name}"]')

    # --- What they do -------------------------------------------------------------------------------------------

    async def take_the_clock(self) -> None:
        """From now on the page's time can be moved (`page.clock`)."""
        self.clock_is_ours = True
        await self.page.clock.install()

    async def type(self, text: str) -> None:
        """Into whatever has the focus, key by key."""
        await self.page.keyboard.type(text)

    async def press(self, *keys: str) -> None:
        for key in keys:
            await self.page.keyboard.press(key)

    async def send(self, text: str) -> None:
        """Types it into the message box, and Enter."""
        await self.page.locator(".composer textarea, .composer .tail").first.focus()
        await self.type(text)
        await self.press("Enter")

    async def open_channel(self, name: str) -> None:
        await self.page.locator("#channels").get_by_text(name, exact=True).click()
        await self.page.locator("#top .top-name", has_text=name).wait_for()

    async def become(self, name: str) -> None:
        """Somebody else, by the button at the bottom left."""
        await self.page.locator(".person-button").click()
        await self.page.get_by_role("option", name=name).click()
        await self.page.locator(".person-button", has_text=name).wait_for()
