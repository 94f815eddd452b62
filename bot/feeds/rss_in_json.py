"""RSS in JSON (Scripting News): the elements of RSS 2.0 as JSON. Written back as XML, it is read like any other RSS.

https://github.com/scripting/Scripting-News/blob/master/rss-in-json/README.md
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from xml.etree.ElementTree import Element, SubElement, tostring

from bot.feeds.atom_rss import read_feed
from bot.feeds.parsed import ParsedDocument

FORMAT = "rss-in-json"
ITEMS_LIMIT = 5_000
OF_CHANNEL = ("title", "link", "description", "language", "pubDate", "lastBuildDate", "ttl")
OF_ITEM = ("title", "link", "description", "author", "category", "pubDate", "comments", "guid", "enclosure")


def is_rss_in_json(document: Mapping[str, Any]) -> bool:
    """Whether it is `{"rss": {"channel": {...}}}`."""
    rss = document.get("rss")
    return isinstance(rss, dict) and isinstance(rss.get("channel"), dict)


def read_rss_in_json(document: Mapping[str, Any], *, url: str) -> ParsedDocument:
    """As `read_feed`. What is no object among the items is left out."""
    channel = document["rss"]["channel"]
    root = Element("rss", version="2.0")
    top = SubElement(root, "channel")
    _copy(channel, OF_CHANNEL, top)
    items = channel.get("item")
    for item in (items if isinstance(items, list) else [items])[:ITEMS_LIMIT]:
        if isinstance(item, dict):
            _copy(item, OF_ITEM, SubElement(top, "item"))
    read = read_feed(tostring(root, encoding="utf-8", xml_declaration=True), url=url)
    return replace(read, facts=replace(read.facts, format=FORMAT))


def _copy(values: Mapping[str, Any], names: tuple[str, ...], parent: Element) -> None:
    """Elements become texts, objects elements with attributes (and "#value" their text), lists one element each."""
    for name in names:
        value = values.get(name)
        for one in value if isinstance(value, list) else [value]:
            if isinstance(one, dict):
                told = {
                    key: str(part) for key, part in one.items() if key.isalpha() and not isinstance(part, dict | list)
                }
                SubElement(parent, name, told).text = _text(one.get("#value"))
            elif one is not None:
                SubElement(parent, name).text = _text(one)


def _text(value: object) -> str:
    """Without what XML cannot hold."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return ""
    return "".join(char for char in str(value) if char >= " " or char in "\t\n\r")
