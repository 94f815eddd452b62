"""Whom a text mentions, and whom it would ping once allowed_mentions and the author's permissions are heard."""

from __future__ import annotations

import re
from dataclasses import dataclass

from bot.sandbox.records import Guild, Json, Pings
from bot.sandbox.state.permissions import BITS

USER = re.compile(r"<@!?(\d{1,20})>")
ROLE = re.compile(r"<@&(\d{1,20})>")
EVERYONE = re.compile(r"@(?:everyone|here)\b")
CODE = re.compile(r"```.*?```|`[^`\n]+`", re.DOTALL)  # Discord mentions nobody in code


@dataclass(frozen=True, slots=True)
class Mentions:
    """What a text names: users and roles by identifier, in order, each once."""

    users: tuple[int, ...] = ()
    roles: tuple[int, ...] = ()
    everyone: bool = False


def find(text: str) -> Mentions:
    """The mentions written in `text`."""
    text = CODE.sub(" ", text)
    return Mentions(
        users=tuple(dict.fromkeys(int(found) for found in USER.findall(text))),
        roles=tuple(dict.fromkeys(int(found) for found in ROLE.findall(text))),
        everyone=bool(EVERYONE.search(text)),
    )


def pings(found: Mentions, allowed: Json | None, *, guild: Guild | None, may: int, replied_to: int | None) -> Pings:
    """Whom it pings. Without `allowed` everybody mentioned, as Discord does by default.

    A role pings if it is mentionable or its author (whose permissions are `may`) may mention everyone.
    """
    parse = {"users", "roles", "everyone"} if allowed is None else set(allowed.get("parse") or ())
    users = _chosen(found.users, "users" in parse, allowed, "users")
    if replied_to is not None and (allowed is None or allowed.get("replied_user")):
        users = tuple(dict.fromkeys((*users, replied_to)))
    roles = _chosen(found.roles, "roles" in parse, allowed, "roles")
    may_all = bool(may & BITS["MENTION_EVERYONE"])
    known = guild.roles if guild else {}
    return Pings(
        users=users,
        roles=tuple(each for each in roles if each in known and (known[each].mentionable or may_all)),
        everyone=found.everyone and "everyone" in parse and may_all and guild is not None,
    )


def _chosen(found: tuple[int, ...], whole_kind: bool, allowed: Json | None, kind: str) -> tuple[int, ...]:
    if whole_kind:
        return found
    named = {int(each) for each in ((allowed or {}).get(kind) or ())}
    return tuple(each for each in found if each in named)
