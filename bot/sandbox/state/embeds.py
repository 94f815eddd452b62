"""Embeds in the form in which a client gets them."""

from __future__ import annotations

from collections.abc import Callable

from bot.sandbox.records import Json

UPLOADED = "attachment://"  # an image that comes with the message (reference: Using Attachments within Embeds)


def embeds_as_shown(embeds: list[Json], address_of: Callable[[str], str]) -> list[Json]:
    """The embeds without the empty ones; `address_of` gives an uploaded file's address for its name."""
    shown = [_as_shown(embed, address_of) for embed in embeds]
    return [embed for embed in shown if len(embed) > 1]


def _as_shown(embed: Json, address_of: Callable[[str], str]) -> Json:
    """Known keys only, empty ones left out, media with a proxy address."""
    shown: Json = {"type": "rich"}
    for key in ("title", "description", "url", "timestamp", "color"):
        if embed.get(key) not in (None, ""):
            shown[key] = embed[key]
    for key in ("image", "thumbnail"):
        if url := (embed.get(key) or {}).get("url"):
            url = address_of(url.removeprefix(UPLOADED)) if url.startswith(UPLOADED) else url
            shown[key] = {"url": url, "proxy_url": url, "width": 0, "height": 0}
    for key, text in (("author", "name"), ("footer", "text")):
        part = {k: v for k, v in (embed.get(key) or {}).items() if k in (text, "url", "icon_url") and v}
        if part.get(text):
            shown[key] = part
    if fields := embed.get("fields"):
        shown["fields"] = [{**field, "inline": bool(field.get("inline"))} for field in fields]
    return shown
