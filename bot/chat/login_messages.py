"""What is said of private feeds. Never what somebody gave: no address beyond its host, no login."""

from __future__ import annotations

from bot.chat.messages import NAME_LIMIT, name
from bot.model import Subscription
from bot.render.escape import escape_line
from bot.render.link import host
from bot.work.answers import Privacy

BUTTON = "Give login..."
ADDRESS = "Address"


def ask(url: str) -> str:
    """Before anything was asked of the site."""
    return f"**{_site(url)}** will be followed privately, for this server alone. {_next()}"


def asks_for_login(url: str, status: int) -> str:
    """The site answered 401 or 403."""
    what = "asks for a login" if status == 401 else "does not hand out that page to bots, or wants a login"
    return f"**{_site(url)}** {what} (HTTP {status}). If you have one, I can follow it for this server alone. {_next()}"


def login_refused(url: str, status: int) -> str:
    """The same, to a login that somebody gave."""
    return f"**{_site(url)}** does not take that login (HTTP {status}). Nothing was kept of it; the button asks again."


def _next() -> str:
    return f"**{BUTTON}** opens a form; what you write there is kept encrypted and shown to nobody."


def _site(url: str) -> str:
    return escape_line(host(url) or "That feed", NAME_LIMIT)


def cannot_keep() -> str:
    return (
        "I can follow private feeds only once whoever runs me has set HERALD_SECRET_KEY: "
        "without it I have no safe place for a login."
    )


def cannot_keep_for_it() -> str:
    return f"The site asks for a login (HTTP 401). {cannot_keep()}"


FORM_TITLE = "A private feed"
# custom_id -> label, what it is for
FIELDS = {
    "address": (ADDRESS, "The feed's own address; it may hold a key"),
    "user": ("User name", "If the site asks for a name and password"),
    "password": ("Password", None),
    "header": ("Or a header's name", "For example Authorization or X-Api-Key"),
    "value": ("The header's value", "For example: Bearer 1234"),
}


def no_login_given() -> str:
    return "Nothing was changed: give a user name and password, or a header and its value."


def new_login(subscription: Subscription) -> str:
    return f"**{name(subscription.feed_title, subscription.feed_url)}** takes the new login. It is polled again now."


def kept() -> str:
    """Below the answer to `/feed add`."""
    return "-# Private: followed for this server alone; its address and login are kept encrypted."


def privacy(kind: Privacy) -> str:
    """For `/feed status`."""
    return {
        "login": "private, login given",
        "address": "private, by its address",
        "unreadable": "private; its login was kept under another key. Remove the feed and add it again, "
        "or ask whoever runs me to put the key back.",
    }[kind]
