"""What a request to Discord came to, told from what discord.py raised. Pure, so every odd answer has a test.

Reasons are for `/feed status` and the log: short, and never the text of a network error, which may hold addresses.
"""

from __future__ import annotations

import re
from datetime import timedelta

import discord

from bot.model import Refused, Sent, Unknown

UNKNOWN_MESSAGE = 10008  # Discord: "JSON Error Codes"
REASON_LIMIT = 200
# As discord.py writes down the "errors" of an Invalid Form Body (Discord: "Error Messages").
_EMBED_AT_FAULT = re.compile(r"^In embeds\.(\d{1,2})\b", re.MULTILINE)
PAUSE = "Discord asks for a pause"
LONGEST_WAIT = timedelta(days=1)  # no Retry-After is believed beyond this


def outcome_of(error: Exception) -> Sent | Refused | Unknown:
    """Refused only for a 4xx with a code of Discord's own: anything else may have been posted.

    "Unknown Message" answers a nonce whose message was taken and since deleted by somebody
    (discord-api-docs #6647): it was delivered.
    """
    if isinstance(error, discord.RateLimited):
        return Unknown(reason=PAUSE, retry_after=_seconds(error.retry_after))
    if isinstance(error, discord.HTTPException):
        return _refusal(error) or Unknown(reason=_reason_for(error.status), retry_after=_retry_after(error))
    return Unknown(reason=f"no usable answer from Discord ({type(error).__name__})")


def _refusal(error: discord.HTTPException) -> Sent | Refused | None:
    # The code is whatever a proxy on the way may have written: only a number is Discord's.
    if not 400 <= error.status < 500 or error.status in {401, 429} or not isinstance(error.code, int) or not error.code:
        return None
    if error.code == UNKNOWN_MESSAGE:
        return Sent()
    places = tuple(dict.fromkeys(int(place) for place in _EMBED_AT_FAULT.findall(error.text)))
    return Refused(status=error.status, code=error.code, reason=_one_line(error.text), embeds=places)


def _reason_for(status: int) -> str:
    return {401: "Discord no longer accepts the bot's token", 429: PAUSE}.get(status, f"Discord answered {status}")


def unauthorized(error: Exception) -> bool:
    """The token was reset or is wrong: every further request would fail, and count towards a ban of the address."""
    return isinstance(error, discord.HTTPException) and error.status == 401


def _retry_after(error: discord.HTTPException) -> timedelta | None:
    # Cloudflare's own 429 has no JSON body; its Retry-After is in seconds (Discord: "Rate Limits").
    try:
        return _seconds(float(error.response.headers["Retry-After"]))
    except (KeyError, ValueError):
        return None


def _seconds(value: float) -> timedelta | None:
    if not 0 <= value < float("inf"):
        return None
    return timedelta(seconds=min(value, LONGEST_WAIT.total_seconds()))


def _one_line(text: str) -> str:
    line = " ".join(text.split()) or "refused without a reason"
    return line if len(line) <= REASON_LIMIT else line[: REASON_LIMIT - 1] + "…"
