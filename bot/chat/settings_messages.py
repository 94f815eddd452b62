"""What Herald says in `/settings`: each setting in words that say what it means now.

As messages.py: short, exact, what happened and then what to do; strangers' texts are escaped here.
"""

from __future__ import annotations

from datetime import datetime

from bot.render.escape import escape_line
from bot.schedule.time_of_day import time_of_day
from bot.work.server_settings import NoSuchZone, ServerState

TIME_ZONE, QUIET_HOURS, NO_QUIET_HOURS = "Time zone", "Quiet hours", "No quiet hours"
NOTICES = "Notices"
CHOOSE_NOTICE_CHANNEL = "Where I tell of trouble"


def title(guild_name: str) -> str:
    return f"Settings of {escape_line(guild_name, 100)}"


def time_zone(state: ServerState) -> str:
    """What the clock shows there now."""
    if state.settings.time_zone is None:
        return f"None chosen, so times are in UTC, where it is {_clock(state)} now."
    return f"**{state.settings.time_zone}**, where it is {_clock(state)} now."


def quiet_hours(state: ServerState) -> str:
    """From when to when, and what happens then."""
    begin, end = state.settings.quiet_from, state.settings.quiet_until
    if begin is None or end is None:
        return "None. Posts may notify people at any time."
    zone = state.settings.time_zone or "UTC"
    first = f"Quiet from **{time_of_day(begin)}** to **{time_of_day(end)}** ({zone}, now {_clock(state)})."
    lines = [
        first,
        "Posts and keyword alerts in this server's channels come on time, but notify nobody and ping no role. "
        "Direct messages to members are not affected.",
    ]
    if state.quiet_until is not None:
        lines.append(f"It is quiet now, until {_at(state.quiet_until)}.")
    return "\n".join(lines)


def notices(state: ServerState, access_problem: str | None) -> str:
    """Where managers hear of trouble; `access_problem` is what keeps Herald from posting there."""
    channel_id = state.settings.notice_channel_id
    if channel_id is None:
        return (
            "No channel chosen. Of feeds that fail and channels that I cannot post in any more I tell in another "
            "channel that takes my posts, or else the server's owner."
        )
    lines = [f"I tell in <#{channel_id}> of feeds that fail and of channels that I cannot post in any more."]
    if access_problem:
        lines.append(f"⚠️ {access_problem} Until then I tell elsewhere, or the server's owner.")
    return "\n".join(lines)


def saved_at_once() -> str:
    return "Every change is saved at once."


def no_such_zone(answer: NoSuchZone) -> str:
    """With buttons for the nearest names below it, if there are any."""
    unknown = f"I know no time zone or city “{escape_line(answer.asked, 60)}”, so nothing was changed."
    return f"{unknown} Did you mean:" if answer.nearest else f"{unknown} Try the next big city, or `Europe/Berlin`."


def time_zone_form() -> tuple[str, str, str]:
    """Title of the form; label of its one field, and what is said below that."""
    return "Time zone", "City or time zone", "For example Berlin or America/New_York. Empty: UTC."


def quiet_form() -> tuple[str, str, str, str]:
    """Title of the form; labels of its two fields, and what is said below the second."""
    return "Quiet hours", "From", "Until", "In the server's time zone. Both empty, or both the same: no quiet hours."


def _clock(state: ServerState) -> str:
    return f"{state.now:%H:%M}"


def _at(moment: datetime) -> str:
    """The time of day, as each reader's own device shows it."""
    return f"<t:{int(moment.timestamp())}:t>"
