"""Polls: members vote, the author may end it early, and then the result is a message of its own (resources/poll)."""

from __future__ import annotations

from bot.sandbox.records import Channel, Json, Message, Poll
from bot.sandbox.rules.problems import ApiError
from bot.sandbox.state import messages
from bot.sandbox.state.world import World

GUILD_POLLS, DIRECT_POLLS = 1 << 24, 1 << 25  # intents
RESULT = 46  # message type: Poll Result


def vote(world: World, channel: Channel, message: Message, user_id: int, answers: list[int]) -> None:
    """The member's choice is now exactly these answers; none takes their vote back."""
    poll = poll_of(message)
    if poll.over(world.clock.now()):
        raise ApiError(403, 520001, "Poll expired")
    if len(answers) > 1 and not poll.multiple:
        raise ApiError(400, 50035, "Invalid Form Body")
    if unknown := [each for each in answers if not 1 <= each <= len(poll.answers)]:
        raise ApiError(400, 50035, f"Invalid Form Body (sandbox: the poll has no answer {unknown[0]})")
    for number in range(1, len(poll.answers) + 1):
        voters = poll.votes.setdefault(number, [])
        if (user_id in voters) == (number in answers):
            continue
        voters.append(user_id) if number in answers else voters.remove(user_id)
        data: Json = {"user_id": str(user_id), "answer_id": number}
        _tell(
            world, "MESSAGE_POLL_VOTE_ADD" if number in answers else "MESSAGE_POLL_VOTE_REMOVE", channel, message, data
        )


def end(world: World, channel: Channel, message: Message) -> None:
    """Now: the votes are final, and a message tells the result."""
    poll = poll_of(message)
    if poll.over(world.clock.now()):
        raise ApiError(403, 520001, "Poll expired")
    poll.ends_at = world.clock.now()
    messages.announce(world, "MESSAGE_UPDATE", message)
    told = Message(
        world.new_id(),
        channel.id,
        message.author_id,
        world.clock.now(),
        embeds=[_result(poll)],
        kind=RESULT,
        reply_to=(channel.id, message.id),
    )
    channel.messages[told.id] = told
    messages.announce(world, "MESSAGE_CREATE", told)


def poll_of(message: Message) -> Poll:
    """Raises 520006 for a message without one."""
    if message.poll is None:
        raise ApiError(400, 520006, "Cannot expire a non-poll message")
    return message.poll


def _result(poll: Poll) -> Json:
    """The embed of the message that tells the result; a draw has no winner."""
    counts = {number: len(voters) for number, voters in poll.votes.items()}
    best = max(counts.values(), default=0)
    winners = [number for number, count in counts.items() if count == best and count]
    facts = {"poll_question_text": poll.question, "victor_answer_votes": best, "total_votes": sum(counts.values())}
    if len(winners) == 1:
        facts |= {"victor_answer_id": winners[0], "victor_answer_text": poll.answers[winners[0] - 1].get("text", "")}
    fields = [{"name": name, "value": str(value), "inline": False} for name, value in facts.items()]
    return {"type": "poll_result", "fields": fields}


def _tell(world: World, name: str, channel: Channel, message: Message, data: Json) -> None:
    data |= {"channel_id": str(channel.id), "message_id": str(message.id)}
    if channel.guild_id:
        data["guild_id"] = str(channel.guild_id)
    intent = DIRECT_POLLS if channel.is_dm else GUILD_POLLS
    world.emit(name, data, intent=intent, guild=channel.guild_id, channel=channel.id)
