from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace
from typing import Any, cast

import aiohttp
import discord
import pytest

from bot.chat.outcome import LONGEST_WAIT, REASON_LIMIT, outcome_of, unauthorized
from bot.model import Refused, Sent, Unknown


def _http_error(status: int, body: Any, **headers: str) -> discord.HTTPException:
    response = SimpleNamespace(status=status, reason="", headers=headers)
    return discord.HTTPException(cast("Any", response), body)


@pytest.mark.parametrize(
    ("status", "code"), [(400, 50035), (403, 50001), (403, 50013), (404, 10003), (403, 50007), (403, 200000)]
)
def test_only_discords_own_codes_mean_that_it_was_not_posted(status: int, code: int) -> None:
    outcome = outcome_of(_http_error(status, {"code": code, "message": "No"}))
    assert outcome == Refused(status=status, code=code, reason="No")


def test_the_embeds_that_discord_finds_at_fault_are_told_by_their_places() -> None:
    mistake = {"_errors": [{"code": "URL_TYPE_INVALID_URL", "message": "Not a well formed URL."}]}
    errors = {"embeds": {"2": {"image": {"url": mistake}, "url": mistake}, "10": {"title": mistake}}}
    body = {"code": 50035, "message": "Invalid Form Body", "errors": errors}
    outcome = outcome_of(_http_error(400, body))
    assert isinstance(outcome, Refused)
    assert outcome.embeds == (2, 10)
    whole = {**body, "errors": {"embeds": {"_errors": [{"code": "MAX_EMBED_SIZE_EXCEEDED", "message": "Too big"}]}}}
    outcome = outcome_of(_http_error(400, whole))
    assert isinstance(outcome, Refused)
    assert outcome.embeds == ()


@pytest.mark.parametrize(
    "error",
    [
        _http_error(400, {"code": 0, "message": "400: Bad Request"}),
        _http_error(403, "<html>Cloudflare</html>"),
        _http_error(403, {"code": "50013", "message": "a code that is no number"}),
        _http_error(404, "<html>not Discord at all</html>"),
        _http_error(500, {"code": 50013, "message": "an error of the server is no refusal"}),
        _http_error(503, "upstream connect error"),
        TypeError("string indices must be integers"),
        KeyError("retry_after"),
        AttributeError("'str' object has no attribute"),
        TimeoutError(),
        ConnectionResetError(104, "Connection reset by peer"),
        aiohttp.ServerDisconnectedError(),
        RuntimeError("Session is closed"),
    ],
    ids=repr,
)
def test_everything_else_is_unknown(error: Exception) -> None:
    assert isinstance(outcome_of(error), Unknown)


def test_a_message_that_was_deleted_since_counts_as_delivered() -> None:
    assert outcome_of(_http_error(404, {"code": 10008, "message": "Unknown Message"})) == Sent()


def test_a_refused_token_is_not_the_postings_fault() -> None:
    error = _http_error(401, {"code": 0, "message": "401: Unauthorized"})
    assert isinstance(outcome_of(error), Unknown)
    assert unauthorized(error)


@pytest.mark.parametrize(
    ("error", "pause"),
    [
        (discord.RateLimited(90.5), timedelta(seconds=90.5)),
        (_http_error(429, "error code: 1015", **{"Retry-After": "120"}), timedelta(seconds=120)),
        (_http_error(429, "error code: 1015"), None),
        (_http_error(429, "", **{"Retry-After": "soon"}), None),
        (_http_error(429, "", **{"Retry-After": "-5"}), None),
        (_http_error(429, "", **{"Retry-After": "nan"}), None),
        (_http_error(429, "", **{"Retry-After": "1e300"}), LONGEST_WAIT),
        (_http_error(429, {"code": 20028, "message": "The write action you are performing..."}), None),
    ],
)
def test_a_pause_that_was_asked_for_is_handed_on(error: Exception, pause: timedelta | None) -> None:
    outcome = outcome_of(error)
    assert isinstance(outcome, Unknown)
    assert outcome.retry_after == pause


def test_reasons_are_short_and_hold_no_address() -> None:
    long = outcome_of(_http_error(400, {"code": 50035, "message": "x" * 5000}))
    assert isinstance(long, Refused)
    assert len(long.reason) <= REASON_LIMIT
    lost = outcome_of(aiohttp.ClientError("cannot connect to https://user:secret@proxy.example/"))
    assert isinstance(lost, Unknown)
    assert "secret" not in lost.reason
