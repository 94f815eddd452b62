"""Whom a request burdens: the host, which is paced, and the domain that a 429 speaks for.

Tumblr counts all of *.tumblr.com together; what lies under a public suffix such as github.io is a domain of its own,
so that one tenant of a hoster cannot silence the others.
"""

from __future__ import annotations

from functools import cache
from ipaddress import ip_address

from publicsuffixlist import PublicSuffixList

from bot.net.guard import parse


@cache
def suffixes() -> PublicSuffixList:
    return PublicSuffixList()  # reads the list that came with the package, in 90 ms


def host_of(url: str) -> str:
    """What is paced together: a host name; for an address or localhost, with the port."""
    try:
        parsed = parse(url)
        host = (parsed.raw_host or "").rstrip(".").lower()
        port = parsed.port
    except ValueError:
        return ""
    return f"{host}:{port}" if _is_machine(host) else host


def domain_of(url: str) -> str:
    """What a 429 speaks for: the registrable domain, or what stands alone anyway."""
    host = host_of(url)
    if ":" in host:
        return host
    return suffixes().privatesuffix(host) or host


def _is_machine(host: str) -> bool:
    """An address, or a name of this machine: what runs there on several ports are several sites."""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        ip_address(host)
    except ValueError:
        return False
    return True
