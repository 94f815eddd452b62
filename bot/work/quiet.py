"""Quiet hours: when what is posted in a guild's channels must wake nobody. Settings and a moment in, an answer out."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta, tzinfo
from zoneinfo import ZoneInfo

from bot.model import GuildSettings, Posting

DAY = timedelta(days=1)


def zone_of(settings: GuildSettings) -> tzinfo:
    """The guild's time zone; UTC if it chose none, or one that this machine's tables do not have."""
    try:
        return ZoneInfo(settings.time_zone) if settings.time_zone else UTC
    except (KeyError, ValueError, OSError):  # ZoneInfoNotFoundError is a KeyError
        return UTC


def is_quiet(settings: GuildSettings, now: datetime) -> bool:
    """Whether `now` is within the guild's quiet hours."""
    return quiet_until(settings, now) is not None


def quiet_until(settings: GuildSettings, now: datetime) -> datetime | None:
    """When the quiet that reigns at `now` ends, in UTC; None if it is not quiet.

    A time that is on the clocks twice, or never, in the night when they change is taken for the earlier of its two
    readings where the quiet begins and for the later where it ends, so that nobody is woken early.
    """
    zone = zone_of(settings)
    today = now.astimezone(zone).date()
    windows = (_window(settings, today + days * DAY, zone) for days in (-1, 0, 1))
    return max((end for window in windows if window for begin, end in (window,) if begin <= now < end), default=None)


def posted_silently(posting: Posting, now: datetime) -> bool:
    """Whether a posting is to be silent: as it was when it was first tried, if it may be there already.

    A member's direct messages are their own: they have the hours of their own device.
    """
    if posting.silent is not None:
        return posting.silent
    if posting.settings is None or posting.destination.kind == "user":
        return False
    return is_quiet(posting.settings, now)


def _window(settings: GuildSettings, day: date, zone: tzinfo) -> tuple[datetime, datetime] | None:
    """The quiet that begins on that day: from, and until without it."""
    begin, end = settings.quiet_from, settings.quiet_until
    if begin is None or end is None or begin == end:
        return None
    last_day = day if begin < end else day + DAY
    return min(_readings(day, begin, zone)), max(_readings(last_day, end, zone))


def _readings(day: date, minute: int, zone: tzinfo) -> list[datetime]:
    """The moments that a time on the clock may mean: two around a change of the clocks (PEP 495), else one twice."""
    shown = datetime.combine(day, time(minute // 60, minute % 60), tzinfo=zone)
    return [shown.replace(fold=fold).astimezone(UTC) for fold in (0, 1)]
