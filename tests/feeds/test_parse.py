"""Odd and hostile documents, by their numbers in the list of cases (hostile.md, part B), and what each format means."""

from __future__ import annotations

import gzip
import json
import random
import zlib
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import ParseError
from bot.feeds.parse import parse
from bot.feeds.parsed import ParsedDocument, ParsedItem
from tests.feeds.corpus import real_feeds
from tests.material import OPEN_FEEDS, needs

URL = "https://feeds.example.org/blog/feed.xml"
NAMESPACES = (
    'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:content="http://purl.org/rss/1.0/modules/content/" '
    'xmlns:media="http://search.yahoo.com/mrss/" xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd" '
    'xmlns:atom="http://www.w3.org/2005/Atom" xmlns:sy="http://purl.org/rss/1.0/modules/syndication/"'
)


def rss(item: str = "", channel: str = "", *, items: str | None = None, prologue: str = "") -> bytes:
    body = f"<item>{item}</item>" if items is None else items
    head = channel or "<title>A feed</title><link>https://blog.example.org/</link>"
    return f'{prologue}<rss version="2.0" {NAMESPACES}><channel>{head}{body}</channel></rss>'.encode()


def atom(entry: str = "", feed: str = "<title>A feed</title>", *, base: str = "") -> bytes:
    return f'<feed xmlns="http://www.w3.org/2005/Atom"{base}>{feed}<entry>{entry}</entry></feed>'.encode()


def only(body: bytes) -> ParsedItem:
    (item,) = parse(body, url=URL).items
    return item


def json_feed(*items: object, **feed: object) -> bytes:
    head = {"version": "https://jsonfeed.org/version/1.1", "title": "A feed"}
    return json.dumps({**head, **feed, "items": list(items)}).encode()


# --- B: hostile bodies ----------------------------------------------------------------------------------------

LAUGHS = "<!DOCTYPE r [<!ENTITY a 'ha'>" + "".join(
    f"<!ENTITY {new} '{f'&{old};' * 10}'>" for old, new in zip("abcdefghi", "bcdefghij", strict=True)
) + "]>"  # fmt: skip

REFUSED = {
    "20 an empty body": (b"", "empty"),
    "20 blanks": (b" \r\n\t ", "empty"),
    "44 an HTML page": (b"<!doctype html><html><head><title>x</title></head></html>", "web page"),
    "44 an XHTML page with a declaration": (b'<?xml version="1.0"?><!-- x --><html xmlns="x"></html>', "web page"),
    "44 an HTML page that speaks of <rss>": (b"<html><body>use <rss> and <feed></body></html>", "web page"),
    "44 a PDF": (b"%PDF-1.7\n...", "PDF"),
    "44 a JPEG": (b"\xff\xd8\xff\xe0\x00\x10JFIF" + bytes(range(256)), "not a feed"),
    "44 text": (b"Hello, world", "not a feed"),
    "44 some other XML": (b"<?xml version='1.0'?><urlset><url/></urlset>", "not a feed"),
    "44 JSON that is no feed": (b'{"a": 1}', "not a JSON Feed"),
    "44 a JSON list": (b"[1, 2]", "not a JSON Feed"),
    "44 RSS in JSON without a channel": (b'{"rss": {"channel": []}}', "not a JSON Feed"),
    "45 items not a list": (b'{"version": "https://jsonfeed.org/version/1", "items": {}}', "no list"),
    "45 a million brackets": (b"[" * 1_000_000, "not valid JSON"),
    "45 cut off": (json_feed({"id": "1"})[:-5], "not valid JSON"),
    "22 a damaged gzip stream": (b"\x1f\x8b\x08\x00garbage", "damaged"),
    "21 a gzip bomb": (gzip.compress(bytes(40 * 1024 * 1024), mtime=0), "10 MiB"),
    "40 a tag with 100,000 attributes": (
        rss(items="<item " + " ".join(f'a{n}="x"' for n in range(100_000)) + "/>"),
        "attributes",
    ),
    "41 200 kB of <": (b"<" * 200_000, "not a feed"),
}


