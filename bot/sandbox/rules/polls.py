"""Discord's limits on polls (resources/poll: Poll Create Request Object)."""

from __future__ import annotations

from collections.abc import Iterator

from bot.sandbox.records import Json
from bot.sandbox.rules.problems import Mistake
from bot.sandbox.rules.validate import bad_length, required, too_long

QUESTION, ANSWER = 300, 55
ANSWERS = 10
HOURS = 32 * 24


def poll_mistakes(poll: Json) -> Iterator[Mistake]:
    question = (poll.get("question") or {}).get("text")
    if not question:
        yield required(("poll", "question", "text"))
    elif len(question) > QUESTION:
        yield too_long(("poll", "question", "text"), QUESTION)
    answers = poll.get("answers") or []
    if not 1 <= len(answers) <= ANSWERS:
        yield bad_length(("poll", "answers"), 1, ANSWERS)
    for number, answer in enumerate(answers):
        media = answer.get("poll_media") or {}
        place = ("poll", "answers", number, "poll_media", "text")
        if not media.get("text") and not media.get("emoji"):
            yield required(place)
        elif len(media.get("text") or "") > ANSWER:
            yield too_long(place, ANSWER)
    hours = poll.get("duration")
    if hours is not None and not 1 <= hours <= HOURS:
        yield ("poll", "duration"), "NUMBER_TYPE_MAX", f"int value should be between 1 and {HOURS}."
