"""What the worker makes of a document, and that the short way through it ends where the long one does."""

from __future__ import annotations

from bot.reading.reader import read


def test_a_relative_link_in_a_text_leads_where_the_document_says() -> None:
    body = b"""<feed xmlns='http://www.w3.org/2005/Atom' xml:base='https://base.example/dir/'><title>t</title>
    <entry><id>1</id><title>a</title><link href='https://elsewhere.example/post'/>
    <content type='html'>&lt;p>see &lt;a href="more">this&lt;/a>&lt;/p></content></entry></feed>"""
    [entry] = read(body, url="https://feeds.example/atom").entries
    assert "https://base.example/dir/more" in entry.summary
