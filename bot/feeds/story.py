"""What tells an entry's correction from a clock in its text, and one story from another: three 64-bit hashes of it."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from hashlib import blake2b
from urllib.parse import unquote, urlsplit

from bot.feeds.identity import address
from bot.model import Entry

LEAST_TITLE_WORDS = 4  # "Weekly open thread" is no story's name
LONGEST_READ = 4_000  # characters of a summary: more than a post shows
_WORD = re.compile(r"\d+|[^\W\d_]+")
# Scripts without spaces write a title of four words in one; so many letters of theirs are as telling.
_UNSPACED = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff]")
LEAST_UNSPACED = 8

# Words that change with the number beside them: "5 minutes ago" becomes "1 hour ago", "9:00 am" "3:00 pm".
_BESIDE_NUMBERS = re.compile(
    r"s|secs?|seconds?|m|mins?|minutes?|h|hrs?|hours?|d|days?|w|weeks?|months?|y|yrs?|years?|ago"
    r"|st|nd|rd|th|[ap]m|a|p|k|o|clock|t|z|utc|gmt|[ecmp][sd]t|cest|cet|bst|ist"
    r"|mon(?:day)?|tue(?:s(?:day)?)?|wed(?:nesday)?|thu(?:r(?:s(?:day)?)?)?|fri(?:day)?|sat(?:urday)?|sun(?:day)?"
    r"|jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?"
    r"|nov(?:ember)?|dec(?:ember)?"
)


@dataclass(frozen=True, slots=True)
class Marks:
    """`wording` is of what a reader sees of the entry; `link` and `title` name its story, None if they name none."""

    wording: int
    link: int | None
    title: int | None


def marks(entry: Entry) -> Marks:
    """Entries of different feeds that share `link` or `title` tell the same story, if they came together."""
    return Marks(wording(entry), _story_link(entry), _story_title(entry))


def wording(entry: Entry) -> int:
    """The same for two versions of an entry that differ in nothing but case, blanks, marks, numbers and times.

    Of a picture's address only the path counts: publishers sign and resize pictures by what follows it.
    """
    title, summary = " ".join(_telling_words(entry.title)), " ".join(_telling_words(entry.summary[:LONGEST_READ]))
    return _hash("wording", title, summary, _path(entry.image_url or ""))


def _telling_words(text: str) -> list[str]:
    """The words, folded, without numbers and what goes with them; after a number without a plural's "s"."""
    words = _WORD.findall(unicodedata.normalize("NFKC", text).casefold())
    told = [word if not word.isdecimal() else "" for word in words]
    for step in (1, -1):  # times spread from the number to both sides: "Mon, 23 Nov 2026 9:00 am GMT"
        beside = False
        for place in range(len(words))[::step]:
            beside = words[place].isdecimal() or (beside and bool(_BESIDE_NUMBERS.fullmatch(words[place])))
            if beside:
                told[place] = ""
    singular = (
        word.removesuffix("s") if place and words[place - 1].isdecimal() else word for place, word in enumerate(told)
    )
    return [word for word in singular if word]


def _path(url: str) -> str:
    try:
        return unquote(urlsplit(url).path)
    except ValueError:
        return ""


def _story_link(entry: Entry) -> int | None:
    """None for a site's front page, which tells every story."""
    where = address(entry.url or "")
    return _hash("link", where) if "/" in where or "?" in where else None


def _story_title(entry: Entry) -> int | None:
    words = _WORD.findall(unicodedata.normalize("NFKC", entry.title).casefold())
    letters = len(_UNSPACED.findall(entry.title))
    return _hash("title", *words) if len(words) >= LEAST_TITLE_WORDS or letters >= LEAST_UNSPACED else None


def _hash(*parts: str) -> int:
    """Signed 64 bits; the parts cannot run into one another."""
    text = "\x1f".join(parts).encode("utf-8", "surrogatepass")
    return int.from_bytes(blake2b(text, digest_size=8).digest(), "little", signed=True)
