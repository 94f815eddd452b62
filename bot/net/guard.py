"""Which addresses may be dialled: the pure rules. One guard serves feeds, pages, images and hubs alike.

A name is judged by what it resolves to, at the socket (net/dial), so neither a redirect nor a name server that changes
its mind gets round it. `ipaddress.is_global` is not used: it calls NAT64, 6to4, multicast and others global.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from yarl import URL

from bot.errors import AddressRefused

Network = IPv4Network | IPv6Network

# One text for everything, or the answers would map the inside of somebody's network.
REFUSED = "this is not a public web address"

PUBLIC_PORTS = frozenset({80, 443, 8080, 8443})
LONGEST_URL = 4096  # characters; signed URLs of some publishers reach 2,000

# IANA's special-purpose registry for IPv4, and one address besides: everything else is the public internet.
_RESERVED_V4 = tuple(
    IPv4Network(block)
    for block in (
        "0.0.0.0/8",  # this network
        "10.0.0.0/8",
        "100.64.0.0/10",  # carriers' own
        "127.0.0.0/8",
        "168.63.129.16/32",  # Azure's "wire server": public by its number, and the host of each machine there
        "169.254.0.0/16",  # link-local, and every cloud's metadata
        "172.16.0.0/12",
        "192.0.0.0/24",
        "192.0.2.0/24",
        "192.88.99.0/24",  # 6to4 relays
        "192.168.0.0/16",
        "198.18.0.0/15",  # benchmarks
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/4",  # multicast
        "240.0.0.0/4",
    )
)
# The one block that IANA gives out for IPv6, and what is set apart in it.
_GLOBAL_V6 = IPv6Network("2000::/3")
_RESERVED_V6 = tuple(
    IPv6Network(block)
    for block in (
        "2001::/23",  # protocol assignments, Teredo among them
        "2001:db8::/32",
        "2002::/16",  # 6to4: carries any IPv4 address inside
        "3fff::/20",
    )
)

# Blanks, controls, and what turns the reading direction. yarl drops line breaks in silence, so this comes first.
_NOT_IN_URLS = re.compile(r"[\x00-\x20\x7f-\xa0\u200b-\u200f\u2028-\u202f\u2060-\u2069\ufeff\ud800-\udfff]")
# Labels of 63 and names of 253 characters (RFC 1035 2.3.4), or the inside of [...]; a zone (%eth0) is neither.
_HOST = re.compile(r"(?=.{1,254}$)[a-z0-9_-]{1,63}(?:\.[a-z0-9_-]{1,63})*\.?|[0-9a-f]*:[0-9a-f.:]{1,44}")

# Names that lead inside if anywhere: one label (RFC 6762, Appendix G lists usual last ones), or a reserved last label.
_INNER_NAME = re.compile(
    r"(?:[a-z0-9_-]+|.+\.(?:local|localhost|localdomain|internal|intranet|private|corp|home|lan|home\.arpa))\.?"
)


class Guard:
    """The rules, with the private networks that the operator allows."""

    def __init__(self, allow_networks: Sequence[Network | str] = ()) -> None:
        self._allowed = tuple(ip_network(network) for network in allow_networks)

    def permits(self, address: str, port: int) -> bool:
        """Whether this very address may be dialled. An allowed network is allowed on every port."""
        ip = _unwrapped(address)
        if ip is None:
            return False
        return self._is_allowed(ip) or (port in PUBLIC_PORTS and _is_public(ip))

    def url(self, text: str) -> URL:
        """`text` as a web address. Raises AddressRefused for what cannot be one, and for forbidden literals.

        The host is the one the client would dial; what its name resolves to is judged when it is dialled.
        """
        url = self.reference(text)
        host, port = url.raw_host, url.port  # yarl judges both when it parses
        if url.scheme not in {"http", "https"} or not host or not _HOST.fullmatch(host) or port is None:
            raise AddressRefused(text, REFUSED)
        if _unwrapped(host) is not None and not self.permits(host, port):
            raise AddressRefused(text, REFUSED)
        if not self._allowed and _INNER_NAME.fullmatch(host):
            # Not even looked up, or the answers would tell which machines there are.
            raise AddressRefused(text, REFUSED)
        return url

    def reference(self, text: str) -> URL:
        """`text` as an address that may be relative. Raises AddressRefused for what is too long or malformed."""
        if len(text) > LONGEST_URL or _NOT_IN_URLS.search(text):
            raise AddressRefused(text, REFUSED)
        try:
            return parse(text)
        except ValueError as error:
            raise AddressRefused(text, REFUSED) from error

    def _is_allowed(self, ip: IPv4Address | IPv6Address) -> bool:
        return any(ip in network for network in self._allowed)


def parse(text: str) -> URL:
    """`text` as yarl, and so the client, reads it. Raises ValueError and nothing else."""
    try:
        return URL(text)
    except IndexError as error:  # yarl 1.25 on "http://[]@"
        raise ValueError(text) from error


def is_public(address: str) -> bool:
    """Whether the address belongs to the public internet."""
    ip = _unwrapped(address)
    return ip is not None and _is_public(ip)


def _is_public(ip: IPv4Address | IPv6Address) -> bool:
    if isinstance(ip, IPv4Address):
        return not any(ip in block for block in _RESERVED_V4)
    return ip in _GLOBAL_V6 and not any(ip in block for block in _RESERVED_V6)


def _unwrapped(address: str) -> IPv4Address | IPv6Address | None:
    """The address, an IPv4 one out of its ::ffff:0:0/96 form; None for what is none, and for zones."""
    try:
        ip = ip_address(address)
    except ValueError:
        return None
    if isinstance(ip, IPv6Address):
        if ip.scope_id is not None:
            return None
        return ip.ipv4_mapped or ip
    return ip
