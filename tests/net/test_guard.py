"""Numbers in test ids are those of the list of hostile inputs: what a feed's address may try."""

from __future__ import annotations

import re
from ipaddress import IPv4Address, IPv6Address, ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import AddressRefused
from bot.net.guard import REFUSED, Guard, is_public

INTERNAL = [
    "0.0.0.0", "0.1.2.3", "10.0.0.1", "100.64.0.1", "100.127.255.255", "127.0.0.1", "127.255.0.1", "169.254.169.254",
    "168.63.129.16", "::ffff:168.63.129.16",
    "172.16.0.1", "172.31.255.255", "192.0.0.8", "192.0.2.1", "192.88.99.1", "192.168.1.1", "198.18.0.1",
    "198.51.100.7", "203.0.113.9", "224.0.0.1", "239.255.255.250", "240.0.0.1", "255.255.255.255",
    "::", "::1", "::127.0.0.1", "::ffff:127.0.0.1", "::ffff:7f00:1", "::ffff:10.0.0.1", "64:ff9b::7f00:1",
    "64:ff9b:1::1", "100::1", "2001::1", "2001:db8::1", "2002:7f00:1::", "3fff::1", "5f00::1", "fc00::1",
    "fd00:ec2::254", "fe80::1", "fec0::1", "ff02::1", "fe80::1%eth0", "2606:4700::1%eth0",
]  # fmt: skip
PUBLIC = [
    "1.1.1.1", "9.255.255.255", "11.0.0.0", "100.63.255.255", "100.128.0.0", "168.63.129.15", "168.63.129.17",
    "172.15.255.255", "172.32.0.0",
    "192.0.1.0", "223.255.255.255", "::ffff:1.1.1.1", "2606:4700::1111", "2001:200::1", "2a00:1450::1",
]  # fmt: skip


@pytest.mark.parametrize("address", INTERNAL)
def test_a1_a4_an_inner_address_is_never_dialled(address: str) -> None:
    assert not Guard().permits(address, 80)
    assert not is_public(address)


@pytest.mark.parametrize("address", PUBLIC)
def test_a_public_address_is_dialled_on_the_ports_of_the_web_alone(address: str) -> None:
    guard = Guard()
    assert all(guard.permits(address, port) for port in (80, 443, 8080, 8443))
    # 17: the ports of mail, shells and databases, whose protocols could be spoken to by an HTTP request
    assert not any(guard.permits(address, port) for port in (0, 22, 25, 6379, 11211, 65535))


@pytest.mark.parametrize(
    "url",
    [
        *(f"http://[{a}]/" if ":" in a else f"http://{a}/" for a in INTERNAL),
        "http://127.0.0.1:8080/feed",
        "https://user:secret@10.0.0.1/",
        "http://[fe80::1%25eth0]/",
        "http://①②⑦.⓪.⓪.①/",  # 5
        "http://１２７.０.０.１/",  # 5
        "http://127。0。0。1/",  # 5
        "http://lo\u00adcalhost/",  # 5
        "http://1.1.1.1:22/", "http://1.1.1.1:25/", "http://1.1.1.1:6379/", "http://[2606:4700::1]:11211/",  # 17
        "file:///etc/passwd", "gopher://1.1.1.1/", "ftp://a.example/feed", "data:text/xml,<rss/>",  # 8
        "javascript:alert(1)", "//a.example/", "a.example/feed", "/feed", "", "http://", "http:///feed", "https:a",
        "http://evil.example\\@good.example/",  # 15
        "http://a.example/" + "x" * 5_000,  # 16
        "http://a.example/\nSet-Cookie: a=b", "http://a.example/\r\n", "http://a\n.example/", "http://a.example/\t",
        "http://a.example/\0", "http://a.example/\u202e", "http://\u200ba.example/", "http://a.example/\ud800",
        "http://a b.example/", "http://a.example:99999/", "http://a.example:-1/", "http://a..example/",
        "http://a..b/", "http://[]@", "http://.a/",
        "http://" + "a" * 64 + ".example/", "http://%61.example/",
    ],
)  # fmt: skip
def test_a1_to_a17_every_refusal_reads_the_same(url: str) -> None:
    with pytest.raises(AddressRefused) as refused:
        Guard().url(url)
    assert refused.value.reason == str(refused.value) == REFUSED
    assert refused.value.url == url


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://good.example@evil.example/", "evil.example"),  # 15
        ("http://good.example#@evil.example/", "good.example"),  # 15
        ("http://good.example/?@evil.example", "good.example"),
        ("HTTPS://A.EXAMPLE:443/feed", "a.example"),
        ("http://bücher.example/", "xn--bcher-kva.example"),
        ("http://a_b.example./", "a_b.example."),
        ("http://[2606:4700::1111]/", "2606:4700::1111"),
    ],
)
def test_a15_the_host_is_taken_as_the_client_takes_it(url: str, host: str) -> None:
    assert Guard().url(url).raw_host == host


@pytest.mark.parametrize("url", ["http://127.0.0.1:6379/", "http://127.0.0.1/", "http://[::ffff:127.0.0.1]:9/"])
def test_an_allowed_network_is_allowed_on_every_port(url: str) -> None:
    assert Guard(["127.0.0.0/8"]).url(url)


@pytest.mark.parametrize("name", ["intranet", "nas.lan", "db.internal", "printer.local.", "router.home.arpa", "A.CORP"])
def test_a_name_of_the_inside_is_not_even_looked_up_unless_a_network_there_is_allowed(name: str) -> None:
    with pytest.raises(AddressRefused) as refused:
        Guard().url(f"http://{name}/feed")
    assert refused.value.reason == REFUSED
    assert Guard(["10.0.0.0/8"]).url(f"http://{name}/feed")


def test_an_allowed_network_allows_nothing_else() -> None:
    guard = Guard([ip_network("10.1.0.0/16"), ip_network("fd00::/8")])
    assert guard.permits("10.1.2.3", 1234)
    assert guard.permits("fd00::1", 1234)
    assert not guard.permits("10.2.0.1", 80)
    assert not guard.permits("127.0.0.1", 80)
    assert not guard.permits("1.1.1.1", 1234)


@given(st.integers(min_value=0, max_value=2**32 - 1), st.integers(min_value=0, max_value=65535))
def test_an_ipv4_address_is_judged_alike_in_its_ipv6_form(number: int, port: int) -> None:
    plain = str(IPv4Address(number))
    mapped = str(IPv6Address((0xFFFF << 32) | number))
    assert Guard().permits(plain, port) == Guard().permits(mapped, port)


@given(st.integers(min_value=0, max_value=2**128 - 1))
def test_ipv6_outside_of_what_iana_gave_out_is_never_dialled(number: int) -> None:
    address = IPv6Address(number)
    if address.ipv4_mapped is None and number >> 125 != 0b001:
        assert not Guard().permits(str(address), 443)


@given(st.text())
def test_any_text_is_a_web_address_or_refused(text: str) -> None:
    try:
        url = Guard().url(text)
    except AddressRefused:
        return
    assert url.scheme in {"http", "https"}
    assert re.fullmatch(r"[\x21-\x7e]+", str(url.raw_host))
