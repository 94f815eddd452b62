"""What Herald says of itself: `/help` and `/about`."""

from __future__ import annotations

from bot.render.lines import plural


def help_text() -> str:
    return (
        "I watch feeds and post what is new, once, within seconds of seeing it.\n\n"
        "**For everyone**\n"
        '`/search` finds what was published: `rust`, `"exact phrase"`, `a OR b`, `-without`, `start*`, '
        "`title:word`, `author:name`, `feed:name`.\n"
        "`/latest` shows the newest entries.\n"
        "`/keyword add` tells you of new entries that match, with the same words; `/keyword list` · `mute` · `remove`. "
        "**More like this**, in the menu of one of my posts under Apps, finds the words for you.\n"
        "`/privacy` says what I keep of you, sends it to you, or deletes it.\n\n"
        "**With Manage Server**\n"
        "`/feed add` follows a feed, or the feed of any web page, in a channel; `filter` takes the same words as "
        "`/search`.\n"
        "`/keyword add` with a `channel` posts what matches there.\n"
        "`/digest set` posts what came in one message, at times like `daily 9:00` or `mon,thu 18:00`; `/digest list` · "
        "`remove`. With the style `digest`, `/feed add` keeps a feed for digests alone.\n"
        "`/feed import` follows the feeds of another reader's OPML file; `/feed export` gives you one.\n"
        "`/feed list` · `status` · `edit` · `preview` · `pause` · `resume` · `remove` do what they say; `/feed status` "
        "with an `entry` says why that was not posted.\n"
        "`/settings` has the time zone, quiet hours, and the channel where I tell of trouble."
    )


def about_text(version: str, guilds: int, invite: str | None) -> str:
    lines = [
        f"**Herald {version}** is a feed notifier: RSS, Atom, RDF and JSON Feed.",
        f"It serves {plural(guilds, 'server')}. It reads no messages: it knows its commands and the feeds it follows.",
    ]
    if invite:
        lines.append(f"[Add it to a server]({invite})")
    return "\n".join(lines)
