"""HTML to Discord markdown and to search text: what a reader gets, and what a stranger cannot do."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.render.limits import units
from bot.render.markdown import code, to_markdown, to_text

CASES = [
    ("a plain text keeps its lines", "one\ntwo & three", "one\ntwo & three"),
    ("paragraphs have a blank line between", "<p>one</p>\n\n<p>two</p>", "one\n\ntwo"),
    ("a line break is one, several are a paragraph", "a<br>b<br><br><br/>c", "a\nb\n\nc"),
    ("styles nest", "<b>bold <i>both</i></b> <s>no</s> <u>line</u>", "**bold *both*** ~~no~~ __line__"),
    ("markers stay off white space", "x<b> bold </b>y", "x **bold** y"),
    ("bold beside italics is kept apart", "<b>a</b><i>b</i>", "**a**\u200b*b*"),
    ("headings are bold lines", "<h2>Head</h2>text", "**Head**\n\ntext"),
    ("lists nest", "<ul><li>a<li>b<ul><li>c</ul></ul><ol><li>x<li>y</ol>", "- a\n- b\n  - c\n\n1. x\n2. y"),
    ("a paragraph in a list stays on its line", "<ul><li><p>a</p></li><li><p>b</p></li></ul>", "- a\n- b"),
    ("quotes", "<blockquote><p>a</p><p>b</p></blockquote>c", "> a\n> \n> b\n\nc"),
    ("inline code", "<code>a*b_c</code>", "`a*b_c`"),
    ("code blocks keep their spaces", "<pre><code>if x:\n    y &lt; z\n</code></pre>", "```\nif x:\n    y < z\n```"),
    ("a blank line in code eats no indent", "<pre>a:\n\n    b</pre>", "```\na:\n\n    b\n```"),
    ("a fence in code ends nothing", "<pre>```\n@everyone</pre>", "```\n`\u200b`\u200b`\n@\u200beveryone\n```"),
    ("rows are lines", "<table><tr><td>a<td>b<tr><td>c<td><b>d</b></table>", "a · b\nc · **d**"),
    ("a label in a table needs no dot", "<table><tr><th>Released:<td>today</table>", "Released: today"),
    ("pictures, frames and scripts are gone", "a<img src=x alt=y><iframe src=z>f</iframe><script>s</script>b", "ab"),
    ("a CDATA section in a CDATA section", "<![CDATA[<p>text</p>]]>", "text"),
    ("markup escaped twice is markup", "&lt;p&gt;Tom &amp;amp; Co&lt;/p&gt;", "Tom & Co"),
    ("a text about markup is a text", "<p>Use &lt;/p&gt; here</p>", "Use \\</p> here"),
    ("59 no heading by a stranger", "<p>\n# big</p><div>-# small</div>", "\\# big\n\n\\-# small"),
    ("59 no list or quote by a stranger", "<p> - a<br>12. b<br>&gt; c</p>", "\\- a\n12\\. b\n\\> c"),
    ("59 no heading in a link that leads nowhere", '<a href="#x"># big</a>', "\\# big"),
    ("59 no heading in a list", "<ul><li># big</ul>", "- \\# big"),
    ("59 no list put together from two texts", "1<i></i>. a", "1\\. a"),
    ("59 no spoiler put together from two texts", "|<b></b>|a||", r"\|\|a\|\|"),
    ("56 no mention put together from two texts", "&lt;<i></i>@1&gt; @<i></i>here", "\\<@1> @\u200bhere"),
    ("56 no mention put together around a link", '@<a href="#x">everyone</a>', "@\u200beveryone"),
    ("nothing", "", ""),
    ("only white space", " \n&nbsp;<p> </p>", ""),
]


@pytest.mark.parametrize(("html", "markdown"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_html_reads_well_in_discord(html: str, markdown: str) -> None:
    assert to_markdown(html) == markdown


LINKS = [
    ("57 a link keeps its text", '<a href="https://e.com/a">News</a>', "[News](https://e.com/a)"),
    ("57 parentheses do not end it", '<a href="https://e.com/a_(b)">x</a>', "[x](https://e.com/a_%28b%29)"),
    ("57 a text that names another host", '<a href="https://evil.example">https://google.com</a>',
     "https://google.com (evil.example)"),
    ("57 a bare domain counts as an address", '<a href="https://evil.example/x">Google.com</a>',
     "Google.com (evil.example)"),
    ("57 full-width letters are seen through", '<a href="https://evil.example">ｇｏｏｇｌｅ．com</a>',
     "ｇｏｏｇｌｅ．com (evil.example)"),
    ("57 a file is no domain", '<a href="https://e.com/">Node.js, notes.txt, U.S.</a>',
     "[Node.js, notes.txt, U.S.](https://e.com/)"),
    ("57 an IP address is an address", '<a href="https://e.com/">10.0.0.1</a>', "10.0.0.1 (e.com)"),
    ("57 a domain in a sentence", '<a href="https://evil.example/">Log in at bank.com now</a>',
     "Log in at bank.com now (evil.example)"),
    ("57 a domain with an ideographic full stop", '<a href="https://evil.example/">bank。com</a>',
     "bank。com (evil.example)"),
    ("57 a text that names its own host", '<a href="https://www.e.com/long">e.com/lo…</a>', "https://www.e.com/long"),
    ("57 markdown in the text stays text", "[Your bank](https://evil.example)", r"\[Your bank\](https://evil.example)"),
    ("57 brackets in a label", '<a href="https://e.com">a](https://evil.example)</a>',
     r"a\](https://evil.example) (e.com)"),
    ("61 no script", '<a href="javascript:alert(1)">x</a>', "x"),
    ("61 no data", '<a href="data:text/html,x">x</a>', "x"),
    ("61 no file", '<a href="file:///etc/passwd">x</a>', "x"),
    ("61 relative is resolved", '<a href="/a">x</a>', "[x](https://base.example/a)"),
    ("61 protocol-relative is resolved", '<a href="//cdn.example/a">x</a>', "[x](https://cdn.example/a)"),
    ("61 a place in a page that is not there", '<a href="#note">1</a>', "1"),
    ("61 blanks are encoded", '<a href="https://e.com/a b">x</a>', "[x](https://e.com/a%20b)"),
    ("61 a homograph shows its true letters", '<a href="https://\u0430pple.com/">x</a>',
     "[x](https://xn--pple-43d.com/)"),
    ("61 no localhost", '<a href="http://localhost:4000/">x</a>', "x"),
    ("61 no credentials", '<a href="https://good.example@evil.example/">x</a>', "x"),
    ("61 too long", f'<a href="https://e.com/{"a" * 5000}">x</a>', "x"),
]  # fmt: skip


@pytest.mark.parametrize(("html", "markdown"), [case[1:] for case in LINKS], ids=[case[0] for case in LINKS])
def test_a_link_is_what_it_seems(html: str, markdown: str) -> None:
    assert to_markdown(html, base_url="https://base.example/feed") == markdown


def test_a_relative_link_without_a_base_is_only_its_text() -> None:
    assert to_markdown('<a href="/a">x</a>') == "x"


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>one</p><p>two</p>", "one two"),
        ("one<br>two", "one two"),
        ("un<b>believ</b>able", "unbelievable"),
        ("<td>a</td>b<table><tr><td>c<td>d</table>", "ab c d"),
        ("a<script>b</script><style>c</style>d", "ad"),
        ("&lt;b&gt; &amp; co", "<b> & co"),
        ("x\u200by\u202ez", "xyz"),
    ],
)
def test_search_text_parts_blocks_and_keeps_words(html: str, text: str) -> None:
    assert to_text(html, limit=100) == text


HOSTILE = {
    "41 100,000 nested blocks": "<div>" * 100_000 + "end",
    "41 100,000 nested styles": "<b>" * 100_000 + "end",
    "41 nested lists": "<ul><li>" * 30_000 + "end",
    "41 nested tables": "<table>" * 20_000 + "end",
    "41 nested quotes": "<blockquote>" * 20_000 + "end",
    "41 200 kB of <": "<" * 200_000,
    "40 1 MB of attributes": "<a " + " ".join(f"a{n}=1" for n in range(120_000)) + ">end</a>",
    "40 1 MB of one attribute": f"<img src='data:image/png;base64,{'A' * 1_000_000}'>end",
    "58 20,000 half links": "[a](" * 20_000,
    "64 unclosed quotes": '<a b="' * 50_000,
    "64 unclosed comments": "<!--" * 100_000,
    "64 unclosed scripts": "<script>" * 50_000,
    "64 closing what is not open": "<div></x>" * 50_000,
    "64 crossed styles": "<b><i></b></i>" * 30_000,
    "64 no-break spaces": "&nbsp;" * 100_000,
    "64 a style of 100 kB": f"<style>{'p{}' * 33_000}</style>end",
    "43 character references of 200,000 digits": f"&#{'9' * 200_000};",
    "60 10,000 combining marks": "e" + "\u0301" * 10_000,
    "60 emoji": "\U0001f600" * 20_000,
    "many small links": "<a href='https://e.com/'>x</a>" * 10_000,
    "many line breaks": "<br>" * 50_000 + "end",
    "one long line of styles": "<b>a</b><i>b</i>" * 10_000,
}


@pytest.mark.timeout(5)
@pytest.mark.parametrize("html", HOSTILE.values(), ids=HOSTILE.keys())
def test_no_input_takes_long(html: str) -> None:
    assert units(to_markdown(html)) <= 4096
    assert units(to_text(html, limit=50_000)) <= 50_000


@pytest.mark.parametrize("name", ["40 1 MB of one attribute", "64 a style of 100 kB", "41 100,000 nested blocks"])
def test_the_text_behind_bulk_is_found(name: str) -> None:
    assert to_markdown(HOSTILE[name]) == "end"


@given(st.text(alphabet="<>/abip&;lt \n*_`~|[]()#-.1\\@\u0301\U0001f1e6\u200d", max_size=200), st.integers(1, 60))
def test_markdown_fits_whatever_the_text(html: str, limit: int) -> None:
    assert units(to_markdown(html, limit=limit)) <= limit
    assert units(to_text(html, limit=limit)) <= limit


@pytest.mark.parametrize(
    ("text", "written"),
    [("rust", "`rust`"), ("a`b``c", "`aˋbˋˋc`"), ("a\nb", "`a b`"), ("@everyone", "`@\u200beveryone`"), ("", "` `")],
)
def test_inline_code_holds_any_text(text: str, written: str) -> None:
    assert code(text) == written
