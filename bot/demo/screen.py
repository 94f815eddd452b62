"""What the demo puts on the terminal: channels as they fill, commands as they are typed, a narrator's lines."""

from __future__ import annotations

from typing import Any

from rich.console import Console

from bot.demo.stage import Stage
from bot.sandbox import Channel, Message, Reply, User
from bot.sandbox.terminal.drawing import draw_command, draw_header, draw_message, draw_notice


class Screen:
    """Draws each message of the stage once."""

    def __init__(self, stage: Stage, console: Console) -> None:
        self._stage, self._console = stage, console
        self._drawn: set[int] = set()

    def say(self, text: str) -> None:
        """A line of the narrator's."""
        self._console.print(draw_notice(text))
        self._console.print()

    def draw_new(self, channel: Channel) -> None:
        """What came into the channel since the last time."""
        fresh = [message for message in channel.messages if message.id not in self._drawn]
        if fresh:
            self._console.print(draw_header(self._stage.guild.name, channel.name))
        for message in fresh:
            self._drawn.add(message.id)
            self._draw(message)

    def _draw(self, message: Message) -> None:
        json = self._stage.as_json(message)
        self._console.print(draw_message(json, picture=self._stage.site.picture, names=self._stage.names()))
        self._console.print()

    async def command(self, user: User, channel: Channel, path: str, **options: Any) -> Reply:
        """Somebody types a slash command; its answer is drawn."""
        typed = " ".join([f"/{path}", *(f"{name}:{value}" for name, value in options.items())])
        self._console.print(draw_command(user.name, typed))
        reply = await self._stage.guild.command(user, channel, path, **options)
        if reply.message is None:
            self.say("The bot did not answer.")
        else:
            self._draw(reply.message)
        return reply