@pytest.mark.parametrize(("body", "reason"), REFUSED.values(), ids=REFUSED)
@pytest.mark.timeout(5)
def test_what_is_no_feed_is_refused_with_a_reason(body: bytes, reason: str) -> None:
    with pytest.raises(ParseError, match=reason) as refusal:
        parse(body, url=URL)
    assert refusal.value.url == URL
    assert URL not in refusal.value.reason


@pytest.mark.timeout(8)
@pytest.mark.parametrize("entity", ["a", "j"])
def test_38_billion_laughs_end_soon_and_small(entity: str) -> None:
    try:
        document = parse(rss(f"<title>&{entity};</title><guid>1</guid>", prologue=LAUGHS), url=URL)
    except ParseError:
        return
    assert all(len(item.title) <= 1_000 for item in document.items)


def test_39_external_entities_and_dtds_are_never_read() -> None:
    secret = "<!DOCTYPE r SYSTEM 'http://169.254.169.254/x.dtd' [<!ENTITY x SYSTEM 'file:///etc/passwd'>]>"
    document = parse(rss("<title>a &x; b</title>", prologue=secret), url=URL)
    assert "root:" not in document.items[0].title


@pytest.mark.timeout(20)
def test_41_deep_nesting_is_survived() -> None:
    nested = "<b>" * 20_000 + "x" + "</b>" * 20_000
    assert only(rss(f"<guid>1</guid><description>{nested}</description>")).guid == "1"


@pytest.mark.timeout(20)
def test_41_a_title_of_two_megabytes_is_cut() -> None:
    item = only(rss(f"<title>{'word ' * 400_000}</title>"))
    assert len(item.title) == 1_000
    assert item.title.endswith("…")


def test_41_a_body_of_a_megabyte_is_cut() -> None:
    assert len(only(rss(f"<description>{'word ' * 200_000}</description>")).html) <= 256 * 1024


@pytest.mark.timeout(30)
@pytest.mark.parametrize(("newest_first", "kept"), [(True, "0"), (False, "5099")])
def test_41_of_too_many_entries_the_newest_are_kept(newest_first: bool, kept: str) -> None:
    start = datetime(2026, 1, 1, tzinfo=UTC)
    dates = [start + timedelta(minutes=-n if newest_first else n) for n in range(5_100)]
    items = [{"id": str(n), "date_published": date.isoformat()} for n, date in enumerate(dates)]
    document = parse(json_feed(*items), url=URL)
    guids = {item.guid for item in document.items}
    assert len(document.items) == 5_000
    assert kept in guids
    assert "5100 entries" in document.problems[0]


WORDS = "Grüße für müde Übergänge"
RUSSIAN, JAPANESE, CHINESE = "Привет, мир", "日本語の見出し", "沪深股市大涨"
ENCODED = {
    "UTF-8": (WORDS, "utf-8", "utf-8", ""),
    "UTF-8 with BOM": (RUSSIAN, "utf-8-sig", "utf-8", ""),
    "UTF-16 with BOM": (RUSSIAN, "utf-16", "utf-16", ""),
    "UTF-16BE without BOM": (RUSSIAN, "utf-16-be", "utf-16", ""),
    "UTF-32 with BOM": (RUSSIAN, "utf-32", "utf-32", ""),
    "Latin-1": (WORDS, "latin-1", "iso-8859-1", ""),
    "windows-1251": (RUSSIAN, "windows-1251", "windows-1251", ""),
    "KOI8-R": (RUSSIAN, "koi8-r", "koi8-r", ""),
    "EUC-JP": (JAPANESE, "euc-jp", "euc-jp", ""),
    "Shift_JIS": (JAPANESE, "shift_jis", "shift_jis", ""),
    "GB18030": (CHINESE, "gb18030", "gb18030", ""),
    "declared UTF-16, sent as ASCII": ("Hello", "ascii", "utf-16", ""),
    "declared UTF-8, sent as Latin-1": (WORDS, "latin-1", "utf-8", ""),
    "declared Latin-1, sent as UTF-8": (RUSSIAN, "utf-8", "iso-8859-1", ""),
    "the header says Latin-1, it is UTF-8": (RUSSIAN, "utf-8", "utf-8", "text/xml; charset=ISO-8859-1"),
    "only the header knows": (RUSSIAN, "koi8-r", "", "text/xml; charset=koi8-r"),
    "the header names no such encoding": (WORDS, "utf-8", "utf-8", "text/xml; charset=nonsense"),
}


