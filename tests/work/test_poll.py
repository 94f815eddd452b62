"""Polling one feed over several polls: what is committed, and what is only noted."""

from __future__ import annotations

from datetime import timedelta

from bot.errors import AddressRefused, FetchError
from bot.feeds.cadence import Limits
from bot.model import Fetched, Keyword, NotModified, Subscription, Validators
from bot.work.intake import PollResult
from bot.work.poll import Poller
from tests.clocks import START, ManualClock
from tests.work.fakes import URL, HereReader, OneFeed, Web, document

LIMITS = Limits(default=timedelta(minutes=15), minimum=timedelta(minutes=1), maximum=timedelta(hours=6))
FOLLOWER = Subscription(id=7, guild_id=1, channel_id=10, feed_id=1)


class Polling:
    """A poller with everything around it."""

    def __init__(self, store: OneFeed, web: Web) -> None:
        self.store, self.web, self.reader, self.clock = store, web, HereReader(), ManualClock()
        self.rung: list[str] = []
        self.results: list[PollResult] = []
        self.poller = Poller(
            store,
            web,
            self.reader,
            self.clock,
            limits=LIMITS,
            wake=lambda: self.rung.append("wake"),
            delivered=lambda: self.rung.append("delivered"),
            done=self.results.append,
        )

    async def poll(self, answer: object) -> str:
        """One poll that gets this answer; its outcome."""
        self.web.pages[URL] = answer
        result = await self.poller.poll(self.store.feed)
        await self.poller.finish()
        return result.outcome


def _polling(*subscriptions: Subscription, keywords: tuple[Keyword, ...] = ()) -> Polling:
    return Polling(OneFeed(*subscriptions, keywords=keywords), Web())


async def test_a_first_poll_stores_everything_and_owes_nothing() -> None:
    polling = _polling(FOLLOWER)
    await polling.poll(document("one", "two"))
    (commit,) = polling.store.commits
    assert [entry.title for entry in commit.entries] == ["one", "two"]
    assert commit.owed == []
    assert commit.document_size == 2
    assert "delivered" not in polling.rung


async def test_a_new_entry_and_all_that_belongs_to_it_is_one_commit() -> None:
    polling = _polling(FOLLOWER)
    await polling.poll(document("one"))
    tagged = Fetched(url=URL, body=document("one", "two"), validators=Validators(etag=b'"2"'))
    assert await polling.poll(tagged) == "new"
    commit = polling.store.commits[-1]
    assert [entry.title for entry in commit.entries] == ["two"]
    assert [(one.entry_key, one.subscription_id) for one in commit.owed] == [(commit.entries[0].key, 7)]
    assert commit.validators.etag == b'"2"'
    assert commit.polled_at == START
    assert commit.next_due_at > START
    assert commit.facts.title == "News"
    assert polling.rung == ["delivered"]


async def test_the_same_body_is_not_read_again() -> None:
    polling = _polling(FOLLOWER)
    await polling.poll(document("one"))
    read = polling.reader.documents_read
    assert await polling.poll(document("one")) == "unchanged"
    assert polling.reader.documents_read == read
    assert len(polling.store.commits) == 1
    assert len(polling.store.visits) == 1


async def test_not_modified_costs_a_note_and_keeps_what_it_does_not_replace() -> None:
    polling = _polling(FOLLOWER)
    both = Validators(etag=b'"1"', last_modified=b"Wed, 13 May 2026 10:57:52 GMT")
    await polling.poll(Fetched(url=URL, body=document("one"), validators=both))
    assert await polling.poll(NotModified(url=URL, validators=Validators(etag=b'"2"'))) == "not modified"
    assert polling.web.asked[-1][1] == both, "the request carries what the last answer gave"
    assert polling.store.feed.validators == Validators(etag=b'"2"', last_modified=both.last_modified)
    assert len(polling.store.commits) == 1


async def test_a_failed_poll_keeps_the_validators_and_counts() -> None:
    polling = _polling(FOLLOWER)
    await polling.poll(Fetched(url=URL, body=document("one"), validators=Validators(etag=b'"1"')))
    for failures in (1, 2):
        assert await polling.poll(FetchError(URL, "HTTP 500", status=500)) == "failed"
        assert polling.store.feed.failures == failures
    assert polling.store.visits[-1].error == "HTTP 500"
    assert polling.store.feed.validators.etag == b'"1"'
    assert await polling.poll(document("one", "two")) == "new"


async def test_what_is_no_feed_is_a_failure_and_not_news() -> None:
    polling = _polling(FOLLOWER)
    await polling.poll(document("one"))
    assert await polling.poll(b"<html><body>Maintenance</body></html>") == "failed"
    assert await polling.poll(document("one")) != "new"


async def test_a_document_without_entries_where_there_were_some_is_a_failure() -> None:
    polling = _polling(FOLLOWER)
    await polling.poll(document("one", "two"))
    assert await polling.poll(document()) == "failed"
    assert await polling.poll(document("one", "two", "three")) == "new"
    assert [entry.title for entry in polling.store.commits[-1].entries] == ["three"]


async def test_an_empty_feed_is_fine_and_its_first_entry_is_news() -> None:
    polling = _polling(FOLLOWER)
    assert await polling.poll(document()) == "unchanged"
    assert await polling.poll(document("one")) == "new"
    assert len(polling.store.commits[-1].owed) == 1


async def test_an_entry_that_left_the_document_and_comes_back_is_no_news() -> None:
    polling = _polling(FOLLOWER)
    await polling.poll(document("one", "two"))
    await polling.poll(document("two", "three"))
    await polling.poll(document("one", "two", "three"))
    assert [entry.title for commit in polling.store.commits[1:] for entry in commit.entries] == ["three"]


async def test_a_refused_address_is_not_asked_again_soon() -> None:
    polling = _polling(FOLLOWER)
    await polling.poll(document("one"))
    await polling.poll(AddressRefused(URL, "that address is not public"))
    assert polling.store.visits[-1].next_due_at >= START + LIMITS.maximum


async def test_a_server_that_asks_for_time_gets_it() -> None:
    polling = _polling(FOLLOWER)
    await polling.poll(FetchError(URL, "HTTP 429", status=429, retry_after=timedelta(hours=2)))
    assert polling.store.visits[-1].next_due_at >= START + timedelta(hours=2)


async def test_keywords_are_owed_what_they_match() -> None:
    polling = _polling(FOLLOWER, keywords=(Keyword(id=3, guild_id=1, user_id=5, query="comet"),))
    await polling.poll(document("one"))
    await polling.poll(document("one", "a moon", "a comet"))
    owed = polling.store.commits[-1].owed
    assert sorted((one.destination.kind, one.keyword_ids) for one in owed) == [
        ("channel", ()),
        ("channel", ()),
        ("user", (3,)),
    ]


async def test_a_step_polls_what_is_due_once_and_says_when_to_come_again() -> None:
    polling = _polling(FOLLOWER)
    polling.web.pages[URL] = document("one")
    await polling.poller.step(START)
    await polling.poller.step(START)  # still under way, or waiting to be written down
    await polling.poller.finish()
    assert len(polling.web.asked) == 1
    assert polling.rung == ["wake"]
    assert await polling.poller.step(START) == polling.store.feed.next_due_at
    assert [result.outcome for result in polling.results] == ["unchanged"]
