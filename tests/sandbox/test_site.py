"""The feed site over real sockets: what it serves, when it says 304, what it logs."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from xml.etree import ElementTree

import aiohttp
import feedparser
import pytest

from bot.sandbox.site import FeedSite
from bot.sandbox.site.formats import CONTENT_TYPES, FeedFormat
from bot.sandbox.site.pictures import PNG_SIGNATURE
from bot.sandbox.site.stories import load_stories
from tests.material import SEED, needs

FORMATS: tuple[FeedFormat, ...] = ("rss", "atom", "json", "rdf")


@dataclass
class Hand:
    """A clock that moves by hand."""

    time: datetime = datetime(2026, 5, 13, 12, tzinfo=UTC)

    def now(self) -> datetime:
        return self.time


@pytest.fixture
def clock() -> Hand:
    return Hand()


@pytest.fixture
async def site(clock: Hand) -> AsyncIterator[FeedSite]:
    async with FeedSite(clock=clock) as running:
        yield running


@pytest.fixture
async def client() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


async def body_of(client: aiohttp.ClientSession, url: str) -> bytes:
    async with client.get(url) as response:
        assert response.status == 200
        return await response.read()


async def status_of(client: aiohttp.ClientSession, url: str, **headers: str) -> int:
    async with client.get(url, headers=headers) as response:
        return response.status


def titles(document: bytes) -> list[str]:
    if document.startswith(b"{"):
        return [item["title"] for item in json.loads(document)["items"]]
    names = {"title", "{http://www.w3.org/2005/Atom}title", "{http://purl.org/rss/1.0/}title"}
    found = [node.text or "" for node in ElementTree.fromstring(document).iter() if node.tag in names]
    return found[1:]  # the first is the feed's own


@pytest.mark.parametrize("form", FORMATS)
async def test_a_feed_is_well_formed_in_every_format(
    site: FeedSite, client: aiohttp.ClientSession, form: FeedFormat
) -> None:
    feed = site.add_feed("chips", format=form, title="Chips & <fries>", description="D", hub_url="http://hub.example/")
    feed.publish(
        title='5 < 6 & "C++" 半导体 \x0c🍵',
        body_html="<p>a]]>b & <b>bold</b></p>",
        author="Åsa & Co",
        image="wafer",
        categories=["a<b"],
    )
    async with client.get(feed.url) as response:
        assert response.content_type == CONTENT_TYPES[form]
        document = await response.read()
    assert titles(document)[0].replace("\x0c", "") == '5 < 6 & "C++" 半导体 🍵'


@pytest.mark.parametrize("form", ["rss", "atom", "rdf"])
async def test_a_reader_finds_every_field(site: FeedSite, client: aiohttp.ClientSession, form: FeedFormat) -> None:
    feed = site.add_feed("chips", format=form)
    entry = feed.publish(title="T", body_html="<p>Body</p>", author="Ann", image="wafer", categories=["x"])
    read = feedparser.parse(await body_of(client, feed.url)).entries[0]
    body = read.content[0].value if "content" in read else read.summary
    assert (read.id, read.link, read.author, body) == (entry.guid, entry.url, "Ann", "<p>Body</p>")
    when = read.updated_parsed if form == "rdf" else read.published_parsed
    assert when[:6] == (2026, 5, 13, 12, 0, 0)
    assert entry.image_url is not None
    assert entry.image_url.encode() in await body_of(client, feed.url)


async def test_a_json_feed_has_every_field(site: FeedSite, client: aiohttp.ClientSession) -> None:
    feed = site.add_feed("chips", format="json", title="Chips", icon_url="https://a.example/i.png")
    entry = feed.publish(title="T", body_html="<p>Body</p>", author="Ann", image="wafer", categories=["x"])
    document = json.loads(await body_of(client, feed.url))
    assert (document["title"], document["feed_url"], document["home_page_url"]) == ("Chips", feed.url, feed.page_url)
    assert document["items"] == [
        {
            "id": entry.guid,
            "url": entry.url,
            "title": "T",
            "content_html": "<p>Body</p>",
            "image": entry.image_url,
            "date_published": "2026-05-13T12:00:00Z",
            "authors": [{"name": "Ann"}],
            "tags": ["x"],
        }
    ]


async def test_entries_stand_newest_first_within_the_window(site: FeedSite, client: aiohttp.ClientSession) -> None:
    feed = site.add_feed("chips", window=2)
    for title in ("one", "two", "three"):
        feed.publish(title=title)
    assert titles(await body_of(client, feed.url)) == ["three", "two"]


async def test_an_entry_can_be_edited_and_withdrawn(site: FeedSite, client: aiohttp.ClientSession) -> None:
    feed = site.add_feed("chips")
    first, second = feed.publish(title="one"), feed.publish(title="two")
    feed.edit(str(first.guid), title="one, corrected")
    feed.withdraw(str(second.guid))
    assert titles(await body_of(client, feed.url)) == ["one, corrected"]


async def test_reissued_guids_are_new_and_all_else_stays(site: FeedSite) -> None:
    feed = site.add_feed("chips")
    before = [feed.publish(title=title) for title in ("one", "two")]
    feed.reissue_guids()
    after = list(feed.entries.values())
    assert not {entry.guid for entry in before} & {entry.guid for entry in after}
    assert [(entry.title, entry.url) for entry in after] == [(entry.title, entry.url) for entry in before]


async def test_a_feed_without_guids_has_none(site: FeedSite, client: aiohttp.ClientSession) -> None:
    feed = site.add_feed("chips", guids=False)
    feed.publish(title="one")
    assert b"<guid" not in await body_of(client, feed.url)


# --- Conditional requests -------------------------------------------------------------------------------------------


async def test_an_unchanged_feed_answers_304_to_either_validator(site: FeedSite, client: aiohttp.ClientSession) -> None:
    feed = site.add_feed("chips")
    async with client.get(feed.url) as response:
        etag, modified = response.headers["ETag"], response.headers["Last-Modified"]
    assert await status_of(client, feed.url, **{"If-None-Match": f'"other", W/{etag}'}) == 304
    assert await status_of(client, feed.url, **{"If-Modified-Since": modified}) == 304


async def test_the_etag_decides_over_the_date(site: FeedSite, client: aiohttp.ClientSession) -> None:
    feed = site.add_feed("chips")
    async with client.get(feed.url) as response:
        modified = response.headers["Last-Modified"]
    assert await status_of(client, feed.url, **{"If-None-Match": '"other"', "If-Modified-Since": modified}) == 200


async def test_two_changes_in_one_second_are_told_apart_by_the_date(
    site: FeedSite, client: aiohttp.ClientSession
) -> None:
    feed = site.add_feed("chips", validating="last-modified")
    async with client.get(feed.url) as response:
        assert "ETag" not in response.headers
        modified = response.headers["Last-Modified"]
    feed.publish(title="in the same second")
    assert await status_of(client, feed.url, **{"If-Modified-Since": modified}) == 200


async def test_a_304_carries_the_validators_and_no_body(site: FeedSite, client: aiohttp.ClientSession) -> None:
    feed = site.add_feed("chips")
    async with client.get(feed.url) as response:
        etag = response.headers["ETag"]
    async with client.get(feed.url, headers={"If-None-Match": etag}) as response:
        assert (response.status, response.headers["ETag"], await response.read()) == (304, etag, b"")


async def test_requests_are_logged_with_what_was_answered(
    site: FeedSite, client: aiohttp.ClientSession, clock: Hand
) -> None:
    feed = site.add_feed("chips")
    async with client.get(feed.url, headers={"User-Agent": "Reader/1"}) as response:
        etag = response.headers["ETag"]
    clock.time += timedelta(minutes=15)
    await status_of(client, feed.url, **{"If-None-Match": etag})
    first, second = feed.requests
    assert (first.method, first.status, first.headers["User-Agent"]) == ("GET", 200, "Reader/1")
    assert (second.status, second.at - first.at) == (304, timedelta(minutes=15))


async def test_other_methods_are_refused(site: FeedSite, client: aiohttp.ClientSession) -> None:
    feed = site.add_feed("chips")
    async with client.post(feed.url) as response:
        assert response.status == 405
    async with client.head(feed.url) as response:
        assert response.status == 200


# --- Moves, pages, pictures -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(("permanent", "status"), [(True, 301), (False, 302)])
async def test_a_moved_feed_redirects_from_where_it_was(
    site: FeedSite, client: aiohttp.ClientSession, permanent: bool, status: int
) -> None:
    feed = site.add_feed("chips")
    former = feed.url
    feed.move_to("/new/place.xml", permanent=permanent)
    async with client.get(former) as response:
        assert (response.status, str(response.url)) == (200, feed.url)
        assert [hop.status for hop in response.history] == [status]


async def test_pages_announce_one_feed_all_or_none(site: FeedSite, client: aiohttp.ClientSession) -> None:
    chips, sky = site.add_feed("chips"), site.add_feed("sky", format="atom")
    announced = {
        url: (await body_of(client, url)).decode().count('rel="alternate"')
        for url in (chips.page_url, sky.page_url, site.all_feeds_url, site.no_feed_url)
    }
    assert list(announced.values()) == [1, 1, 2, 0]
    own = site.add_page("/two/of/them", [chips, sky])
    assert b'type="application/atom+xml"' in await body_of(client, own)


async def test_an_entry_has_its_page_and_its_picture(site: FeedSite, client: aiohttp.ClientSession) -> None:
    story = load_stories()[0].stories[0]
    entry = site.add_feed("chips").publish(story)
    assert story.body_html.encode() in await body_of(client, entry.url)
    assert entry.image_url is not None
    assert (await body_of(client, entry.image_url)).startswith(PNG_SIGNATURE)
    assert await status_of(client, site.url + "/stories/never-written") == 404


async def test_pictures_can_bear_a_public_name_and_are_had_all_the_same(
    clock: Hand, client: aiohttp.ClientSession
) -> None:
    async with FeedSite(clock=clock, pictures_url="https://pictures.example/") as site:
        story = load_stories()[0].stories[0]
        entry = site.add_feed("chips").publish(story)
        assert entry.image_url == f"https://pictures.example/{story.slug}.png"
        png = site.picture(entry.image_url)
        assert png is not None
        assert await body_of(client, f"{site.url}/pictures/{story.slug}.png") == png
        assert f'src="/pictures/{story.slug}.png"'.encode() in await body_of(client, entry.url)
        assert site.picture("https://elsewhere.example/a.png") is None


@pytest.mark.parametrize("on_pages", [False, True])
async def test_a_page_names_its_picture_for_who_links_to_it_and_may_be_the_only_one_to(
    clock: Hand, client: aiohttp.ClientSession, on_pages: bool
) -> None:
    async with FeedSite(clock=clock, pictures_url="https://pictures.example/") as site:
        feed = site.add_feed("chips", pictures_on_pages=on_pages)
        story = load_stories()[0].stories[0]
        entry = feed.publish(story)
        picture = f"https://pictures.example/{story.slug}.png"
        page = await body_of(client, entry.url)
        assert f'<meta property="og:image" content="{picture}">'.encode() in page
        assert f'src="/pictures/{story.slug}.png"'.encode() in page
        assert (picture.encode() in await body_of(client, feed.url)) is not on_pages
        bare = feed.publish(title="Without", image="")
        assert b"og:image" not in await body_of(client, bare.url)


async def test_a_story_feed_lies_in_the_past_and_goes_on_one_by_one(
    site: FeedSite, client: aiohttp.ClientSession, clock: Hand
) -> None:
    source = load_stories()[0]
    feed = site.add_story_feed(source, hold_back=2)
    assert all(entry.published_at < clock.now() for entry in feed.entries.values())
    published = [feed.publish_next(), feed.publish_next()]
    assert [entry.title for entry in published if entry] == [story.title for story in source.stories[-2:]]
    assert feed.publish_next() is None
    assert titles(await body_of(client, feed.url)) == [story.title for story in source.stories[::-1]]


async def test_the_site_is_for_this_machine_alone() -> None:
    with pytest.raises(ValueError, match="loopback"):
        FeedSite(host="0.0.0.0")


# --- Documents from elsewhere ---------------------------------------------------------------------------------------


@needs(SEED)
async def test_the_newest_entries_of_a_file_are_published_one_by_one_byte_for_byte(
    site: FeedSite, client: aiohttp.ClientSession
) -> None:
    whole = SEED.read_bytes()
    feed = site.add_file_feed(SEED, hold_back=10)
    links = [entry.id for entry in feedparser.parse(whole).entries]
    for held in range(10, 0, -1):
        document = await body_of(client, feed.url)
        assert [entry.id for entry in feedparser.parse(document).entries] == links[held:]
        published = feed.publish_next()
        assert published is not None
        assert published in whole
        assert links[held - 1].replace("&", "&amp;").encode() in published
    assert await body_of(client, feed.url) == whole
    assert feed.publish_next() is None


@pytest.mark.parametrize(
    ("content_type", "document"),
    [
        (
            "application/rss+xml",
            b"<rss><channel>\n <item a='>'>1</item>\n\n <item>2 \xe9</item><item/></channel></rss>",
        ),
        ("application/atom+xml", b"<feed><entry><title>1</title></entry>  <entry>2</entry></feed>"),
        ("application/feed+json", '\ufeff{"items" : [ {"id":"é"} ,\n{"id": "2"}]}'.encode()),
    ],
)
async def test_what_is_left_out_of_a_document_changes_nothing_else(
    site: FeedSite, client: aiohttp.ClientSession, content_type: str, document: bytes
) -> None:
    feed = site.add_bytes_feed("file", document, content_type=content_type, hold_back=1)
    shorter = await body_of(client, feed.url)
    published = feed.publish_next()
    assert published is not None
    assert published in document
    assert published not in shorter
    assert await body_of(client, feed.url) == document


async def test_a_tag_in_a_comment_or_cdata_section_is_text(site: FeedSite) -> None:
    inside = b"<item><title><![CDATA[ </item> ]]></title><!-- <item> --></item>"
    feed = site.add_bytes_feed("file", b"<rss>" + inside + b"<item>old</item></rss>", hold_back=1)
    assert feed.publish_next() == inside


@pytest.mark.parametrize(
    ("document", "kind"),
    [
        (b"<?xml version='1.0'?>\n<rss version='2.0'/>", "rss"),
        (b"<?xml version='1.0'?><!-- rss --><feed xmlns='http://www.w3.org/2005/Atom'/>", "atom"),
        (b"<rdf:RDF xmlns:rdf='x'/>", "rdf"),
        (b"\xef\xbb\xbf {}", "json"),
        (b"?", "rss"),
    ],
)
async def test_a_documents_type_is_told_by_its_beginning(site: FeedSite, document: bytes, kind: FeedFormat) -> None:
    assert site.add_bytes_feed("file", document).content_type == CONTENT_TYPES[kind]


async def test_another_document_can_take_the_place_of_the_first(
    site: FeedSite, client: aiohttp.ClientSession, tmp_path: Path
) -> None:
    feed = site.add_bytes_feed("file", b"<rss><item>1</item></rss>")
    feed.serve_bytes(b"<rss><item>2</item><item>1</item></rss>", hold_back=1)
    assert await body_of(client, feed.url) == b"<rss><item>1</item></rss>"
    (tmp_path / "other.xml").write_bytes(b"<rss><item>3</item></rss>")
    feed.serve_file(tmp_path / "other.xml")
    assert await body_of(client, feed.url) == b"<rss><item>3</item></rss>"


async def test_more_cannot_be_held_back_than_there_is(site: FeedSite) -> None:
    with pytest.raises(ValueError, match="only 1"):
        site.add_bytes_feed("file", b"<rss><item>1</item></rss>", hold_back=2)
