"""Enforced nonces: which message an author's nonce has made lately (resources/message: Create Message)."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import takewhile

from bot.sandbox.records import Channel, Message
from bot.sandbox.rules.problems import unknown

NONCE_WINDOW = timedelta(minutes=3)  # "the past few minutes"; Discord does not say how many


class Nonces:
    """Remembers for a while which message an author's nonce has made."""

    def __init__(self, window: timedelta = NONCE_WINDOW) -> None:
        self.window = window
        self._made: dict[tuple[int, str], tuple[datetime, Channel, int]] = {}

    def first(self, author_id: int, nonce: str, now: datetime) -> Message | None:
        """The message made with it before; None if there was none. Raises 10008 if that one was deleted since."""
        made = self._made.get((author_id, nonce))
        if made is None or now - made[0] >= self.window:
            return None
        message = made[1].messages.get(made[2])
        if message is None:
            raise unknown("Message")
        return message

    def remember(self, message: Message, channel: Channel) -> None:
        """Also forgets those whose window is over; the oldest are at the front."""
        key = message.author_id, str(message.nonce)
        self._made.pop(key, None)
        self._made[key] = message.created_at, channel, message.id
        over = takewhile(lambda known: message.created_at - known[1][0] >= self.window, self._made.items())
        for old, _ in list(over):
            del self._made[old]
