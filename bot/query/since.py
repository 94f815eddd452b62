"""Times as members write them: `7d`, `yesterday`, `2026-05-13`; and lengths of time: `90s`, `15m`."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta

from bot.errors import UsageError

_UNITS = {
    **dict.fromkeys(("s", "sec", "secs", "second", "seconds"), timedelta(seconds=1)),
    **dict.fromkeys(("m", "min", "mins", "minute", "minutes"), timedelta(minutes=1)),
    **dict.fromkeys(("h", "hr", "hrs", "hour", "hours"), timedelta(hours=1)),
    **dict.fromkeys(("d", "day", "days"), timedelta(days=1)),
    **dict.fromkeys(("w", "wk", "week", "weeks"), timedelta(weeks=1)),
}
# Only `since` knows these: a poll every month is no setting.
_LONG_UNITS = {
    **dict.fromkeys(("mo", "month", "months"), timedelta(days=30)),
    **dict.fromkeys(("y", "year", "years"), timedelta(days=365)),
}
_LENGTH = re.compile(r"([0-9]{1,6})\s*([a-z]{1,7})(?:\s+ago)?", re.ASCII)
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def parse_duration(text: str) -> timedelta:
    """`90s`, `15m`, `6h`, `1d`, `2w`, also `1h30m`. Raises UsageError, for nothing and less as well."""
    whole = text.strip().lower()
    parts = _LENGTH.findall(whole)
    rest = _LENGTH.sub("", whole).strip()
    if rest or not parts or any(unit not in _UNITS for _, unit in parts) or "ago" in whole:
        raise UsageError(f"{_shown(text)} is no length of time. Write for example 90s, 15m, 6h, 1d or 2w.")
    length = sum((int(count) * _UNITS[unit] for count, unit in parts), timedelta())
    if not length:
        raise UsageError(f"{_shown(text)} is no time at all.")
    return length


def parse_since(text: str, now: datetime) -> datetime:
    """The moment that `text` means, in UTC, at or before `now`. Days begin at midnight where `now` is.

    `24h`, `7d`, `2w`, `3 days ago`, `today`, `yesterday`, `last week` (7 days), `this month`, `monday`, `2026-05-13`.
    Raises UsageError, for the future as well.
    """
    moment = _moment(" ".join(text.lower().split()), now)
    if moment is None:
        raise UsageError(f"{_shown(text)} is no time that I know. Write for example 24h, 7d, yesterday or 2026-05-13.")
    if moment > now:
        raise UsageError(f"{_shown(text)} is in the future.")
    return moment.astimezone(UTC)


def _moment(text: str, now: datetime) -> datetime | None:
    text = text.removeprefix("since ")
    if length := _LENGTH.fullmatch(text):
        unit = (_UNITS | _LONG_UNITS).get(length[2])
        return None if unit is None else _before(now, int(length[1]) * unit)
    if text.startswith("last ") and (unit := (_UNITS | _LONG_UNITS).get(text.removeprefix("last "))):
        return _before(now, unit)
    day = _day(text.removeprefix("last "), now.date())
    # Midnight in the zone of `now`, on the other side of a change of the clocks too.
    return None if day is None else datetime.combine(day, time(), tzinfo=now.tzinfo)


def _before(now: datetime, length: timedelta) -> datetime:
    try:
        return (now.astimezone(UTC) - length).astimezone(UTC)
    except OverflowError:  # 999999 years ago
        return datetime.min.replace(tzinfo=UTC)


def _day(text: str, today: date) -> date | None:
    if text == "today":
        return today
    if text == "yesterday":
        return today - timedelta(days=1)
    if text in _WEEKDAYS:
        return today - timedelta(days=(today.weekday() - _WEEKDAYS.index(text)) % 7)
    starts = {
        "this week": today - timedelta(days=today.weekday()),
        "this month": today.replace(day=1),
        "this year": today.replace(month=1, day=1),
    }
    if text in starts:
        return starts[text]
    try:
        return date.fromisoformat(text) if _DATE.fullmatch(text) else None
    except ValueError:  # 2026-02-30
        return None


def _shown(text: str) -> str:
    return f"“{text.strip()[:40]}”"
