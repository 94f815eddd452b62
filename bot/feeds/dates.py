"""Dates as feeds write them, read strictly: a wrong time is worse than none.

feedparser guesses ("2020/1/10 14:33" becomes a day in November, "1736157600" the year 1736), so its raw strings
are read here again. Dates order and describe entries; they never decide what is new.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone

EARLIEST = datetime(1995, 1, 1, tzinfo=UTC)  # before RSS; 1970 and 0001 are clocks that were never set
LATEST = datetime(2100, 1, 1, tzinfo=UTC)

# RFC 822 wants English; publishers write what their locale gives them.
_MONTHS = (
    "jan january januar janvier janv ene enero gennaio gen janeiro januari styczeń sty stycznia",
    "feb february februar février févr fév fevrier febrero febbraio fevereiro fev februari lut luty lutego",
    "mar march märz mär mrz mars marzo março marco maart mrt marzec marca",
    "apr april avril avr abr abril aprile kwi kwiecień kwietnia",
    "may mai mayo maggio mag maio mei maj maja",
    "jun june juni juin junio giugno giu junho cze czerwiec czerwca",
    "jul july juli juillet juil julio luglio lug julho lip lipiec lipca",
    "aug august août aout ago agosto augustus sie sierpień sierpnia",
    "sep sept september septembre septiembre settembre set setembro wrz wrzesień września",
    "oct october okt oktober octobre octubre ottobre ott out outubro paź październik października",
    "nov november novembre noviembre novembro lis listopad listopada",
    "dec december dez dezember décembre déc decembre dic diciembre dicembre dezembro gru grudzień grudnia",
)
_MONTH_NUMBER = {name: number for number, names in enumerate(_MONTHS, 1) for name in names.split()}

# RFC 822 5.1 and the names that turn up besides; minutes east of Greenwich. Ambiguous ones (IST, CST of China) are out.
_ZONES = {
    **dict.fromkeys(("z", "ut", "utc", "gmt", "wet"), 0),
    **dict.fromkeys(("bst", "cet", "west"), 60),
    **dict.fromkeys(("cest", "eet"), 120),
    **dict.fromkeys(("eest", "msk"), 180),
    **dict.fromkeys(("jst", "kst"), 540),
    "aest": 600,
    "aedt": 660,
    "nzst": 720,
    "est": -300,
    "edt": -240,
    "cst": -360,
    "cdt": -300,
    "mst": -420,
    "mdt": -360,
    "pst": -480,
    "pdt": -420,
    "akst": -540,
    "akdt": -480,
    "hst": -600,
}

_CLOCK = r"(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2})(?:[.,]\d{1,9})?)?(?:\s*(?P<half>[ap]m)\b)?"
_ZONE = r"\s*(?P<zone>[+-]\d{1,2}:?\d{2}|[+-]\d{1,2}|[a-z]{1,5}(?:[+-]\d{1,2}:?\d{2})?)?(?:\s*\([^)]{0,40}\))?"
_DAY_NAME = r"(?:[^\W\d]{2,12}(?:\.?,\s*|\.?\s+))?"
_FORMATS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        # 2026-05-13T10:57:52Z, 2026-05-13 10:57, 2026-05-13, 2020/1/10 14:33, 20260513T105752Z
        rf"(?P<year>\d{{4}})([-/.])(?P<month>\d{{1,2}})\2(?P<day>\d{{1,2}})(?:(?:\s*T\s*|\s+){_CLOCK}{_ZONE})?",
        r"(?P<year>\d{4})(?P<month>\d{2})(?P<day>\d{2})T(?P<hour>\d{2})(?P<minute>\d{2})(?P<second>\d{2})(?P<zone>Z)",
        # Wed, 13 May 2026 10:57:52 +0000; 13 May 26; Wednesday, 13-May-26 10:57:52 GMT
        rf"{_DAY_NAME}(?P<day>\d{{1,2}})[\s.-]+(?:de\s+)?(?P<name>[^\W\d]{{3,12}})\.?,?[\s-]+(?:de\s+)?"
        rf"(?P<year>\d{{4}}|\d{{2}})(?:,?\s+{_CLOCK}{_ZONE})?",
        # Sat Oct 06 2018 00:00:00 GMT; May 13, 2026 10:57
        rf"{_DAY_NAME}(?P<name>[^\W\d]{{3,12}})\.?\s+(?P<day>\d{{1,2}}),?\s+(?P<year>\d{{4}})(?:,?\s+{_CLOCK}{_ZONE})?",
        # 13.05.2026 10:57 (dots: the day comes first); 5/13/2026 10:57 AM only with its AM or PM, which is American
        rf"(?P<day>\d{{1,2}})\.(?P<month>\d{{1,2}})\.(?P<year>\d{{4}})(?:,?\s+{_CLOCK}{_ZONE})?",
        rf"(?P<month>\d{{1,2}})/(?P<day>\d{{1,2}})/(?P<year>\d{{4}}),?\s+(?=[\d:]+\s*[AP]M){_CLOCK}{_ZONE}",
        # asctime: Wed May 13 10:57:52 2026
        rf"{_DAY_NAME}(?P<name>[^\W\d]{{3,12}})\s+(?P<day>\d{{1,2}})\s+{_CLOCK}{_ZONE}\s+(?P<year>\d{{4}})",
    )
)
_UNIX_TIME = re.compile(r"\d{9,10}(?:\d{3})?")  # seconds, or milliseconds


def moment(text: str | None) -> datetime | None:
    """The time that `text` names, aware and in UTC; None if it names none for certain, or one outside 1995 to 2100.

    A time without a zone, and a day without a time, are taken as UTC.
    """
    text = " ".join((text or "")[:100].split())
    if _UNIX_TIME.fullmatch(text):
        return _sane(datetime.fromtimestamp(int(text[:10] if len(text) in {10, 13} else text[:9]), UTC))
    for pattern in _FORMATS:
        if found := pattern.fullmatch(text):
            try:
                return _sane(_built(found.groupdict()))
            except (ValueError, OverflowError):
                return None
    return None


def _built(parts: dict[str, str | None]) -> datetime | None:
    month = int(parts["month"] or 0) if parts.get("month") else _MONTH_NUMBER.get((parts.get("name") or "").lower(), 0)
    year = int(parts["year"] or 0)
    if len(parts["year"] or "") == 2:
        year += 2000 if year < 70 else 1900
    hour, minute, second = (int(parts.get(unit) or 0) for unit in ("hour", "minute", "second"))
    if half := (parts.get("half") or "").lower():
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if half == "pm" else 0)
    zone = _zone(parts.get("zone"))
    if zone is None:
        return None
    # 24:00 is midnight in ISO 8601, and second 60 a leap second: both are the next one's beginning.
    rest = timedelta(hours=hour, minutes=minute, seconds=second)
    if hour > 24 or minute > 59 or second > 60 or rest > timedelta(days=1, seconds=1):
        return None
    return datetime(year, month, int(parts["day"] or 0), tzinfo=zone) + rest


def _zone(text: str | None) -> timezone | None:
    if not text:
        return UTC
    sign_at = next((place for place, character in enumerate(text) if character in "+-"), len(text))
    name, offset = text[:sign_at].lower(), text[sign_at:]
    if name and name not in _ZONES:
        return None
    if not offset:
        return timezone(timedelta(minutes=_ZONES[name]))
    digits = offset[1:].replace(":", "")
    hours, minutes = (int(digits), 0) if len(digits) <= 2 else (int(digits[:-2]), int(digits[-2:]))
    if hours > 14 or minutes > 59:  # the world ends at +14:00
        return None
    return timezone((1 if offset[0] == "+" else -1) * timedelta(hours=hours, minutes=minutes))


def _sane(when: datetime | None) -> datetime | None:
    if when is None:
        return None
    when = when.astimezone(UTC).replace(microsecond=0)
    return when if EARLIEST <= when < LATEST else None