@pytest.mark.parametrize(("words", "codec", "declared", "header"), ENCODED.values(), ids=ENCODED)
def test_42_the_encoding_is_found(words: str, codec: str, declared: str, header: str) -> None:
    declaration = f'<?xml version="1.0" encoding="{declared}"?>' if declared else ""
    text = rss(f"<title>{words}</title><guid>1</guid>", prologue=declaration).decode()
    (item,) = parse(text.encode(codec), url=URL, content_type=header).items
    assert item.title == words


UNTIDY = {
    "NUL": "a\x00b",
    "C0 controls": "a\x01\x08\x1bb",
    "a reference to NUL": "a&#0;b",
    "a reference to a lone surrogate": "a&#xD800;b",
    "a reference to U+FFFE": "a&#xFFFE;b",
    "a reference beyond Unicode": "a&#x110000;b",
    "a huge reference": "a&#99999999;b",
}


@pytest.mark.parametrize("written", UNTIDY.values(), ids=UNTIDY)
def test_43_characters_that_no_message_may_hold_are_gone(written: str) -> None:
    item = only(rss(f"<title>{written}</title><description>{written}</description><guid>1</guid>"))
    assert item.title == "ab"
    assert item.html == "ab"


def test_45_a_number_without_end_is_an_odd_id() -> None:
    assert only(json_feed({"id": "1"}).replace(b'"1"', b"9" * 5_000)).guid == "9" * 5_000


def test_45_line_breaks_inside_the_strings_of_a_json_feed_are_read() -> None:
    assert only(json_feed({"id": "1", "title": "a b"}).replace(b"a b", b"a\n\tb")).title == "a b"


def test_45_an_odd_item_of_a_json_feed_does_not_spoil_the_others() -> None:
    odd = [{"id": 7}, {"id": None}, {"id": {}}, "text", None, [], {"id": 1.5}, {"id": True}, {"id": float("nan")}]
    document = parse(json_feed(*odd, {"id": "last"}), url=URL)
    assert [item.guid for item in document.items] == ["7", None, None, "1.5", None, None, "last"]
    assert "3 items" in document.problems[0]


@pytest.mark.parametrize("value", [None, 1, 1.5, True, "", "x", [], [1], [None], {}, {"name": 1}, [[]], [{}]])
def test_45_any_field_of_a_json_feed_may_be_anything(value: object) -> None:
    names = ["id", "url", "external_url", "title", "content_html", "content_text", "summary", "image", "banner_image"]
    names += ["date_published", "date_modified", "author", "authors", "tags", "attachments", "language"]
    item = dict.fromkeys(names, value)
    facts = dict.fromkeys(
        ["title", "home_page_url", "feed_url", "icon", "author", "authors", "language", "hubs"], value
    )
    assert len(parse(json_feed(item, **facts), url=URL).items) == 1


def test_46_an_item_of_nothing_is_an_item() -> None:
    item = only(rss(""))
    assert (item.guid, item.title, item.url, item.author, item.published_at) == (None, "", None, None, None)
    assert item.aliases


TITLES = {
    "plain": ("A title", "A title"),
    "blanks collapsed": ("  A \n\t title ", "A title"),
    "an entity of XML": ("AT&amp;T", "AT&T"),
    "markup in CDATA": ("<![CDATA[A <b>bold</b> title]]>", "A bold title"),
    "escaped markup": ("A &lt;i&gt;fine&lt;/i&gt; title", "A fine title"),
    "escaped twice": ("A &amp;lt;i&amp;gt;fine&amp;lt;/i&amp;gt; &amp;amp;amp; title", "A fine & title"),
    "a numeric reference escaped once more": ("Don&amp;#8217;t", "Don’t"),
    "a comparison": ("a &lt; b and c &gt; d", "a < b and c > d"),
    "a tag that is spoken of": ("How to use &lt;video&gt; and &lt;canvas&gt;", "How to use <video> and <canvas>"),
    "a line break": ("One&lt;br/&gt;Two", "One Two"),
    "a script": ("<![CDATA[Hi<script>alert(1)</script>]]>", "Hi"),
    "bidirectional text is kept": ("שלום world", "שלום world"),
}


