"""What `herald check` says of one thing."""

from __future__ import annotations

from dataclasses import dataclass

from bot.errors import SetupError


@dataclass(frozen=True)
class Finding:
    """One line: what was looked at and how it is. `advice` says what to do; of what is fine, what would be better."""

    fine: bool
    text: str
    advice: tuple[str, ...] = ()

    @classmethod
    def of(cls, error: SetupError) -> Finding:
        """What an error of the installation reads like."""
        return cls(False, error.problem, tuple(error.advice))
