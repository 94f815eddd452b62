"""The buttons below an alert: to silence or end the keyword it came from, and to open the entry; and below a notice.

Discord's own JSON. chat/views/alerts and chat/views/status answer them; a custom_id holds all that it needs, so they
work after a restart too.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from bot.model import Keyword, Posting
from bot.render import limits
from bot.render.clip import clip
from bot.render.escape import plain_line
from bot.render.link import safe_link

Component = Mapping[str, Any]

ROW, BUTTON = 1, 2
BLURPLE, GREY, RED, LINK = 1, 2, 4, 5
# interactions/message-components ("Button"): shorter than any other address.
BUTTON_URL = 512
QUERY_SHOWN = 40

POST, FORGET = "post", "forget"
HELD_LABELS = {POST: "Post them", FORGET: "Forget them"}

MUTE, UNMUTE, REMOVE = "mute", "unmute", "remove"
ALONE = {MUTE: "Mute for a day", UNMUTE: "Unmute", REMOVE: "Remove"}
NAMED = {MUTE: "Mute a day:", UNMUTE: "Unmute:", REMOVE: "Remove:"}  # and then the query, if there are several


def below_alert(posting: Posting) -> tuple[Component, ...]:
    """A row for each keyword that asked for the posting, at most five; none if only subscriptions did."""
    asked = {one.id: one for delivery in posting.deliveries for one in delivery.keywords}
    named = len(asked) > 1
    rows = [
        [_button(action, keyword, named=named) for action in (MUTE, REMOVE)]
        for keyword in list(asked.values())[: limits.ACTION_ROWS]
    ]
    if rows and (link := _only_link(posting)):
        rows[0].append({"type": BUTTON, "style": LINK, "label": "Open", "url": link})
    return tuple({"type": ROW, "components": row} for row in rows)


def below_note(posting: Posting) -> tuple[Component, ...]:
    """What to do with a re-issued archive; nothing in a DM, where nobody's rights can be seen."""
    feed_id = posting.note.held_feed_id if posting.note is not None else None
    if feed_id is None or posting.destination.kind != "channel":
        return ()
    buttons = [
        {"type": BUTTON, "style": style, "label": HELD_LABELS[what], "custom_id": held_id(what, feed_id)}
        for what, style in ((POST, BLURPLE), (FORGET, GREY))
    ]
    return ({"type": ROW, "components": buttons},)


def held_id(what: str, feed_id: int, subscription_id: int = 0) -> str:
    """`subscription_id`: below whose status the button hangs; 0: below a notice."""
    return f"herald:held:{what}:{feed_id}:{subscription_id}"


def _button(action: str, keyword: Keyword, *, named: bool) -> Component:
    query = clip(plain_line(keyword.query, limits.BUTTON_LABEL), QUERY_SHOWN)
    return {
        "type": BUTTON,
        "style": RED if action == REMOVE else GREY,
        "label": f"{NAMED[action]} {query}" if named else ALONE[action],
        "custom_id": _id(action, keyword),
    }


def _id(action: str, keyword: Keyword) -> str:
    return f"kw:{action}:{keyword.id}"


def _only_link(posting: Posting) -> str | None:
    """Of several entries each title is a link itself."""
    link = safe_link(posting.deliveries[0].entry.entry.url) if len(posting.deliveries) == 1 else None
    return link if link is not None and limits.units(link) <= BUTTON_URL else None


def switched(rows: Sequence[Component], keyword: Keyword, *, muted: bool) -> tuple[Component, ...]:
    """The rows with the keyword's mute button turned round."""
    old, new = (MUTE, UNMUTE) if muted else (UNMUTE, MUTE)

    def turned(button: Component) -> Component:
        if button.get("custom_id") != _id(old, keyword):
            return button
        return _button(new, keyword, named=button["label"] != ALONE[old])

    return tuple({"type": ROW, "components": [turned(button) for button in row["components"]]} for row in rows)


def without(rows: Sequence[Component], keyword: Keyword) -> tuple[Component, ...]:
    """The rows without the keyword's buttons, and without a row that is empty then."""
    ids = {_id(action, keyword) for action in (MUTE, UNMUTE, REMOVE)}
    kept = ([button for button in row["components"] if button.get("custom_id") not in ids] for row in rows)
    return tuple({"type": ROW, "components": buttons} for buttons in kept if buttons)
