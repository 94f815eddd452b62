"""Push, against a hub of our own over real sockets that also lies; and what the poller makes of what it brings."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from aiohttp import ClientSession
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import FetchError
from bot.model import FeedFacts
from bot.net.fetch import HttpFetcher
from bot.net.guard import Guard
from bot.net.websub import Callbacks, HubCaller, is_genuine
from bot.ops.health import HealthServer
from bot.ops.metrics import Metrics
from bot.work.first_poll import with_links
from bot.work.push import LEASE, SHORTEST_LEASE, Push, renewal
from tests.net.server import Site, answer, redirect, serving
from tests.work.hub import Pushed, free_port, pushed_feed
from tests.work.polling import FEED, document, fetched

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
SELF = f"<atom:link xmlns:atom='http://www.w3.org/2005/Atom' rel='self' href='{FEED}'/>"


@pytest.fixture
async def scene(tmp_path: Path) -> AsyncIterator[Pushed]:
    async with pushed_feed(tmp_path) as opened:
        yield opened


async def test_a_feed_that_names_a_hub_is_subscribed_and_verified(scene: Pushed) -> None:
    await scene.step()
    [form] = scene.hub.asked
    assert (form["hub.mode"], form["hub.topic"]) == ("subscribe", FEED)
    assert form["hub.lease_seconds"] == str(int(LEASE.total_seconds()))
    assert 20 <= len(form["hub.secret"].encode()) < 200
    assert len(form["hub.callback"].rpartition("/")[2]) >= 24
    assert scene.hub.answers == [(200, "ch4llenge")]
    await scene.step()
    assert len(scene.hub.asked) == 1


async def test_a_push_is_owed_at_once_and_the_next_poll_finds_nothing_new(scene: Pushed) -> None:
    await scene.step()
    assert await scene.deliver(document(3)) == 202  # hubs may send the new entries alone
    assert await scene.waiting() == 1
    scene.desk.web.answers[FEED] = fetched(scene.document(1, 2, 3))
    assert (await scene.desk.poll()).new == 0
    assert await scene.waiting() == 1


async def test_while_the_hub_tells_the_feed_is_asked_once_a_day(scene: Pushed) -> None:
    await scene.step()
    await scene.deliver(document(3))
    scene.desk.web.answers[FEED] = fetched(scene.document(1, 2, 3))
    before = len(scene.desk.web.asked)
    await scene.desk.run(3 * DAY)
    assert 2 <= len(scene.desk.web.asked) - before <= 4


async def test_a_hub_that_does_not_tell_is_not_relied_on(scene: Pushed) -> None:
    await scene.step()
    await scene.deliver(document(3))
    scene.desk.web.answers[FEED] = fetched(scene.document(1, 2, 3, 4))
    await scene.desk.run(1 * DAY + HOUR)
    assert await scene.waiting() == 2
    assert (await scene.desk.feed()).pushed_until is None
    before = len(scene.desk.web.asked)
    await scene.desk.run(1 * DAY)
    assert len(scene.desk.web.asked) - before > 20


@pytest.mark.parametrize("method", ["sha1", "sha256", "sha384", "sha512"])
async def test_every_allowed_signature_is_checked(scene: Pushed, method: str) -> None:
    await scene.step()
    assert await scene.deliver(document(3), method=method) == 202
    assert await scene.waiting() == 1


@pytest.mark.parametrize(
    "signature",
    ["sha256=" + "0" * 64, "sha256=", "sha1=é", "md5=" + hashlib.md5(document(3)).hexdigest(), "none", "sha256", "="],
)
async def test_a_false_signature_gets_the_same_answer_and_is_dropped(scene: Pushed, signature: str) -> None:
    await scene.step()
    assert await scene.deliver(document(3), signature=signature) == 202
    assert await scene.waiting() == 0
    assert (await scene.desk.feed()).pushed_until is None


async def test_a_hub_without_tls_gets_a_secret_too_and_nothing_unsigned_is_taken_from_it(scene: Pushed) -> None:
    assert scene.hub.url.startswith("http://")
    await scene.step()
    assert scene.hub.asked[0]["hub.secret"]
    callback = scene.hub.asked[0]["hub.callback"]
    async with ClientSession() as stranger, stranger.post(callback, data=document(3)) as reply:
        assert reply.status == 202
    await scene.push.finish()
    assert await scene.waiting() == 0
    assert await scene.desk.store.kept_pushes() == []


@pytest.mark.parametrize(
    "lie",
    [
        {"hub_topic": "https://feeds.example/other"},
        {"hub_mode": "unsubscribe"},
        {"hub_mode": "publish"},
        {"hub_challenge": ""},
        {"hub_challenge": "x" * 5_000},
        {"hub_mode": "denied", "hub_topic": "https://feeds.example/other"},
    ],
    ids=["topic", "mode", "unknown mode", "no challenge", "long challenge", "denies another"],
)
async def test_what_was_not_asked_for_is_not_found(scene: Pushed, lie: dict[str, str]) -> None:
    scene.hub.verify = lie
    await scene.step()
    assert scene.hub.answers[0][0] == 404
    state = await scene.state()
    assert state is not None
    assert state.lease_until is None


async def test_a_hub_may_ask_again_whether_it_is_still_meant_while_its_lease_runs(scene: Pushed) -> None:
    """Because our answer was lost, or from time to time."""
    await scene.step()
    assert await scene.hub.ask_back(hub_lease_seconds="3600") == (200, "ch4llenge")
    state = await scene.state()
    assert state is not None
    assert state.lease_until == scene.desk.clock.now() + HOUR
    scene.desk.clock.set_wall(scene.desk.clock.now() + 2 * HOUR)
    assert (await scene.hub.ask_back())[0] == 404, "the lease is over"


async def test_nothing_is_confirmed_unasked(scene: Pushed) -> None:
    await scene.step()
    guessed = scene.hub.asked[-1]["hub.callback"].rpartition("/")[0] + "/" + "x" * 32
    async with ClientSession() as client, client.get(guessed, params={"hub.mode": "subscribe"}) as answer:
        assert answer.status == 404


async def test_a_hub_that_never_verifies_is_asked_ever_more_rarely(scene: Pushed) -> None:
    scene.hub.verify = None
    for _ in range(5 * 24):
        await scene.step()
        scene.desk.clock.set_wall(scene.desk.clock.now() + HOUR)
    assert 5 <= len(scene.hub.asked) <= 9
    assert await scene.deliver(document(3)) == 410, "nothing may be pushed that was not verified"


async def test_a_hub_that_refuses_is_asked_again_later_and_may_not_verify(scene: Pushed) -> None:
    scene.hub.status, scene.hub.verify = 500, None
    await scene.step()
    assert (await scene.hub.ask_back())[0] == 404
    scene.hub.status, scene.hub.verify = 202, {}
    scene.desk.clock.set_wall(scene.desk.clock.now() + HOUR)
    await scene.step()
    assert scene.hub.answers == [(200, "ch4llenge")]


async def test_a_lease_is_renewed_before_it_ends_under_the_same_callback(scene: Pushed) -> None:
    await scene.step()
    first = await scene.state()
    assert first is not None
    assert first.lease_until == scene.desk.clock.now() + 10 * DAY
    scene.desk.clock.set_wall(first.lease_until - DAY)
    await scene.step()
    again = await scene.state()
    assert again is not None
    assert again.lease_until == scene.desk.clock.now() + 10 * DAY
    assert scene.hub.asked[0]["hub.callback"] == scene.hub.asked[1]["hub.callback"]


@pytest.mark.parametrize(
    ("lease", "after"),
    [(DAY, 0.8 * DAY), (10 * MINUTE, 8 * MINUTE), (9 * MINUTE, 4.5 * MINUTE), (MINUTE, MINUTE / 2)],
)
def test_a_short_lease_is_renewed_at_half_its_time(lease: timedelta, after: timedelta) -> None:
    assert renewal(lease) == after


@given(st.timedeltas(min_value=SHORTEST_LEASE, max_value=timedelta(days=400)))
def test_every_lease_is_renewed_before_it_ends_and_no_sooner_than_after_half_a_minute(lease: timedelta) -> None:
    assert timedelta(seconds=30) <= renewal(lease) < lease


async def test_a_hub_that_grants_some_minutes_is_asked_again_within_them(scene: Pushed) -> None:
    await scene.step()
    state = await scene.state()
    assert state is not None
    await scene.desk.store.save_hub(replace(state, pending=True))
    assert await scene.push.verified(state.token, state.topic, "subscribe", 5 * MINUTE)
    granted = await scene.state()
    assert granted is not None
    assert granted.lease_until is not None
    scene.desk.clock.set_wall(granted.ask_at)
    await scene.step()
    assert len(scene.hub.asked) == 2
    assert scene.desk.clock.now() < granted.lease_until


async def test_a_hub_without_renewal_ends_and_polling_goes_on_as_ever(scene: Pushed) -> None:
    await scene.step()
    await scene.deliver(document(3))
    scene.desk.web.answers[FEED] = fetched(scene.document(1, 2, 3))
    scene.desk.clock.set_wall(scene.desk.clock.now() + 11 * DAY)
    before = len(scene.desk.web.asked)
    await scene.desk.run(1 * DAY)
    assert len(scene.desk.web.asked) - before > 20


async def test_a_denial_ends_what_was_and_is_respected_for_a_week(scene: Pushed) -> None:
    await scene.step()
    assert (await scene.hub.ask_back(hub_mode="denied", hub_reason="no more"))[0] == 200
    assert await scene.deliver(document(3)) == 410
    scene.desk.clock.set_wall(scene.desk.clock.now() + 6 * DAY)
    await scene.step()
    assert len(scene.hub.asked) == 1
    scene.desk.clock.set_wall(scene.desk.clock.now() + 2 * DAY)
    await scene.step()
    assert len(scene.hub.asked) == 2


async def test_after_a_denial_the_feed_is_polled_as_ever_at_once(scene: Pushed) -> None:
    await scene.step()
    await scene.deliver(document(3))
    assert (await scene.desk.feed()).pushed_until is not None
    assert (await scene.hub.ask_back(hub_mode="denied"))[0] == 200
    feed = await scene.desk.feed()
    assert (feed.pushed_until, feed.next_due_at) == (None, scene.desk.clock.now())


async def test_a_hub_that_says_when_to_come_back_is_asked_then(scene: Pushed) -> None:
    class Busy:
        async def subscribe(self, *_: object) -> None:
            raise FetchError("https://hub.example/", "HTTP 429", status=429, retry_after=5 * HOUR)

        async def unsubscribe(self, *_: object) -> None:
            raise AssertionError

    push = Push(scene.desk.store, Busy(), scene.desk.clock, public_url="http://x/", take=_never)
    await push.step(scene.desk.clock.now())
    await push.finish()
    assert await scene.desk.store.next_hub_due(scene.desk.clock.now()) == scene.desk.clock.now() + 5 * HOUR


@pytest.mark.parametrize("public_url", ["", "https://elsewhere.example"], ids=["off", "another"])
async def test_when_hubs_cannot_reach_us_where_they_could_their_feeds_are_polled_as_ever(
    scene: Pushed, public_url: str
) -> None:
    """The operator gave Herald another public address, or none."""
    await scene.step()
    await scene.deliver(document(3))
    store, now = scene.desk.store, scene.desk.clock.now()
    token = scene.hub.asked[-1]["hub.callback"].rpartition("/")[2]
    await store.forget_hubs(f"{public_url}/websub/" if public_url else "", now)
    feed = await scene.desk.feed()
    assert (feed.pushed_until, feed.next_due_at) == (None, now)
    assert await store.hub_subscription(token) is None, "what was told to the old address is no key any more"
    assert [one.lease_until for one in await store.hubs_due(now, 10)] == [None]


async def test_a_restart_at_the_same_address_asks_no_hub_anew(scene: Pushed) -> None:
    await scene.step()
    again = Push(scene.desk.store, HubCaller(scene.fetcher), scene.desk.clock, public_url=scene.public, take=_never)
    await again.step(scene.desk.clock.now())
    await again.finish()
    assert len(scene.hub.asked) == 1


@pytest.mark.parametrize("handed_on", [True, False], ids=["the proxy hands the path on", "the proxy takes it away"])
async def test_a_public_address_under_a_path_is_reached(scene: Pushed, handed_on: bool) -> None:
    public = f"http://127.0.0.1:{scene.server.port}/bots/herald/"
    routes = Callbacks(scene.push, max_bytes=1000, public_url=public).routes()
    server = HealthServer(Metrics(), live={}, ready={}, also=routes)
    await server.start(free_port(), host="127.0.0.1")
    await scene.step()
    token = scene.hub.asked[-1]["hub.callback"].rpartition("/")[2]
    path = f"/bots/herald/websub/{token}" if handed_on else f"/websub/{token}"
    query = {"hub.mode": "subscribe", "hub.topic": FEED, "hub.challenge": "yes"}
    async with ClientSession() as client, client.get(f"http://127.0.0.1:{server.port}{path}", params=query) as answer:
        assert (answer.status, await answer.text()) == (200, "yes")
    await server.close()


async def test_a_self_in_the_header_without_a_hub_gives_way_to_the_documents(scene: Pushed) -> None:
    """Stopping at the first mechanism that tells both (section 4)."""
    topic = "https://feeds.example/canonical"
    facts = FeedFacts(hub_url="https://hub.example/", self_url=topic)
    assert with_links(facts, {"self": "https://feeds.example/other"}) == facts
    named = with_links(facts, {"hub": "https://h2.example/", "self": "https://feeds.example/other"})
    assert (named.hub_url, named.self_url) == ("https://h2.example/", "https://feeds.example/other")
    assert with_links(facts, {"hub": "https://h2.example/"}).self_url == topic


async def test_nobody_follows_any_more_and_the_hub_is_told_to_stop(scene: Pushed) -> None:
    await scene.step()
    [one] = await scene.desk.store.subscriptions(1)
    await scene.desk.store.remove_subscription(1, one.id)
    assert await scene.deliver(document(3)) == 410


async def test_another_hub_gets_another_callback_and_the_old_one_is_gone(scene: Pushed) -> None:
    await scene.step()
    scene.head = scene.head.replace("/hub'", "/hub?other'")
    scene.desk.web.answers[FEED] = fetched(scene.document(1, 2, 3))
    await scene.desk.poll()
    assert await scene.deliver(document(4)) == 410
    await scene.step()
    first, second = [form for form in scene.hub.asked if form["hub.mode"] == "subscribe"]
    assert first["hub.callback"] != second["hub.callback"]
    assert first["hub.secret"] != second["hub.secret"]


async def test_b68_a_hub_inside_the_operators_network_is_never_contacted(scene: Pushed, tmp_path: Path) -> None:
    fetcher = HttpFetcher(Guard(), scene.desk.clock, user_agent="Herald/0")
    scene.push = Push(scene.desk.store, HubCaller(fetcher), scene.desk.clock, public_url="http://x/", take=_never)
    await scene.step()
    await fetcher.close()
    assert scene.hub.asked == []


async def _never(*_: object) -> None:
    raise AssertionError


async def test_garbage_from_a_hub_changes_nothing(scene: Pushed) -> None:
    await scene.step()
    for body in (b"", b"<html>", b"\x00" * 100, b"x" * (1 << 20)):
        await scene.deliver(body)
    assert await scene.deliver(b"x" * (2 << 20)) == 413
    feed = await scene.desk.feed()
    assert (feed.failures, feed.pushed_until, feed.document_size) == (0, None, 2)


async def test_a_poll_and_a_push_of_one_entry_tell_it_once(scene: Pushed) -> None:
    await scene.step()
    scene.desk.web.answers[FEED] = fetched(scene.document(1, 2, 3))
    feed = await scene.desk.feed()
    await asyncio.gather(scene.desk.poller.poll(feed), scene.hub.push(document(3)))
    await scene.push.finish()
    await scene.desk.poller.finish()
    assert await scene.waiting() == 1
    scene.desk.web.answers[FEED] = fetched(scene.document(1, 2, 3, 4))
    await scene.desk.poll()
    assert await scene.waiting() == 2


async def test_the_link_header_names_the_hub_before_the_document_does(scene: Pushed) -> None:
    links = {"hub": scene.hub.url + "?header", "self": "https://feeds.example/header"}
    scene.desk.web.answers[FEED] = replace(fetched(scene.document(1, 2, 3)), links=links)
    await scene.desk.poll()
    await scene.step()
    assert scene.hub.asked[-1]["hub.topic"] == "https://feeds.example/header"


async def test_a_redirecting_hub_is_followed_where_the_method_stays(scene: Pushed) -> None:
    async with serving(Site()) as site:
        site.answers = {"/old": redirect("/new", 307), "/new": answer(b"", status="202 Accepted")}
        await scene.fetcher.post(site.url("/old"), {"a": "b"})
        assert [request.lines[0] for request in site.requests] == [b"POST /old HTTP/1.1", b"POST /new HTTP/1.1"]
        site.answers["/old"] = redirect("/new", 302)
        with pytest.raises(FetchError):
            await scene.fetcher.post(site.url("/old"), {"a": "b"})


def test_a_signature_of_anything_never_raises() -> None:
    assert is_genuine(b"x", "sha1=" + hmac.new(b"k", b"x", "sha1").hexdigest().upper(), b"k")
    for claimed in ("", "=", "sha1=\x00", "shake_128=aa", "sha256=\ud800"):
        assert not is_genuine(b"x", claimed, b"k")
