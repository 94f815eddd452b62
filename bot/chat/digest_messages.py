"""What Herald says of digests: ordering, listing and ending them, and their schedules in words.

As messages.py: short, exact, what happened and then what to do; strangers' texts are escaped here.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from bot.chat.messages import joined
from bot.model import Digest
from bot.render.clip import clip
from bot.render.escape import plain_line
from bot.render.limits import CHOICE_NAME, CONTENT
from bot.render.lines import code, plural, when
from bot.schedule.parse import parse
from bot.schedule.times import DAY_NAMES, EVERY_DAY, LAST_DAY, WEEKDAYS, Schedule, clock
from bot.work.answers import SetDigest

MOST_NAMED = 10  # channels
# Schedules that autocomplete offers before anything is typed.
USUAL = ("daily 9:00", "weekdays 8:30", "monday 9:00", "monday,thursday 18:00", "monthly 1 9:00", "every 6h", "hourly")


def digest_set(done: SetDigest) -> str:
    """The answer to `/digest set`; what it would post now follows."""
    digest = done.digest
    verb = "The digest in {} comes {} from now on" if done.replaced else "I post a digest in {} {}"
    lines = [f"{verb.format(f'<#{digest.channel_id}>', times(digest))}, next {moment(digest.next_due_at)}."]
    if digest.filter:
        lines.append(f"It lists entries that match {code(digest.filter)}.")
    if done.hidden_channel_ids:
        hidden = ", ".join(f"<#{one}>" for one in done.hidden_channel_ids[:MOST_NAMED])
        more = " and others" if len(done.hidden_channel_ids) > MOST_NAMED else ""
        place = f"<#{digest.channel_id}>"
        lines.append(f"Feeds of {hidden}{more} are left out: not everybody who sees {place} sees those channels.")
    if done.follows_nothing:
        lines.append("This server follows no feed yet, so there is nothing to list. `/feed add` begins.")
    elif not done.pages:
        lines.append("There is nothing new at the moment. A digest that has nothing to tell is not posted.")
    elif len(done.pages) > 1:
        lines.append(f"Now it would be {plural(len(done.pages), 'message')}, of which this is the first:")
    else:
        lines.append("Now it would be this:")
    return joined(lines, limit=CONTENT)


def digests_title(total: int) -> str:
    return plural(total, "digest")


def no_digests() -> str:
    return "There is no digest here. `/digest set` posts what came in one message, at the times that you choose."


def digest_line(digest: Digest, problem: str | None) -> str:
    """One digest: where and when, and below it when next and what is special. `problem` keeps it from being posted."""
    extras = [f"next {moment(digest.next_due_at)}"]
    if digest.filter:
        extras.append(f"filter {code(digest.filter)}")
    if digest.unsent:
        extras.append("the last one is still on its way")
    trouble = f"\n⚠️ {problem}" if problem else ""
    return f"<#{digest.channel_id}> · {times(digest)}\n-# {' · '.join(extras)}{trouble}"


def plain_digest(digest: Digest, channel: str) -> str:
    """For autocomplete: its times, the channel's name and the filter."""
    parts = (digest.schedule, f"#{channel}" if channel else "", digest.filter)
    return plain_line(" · ".join(part for part in parts if part), CHOICE_NAME)


def schedule_choice(schedule: Schedule) -> str:
    """For autocomplete: the schedule as it will be kept, and what it means."""
    return clip(f"{schedule}: {in_words(schedule)}", CHOICE_NAME)


def digest_removed(digest: Digest) -> str:
    return f"The digest in <#{digest.channel_id}>, {times(digest)}, is removed."


def post_now_label() -> str:
    return "Post it now"


def digest_comes(counted: str) -> str:
    """`counted` is "" if there was nothing."""
    return f"On its way: {counted}." if counted else "There is nothing new to post."


def moment(at: datetime | None) -> str:
    """The moment as each reader's own device writes it, and how far away it is."""
    return f"<t:{int(at.timestamp())}:F> ({when(at)})" if at else "soon"


def times(digest: Digest) -> str:
    """The schedule in words, and by which clock: "every day at 9:00 (Europe/Berlin)"."""
    schedule = parse(digest.schedule)
    return in_words(schedule) if schedule.every == 1 else f"{in_words(schedule)} ({plain_line(digest.time_zone, 60)})"


def in_words(schedule: Schedule) -> str:
    """ "every Monday and Thursday at 18:00"."""
    if schedule.every is not None:
        return "every hour" if schedule.every == 1 else f"every {schedule.every} hours, counted from midnight"
    return f"{_days(schedule)} at {_listed([clock(minute) for minute in schedule.minutes])}"


def _days(schedule: Schedule) -> str:
    if schedule.month_days:
        return f"on the {_listed([_ordinal(day) for day in schedule.month_days])} of each month"
    if schedule.days == EVERY_DAY:
        return "every day"
    if schedule.days == WEEKDAYS:
        return "Monday to Friday"
    return f"every {_listed([DAY_NAMES[day].capitalize() for day in sorted(schedule.days)])}"


def _ordinal(day: int) -> str:
    if day == LAST_DAY:
        return "last day"
    ending = "th" if 11 <= day <= 13 else {1: "st", 2: "nd", 3: "rd"}.get(day % 10, "th")
    return f"{day}{ending}"


def _listed(parts: Sequence[str]) -> str:
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"