@pytest.mark.parametrize(("written", "read"), TITLES.values(), ids=TITLES)
def test_64_a_title_is_plain_text(written: str, read: str) -> None:
    assert only(rss(f"<title>{written}</title>")).title == read


def test_in_atoms_plain_titles_a_tag_is_text() -> None:
    assert only(atom("<title>The &lt;b&gt; tag</title><id>1</id>")).title == "The <b> tag"
    assert only(atom('<title type="html">The &lt;b&gt;bold&lt;/b&gt; tag</title><id>1</id>')).title == "The bold tag"
    div = '<div xmlns="http://www.w3.org/1999/xhtml">Less &lt; <em>more</em></div>'
    assert only(atom(f'<title type="xhtml">{div}</title><id>1</id>')).title == "Less < more"


LINKS = {
    "absolute": ("https://blog.example.org/a", "https://blog.example.org/a"),
    "with blanks around": (" https://blog.example.org/a\n", "https://blog.example.org/a"),
    "with a blank inside": ("https://blog.example.org/a b", "https://blog.example.org/a%20b"),
    "relative": ("/a", "https://blog.example.org/a"),
    "protocol-relative": ("//other.example/a", "https://other.example/a"),
    "javascript": ("javascript:alert(1)", None),
    "data": ("data:text/html,x", None),
    "file": ("file:///etc/passwd", None),
    "tag": ("tag:example.org,2026:1", None),
    "mailto": ("mailto:a@example.org", None),
    "an impossible host": ("http://[broken/", None),
    "5,000 characters": ("https://blog.example.org/" + "a" * 5_000, None),
    "localhost, as written": ("http://localhost:4000/a", "http://localhost:4000/a"),
    "umlauts": ("https://müller.example/größe", "https://müller.example/größe"),
}


@pytest.mark.parametrize(("written", "read"), LINKS.values(), ids=LINKS)
def test_61_a_link_is_absolute_http_or_none(written: str, read: str | None) -> None:
    assert only(rss(f"<title>x</title><link>{written}</link>")).url == read
    assert only(json_feed({"id": "1", "url": written}, home_page_url="https://blog.example.org/")).url == read


PICTURES = {
    "a real one": ("https://pics.example.org/a.jpg", "https://pics.example.org/a.jpg"),
    "relative": ("/a.jpg", "https://blog.example.org/a.jpg"),
    "data:": ("data:image/png;base64,AAAA", None),
    "SVG": ("https://pics.example.org/a.svg", None),
    "a private address": ("http://10.0.0.1/x.png", None),
    "localhost": ("http://localhost:4000/x.png", None),
    "3,000 characters": ("https://pics.example.org/" + "a" * 3_000, None),
    "a FeedBurner pixel": ("http://feeds.feedburner.com/~r/x/~4/abc", None),
    "a Medium counter": ("https://medium.com/_/stat?event=post.clientViewed", None),
    "a WordPress smiley": ("https://s.w.org/images/core/emoji/14/72x72/1f600.png", None),
    "a 1x1 spacer": ("https://example.org/img/1x1.gif", None),
}


@pytest.mark.parametrize(("written", "read"), PICTURES.values(), ids=PICTURES)
def test_62_a_picture_is_showable_or_none(written: str, read: str | None) -> None:
    assert only(rss(f'<enclosure url="{written}" type="image/jpeg" length="1"/>')).image_url == read
    assert only(rss(f"<description><![CDATA[<p>x<img src='{written}'></p>]]></description>")).image_url == read


