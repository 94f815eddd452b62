"""What a refusal means for its posting. Both in, what to do out; work/settling does it.

A refusal speaks of the place, and then all that is for it waits; or of what was to be posted there, and then that goes
plainer, step by step, until there is no plainer.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta

from bot.model import Destination, Note, Posting, Refused
from bot.render.embed import PLAINEST, WITHOUT_LINKS

HELD_FOR = timedelta(hours=1)  # a place that refused is asked again this rarely; the gateway tells sooner
CLOSED_DMS_HELD_FOR = timedelta(days=3650)  # only the member can open them, and says so with a button

# Discord's JSON error codes ("Opcodes and Status Codes") that speak of the place, not of what was to be posted.
CLOSED_DMS = 50007
PLACE_REFUSED = frozenset(
    {
        10003,  # unknown channel
        10004,  # unknown guild
        50001,  # missing access
        CLOSED_DMS,  # cannot send messages to this user
        50008,  # cannot send messages in a non-text channel
        50013,  # missing permissions
        50083,  # thread is archived
        160005,  # thread is locked
        20016,  # slow mode
        20026,  # the bot is under suspicion and may not write
        30046,  # too many edits of old messages
        40058,  # a thread that its opener has not written in yet
        40067,  # a forum that wants a tag
        50024,  # not in this kind of channel
        50278,  # no server in common with this user
        160006,  # too many active threads
    }
)
# Of what an entry says, and no plainer form of it says less, but for its link.
WORDS_REFUSED = frozenset(
    {
        200000,  # blocked by AutoMod
        200001,  # its title blocked by AutoMod
        240000,  # a link that is filtered as harmful
    }
)


@dataclass(frozen=True, slots=True)
class HoldPlace:
    """The posting waits, and whatever else is for its place with it, for as long as `pause`."""

    pause: timedelta


@dataclass(frozen=True, slots=True)
class PassOn:
    """The note ends here and begins anew where it is tried next, if there is such a place."""

    where: Destination | None
    note: Note


@dataclass(frozen=True, slots=True)
class TakeApart:
    """The `guilty` deliveries (ids) go one by one, the others without them. Empty: nobody knows which they are."""

    guilty: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class GoPlainer:
    """The posting goes one step plainer, or as plain as `to`."""

    to: int | None = None


@dataclass(frozen=True, slots=True)
class GiveUp:
    """There is no plainer: its deliveries end with the refusal."""


Reaction = HoldPlace | PassOn | TakeApart | GoPlainer | GiveUp


def reaction(posting: Posting, refusal: Refused) -> Reaction:
    """What to do about it."""
    if speaks_of_place(refusal):
        return _to_the_place(posting, refusal)
    if len(posting.deliveries) > 1 and not posting.gist:
        return TakeApart(_guilty(posting, refusal))
    if refusal.code in WORDS_REFUSED:
        return GoPlainer(to=WITHOUT_LINKS) if posting.degraded < WITHOUT_LINKS else GiveUp()
    return GoPlainer() if posting.degraded < PLAINEST else GiveUp()


def speaks_of_place(refusal: Refused) -> bool:
    """Whether nothing that could be said there instead would help. An unknown "no" to us is taken for one of these:
    then what is owed waits, and somebody is told."""
    return refusal.code in PLACE_REFUSED or (refusal.status in {403, 404} and refusal.code not in WORDS_REFUSED)


def _to_the_place(posting: Posting, refusal: Refused) -> Reaction:
    """Nothing in the posting is at fault. A note does not wait: others of the guild may read it meanwhile."""
    if posting.note is None:
        return HoldPlace(CLOSED_DMS_HELD_FOR if refusal.code == CLOSED_DMS else HELD_FOR)
    where, rest = next(iter(posting.note.otherwise), None), posting.note.otherwise[1:]
    return PassOn(where, replace(posting.note, otherwise=rest))


def _guilty(posting: Posting, refusal: Refused) -> tuple[int, ...]:
    """The ids of the deliveries whose embeds Discord names; each delivery has one embed."""
    return tuple(posting.deliveries[place].id for place in refusal.embeds if place < len(posting.deliveries))
