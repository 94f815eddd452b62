"""What `/feed export` and `/feed import` say."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from bot.chat.messages import LINE_LIMIT, NAME_LIMIT, feed_name, joined
from bot.chat.problems import problem
from bot.errors import QueryError
from bot.query.match import host_of
from bot.render.escape import escape_line
from bot.render.limits import CONTENT
from bot.render.lines import plural
from bot.work.lists import Brought, BroughtKind, Exported, FeedList, Progress

LISTED_LIMIT = 10  # lines of what was not added, before the rest goes into a file
NAMED_LIMIT = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Changed:
    """What could not be taken over as the file says it: how many feeds went to `channel_id` instead of their own
    channel, and how many mention nobody instead of their role."""

    channel_id: int
    elsewhere: int = 0
    unmentioned: int = 0


# --- Export --------------------------------------------------------------------------------------------------


def export_title(guild_name: str) -> str:
    return f"Feeds of {guild_name}"


def exported(result: Exported) -> str:
    if not result.count and not result.left_out:
        return "No feed is followed in this server yet, so there is nothing to export."
    lines = []
    if result.count:
        lines.append(
            f"{plural(result.count, 'feed')}, as other readers take them. `/feed import` reads the file too, with each "
            "feed's channel, filter, style and mention. Look it over before you give it away."
        )
    if result.left_out:
        names = ", ".join(f"**{feed_name(one)}**" for one in result.left_out[:NAMED_LIMIT])
        more = f" and {len(result.left_out) - NAMED_LIMIT} more" if len(result.left_out) > NAMED_LIMIT else ""
        lines.append(f"Left out, because whoever has their address can read them: {names}{more}.")
    return joined(lines, limit=CONTENT)


# --- Import --------------------------------------------------------------------------------------------------


def too_large(limit_bytes: int) -> str:
    return f"That file is too large: {limit_bytes // 1024 // 1024} MiB are the most."


def not_downloaded() -> str:
    return "Discord did not give me that file. Please use the command again."


def no_feeds_in_it(listed: FeedList) -> str:
    if listed.unreadable:
        return f"That file names no feed that I can follow. {listed.problems[0]}"
    return "That file names no feeds: I look for outlines with an xmlUrl."


def importing(progress: Progress) -> str:
    return f"Reading {plural(progress.total, 'feed')}: {progress.done} done. This may take some minutes."


def imported(results: Sequence[Brought], listed: FeedList, changed: Changed) -> tuple[str, str]:
    """The answer, and the text of a file with all that was not added; "" if the answer names it all."""
    counts = Counter(one.kind for one in results)
    missing = [one for one in results if one.kind in ("several", "failed")]
    lines = [_summary(counts, listed), *_adjusted(changed), *_unfinished(counts)]
    told = [f"- {_title(one)}: {_reason(one)}" for one in missing]
    told += [f"- {escape_line(line, LINE_LIMIT)}" for line in listed.problems]
    shown = joined([*lines, *told[:LISTED_LIMIT]], limit=CONTENT - 100)
    complete = all(line in shown for line in told) and listed.unreadable == len(listed.problems)
    if complete:
        return shown, ""
    return f"{shown}\nThe file has all that was not added, with the reasons.", _report(results, listed)


def _summary(counts: Counter[BroughtKind], listed: FeedList) -> str:
    parts = [f"**{plural(counts['added'], 'feed')} added.**" if counts["added"] else "**No feed added.**"]
    if counts["already"]:
        parts.append(f"{counts['already']} followed already.")
    failed = counts["failed"] + counts["several"] + listed.unreadable
    if failed:
        parts.append(f"{failed} failed.")
    return " ".join(parts)


def _adjusted(changed: Changed) -> list[str]:
    lines = []
    if changed.elsewhere:
        count = "1 feed is" if changed.elsewhere == 1 else f"{changed.elsewhere} feeds are"
        lines.append(f"{count} in <#{changed.channel_id}>: I cannot post in the channel that the file names.")
    if changed.unmentioned:
        count = "1 feed mentions" if changed.unmentioned == 1 else f"{changed.unmentioned} feeds mention"
        lines.append(f"{count} nobody: a post could not mention the role that the file names.")
    return lines


def _unfinished(counts: Counter[BroughtKind]) -> list[str]:
    lines = []
    if counts["no room"]:
        lines.append(
            f"{counts['no room']} not added: this server follows as many feeds as it may. "
            "Remove some (`/feed remove`) and import the file again; it adds the rest."
        )
    if counts["not tried"]:
        lines.append(
            f"{counts['not tried']} not reached in the time that I have. "
            "Import the file again: it goes on where it stopped."
        )
    return lines


def _title(one: Brought) -> str:
    outline = one.wish.outline
    return escape_line(outline.title or host_of(outline.url) or outline.url, NAME_LIMIT)


def _reason(one: Brought) -> str:
    if one.kind == "several":
        return "its page offers several feeds; `/feed add` lets you choose."
    if isinstance(one.error, QueryError):
        return f"there is a mistake in its filter: {escape_line(one.error.reason, 200)}"
    told = problem(one.error) if one.error is not None else None
    return told or "something went wrong on my side."


_KINDS: dict[BroughtKind, str] = {
    "no room": "this server follows as many feeds as it may",
    "not tried": "not reached in time",
}


def _report(results: Sequence[Brought], listed: FeedList) -> str:
    lines = []
    for one in results:
        if one.kind in ("added", "already"):
            continue
        address = one.wish.address
        reason = _KINDS.get(one.kind) or _reason(one).replace("\\", "")
        lines.append(f"{one.wish.outline.title or address}\n  {address}\n  {reason}\n")
    lines += [f"{line}\n" for line in listed.problems]
    if listed.unreadable > len(listed.problems):
        lines.append(f"... and {listed.unreadable - len(listed.problems)} more addresses that cannot be followed\n")
    return "\n".join(lines)
