"""XML that is broken in the ways that feeds are broken is read as it was meant."""

from __future__ import annotations

import time

import pytest

from bot.feeds.parse import parse
from bot.feeds.parsed import NOT_WELL_FORMED, ParsedDocument, ParsedItem

URL = "https://feeds.example.org/feed.xml"


def rss(item: str, *, before: str = "", attributes: str = "") -> bytes:
    head = f"{before}<rss version='2.0'{attributes}><channel><title>A feed</title><link>https://e.example/</link>"
    return f"{head}<item>{item}</item></channel></rss>".encode()


def read(body: bytes) -> tuple[ParsedDocument, ParsedItem]:
    document = parse(body, url=URL)
    (item,) = document.items
    return document, item


TITLES = {
    "a bare ampersand": ("R&D and AT&T", "R&D and AT&T"),
    "an unknown entity": ("a &nonsense; b", "a &nonsense; b"),
    "an entity of HTML": ("caf&eacute;&nbsp;&hellip;", "café …"),
    "entities of HTML that are marks of XML": ("1 &LT; 2 &AMP;&lt; 3 &", "1 < 2 &< 3 &"),
    "a reference without its semicolon": ("a&#38b", "a&b"),
    "controls, and a bare ampersand": ("a&#8; & b", "a & b"),
    "CDATA is left alone": ("<![CDATA[a & b &amp; c]]> & d", "a & b & c & d"),
}


@pytest.mark.parametrize(("written", "meant"), TITLES.values(), ids=TITLES)
def test_references_are_read_as_meant(written: str, meant: str) -> None:
    document, item = read(rss(f"<title>{written}</title>"))
    assert item.title == meant
    assert document.problems == (NOT_WELL_FORMED,)


def test_a_link_keeps_its_bare_ampersands() -> None:
    _, item = read(rss("<link>https://e.example/?a=1&b=2&copy=3&amp;d=4</link><guid>x&y</guid>"))
    assert (item.url, item.guid) == ("https://e.example/?a=1&b=2&copy=3&d=4", "x&y")


DOCTYPES = {
    "one line": '<?xml version="1.0"?><!DOCTYPE rss SYSTEM "http://10.0.0.1/x.dtd">',
    "with its own entities": '<!DOCTYPE rss [<!ENTITY house "H&W"><!ENTITY name "House">\n<!ENTITY e "&#233;">]>',
    "RSS 0.91": '<!DOCTYPE rss PUBLIC "-//Netscape Communications//DTD RSS 0.91//EN"\n "http://my.netscape.com/x.dtd">',
    "with an outside entity": '<!DOCTYPE rss [<!ENTITY % x SYSTEM "http://10.0.0.1/">%x;<!ENTITY y SYSTEM "file:///a">]>',
}


@pytest.mark.parametrize("doctype", DOCTYPES.values(), ids=DOCTYPES)
def test_no_entity_is_lost_under_a_document_type(doctype: str) -> None:
    _, item = read(rss("<title>caf&eacute; &amp; more</title>", before=doctype))
    assert item.title == "café & more"


def test_entities_that_a_document_declares_are_known_but_not_those_made_of_others() -> None:
    doctype = """<!DOCTYPE rss [<!ENTITY name "House"><!ENTITY e '&#233;'><!ENTITY laugh "&name;&name;">]>"""
    document, item = read(rss("<title>&name; of caf&e; &laugh;</title>", before=doctype))
    assert item.title == "House of café &laugh;"
    assert document.problems == ()


@pytest.mark.timeout(20)
def test_38_an_entity_that_would_fill_the_memory_is_left_as_it_is_written() -> None:
    doctype = f'<!DOCTYPE rss [<!ENTITY a "{"a" * 100}">]>'
    _, item = read(rss(f"<title>x</title><description>{'&a;' * 50_000}</description>", before=doctype))
    assert item.html.startswith("&a;&a;")


def test_blanks_before_the_declaration_do_no_harm() -> None:
    document, item = read(rss("<title>Größe</title>", before='\n\n <?xml version="1.0" encoding="utf-8"?>\n'))
    assert item.title == "Größe"
    assert document.problems == (NOT_WELL_FORMED,)


@pytest.mark.parametrize("prefix", ["rss", "atom"])
def test_a_prefix_that_was_never_declared_hides_nothing(prefix: str) -> None:
    root, entry, identity = ("feed", "entry", "id") if prefix == "atom" else ("rss", "item", "guid")
    written = f"<{root}><channel><title>A feed</title><{entry}><title>One</title><{identity}>1</{identity}></{entry}>"
    written = (
        f"{written}</channel></{root}>".replace("</", "\0").replace("<", f"<{prefix}:").replace("\0", f"</{prefix}:")
    )
    document, item = read(written.encode())
    assert (document.facts.title, item.title, item.guid) == ("A feed", "One", "1")


LOST = ("</media:player>", "</media:thumbnail>", "</itunes:keywords>", "<height/>", "<image><height/></image>")


@pytest.mark.parametrize("lost", [*LOST, *(f"<br {element}" for element in LOST)])
def test_an_element_that_lies_where_it_should_not_is_lost_alone(lost: str) -> None:
    _, item = read(rss(f"<guid>1</guid>{lost}<title>One</title><link>https://e.example/1</link>"))
    assert (item.guid, item.title, item.url) == ("1", "One", "https://e.example/1")


NAMESPACES = ' xmlns:atom="http://www.w3.org/2005/Atom" xmlns:r="http://purl.org/rss/1.0/"'
RDF = 'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"'


def test_the_root_says_what_a_document_is_not_the_first_namespace() -> None:
    assert read(rss("<title>x</title>", attributes=NAMESPACES))[0].facts.format == "rss2.0"
    for namespace, format_ in (
        ("http://purl.org/rss/1.0/", "rss1.0"),
        ("http://my.netscape.com/rdf/simple/0.9/", "rss0.90"),
        ("http://channel.netscape.com/rdf/simple/0.9/", "rss0.90"),
    ):
        root = f'<rdf:RDF {RDF} xmlns:atom="http://www.w3.org/2005/Atom" xmlns="{namespace}">'
        body = f"{root}<channel><title>T</title></channel><item><title>a &lt;b>x&lt;/b></title></item></rdf:RDF>"
        document, item = read(body.encode())
        assert (document.facts.format, item.title) == (format_, "a x")


@pytest.mark.parametrize(
    "scrap", ["<![CDATA[", "<!--", "&", "&#", "&a", "<!DOCTYPE", "<!DOCTYPE[", "<!ENTITY a ", "<rss:item ", "<?xml "]
)
def test_mending_takes_no_longer_than_the_text_is(scrap: str) -> None:
    began = time.process_time()
    parse(
        rss("<guid>1</guid>", before=scrap * 2_000 if scrap.startswith("<!D") else "") + b"&" + scrap.encode() * 20_000,
        url=URL,
    )
    assert time.process_time() - began < 5
