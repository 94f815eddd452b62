"""What the panel of `/feed edit` says."""

from __future__ import annotations

from collections.abc import Sequence

from bot.chat.feed_messages import FILTER_NOTE, filter_lines
from bot.chat.messages import feed_name, joined, literal
from bot.chat.status_messages import SWITCHES, state
from bot.model import StyleName, Subscription
from bot.work.answers import Editing

STYLES: dict[StyleName, str] = {
    "full": "title, author, picture, summary",
    "compact": "title and a short summary, a small picture",
    "title": "only the title",
    "digest": "no posts, only in this server's digests",
}
DRAFT_NOTE = "Not saved: "


def title(editing: Editing) -> str:
    return feed_name(editing.subscription)


def panel(editing: Editing, problems: Sequence[str]) -> str:
    """What holds now, what a filter does, and what is wrong with it; ends before the newest post."""
    one = editing.subscription
    role = f"mentions <@&{one.mention_role_id}>" if one.mention_role_id else "mentions nobody"
    facts = [f"<#{one.channel_id}>", f"style {one.style}", role, *_about_pictures(one), state(one)]
    lines = [" · ".join(facts)]
    lines += [f"\N{WARNING SIGN} {literal(problem)}" for problem in problems]
    if editing.filtered is not None and editing.filtered.total:
        lines += filter_lines(editing.filtered)
    return joined([*lines, _before_the_sample(editing)])


def _about_pictures(one: Subscription) -> list[str]:
    """Only what is not as usual, where it shows."""
    return [] if one.page_images or one.style in ("title", "digest") else ["no pictures from pages"]


def _before_the_sample(editing: Editing) -> str:
    if editing.subscription.style == "digest":
        return "It has no posts of its own: what is new comes in this server's digests. `/digest list` says when."
    if editing.sample is not None:
        return "The newest post would look like this:"
    if editing.filtered is not None and editing.filtered.total:
        return "None of the entries that are there now would be posted."
    return "The feed has no entry yet, so there is nothing to show."


def filter_note(filter: str, draft: str) -> str:
    """The line below that keeps what the form is filled with: what was written and not saved, or what holds."""
    return DRAFT_NOTE + draft if draft else FILTER_NOTE + filter if filter else ""


def filter_of(note: str) -> str:
    """What `filter_note` keeps."""
    return note.removeprefix(DRAFT_NOTE) if note.startswith(DRAFT_NOTE) else note.removeprefix(FILTER_NOTE)


def saved() -> str:
    return "Saved."


def not_saved(problem: str) -> str:
    return f"Nothing was changed. {problem}"


def moved(old_channel_id: int, new_channel_id: int) -> str:
    return (
        f"Saved. What was still to be posted comes in <#{new_channel_id}>; "
        f"what is in <#{old_channel_id}>, or was on its way there, stays."
    )


def removed_meanwhile() -> str:
    return "This feed is not followed any more: somebody removed it meanwhile. `/feed add` follows it again."


def role_gone() -> str:
    return "The role to mention is not there any more. Choose another, or none."


PLACEHOLDERS = {"channel": "Channel", "style": "Style", "mention": "Mention nobody"}
BUTTONS = {
    "filter": "Filter",
    "pause": "Pause",
    "resume": "Resume",
    "pictures": SWITCHES["pictures", True],
    "bare": SWITCHES["pictures", False],
}


def filter_form() -> tuple[str, str, str]:
    """Its title, its field, and what the field is for."""
    return "Filter", "Only entries that match", "In the words of /search; empty: every entry is posted"