@pytest.mark.parametrize("size", ['width="1" height="1"', 'width="16"', 'height="0"', 'class="emoji"', 'width="20px"'])
def test_62_an_icon_in_the_body_is_passed_over(size: str) -> None:
    body = f'<img src="https://x.example/icon.png" {size}><img src="https://x.example/photo.jpg" width="600">'
    assert only(rss(f"<description><![CDATA[{body}]]></description>")).image_url == "https://x.example/photo.jpg"


def test_the_largest_declared_picture_is_taken() -> None:
    sizes = "".join(
        f'<media:content url="https://x.example/{width}.jpg" medium="image" width="{width}" height="{width}"/>'
        for width in (100, 800, 300)
    )
    assert (
        only(rss(sizes + '<media:thumbnail url="https://x.example/t.jpg"/>')).image_url == "https://x.example/800.jpg"
    )


def test_65_nonsense_about_an_enclosure_is_ignored() -> None:
    for length, duration in (("-1", "25:61:99"), ("12GB", "abc"), ("1" + "0" * 30, "-5"), ("", "99999:00:00")):
        enclosure = f'<enclosure url="https://x.example/a.mp3" type="audio/mpeg" length="{length}"/>'
        (medium,) = only(rss(f"{enclosure}<itunes:duration>{duration}</itunes:duration>")).media
        assert (medium.length_bytes, medium.duration) == (None, None)


@pytest.mark.parametrize(
    ("written", "seconds"), [("75", 75), ("1:15", 75), ("01:02:03", 3723), ("90:00", 5400), ("0", None), ("1:75", None)]
)
def test_an_episode_has_its_length(written: str, seconds: int | None) -> None:
    enclosure = '<enclosure url="https://x.example/a.mp3" type="audio/mpeg" length="123"/>'
    (medium,) = only(rss(f"{enclosure}<itunes:duration>{written}</itunes:duration>")).media
    assert (medium.type, medium.length_bytes) == ("audio/mpeg", 123)
    assert medium.duration == (timedelta(seconds=seconds) if seconds else None)


@pytest.mark.parametrize(
    ("name", "kind"), [("a.mp3?x=1", "audio/"), ("a.M4A", "audio/"), ("a.webm", "video/"), ("a.zip", ""), ("a", "")]
)
def test_an_enclosure_without_a_type_is_what_its_name_says(name: str, kind: str) -> None:
    (medium,) = only(rss(f'<enclosure url="https://x.example/{name}" length="9"/>')).media
    assert (medium.type, medium.length_bytes) == (kind, 9)


AUTHORS = {
    "dc:creator": ("<dc:creator>Ann Lee</dc:creator>", "Ann Lee"),
    "author by the book": ("<author>ann@example.org (Ann Lee)</author>", "ann@example.org (Ann Lee)"),
    "a name beats an address": ("<author>ann@example.org</author><dc:creator>Ann Lee</dc:creator>", "Ann Lee"),
    "an address alone": ("<author>ann@example.org</author>", "ann@example.org"),
    "the same twice": ("<author>Ann Lee</author><dc:creator>Ann Lee</dc:creator>", "Ann Lee"),
    "several": ("<dc:creator>Ann Lee</dc:creator><dc:creator>Bo Yi</dc:creator>", "Ann Lee, Bo Yi"),
    "itunes": ("<itunes:author>Radio X</itunes:author>", "Radio X"),
    "66 HTML": ("<dc:creator><![CDATA[<a href='/ann'>Ann</a> &amp; Bo]]></dc:creator>", "Ann & Bo"),
    "blanks": ("<author><![CDATA[  Ann   Lee ]]></author>", "Ann Lee"),
    "none": ("<author></author>", None),
}


@pytest.mark.parametrize(("written", "read"), AUTHORS.values(), ids=AUTHORS)
def test_an_author_is_named(written: str, read: str | None) -> None:
    assert only(rss(written)).author == read


def test_66_ten_thousand_names_are_cut() -> None:
    names = "".join(f"<dc:creator>Name {n}</dc:creator><category>c{n}</category>" for n in range(10_000))
    item = only(rss(names))
    assert len(item.author or "") <= 256
    assert len(item.categories) == 20


# --- What feedparser does and we do not -----------------------------------------------------------------------


