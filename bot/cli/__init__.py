"""The command `herald`: main.py has the commands, the other files what the longer of them do."""

from bot.cli.main import main

__all__ = ["main"]
