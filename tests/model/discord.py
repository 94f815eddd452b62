"""Discord as a model: channels, an enforced nonce that is remembered for minutes, permissions, and bad answers."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import count
from typing import Any, Literal

from bot.model import Outcome, Payload, Posting, Refused, Sent, Unknown
from bot.ports import Clock
from bot.render.readback import same_message

NONCE_WINDOW = timedelta(minutes=2)  # Discord says "the past few minutes" (Create Message, enforce_nonce)
MISSING_ACCESS = Refused(status=403, code=50001, reason="Missing Access")

LISTED = re.compile(r"^• \[(.+?)\]\(", re.MULTILINE)  # what waited for a closed channel, told in one message
Failure = Literal["before it took effect", "after it took effect", "rate limited"]


@dataclass(frozen=True, slots=True)
class Posted:
    id: int
    at: datetime
    nonce: str
    embeds: Sequence[Mapping[str, Any]]
    content: str

    @property
    def titles(self) -> list[str]:
        """Of the entries that it tells of, oldest first."""
        listed = [title for embed in self.embeds for title in LISTED.findall(embed.get("description", ""))]
        return listed[::-1] or [str(embed["title"]) for embed in self.embeds]


class ModelDiscord:
    """A Sender as the bot knows it, and the channels as members see them. `clock` is Discord's own, never wrong."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._ids = count(1)
        self.channels: dict[int, list[Posted]] = {}
        self.closed: set[int] = set()  # channels that the bot may not see
        self.failures: deque[Failure] = deque()  # what the next requests meet

    async def send(self, posting: Posting, payload: Payload) -> Outcome:
        channel = posting.destination.id
        failure = self.failures.popleft() if self.failures else None
        if failure == "before it took effect":
            return Unknown(reason="connection reset")
        if failure == "rate limited":
            return Unknown(reason="429", retry_after=timedelta(seconds=30))
        if channel in self.closed:
            return MISSING_ACCESS
        message = self._known(channel, posting.nonce) or self._post(channel, posting.nonce, payload)
        if failure == "after it took effect":
            return Unknown(reason="no answer")
        return Sent(channel_id=channel, message_id=message.id)

    async def find(self, posting: Posting, payload: Payload) -> Sent | Refused | Unknown | None:
        channel = posting.destination.id
        if self.failures:
            self.failures.popleft()
            return Unknown(reason="no answer")
        if channel in self.closed:
            return MISSING_ACCESS
        for message in reversed(self.channels.get(channel, [])):
            if same_message(payload, message.embeds, message.content):
                return Sent(channel_id=channel, message_id=message.id)
        return None

    def titles(self, channel: int) -> list[str]:
        """What a reader sees, from the top."""
        return [title for message in self.channels.get(channel, []) for title in message.titles]

    def _known(self, channel: int, nonce: str) -> Posted | None:
        lately = self._clock.now() - NONCE_WINDOW
        here = self.channels.get(channel, [])
        return next((message for message in here if message.nonce == nonce and message.at > lately), None)

    def _post(self, channel: int, nonce: str, payload: Payload) -> Posted:
        made = Posted(next(self._ids), self._clock.now(), nonce, payload.embeds, payload.content)
        self.channels.setdefault(channel, []).append(made)
        return made