@pytest.mark.parametrize("base", ["", ' xml:base="https://base.example/sub/"'])
@pytest.mark.parametrize(
    "guid", ["t3_x", "/path", "tag:x,2026:1", "urn:uuid:1", "HTTP://Example.org/%7Ex", "?p=1", "22771167"]
)
def test_an_atom_id_is_as_written(guid: str, base: str) -> None:
    assert only(atom(f"<id>{guid}</id><title>x</title>", base=base)).guid == guid


@pytest.mark.parametrize("attribute", ["", ' isPermaLink="false"', ' isPermaLink="true"'])
def test_an_rss_guid_is_as_written(attribute: str) -> None:
    assert only(rss(f"<guid{attribute}>/relative?a=1&amp;b=2</guid>")).guid == "/relative?a=1&b=2"


@pytest.mark.parametrize(
    ("guid", "url"),
    [
        ("<guid>https://x.example/1</guid>", "https://x.example/1"),
        ('<guid isPermaLink="true">https://x.example/1</guid>', "https://x.example/1"),
        ('<guid isPermaLink="false">https://x.example/1</guid>', None),
        ("<guid>1</guid>", None),
    ],
)
def test_a_guid_serves_as_link_where_it_says_so(guid: str, url: str | None) -> None:
    assert only(rss(f"<title>x</title>{guid}")).url == url
    assert only(rss(f"<title>x</title>{guid}<link>https://x.example/own</link>")).url == "https://x.example/own"


def test_an_atom_id_that_is_an_address_serves_where_there_is_no_link() -> None:
    assert only(atom("<id>https://x.example/1</id>")).url == "https://x.example/1"
    assert only(atom("<id>tag:x.example,2026:1</id>")).url is None
    assert (
        only(atom('<id>https://x.example/1</id><link rel="via" href="https://y.example/"/>')).url
        == "https://y.example/"
    )


def test_the_widest_picture_is_taken_where_only_widths_are_given() -> None:
    sizes = "".join(
        f'<media:content url="https://x.example/{width}.jpg" width="{width}"/>' for width in (140, 460, 300)
    )
    assert only(rss(sizes)).image_url == "https://x.example/460.jpg"


@pytest.mark.parametrize("lost", [3, 20, 45])
def test_half_an_entry_at_the_end_of_a_cut_off_document_is_left_out(lost: int) -> None:
    whole = rss(items="<item><guid>1</guid></item><item><title>Long enough to be cut</title><guid>2</guid></item>")
    document = parse(whole[: whole.index(b"</item></channel>") - lost + 1], url=URL)
    assert [item.guid for item in document.items] == ["1"]
    assert "cut off" in document.problems[1]


def test_relative_addresses_follow_xml_base_then_the_site_then_the_document() -> None:
    link = '<id>1</id><link href="a.html"/>'
    assert only(atom(link, base=' xml:base="https://base.example/sub/"')).url == "https://base.example/sub/a.html"
    site = '<title>x</title><link href="https://site.example/news/"/>'
    assert only(atom(link, site)).url == "https://site.example/news/a.html"
    assert only(atom(link)).url == "https://feeds.example.org/blog/a.html"


def test_an_xml_base_holds_for_its_own_element_alone() -> None:
    """WordPress gives each <content> one; the entries after it are not there."""
    content = '<content type="html" xml:base="https://base.example/sub/">&lt;img src="a.jpg"></content>'
    others = "<entry><id>2</id><content type='html'>&lt;img src='b.jpg'></content><link href='2.html'/></entry>"
    body = atom(f"<id>1</id>{content}", '<title>x</title><link href="https://site.example/"/>')
    first, second = parse(body.replace(b"</feed>", f"{others}</feed>".encode()), url=URL).items
    assert first.image_url == "https://base.example/sub/a.jpg"
    assert (second.url, second.image_url) == ("https://site.example/2.html", "https://site.example/b.jpg")


def test_the_first_page_link_counts_not_the_last() -> None:
    links = '<link href="https://x.example/first"/><link rel="alternate" type="text/html" href="https://x.example/de"/>'
    assert only(atom(f"<id>1</id>{links}")).url == "https://x.example/first"


