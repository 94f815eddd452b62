"""A private feed without its own key: careless ones repeat what opens them in their links, pictures and text.

Who reads a channel would read the key there, and hosts that pictures come from would be sent it.
"""

from __future__ import annotations

import base64
import binascii
import re
from html import escape
from urllib.parse import parse_qsl, quote, quote_plus, unquote, urlsplit

from bot.feeds.private import is_key
from bot.model import Access

_SHORTEST = 6  # characters: a shorter one stands in ordinary words
_RANDOM_STEP = re.compile(r"(?=.*[0-9])(?=.*[A-Za-z])[\w.~%=-]{12,}")  # of a path: no word that a person would give it


def without_secrets(document: bytes, access: Access) -> bytes:
    """The document with each form of the key in it left out. A key in UTF-16 is not seen."""
    forms = {form for secret in _secrets(access) for form in _forms(secret)}
    if not forms:
        return document
    longest_first = sorted(forms, key=len, reverse=True)
    return re.sub(b"|".join(re.escape(form.encode()) for form in longest_first), b"", document)


def _secrets(access: Access) -> set[str]:
    parts = urlsplit(access.url)
    arguments = parse_qsl(parts.query, keep_blank_values=True)
    found = {value or name for name, value in arguments if is_key(name, value)}
    if not found and access.login is None:  # somebody says that it is private, so the key can only be in the path
        found = {step for step in parts.path.split("/") if _RANDOM_STEP.fullmatch(step)}
    if access.login is not None:
        scheme, _, credential = access.login.value.rpartition(" ")
        found |= {access.login.value, credential}
        if scheme.lower() == "basic":
            found.add(_password(credential))
    return {secret for secret in found if len(secret) >= _SHORTEST}


def _password(credential: str) -> str:
    try:
        return base64.b64decode(credential).decode().partition(":")[2]
    except (binascii.Error, ValueError):
        return ""


def _forms(secret: str) -> set[str]:
    """As it is, and as it would stand in an address or in markup."""
    plain = {secret, unquote(secret)}
    written = {way(one) for one in plain for way in (str, quote, quote_plus, lambda text: quote(text, safe=""))}
    return {form for form in written | {escape(one) for one in written} if len(form) >= _SHORTEST}
