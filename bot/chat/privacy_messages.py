"""What Herald says in `/privacy`: what it keeps of a person and of their server, for how long, and how to end it.

As messages.py: short, exact, what happened and then what to do.
"""

from __future__ import annotations

from datetime import timedelta

from bot.model import ForgottenMember, KeptOfMember
from bot.render.lines import plural
from bot.work.privacy import Kept

OF_YOU, OF_SERVER = "What I keep of you", "What I keep of this server"
SEND, DELETE, REALLY_DELETE, KEEP = "Send me my data", "Delete it", "Delete it for good", "Keep it"
FILE_NAME = "herald-my-data.json"


def of_you(kept: Kept) -> str:
    """Each kind of thing, how many of it, and how long it stays."""
    lines = [f"- {line}" for line in (*_of_keywords(kept.of_member), *_of_messages(kept), *_of_names(kept.of_member))]
    if not lines:
        return f"Nothing. {_nothing_else()}"
    return "\n".join([*lines, _nothing_else()])


def of_server(kept: Kept) -> str:
    return (
        "Its Discord ID, the feeds it follows and in which channels, its settings and keywords, and which entry stands "
        f"in which of my posts. Entries go after {_days(kept.entries_for)}. If I am removed from the server, all this "
        f"goes {_days(kept.guilds_for)} later; until then I can come back and go on.\n"
        "Keywords of members who have left go when I would next write to them."
    )


def really_delete(of_member: KeptOfMember) -> str:
    """What would go, before it goes."""
    lines = []
    if parts := _counted(of_member):
        lines.append(f"This deletes {_listed(parts)}, in **every** server where I am, for good.")
    if any(one.channel_id is not None for one in of_member.keywords) or of_member.named_on or of_member.digests:
        lines.append("What you made for servers' channels stays there, but without your Discord ID.")
    if of_member.message_count:
        lines.append("Messages that I sent you stay in your inbox; one that is on its way this second may still come.")
    if lines:
        lines.append("Backups made before now hold it until who runs me deletes them.")
    return "\n".join(lines)


def deleted(done: ForgottenMember) -> str:
    """What went, and what only lost the member's name."""
    lines = []
    if gone := _said(plural(done.keywords, "keyword") if done.keywords else "", _told(done.messages)):
        lines.append(f"Deleted: {_listed(gone)}.")
    words = plural(done.channel_keywords, "keyword of a channel", "keywords of channels")
    made = _made(done.subscriptions, done.digests)
    if unnamed := _said(f"**{words}**" if done.channel_keywords else "", *made):
        lines.append(f"Your Discord ID is taken from {_listed(unnamed)}.")
    return "\n".join([*lines, "I keep nothing of you any more."])


def nothing_kept() -> str:
    return "I keep nothing of you, so there is nothing to delete."


def your_data() -> str:
    return "All that I keep of you, of every server:"


def _of_keywords(of_member: KeptOfMember) -> list[str]:
    own = [one for one in of_member.keywords if one.channel_id is None]
    for_channels = len(of_member.keywords) - len(own)
    lines = []
    if own:
        servers = len({one.guild_id for one in own})
        muted = sum(one.muted_until is not None for one in own)
        lines.append(
            f"**{plural(len(own), 'keyword')}** in {plural(servers, 'server')}: the words, where they look, since when"
            f"{' and until when they are muted' if muted else ''}. Until you remove them: `/keyword remove`."
        )
    if for_channels:
        lines.append(f"**{plural(for_channels, 'keyword')}** that you made for channels, with your Discord ID.")
    return lines


def _of_messages(kept: Kept) -> list[str]:
    lines = []
    if kept.of_member.message_count:
        told = plural(kept.of_member.message_count, "entry", "entries")
        lines.append(
            f"**{told}** told to you in direct messages, or waiting to be: which, when, and the ID of my message. "
            f"For {_days(kept.entries_for)}."
        )
    elif kept.of_member.lanes:
        lines.append("When I last wrote to you. For a day or so.")
    if kept.of_member.closed:
        lines.append("That your direct messages are **closed** to me, and since when. Until one arrives.")
    return lines


def _of_names(of_member: KeptOfMember) -> list[str]:
    named = _made(len(of_member.named_on), len(of_member.digests))
    return [f"Your Discord ID on {_listed(named)}."] if named else []


def _made(subscriptions: int, digests: int) -> list[str]:
    return _said(
        f"**{plural(subscriptions, 'feed')}** followed or paused for a server" if subscriptions else "",
        f"**{plural(digests, 'digest')}** set for a server" if digests else "",
    )


def _nothing_else() -> str:
    return "I read no messages, and what you search for is forgotten once it is answered."


def _counted(of_member: KeptOfMember) -> list[str]:
    own = sum(one.channel_id is None for one in of_member.keywords)
    return _said(
        f"your {plural(own, 'keyword')}" if own else "",
        _told(of_member.message_count),
        "that your direct messages are closed" if of_member.closed else "",
        "when I last wrote to you" if of_member.lanes and not of_member.message_count else "",
    )


def _said(*parts: str) -> list[str]:
    return [part for part in parts if part]


def _told(count: int) -> str:
    return f"the record of {plural(count, 'entry', 'entries')} told to you" if count else ""


def _listed(parts: list[str]) -> str:
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"


def _days(length: timedelta) -> str:
    return plural(length.days, "day")
