"""What must never be read in a log: tokens, webhook addresses, passwords. Linear in the length of the text."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

HIDDEN = "[hidden]"

# A bot token is three base64url parts: the bot's id (18 to 20 digits), a time, a signature of 27 or more characters.
_BOT = r"(?<![\w-])[\w-]{23,30}\.[\w-]{6,7}\.[\w-]{27,45}(?![\w-])"
# Whoever holds a webhook's or an interaction's token can post in its name; the API's host may be a proxy's.
_CALLBACK = r"(?P<path>/(?:webhooks|interactions)/\d{1,20}/)[\w.~%-]+"
_AUTHORIZATION = r"(?P<scheme>\b(?-i:Bot|Basic|Bearer)\s+)[A-Za-z0-9._~+/=-]{16,}"
_USERINFO = r"(?P<slashes>://)[^/?#@\s\"'<>]{1,256}@"
_ARGUMENT = (
    r"(?P<argument>(?:[?&;]|%3[Ff]|%26)[\w.-]{0,32}?"
    r"(?:token|key|secret|passw(?:or)?d|passphrase|pwd|pass|auth|signature|sig|session|sid|hash|credential)"
    r"[\w.-]{0,32}(?:=|%3[Dd]))[^&#\s\"'<>]+"
)
_SECRET = re.compile("|".join((_BOT, _CALLBACK, _AUTHORIZATION, _USERINFO, _ARGUMENT)), re.IGNORECASE)

_SECRET_FIELDS = frozenset({"token", "password", "secret", "authorization", "api_key", "webhook_url"})


def _hide(match: re.Match[str]) -> str:
    kept = next((part for part in match.groups() if part), "")
    return f"{kept}{HIDDEN}{'@' if match['slashes'] else ''}"


class Redactor:
    """Hides secrets in texts: those that look like one, and `known` ones whatever they look like."""

    def __init__(self, known: Iterable[str] = ()) -> None:
        # Shorter ones would blank out ordinary words; the longest first, should one contain another.
        worth_hiding = sorted({secret for secret in known if len(secret) >= 6}, key=len, reverse=True)
        self._known = re.compile("|".join(map(re.escape, worth_hiding))) if worth_hiding else None

    def text(self, text: str) -> str:
        """`text` with every secret in it replaced by `HIDDEN`."""
        if self._known is not None:
            text = self._known.sub(HIDDEN, text)
        return _SECRET.sub(_hide, text)

    def value(self, value: Any, name: str = "") -> Any:
        """`value` without secrets, containers and objects included; numbers, booleans and None as they are."""
        if value is None or isinstance(value, bool | int | float):
            return value
        if name.lower() in _SECRET_FIELDS:
            return HIDDEN
        if isinstance(value, Mapping):
            return {self.text(str(key)): self.value(inner, str(key)) for key, inner in value.items()}
        if isinstance(value, list | tuple | set | frozenset):
            return [self.value(inner) for inner in value]
        return self.text(value if isinstance(value, str) else str(value))
