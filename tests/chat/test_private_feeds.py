"""The form for a private feed's login: who may open it, who may send it, and what stays of it."""

from __future__ import annotations

import pytest

from bot.errors import FetchError
from bot.model import Login
from bot.sandbox import Reply
from tests.chat.desk import Desk
from tests.work.fakes import document

URL = "https://members.example/feed"
WANTS_LOGIN = FetchError(URL, "HTTP 401: unauthorized", status=401)


async def asked(desk: Desk, **options: object) -> Reply:
    desk.web.pages[URL] = WANTS_LOGIN
    return await desk.command(desk.manager, "feed add", url=URL, **options)


async def test_what_was_asked_for_besides_the_address_is_kept_while_somebody_types(desk: Desk) -> None:
    role = desk.guild.add_role("readers", mentionable=True)
    question = await asked(desk, filter="comet OR moon", style="title", mention=role)
    form = (await question.click(desk.manager, "Give login...")).modal
    assert form is not None
    assert [(field["custom_id"], field.get("value", "")) for field in form.fields] == [
        ("address", URL),
        ("user", ""),
        ("password", ""),
        ("header", ""),
        ("value", ""),
    ]
    desk.web.pages[URL] = document("a comet")
    answer = await desk.manager.submit(form, {"header": "Authorization", "value": "Bearer s3same"})
    assert "Following" in answer.text
    assert desk.web.logins[-1] == Login(header="Authorization", value="Bearer s3same")
    (one,) = [one for one in await desk.store.subscriptions(desk.guild.id) if one.feed_url.startswith(URL[:-4])]
    assert (one.filter, one.style, one.mention_role_id) == ("comet OR moon", "title", role.id)


async def test_a_manager_who_is_one_no_more_neither_opens_the_form_nor_sends_it(desk: Desk) -> None:
    question = await asked(desk)
    form = (await question.click(desk.manager, "Give login...")).modal
    assert form is not None
    desk.guild.record.members[desk.manager.id].role_ids.clear()
    late = await desk.manager.submit(form, {"user": "ada", "password": "s3same"})
    refused = await question.click(desk.manager, "Give login...")
    assert refused.modal is None
    for reply in (late, refused):
        assert "Manage Server" in reply.text
    assert [login for login in desk.web.logins if login is not None] == []


@pytest.mark.parametrize("status", [401, 403])
async def test_a_refusal_asks_for_a_login_and_another_failure_does_not(desk: Desk, status: int) -> None:
    desk.web.pages[URL] = FetchError(URL, "refused", status=status)
    assert f"(HTTP {status})" in (await desk.command(desk.manager, "feed add", url=URL)).content
    desk.web.pages[URL] = FetchError(URL, "not found", status=404)
    reply = await desk.command(desk.manager, "feed add", url=URL)
    assert not reply.components


async def test_a_page_with_a_login_is_no_feed_and_its_feeds_are_not_asked(desk: Desk) -> None:
    question = await asked(desk)
    form = (await question.click(desk.manager, "Give login...")).modal
    assert form is not None
    desk.web.pages[URL] = b'<html><link rel="alternate" type="application/rss+xml" href="https://elsewhere.example/">'
    answer = await desk.manager.submit(form, {"user": "ada", "password": "s3same"})
    assert "the feed's own address" in answer.text
    assert "https://elsewhere.example/" not in [url for url, _ in desk.web.asked]


async def test_a_login_over_http_is_refused_before_anybody_is_asked(desk: Desk) -> None:
    reply = await desk.command(desk.manager, "feed add", url="http://ada:s3same@members.example/feed")
    assert "only over https" in reply.text
    assert "s3same" not in reply.text
    assert desk.web.asked == []