def test_a_relation_may_be_written_as_the_address_it_is_registered_under() -> None:
    link = '<link rel="http://www.iana.org/assignments/relation/alternate" href="https://x.example/1"/>'
    assert only(atom(f"<id>1</id>{link}")).url == "https://x.example/1"


def test_an_episode_that_only_itunes_has_a_title_for_has_that() -> None:
    assert only(rss("<itunes:title>Episode &amp;amp; more</itunes:title>")).title == "Episode & more"
    assert only(rss("<itunes:title>Episode</itunes:title><title>7: Episode</title>")).title == "7: Episode"


def test_the_caption_of_a_picture_is_not_the_body_and_its_title_not_the_title() -> None:
    media = (
        '<media:content url="https://x.example/a.jpg" medium="image"><media:title>Photo</media:title>'
        "<media:description>A caption that is longer than the body</media:description></media:content>"
    )
    item = only(rss(f"<description>Body</description>{media}"))
    assert (item.title, item.html) == ("", "Body")


def test_the_full_text_beats_the_teaser_and_plain_text_becomes_markup() -> None:
    assert only(
        rss("<description>Teaser</description><content:encoded>&lt;p&gt;All&lt;/p&gt;</content:encoded>")
    ).html == ("<p>All</p>")
    assert only(atom('<id>1</id><content type="text">a &lt; b\nc</content>')).html == "a &lt; b<br>\nc"
    assert only(json_feed({"id": "1", "content_text": "a < b\nc"})).html == "a &lt; b<br>\nc"


def test_an_image_element_of_an_item_is_its_picture() -> None:
    assert only(rss("<image><url>https://x.example/a.jpg</url></image>")).image_url == "https://x.example/a.jpg"
    assert only(rss("<image>https://x.example/a.jpg</image>")).image_url == "https://x.example/a.jpg"


def test_a_planets_entry_names_its_source() -> None:
    source = "<source><title>Ann's blog</title><id>x</id><author><name>Nobody</name></author></source>"
    item = only(atom(f"<id>1</id><title>Own</title>{source}<author><name>Ann</name></author>"))
    assert (item.source_title, item.title, item.author, item.guid) == ("Ann's blog", "Own", "Ann", "1")


def test_a_planets_entry_without_an_author_is_its_sources() -> None:
    source = "<source><title>Bo's blog</title><author><name>Bo</name></author></source>"
    assert only(atom(f"<id>1</id>{source}", "<title>Planet</title><author><name>Planet</name></author>")).author == "Bo"


def facts_of(channel: str) -> ParsedDocument:
    return parse(rss(items="", channel=channel), url=URL)


def test_a_feed_says_what_it_wishes() -> None:
    facts = facts_of(
        "<title>T &amp;amp; U</title><link>/news</link><language>de-DE</language><ttl>90</ttl>"
        "<sy:updatePeriod>hourly</sy:updatePeriod><sy:updateFrequency>2</sy:updateFrequency>"
        "<skipHours><hour>0</hour><hour>24</hour><hour>7</hour><hour>x</hour></skipHours>"
        "<skipDays><day>Sunday</day><day>Nonsense</day></skipDays><managingEditor>Ed</managingEditor>"
        '<atom:link rel="self" href="https://x.example/feed"/><atom:link rel="hub" href="https://hub.example/"/>'
        "<image><url>https://x.example/logo.png</url><title>Logo</title></image>"
    ).facts
    assert (facts.title, facts.link, facts.language) == ("T & U", "https://x.example/news", "de-DE")
    assert (facts.ttl, facts.author) == (timedelta(minutes=90), "Ed")
    assert (facts.skip_hours, facts.skip_days) == (frozenset({0, 7}), frozenset({6}))
    assert (facts.self_url, facts.hub_url) == ("https://x.example/feed", "https://hub.example/")
    assert facts.image_url == "https://x.example/logo.png"


@pytest.mark.parametrize("ttl", ["-5", "abc", "0", "", "1e3", "9" * 400, "５"])
def test_a_ttl_that_is_no_number_is_none(ttl: str) -> None:
    assert facts_of(f"<title>x</title><ttl>{ttl}</ttl>").facts.ttl is None


