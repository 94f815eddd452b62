from __future__ import annotations

import io
import json
import logging
import time
from typing import Any

import pytest
import structlog

from bot.ops.logging import LogFormat, configure
from bot.ops.redact import HIDDEN, Redactor

pytestmark = pytest.mark.usefixtures("logging_as_it_was")

# In the shape of the real thing, and nobody's.
TOKEN = "MTA" + "x" * 21 + ".GabcDE." + "y" * 38


def logged(log_format: LogFormat = "json", *, level: str = "INFO", secrets: tuple[str, ...] = ()) -> io.StringIO:
    stream = io.StringIO()
    configure(log_format, level=level, stream=stream, secrets=secrets)
    return stream


def lines(stream: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_an_event_is_one_line_of_json_with_level_logger_and_time() -> None:
    stream = logged()
    structlog.get_logger("bot.work.poll").info("polled", feed=7, new=3)
    (line,) = lines(stream)
    assert line["event"] == "polled"
    assert (line["feed"], line["new"], line["level"], line["logger"]) == (7, 3, "info", "bot.work.poll")
    assert line["timestamp"].endswith("Z")


def test_text_is_for_people_and_has_no_colours_outside_a_terminal() -> None:
    stream = logged("text")
    structlog.get_logger("bot").warning("polled", feed=7)
    assert "polled" in stream.getvalue()
    assert "feed=7" in stream.getvalue()
    assert "\x1b[" not in stream.getvalue()


def test_a_librarys_message_comes_out_in_the_same_form() -> None:
    stream = logged()
    logging.getLogger("discord.client").info("connected to %s", "gateway")
    (line,) = lines(stream)
    assert (line["event"], line["level"], line["logger"]) == ("connected to gateway", "info", "discord.client")


def test_the_level_is_kept() -> None:
    stream = logged(level="warning")
    structlog.get_logger("bot").info("polled")
    logging.getLogger("aiohttp.client").info("hello")
    structlog.get_logger("bot").warning("odd")
    assert [line["event"] for line in lines(stream)] == ["odd"]


@pytest.mark.parametrize("name", ["discord.http", "discord.gateway", "sqlalchemy.engine.Engine", "aiosqlite"])
def test_debug_does_not_print_what_libraries_carry(name: str) -> None:
    stream = logged(level="debug")
    logging.getLogger(name).debug("POST with %s has returned 200", {"content": "a stranger's text"})
    structlog.get_logger("bot").debug("ours")
    assert [line["event"] for line in lines(stream)] == ["ours"]


@pytest.mark.parametrize("log_format", ["text", "json"])
@pytest.mark.parametrize(
    ("secret", "text"),
    [
        (TOKEN, f"logging in with {TOKEN}"),
        (TOKEN, f"Authorization: Bot {TOKEN}"),
        (
            "hOOk-t0ken_aaaaaaaaaa",
            "POST https://discord.com/api/v10/webhooks/123456789/hOOk-t0ken_aaaaaaaaaa?wait=true",
        ),
        ("hOOk-t0ken_aaaaaaaaaa", "POST http://127.0.0.1:9/api/webhooks/123456789/hOOk-t0ken_aaaaaaaaaa"),
        ("aW50ZXJhY3Rpb24", "/interactions/123456789/aW50ZXJhY3Rpb24/callback"),
        ("s3same", "GET https://reader:s3same@feeds.example/rss"),
        ("reader", "GET https://reader:s3same@feeds.example/rss"),
        ("s3same", "GET https://feeds.example/rss?format=atom&token=s3same"),
        ("s3same", "GET https://feeds.example/rss?api_key=s3same&n=5"),
        ("s3same", "GET https://feeds.example/rss?X-Amz-Signature=s3same"),
        ("s3same", "GET /go?to=https%3A%2F%2Fa.example%2F%3Ftoken%3Ds3same"),
        ("QWxhZGRpbjpvcGVuIHNlc2FtZQ==", "Authorization: Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ=="),
    ],
)
def test_no_secret_appears_in_an_event_a_field_a_library_or_an_exception(
    secret: str, text: str, log_format: LogFormat
) -> None:
    stream = logged(log_format)
    log = structlog.get_logger("bot")
    log.info(text)
    log.info("event", url=text, nested={"urls": [text]}, error=ValueError(text))
    logging.getLogger("aiohttp.client").warning("failed: %s", text)
    try:
        raise RuntimeError(text)
    except RuntimeError:
        log.exception("went wrong")
        logging.getLogger("asyncio").exception("went wrong")
    assert stream.getvalue().count(HIDDEN) >= 6
    assert secret not in stream.getvalue()


def test_a_named_secret_is_hidden_whatever_it_looks_like() -> None:
    stream = logged(secrets=("correct horse battery", ""))
    structlog.get_logger("bot").info("event", text="said correct horse battery to it")
    assert lines(stream)[0]["text"] == f"said {HIDDEN} to it"


def test_a_field_named_token_is_hidden_whatever_it_holds() -> None:
    stream = logged()
    structlog.get_logger("bot").info("event", token="abc", settings={"password": "def"})
    assert lines(stream)[0] | {"timestamp": ""} == {
        "event": "event",
        "token": HIDDEN,
        "settings": {"password": HIDDEN},
        "level": "info",
        "logger": "bot",
        "timestamp": "",
    }


@pytest.mark.parametrize(
    "text",
    [
        "GET https://feeds.example/monkey/keyboard?page=2&sort=new",
        "mail to someone@example.org about https://a.example/",
        "https://a.example/@someone/feed.xml?at=a@b",
        "a long.sentence.with.dots and a-hyphenated-word",
    ],
)
def test_ordinary_text_is_left_alone(text: str) -> None:
    assert Redactor().text(text) == text


def test_a_second_setup_replaces_the_first() -> None:
    first, second = logged(), logged()
    structlog.get_logger("bot").info("once")
    assert first.getvalue() == ""
    assert len(lines(second)) == 1


@pytest.mark.parametrize(
    "text", ["?" * 50_000, "a" * 50_000, "://" * 20_000, "?token" * 9_000, "x-" * 30_000, "." * 50_000]
)
def test_hiding_takes_time_linear_in_the_text(text: str) -> None:
    began = time.process_time()
    Redactor().text(text)
    assert time.process_time() - began < 1
