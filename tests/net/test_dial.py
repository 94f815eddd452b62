"""The guard at the socket: names, redirects and rebinding, with real sockets. Numbers are the hostile list's."""

from __future__ import annotations

import socket
from collections.abc import Sequence

import aiohttp
import pytest
from aiohttp.abc import AbstractResolver, ResolveResult

from bot.errors import AddressRefused, FetchError
from bot.net.dial import SteadyResolver
from bot.net.fetch import HttpFetcher
from bot.net.guard import REFUSED, Guard
from tests.clocks import ManualClock
from tests.net.server import Site, answer, redirect, serving

LOCAL = ("127.0.0.0/8",)


class Names(AbstractResolver):
    """A name server that answers with the next list each time it is asked, and counts."""

    def __init__(self, *answers: Sequence[str]) -> None:
        self._answers = list(answers)
        self.asked = 0

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        addresses = self._answers[min(self.asked, len(self._answers) - 1)]
        self.asked += 1
        return [
            ResolveResult(
                hostname=host,
                host=address,
                port=port,
                family=socket.AF_INET6 if ":" in address else socket.AF_INET,
                proto=0,
                flags=socket.AI_NUMERICHOST,
            )
            for address in addresses
        ]

    async def close(self) -> None: ...


def fetcher(*allow: str, names: AbstractResolver | None = None) -> HttpFetcher:
    return HttpFetcher(Guard(allow), ManualClock(), user_agent="Herald/0", resolver=names)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "LOCALHOST", "[::1]", "[::ffff:127.0.0.1]"])
async def test_a1_the_machine_itself_is_refused_before_connecting(host: str) -> None:
    async with serving(Site({"/feed": answer()})) as site, fetcher() as web:
        with pytest.raises(AddressRefused, match=REFUSED):
            await web.fetch(site.url(host=host))
        assert site.connections == 0


@pytest.mark.parametrize(
    "host",
    ["2130706433", "0x7f000001", "0177.0.0.1", "127.1", "0", "017700000001", "0x7f.0.0.1", "127.0.0.1.", "localhost."],
)
async def test_a3_an_address_in_disguise_is_refused(host: str) -> None:
    async with serving(Site({"/feed": answer()})) as site, fetcher() as web:
        with pytest.raises((AddressRefused, FetchError)) as refused:
            await web.fetch(site.url(host=host))
        # A form that the system's resolver does not take for an address is a name, and there is no such name.
        assert str(refused.value) in {REFUSED, "the host name does not exist"}
        assert site.connections == 0


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "①②⑦.⓪.⓪.①"])
async def test_with_the_network_allowed_the_machine_answers_on_any_port(host: str) -> None:
    async with serving(Site({"/feed": answer(b"<rss/>")})) as site, fetcher(*LOCAL) as web:
        assert (await web.fetch(site.url(host=host))).url.endswith("/feed")


@pytest.mark.parametrize("inner", ["169.254.169.254", "10.0.0.1", "192.168.0.1", "fd00:ec2::254", "fe80::1"])
async def test_a2_a_name_of_an_inner_address_is_refused_like_all_others(inner: str) -> None:
    async with fetcher(names=Names([inner])) as web:
        with pytest.raises(AddressRefused, match=REFUSED):
            await web.fetch("http://metadata.google.internal/latest/meta-data")


@pytest.mark.parametrize("order", [("10.0.0.1", "127.0.0.1"), ("127.0.0.1", "10.0.0.1")])
async def test_a6_of_a_names_addresses_only_the_permitted_one_is_dialled(order: tuple[str, str]) -> None:
    async with serving(Site({"/feed": answer()})) as site, fetcher(*LOCAL, names=Names(order)) as web:
        await web.fetch(site.url(host="both.example"))
        assert site.connections == 1


async def test_a7_a_name_that_changes_its_mind_is_judged_when_dialled() -> None:
    names = Names(["127.0.0.2"], ["127.0.0.1"])
    async with serving(Site({"/feed": answer()})) as site, fetcher("127.0.0.2/32", names=names) as web:
        with pytest.raises(FetchError):  # permitted, and nobody listens there
            await web.fetch(site.url(host="rebind.example"))
        assert web._session is not None
        assert isinstance(web._session.connector, aiohttp.TCPConnector)
        web._session.connector.clear_dns_cache()
        with pytest.raises(AddressRefused):
            await web.fetch(site.url(host="rebind.example"))
        assert (names.asked, site.connections) == (2, 0)


@pytest.mark.parametrize(
    "target",
    [
        "http://127.0.0.3:6379/",
        "//127.0.0.3/",
        "http://localhost.internal.example/",
        "file:///etc/passwd",
        "gopher://127.0.0.1/",
        "ftp://127.0.0.1/",
        "data:text/xml,<rss/>",
        "http://2130706433/",
        "http://evil.example\\@good.example/",
        "http://1.1.1.1:22/",
        "http://a.example/" + "x" * 5_000,
    ],
)
async def test_a8_a_redirect_to_what_may_not_be_dialled_is_refused_at_that_hop(target: str) -> None:
    site = Site({"/feed": redirect(target)})
    async with serving(site), fetcher("127.0.0.1/32", names=Names(["127.0.0.3"])) as web:
        with pytest.raises(AddressRefused) as refused:
            await web.fetch(site.url())
        assert str(refused.value) == REFUSED
        assert refused.value.url == site.url()  # where it led is nobody's business
        assert site.connections == 1


async def test_inside_the_network_an_open_port_reads_like_a_closed_one() -> None:
    site = Site({"/feed": b"SSH-2.0-OpenSSH_9.2\r\n"})
    async with serving(site), fetcher(*LOCAL) as web:
        with pytest.raises(FetchError) as speaks_otherwise:
            await web.fetch(site.url())
        url = site.url()
    async with fetcher(*LOCAL) as web:
        with pytest.raises(FetchError) as closed:
            await web.fetch(url)
    assert str(speaks_otherwise.value) == str(closed.value) == "the server did not answer"


async def test_names_are_looked_up_without_aiodns_where_it_cannot_work(monkeypatch: pytest.MonkeyPatch) -> None:
    def cannot() -> AbstractResolver:
        raise RuntimeError("aiodns needs a SelectorEventLoop on Windows")

    monkeypatch.setattr("bot.net.dial.AsyncResolver", cannot)
    resolver = SteadyResolver()
    found = await resolver.resolve("localhost", 80)
    assert "127.0.0.1" in {each["host"] for each in found}
    await resolver.close()


async def test_a_name_is_looked_up_the_systems_way_when_no_name_server_answers() -> None:
    class Deaf(Names):
        async def resolve(
            self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
        ) -> list[ResolveResult]:
            raise OSError(None, "Could not contact DNS servers")

    resolver = SteadyResolver()
    assert resolver._fast is not None
    await resolver._fast.close()
    resolver._fast = Deaf()
    found = await resolver.resolve("localhost", 80)
    assert "127.0.0.1" in {each["host"] for each in found}
