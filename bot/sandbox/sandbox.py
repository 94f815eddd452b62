"""The Sandbox: a running local Discord, and the ways into it from Python, from a program and from a browser."""

from __future__ import annotations

from datetime import timedelta

from bot.sandbox.backend import Backend
from bot.sandbox.box import Box
from bot.sandbox.control.interface import Control
from bot.sandbox.control.page_server import Page
from bot.sandbox.rules.ratelimits import RateLimits
from bot.sandbox.snowflakes import Clock
from bot.sandbox.state.nonces import NONCE_WINDOW


class Sandbox(Box):
    """A local Discord on loopback: `async with Sandbox() as sandbox: ...`.

    `clock` gives the time of messages, nonces and interaction deadlines. `rate_limits` is True (Discord's), False
    (none) or limits of your own; they run in real time. `patience` is how long (real seconds) a member waits.
    """

    def __init__(
        self,
        port: int = 0,
        *,
        clock: Clock | None = None,
        rate_limits: bool | RateLimits = True,
        nonce_window: timedelta = NONCE_WINDOW,
        patience: float = 10.0,
        bot_name: str = "bot",
        shards: int = 1,
    ) -> None:
        limits = rate_limits if isinstance(rate_limits, RateLimits) else RateLimits(enabled=rate_limits)
        super().__init__(Backend(clock, bot_name, limits, nonce_window, shards), port=port, patience=patience)
        Control(self)
        self.page = Page(self)
