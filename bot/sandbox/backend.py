"""All that stands behind the sandbox's REST and gateway, joined: state, commands, interactions, limits, faults, log."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.sandbox.rules.faults import Faults
from bot.sandbox.rules.ratelimits import RateLimits
from bot.sandbox.snowflakes import Clock
from bot.sandbox.state.commands import Commands
from bot.sandbox.state.interactions import Interactions
from bot.sandbox.state.nonces import NONCE_WINDOW, Nonces
from bot.sandbox.state.world import World

LOG_LENGTH = 20_000


@dataclass(frozen=True, slots=True)
class Logged:
    """One request as it was answered. `status` is 0 if a fault left it without an answer."""

    method: str
    path: str
    route: str  # the template; empty if there is no such route
    status: int
    at: datetime
    took_ms: float
    waits_s: float | None = None  # what a 429 asked for


@dataclass
class Backend:
    """Joined parts; `nonce_window` is how long an enforced nonce is remembered."""

    clock: Clock | None = None
    bot_name: str = "bot"
    limits: RateLimits = field(default_factory=RateLimits)
    nonce_window: timedelta = NONCE_WINDOW
    shards: int = 1  # what GET /gateway/bot recommends

    def __post_init__(self) -> None:
        self.world = World(self.clock, bot_name=self.bot_name)
        self.nonces = Nonces(self.nonce_window)
        self.commands = Commands(self.world)
        self.interactions = Interactions(self.world)
        self.faults = Faults()
        self.log: deque[Logged] = deque(maxlen=LOG_LENGTH)
        self.logged = 0  # ever, those that have left the log again too

    def note(self, request: Logged) -> None:
        """Takes a request into the log."""
        self.log.append(request)
        self.logged += 1
