"""What is new in a document? Old state and entries go in, a decision comes out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from bot.feeds.age import is_old
from bot.feeds.identity import Seen, link_alias, spent, title_alias
from bot.model import Entry

# A re-issued archive: more than half of the document is new, yet four of five titles are known (reliability.md I4).
REISSUE_LEAST = 5
REISSUE_SHARE_OF_DOCUMENT = 0.5
REISSUE_KNOWN_TITLES = 0.8


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What one document changes. Each entry is in exactly one of the four, each once, oldest first.

    `new` is to be announced. `backlog` is a first poll's: to be stored, not announced. `held` are known entries that
    the publisher re-issued under new identities: to be stored, and announced to nobody who does not ask for them.
    `old` are dated long ago (age.py): to be stored, not announced. `known` counts the entries of the document that are
    in none of them, `present` are those of them that may have been corrected, and `seen` is the feed's whole memory
    from now on, to be written in the same transaction.
    """

    seen: bytes
    new: tuple[Entry, ...] = ()
    backlog: tuple[Entry, ...] = ()
    held: tuple[Entry, ...] = ()
    old: tuple[Entry, ...] = ()
    known: int = 0
    present: tuple[Entry, ...] = ()


def decide(
    seen: bytes, entries: Sequence[Entry], *, first_poll: bool, now: datetime, document_size: int | None = None
) -> Decision:
    """`entries` in the order of the document, with their aliases. Dates order a batch; they never decide newness.

    `document_size` is the number of entries in the whole document, if only a part of it was read (cut.py).
    """
    known = Seen(seen)
    fresh = in_order(unseen(known, entries), now)
    remembered = known.with_(alias for entry in entries for alias in entry.aliases)
    rest = len(entries) - len(fresh)
    if first_poll:
        return Decision(seen=remembered, backlog=fresh, known=rest)
    if is_reissue(known, fresh, document_size=document_size or len(entries)):
        held = tuple(entry for entry in fresh if resembles(known, entry))
        again = {entry.key for entry in held}
        new = tuple(entry for entry in fresh if entry.key not in again)
        return Decision(seen=remembered, new=new, held=held, known=rest)
    keys = {entry.key for entry in fresh}
    present = {entry.key: entry for entry in reversed(entries) if entry.key not in keys}
    return Decision(seen=remembered, new=fresh, known=rest, present=tuple(present.values()))


def without_old(decision: Decision, before: datetime) -> Decision:
    """The same, but what of the new is dated before then is told to nobody."""
    old = tuple(entry for entry in decision.new if is_old(entry, before))
    return replace(decision, new=tuple(entry for entry in decision.new if not is_old(entry, before)), old=old)


def unseen(known: Seen, entries: Sequence[Entry]) -> list[Entry]:
    """Entries that nothing is known of, each once, in the order of the document."""
    fresh: list[Entry] = []
    keys: set[int] = set()
    for entry in entries:
        # Within one document only the key decides: what looks alike there was told apart with the document at hand.
        if entry.key in keys or known.knows(entry.aliases):
            continue
        keys.add(entry.key)
        fresh.append(entry)
    return fresh


def is_reissue(known: Seen, fresh: Sequence[Entry], *, document_size: int) -> bool:
    """Whether the publisher gave old entries new identities: a site move, a new blog engine.

    Titles decide, and only if they tell entries apart: a feed whose entries are all called "Update" says nothing.
    """
    if len(fresh) <= max(REISSUE_LEAST, REISSUE_SHARE_OF_DOCUMENT * document_size):
        return False
    titles = {alias for entry in fresh if (alias := title_alias(entry.title)) is not None}
    enough = REISSUE_KNOWN_TITLES * len(fresh)
    return sum(alias in known for alias in titles) >= enough


def resembles(known: Seen, entry: Entry) -> bool:
    """Whether an entry of a re-issued archive may be one of the known ones: by its title or by its link.

    What has no title could be any of them: no text is remembered. So are taken for known a new entry under a title
    that was used before, and for new a known one whose title was changed together with its link.
    """
    title, link = title_alias(entry.title), link_alias(entry.url or "")
    if title is None or title in known:
        return True
    # A link that this document has on several entries is nobody's.
    return link is not None and spent(link) not in entry.aliases and known.knows([link])


def order_stands_alone(entries: Sequence[Entry], now: datetime) -> bool:
    """Whether `in_order` puts these as it would among others of their document: one, or all with a sane date."""
    latest = now + timedelta(days=1)
    return len(entries) < 2 or all(one.published_at is not None and one.published_at <= latest for one in entries)


def in_order(entries: Sequence[Entry], now: datetime) -> tuple[Entry, ...]:
    """Oldest first: by date where there is a sane one, ties and the undated as in the document read from its end.

    An undated entry keeps its place beside the one before it.
    """
    latest, previous = now + timedelta(days=1), datetime.min.replace(tzinfo=UTC)
    dated: list[tuple[datetime, Entry]] = []
    for entry in reversed(entries):
        if entry.published_at is not None and entry.published_at <= latest:
            previous = entry.published_at
        dated.append((previous, entry))
    return tuple(entry for _, entry in sorted(dated, key=lambda pair: pair[0]))