def test_a_raw_gzip_stream_is_read() -> None:
    assert only(gzip.compress(rss("<guid>1</guid>"))).guid == "1"


def test_a_feed_without_entries_is_a_feed() -> None:
    assert parse(rss(items=""), url=URL).items == ()


def test_a_document_that_is_not_well_formed_is_read_and_said_to_be_so() -> None:
    document = parse(rss("<guid>1</guid><title>Fish & chips</title><description>x</b></description>"), url=URL)
    assert document.items[0].title == "Fish & chips"
    assert "well-formed" in document.problems[0]


# --- Mutations ------------------------------------------------------------------------------------------------

SMALL = [feed for feed in real_feeds() if 0 < len(feed.body) < 40_000]


@needs(OPEN_FEEDS)
@pytest.mark.parametrize("feed", SMALL, ids=lambda feed: feed.file)
def test_a_mutated_real_feed_is_read_or_refused(feed: object) -> None:
    body: bytes = feed.body  # type: ignore[attr-defined]
    chance = random.Random(zlib.crc32(body))
    for _ in range(4):
        mutated = bytearray(body)
        for _ in range(chance.randrange(1, 12)):
            place, length = chance.randrange(len(mutated)), chance.randrange(1, 200)
            change = chance.randrange(4)
            if change == 0:
                del mutated[place : place + length]
            elif change == 1:
                mutated[place : place + 1] = chance.randbytes(3)
            elif change == 2:
                mutated[place:place] = mutated[chance.randrange(len(mutated)) :][:length]
            else:
                mutated[place:place] = chance.choice(
                    [b"<item>", b"]]>", b"&#xD800;", b"<![CDATA[", b"</channel>", b'"']
                )
        _read_or_refuse(bytes(mutated or b"x"))


markup = st.text("<>/![]CDATArssitemfeed entry='\"&;#x?\x00", max_size=300)


@given(st.binary(max_size=400) | markup.map(rss))
def test_any_bytes_are_read_or_refused(body: bytes) -> None:
    _read_or_refuse(body)


def _read_or_refuse(body: bytes) -> None:
    try:
        document = parse(body, url=URL)
    except ParseError:
        return
    for item in document.items:
        assert item.aliases
        (item.title + item.html + (item.author or "") + (item.guid or "")).encode("utf-8")


@pytest.mark.timeout(10)
@pytest.mark.parametrize("unit", ["<!--", "<?", "<![CDATA[", "<rss", "&#", "<item>", "<script>", "</item>", "<a "])
def test_41_a_repeated_scrap_takes_no_longer_than_text(unit: str) -> None:
    _read_or_refuse(f"<rss><channel>{unit * (30_000 // len(unit))}".encode())
    _read_or_refuse((unit * (30_000 // len(unit))).encode())


def test_rss_in_json_is_read_with_its_attributes_and_without_what_is_no_item() -> None:
    written = {
        "title": "One",
        "guid": {"isPermaLink": "false", "#value": "a1"},
        "enclosure": {"url": "https://a.example/1.mp3", "type": "audio/mpeg", "length": 12},
        "category": ["x", "y"],
        "description": "<b>bold</b> & \x00 more",
    }
    document = parse(json.dumps({"rss": {"channel": {"title": "T", "item": [written, 7, None]}}}).encode(), url=URL)
    (item,) = document.items
    assert (document.facts.format, document.facts.title, item.guid, item.title) == ("rss-in-json", "T", "a1", "One")
    assert item.categories == ("x", "y")
    assert [media.url for media in item.media] == ["https://a.example/1.mp3"]
    assert item.html.startswith("<b>bold</b>")


def test_a_page_that_shows_a_feeds_source_is_no_feed() -> None:
    page = b'<html xmlns="http://www.w3.org/1999/xhtml"><body><feed xmlns="http://www.w3.org/2005/Atom"></feed></body></html>'
    with pytest.raises(ParseError, match="web page"):
        parse(page, url=URL)
    assert parse(b'<?xml version="1.0"?>' + page, url=URL).facts.format == "atom1.0"
