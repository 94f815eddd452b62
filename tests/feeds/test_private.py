"""Which addresses must not be given away."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest

from bot.errors import UsageError
from bot.feeds.login import basic, login_of
from bot.feeds.private import access_of, is_private, stand_in, without_keys
from bot.model import Access, Login

PRIVATE = [
    "https://ada:secret@example.org/feed",
    "https://ada@example.org/feed",
    "https://www.patreon.com/rss/show?auth=Zm9v",
    "https://github.com/ada.private.atom?token=AAAA",
    "https://www.reddit.com/.rss?feed=0123456789abcdef0123456789abcdef01234567&user=ada",
    "https://example.org/feed?API_KEY=1",
    "https://example.org/feed?access-token=1",
    "https://example.org/feed?apikey=1",
    "https://example.org/feed?x-amz-signature=1",
    "https://[broken",
]
PUBLIC = [
    "https://example.org/feed",
    "https://example.org/feed?author=ada&keyword=rust&token=",
    "https://www.youtube.com/feeds/videos.xml?channel_id=UC0123456789abcdefghijkl",
    "https://www.youtube.com/feeds/videos.xml?playlist_id=PL0123456789abcdefghijklmnopqrstuv",
    "https://feeds.example.org/public/shows/0123456789abcdef0123456789abcdef",
    "https://example.org/search?q=password",
    "https://example.org/post#comments",
]


@pytest.mark.parametrize("url", PRIVATE)
def test_an_address_that_is_a_key_is_private(url: str) -> None:
    assert is_private(url)


@pytest.mark.parametrize("url", PUBLIC)
def test_an_address_that_everybody_may_know_is_not(url: str) -> None:
    assert not is_private(url)


def test_a_name_and_password_are_taken_out_of_the_address() -> None:
    access = access_of("https://ada:s3%3Acret@example.org/feed?page=1")
    assert access == Access(
        url="https://example.org/feed?page=1", login=Login(header="Authorization", value="Basic YWRhOnMzOmNyZXQ=")
    )


@pytest.mark.parametrize("url", PRIVATE[2:-1])
def test_an_address_that_is_a_key_stands_for_itself_and_its_stand_in_names_the_host_alone(url: str) -> None:
    access = access_of(url)
    assert access == Access(url=url)
    name = stand_in(url, "5a17")
    assert name == f"https://{urlsplit(url).netloc}/#private-5a17"
    assert is_private(name)


def test_what_everybody_may_read_needs_nothing_unless_somebody_says_so() -> None:
    assert access_of(PUBLIC[0]) is None
    assert access_of(PUBLIC[0], private=True) == Access(url=PUBLIC[0])


@pytest.mark.parametrize(
    ("url", "fine"),
    [
        ("https://example.org/feed", True),
        ("http://example.org/feed", False),
        ("http://93.184.216.34/feed", False),
        ("http://localhost:8000/feed", True),
        ("http://127.0.0.1:8000/feed", True),
        ("http://[::1]/feed", True),
    ],
)
def test_a_login_is_sent_over_https_or_within_a_private_network(url: str, fine: bool) -> None:
    login = basic("ada", "s3cret")
    if fine:
        assert access_of(url, login) == Access(url=url, login=login)
    else:
        with pytest.raises(UsageError, match="https"):
            access_of(url, login)


def test_a_key_in_an_address_is_not_what_links_are_resolved_against() -> None:
    assert without_keys("https://ada:pw@example.org:8443/a/feed?token=1#x") == "https://example.org:8443/a/feed"


@pytest.mark.parametrize(
    ("written", "header", "value"),
    [
        ({"user": "ada", "password": "geheim"}, "Authorization", "Basic YWRhOmdlaGVpbQ=="),
        ({"user": "ada"}, "Authorization", "Basic YWRhOg=="),
        ({"user": "ädä", "password": "ü"}, "Authorization", "Basic w6Rkw6Q6w7w="),
        ({"header": " Authorization: ", "value": " Bearer 1 "}, "Authorization", "Bearer 1"),
        ({"header": "X-Api-Key", "value": "1"}, "X-Api-Key", "1"),
    ],
)
def test_a_login_is_read_as_it_is_written(written: dict[str, str], header: str, value: str) -> None:
    assert login_of(**written) == Login(header=header, value=value)


@pytest.mark.parametrize(
    "written",
    [
        {"user": "a:b", "password": "geheim"},
        {"user": "ada", "password": "geheim", "header": "X-Api-Key", "value": "geheim"},
        {"header": "X-Api-Key"},
        {"value": "geheim"},
        {"header": "X Api", "value": "geheim"},
        {"header": "Host", "value": "geheim.example"},
        {"header": "transfer-encoding", "value": "geheim"},
        {"header": "Proxy-Authorization", "value": "geheim"},
        {"header": "X-Api-Key", "value": "geheim\r\nHost: x"},
        {"header": "X-Api-Key\r\nHost", "value": "geheim"},
        {"header": "X-Api-Key", "value": "geheim" * 1000},
        {"user": "ada", "password": "geheim\n"},
    ],
)
def test_what_is_no_login_is_refused_without_being_repeated(written: dict[str, str]) -> None:
    with pytest.raises(UsageError) as told:
        login_of(**written)
    assert "geheim" not in str(told.value)


def test_nothing_written_is_no_login() -> None:
    assert login_of() is None
