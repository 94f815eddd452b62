"""Logins as people write them into a form, made the header that a server is sent.

No message of a mistake repeats what was written.
"""

from __future__ import annotations

import base64
import re

from bot.errors import UsageError
from bot.model import Login

LONGEST_LOGIN = 2_000  # characters of a header's value

_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]{1,100}")  # a token: RFC 9110 5.6.2
_VALUE = re.compile(rf"[\x21-\x7e](?:[\x20-\x7e]{{0,{LONGEST_LOGIN - 2}}}[\x21-\x7e])?")  # RFC 9110 5.5, ASCII alone
# What belongs to the connection, to the request's frame, or to how Herald asks.
_OURS = frozenset({"host", "connection", "keep-alive", "te", "trailer", "transfer-encoding", "upgrade", "expect"})
_OURS |= {"content-length", "content-type", "user-agent", "accept", "accept-encoding", "range"}
_OURS |= {"if-none-match", "if-modified-since", "if-match", "if-unmodified-since", "if-range"}


def login_of(*, user: str = "", password: str = "", header: str = "", value: str = "") -> Login | None:
    """A user name with its password, or a header with its value; None if nothing is given. Raises UsageError."""
    header, value = header.strip().removesuffix(":"), value.strip()
    if (user or password) and (header or value):
        raise UsageError("Give either a user name and password, or a header, not both.")
    if user or password:
        return basic(user, password)
    return _own_header(header, value) if header or value else None


def basic(user: str, password: str) -> Login:
    """As RFC 7617 has it, in UTF-8. Raises UsageError for a user name that it cannot carry."""
    if ":" in user:
        raise UsageError("A user name cannot hold a colon.")
    if any(not character.isprintable() for character in user + password):
        raise UsageError("The user name or the password holds a character that no login has.")
    packed = base64.b64encode(f"{user}:{password}".encode()).decode()
    return Login(header="Authorization", value=f"Basic {packed}")


def _own_header(header: str, value: str) -> Login:
    if not header or not value:
        raise UsageError("A header needs both: its name, such as Authorization, and its value.")
    if not _NAME.fullmatch(header) or header.lower() in _OURS or header.lower().startswith("proxy-"):
        raise UsageError("I cannot send a header of that name. Logins mostly use Authorization, X-Api-Key or Cookie.")
    if not _VALUE.fullmatch(value):
        raise UsageError(f"A header's value is one line of at most {LONGEST_LOGIN:,} plain ASCII characters.")
    return Login(header=header, value=value)
