"""Documents made to harm a reader, by name; numbers are those of the list of hostile inputs."""

HEAD = b"<rss version='2.0'><channel><title>t</title>"

HARMFUL = {
    "40 a tag of 100,000 attributes": HEAD
    + b"<item "
    + b" ".join(b"a%d='x'" % n for n in range(100_000))
    + b"/></channel></rss>",
    "41 a nest 30,000 deep": HEAD + b"<a>" * 30_000,
    "41 200 kB of <": b"<" * 200_000,
    "41 200 kB of < in a feed": HEAD + b"<item><title>" + b"<" * 200_000 + b"</title></item></channel></rss>",
    "41 a title of 8 MB": HEAD + b"<item><title>" + b"x" * (8 << 20) + b"</title></item></channel></rss>",
    "41 a nest in the text": HEAD
    + b"<item><guid>1</guid><description>"
    + b"&lt;b>" * 50_000
    + b"</description></item></channel></rss>",
    "45 a million brackets": b"[" * 1_000_000,
    "45 a nest of JSON": b'{"version":"https://jsonfeed.org/version/1.1","items":' + b"[" * 100_000,
    "58 links in links": HEAD
    + b"<item><guid>1</guid><description>"
    + b"[a](" * 20_000
    + b"</description></item></channel></rss>",
    "cdata without end": HEAD + b"<item><title><![CDATA[" * 20_000,
    "comments without end": HEAD + b"<!--" * 100_000,
}
