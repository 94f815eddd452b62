"""What servers write into header fields. Numbers are those of the list of hostile inputs."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from multidict import CIMultiDict
from yarl import URL

from bot.model import Validators
from bot.net.headers import LONGEST_MAX_AGE, LONGEST_RETRY_AFTER, links, max_age, renewed, retry_after, validators

NOW = datetime(2026, 5, 13, 12, 0, tzinfo=UTC)
DATE = "Wed, 13 May 2026 12:00:00 GMT"


@pytest.mark.parametrize(
    "etag", [b'"abc"', b'W/"abc"', b"unquoted", b'"\xe9\xff\x80"', '"é"'.encode(), b'"a\tb"', b"x" * 1024, b'""']
)
def test_a26_a_validator_is_kept_as_the_bytes_it_came(etag: bytes) -> None:
    assert validators([(b"ETag", etag)]) == Validators(etag=etag)


@pytest.mark.parametrize("etag", [b"x" * 1025, b"x" * 1_000_000, b'"a\rb"', b'"a\nb"', b'"\0"', b'"\x7f"', b""])
def test_a26_a_validator_that_is_too_long_or_not_legal_is_left_out(etag: bytes) -> None:
    raw = [(b"etag", etag), (b"Last-Modified", DATE.encode())]
    assert validators(raw) == Validators(last_modified=DATE.encode())


def test_a25_a_304s_validators_replace_the_old_ones_and_only_those() -> None:
    old = Validators(etag=b'"1"', last_modified=b"yesterday")
    assert renewed(old, Validators(etag=b'"2"')) == Validators(etag=b'"2"', last_modified=b"yesterday")
    assert renewed(old, Validators()) == old


@pytest.mark.parametrize(
    ("values", "wait"),
    [
        (["120"], timedelta(seconds=120)),
        ([" 120 "], timedelta(seconds=120)),
        (["0"], timedelta(0)),
        (["Wed, 13 May 2026 12:05:00 GMT"], timedelta(minutes=5)),
        (["Wednesday, 13-May-26 12:05:00 GMT"], timedelta(minutes=5)),
        (["Wed, 13 May 2026 11:00:00 GMT"], timedelta(0)),
        (["99999999999"], LONGEST_RETRY_AFTER),
        (["9" * 400], LONGEST_RETRY_AFTER),
        (["Fri, 01 Jan 2099 00:00:00 GMT"], LONGEST_RETRY_AFTER),
        (["60", "120"], timedelta(seconds=120)),
        (["soon", "120"], timedelta(seconds=120)),
        (["-1"], None),
        (["soon"], None),
        (["1e3"], None),
        (["１２"], None),
        (["Wed, 99 May 2026 12:05:00 GMT"], None),
        ([""], None),
        ([], None),
    ],
)
def test_a27_retry_after_in_both_forms_and_in_none(values: list[str], wait: timedelta | None) -> None:
    assert retry_after(values, date=DATE, now=NOW) == wait


def test_a33_a_date_in_retry_after_counts_from_the_servers_own_clock() -> None:
    wrong = "Wed, 13 May 2036 12:00:00 GMT"
    assert retry_after(["Wed, 13 May 2036 12:05:00 GMT"], date=wrong, now=NOW) == timedelta(minutes=5)
    assert retry_after([DATE], date=None, now=NOW - timedelta(minutes=1)) == timedelta(minutes=1)


@pytest.mark.parametrize(
    ("fields", "age"),
    [
        ([("Cache-Control", "max-age=300")], timedelta(minutes=5)),
        ([("Cache-Control", 'public, Max-Age="300"')], timedelta(minutes=5)),
        ([("Cache-Control", "max-age=300"), ("Age", "100")], timedelta(seconds=200)),
        ([("Cache-Control", "max-age=300"), ("Age", "1000")], timedelta(0)),
        ([("Cache-Control", "max-age=300"), ("Age", "young")], timedelta(minutes=5)),
        ([("Cache-Control", "max-age=300, max-age=60")], timedelta(minutes=1)),
        ([("Cache-Control", "max-age=300"), ("Cache-Control", "max-age=60")], timedelta(minutes=1)),
        ([("Cache-Control", "max-age=0")], timedelta(0)),
        ([("Cache-Control", "max-age=-5")], timedelta(0)),
        ([("Cache-Control", "max-age=abc")], timedelta(0)),
        ([("Cache-Control", "max-age=")], timedelta(0)),
        ([("Cache-Control", "max-age=99999999999999999999")], LONGEST_MAX_AGE),
        ([("Cache-Control", "max-age=" + "9" * 400)], LONGEST_MAX_AGE),
        ([("Cache-Control", "no-cache, max-age=300")], None),
        ([("Cache-Control", "no-store")], None),
        ([("Cache-Control", "private")], None),
        ([("Cache-Control", "s-maxage=300")], None),
        ([("Cache-Control", "max-age=300"), ("Expires", DATE)], timedelta(minutes=5)),
        ([("Expires", "Wed, 13 May 2026 13:00:00 GMT")], timedelta(hours=1)),
        ([("Expires", "Wed, 13 May 2026 11:00:00 GMT")], timedelta(0)),
        ([("Expires", "0")], timedelta(0)),
        ([("Expires", "Fri, 31 Dec 9999 23:59:59 GMT")], LONGEST_MAX_AGE),
        ([], None),
    ],
)
def test_a28_freshness_is_never_negative_nor_absurd(fields: list[tuple[str, str]], age: timedelta | None) -> None:
    found = CIMultiDict(fields)
    assert max_age(found, found.getall("Cache-Control", []), now=NOW) == age


def test_a33_expires_counts_from_the_servers_own_clock() -> None:
    fields = CIMultiDict({"Date": "Fri, 13 May 2016 12:00:00 GMT", "Expires": "Fri, 13 May 2016 12:30:00 GMT"})
    assert max_age(fields, [], now=NOW) == timedelta(minutes=30)


@pytest.mark.parametrize(
    ("values", "found"),
    [
        (
            ['<https://hub.example/>; rel="hub", <https://a.example/feed>; rel=self'],
            {"hub": "https://hub.example/", "self": "https://a.example/feed"},
        ),
        (["<https://hub.example/>; rel=hub", "</feed>; rel=self"], {
            "hub": "https://hub.example/", "self": "https://a.example/feed"}),
        (["<https://a.example/x>; title=\"a, b; c\"; rel=\"self hub\""], {
            "self": "https://a.example/x", "hub": "https://a.example/x"}),
        (["<https://one.example/>; rel=HUB, <https://two.example/>; rel=hub"], {"hub": "https://one.example/"}),
        (["<javascript:alert(1)>; rel=hub", "<file:///etc/passwd>; rel=self"], {}),
        (["<http://a.example:999999/>; rel=hub", "<https://hub.example/>", "hub", "<>; rel=hub", "<" * 9000], {}),
        (["</style.css>; rel=preload"], {}),
    ],
)  # fmt: skip
def test_the_hub_and_the_own_address_are_read_from_link(values: list[str], found: dict[str, str]) -> None:
    assert links(values, URL("https://a.example/dir/feed")) == found


@given(st.text(max_size=200), st.text(max_size=200))
def test_no_field_can_make_reading_it_fail(one: str, two: str) -> None:
    fields = CIMultiDict({"Cache-Control": one, "Expires": two, "Age": one, "Date": two})
    age = max_age(fields, [one, two], now=NOW)
    assert age is None or timedelta(0) <= age <= LONGEST_MAX_AGE
    wait = retry_after([one, two], date=one, now=NOW)
    assert wait is None or timedelta(0) <= wait <= LONGEST_RETRY_AFTER
    links([one, f"<{two}>; rel=hub"], URL("http://a.example/"))
