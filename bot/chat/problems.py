"""What a member is told when something went wrong: what happened, then what to do. No other place knows the kinds."""

from __future__ import annotations

from bot.chat.messages import LINE_LIMIT, literal
from bot.errors import (
    AddressRefused,
    BotError,
    FeedError,
    FetchError,
    ParseError,
    QueryError,
    StoreError,
    UsageError,
)
from bot.query.language import mark
from bot.render.escape import escape, escape_line


def problem(error: BotError) -> str | None:
    """One clear line (a query's mistake: with its place below); None if it is nothing a member can act on."""
    match error:
        case QueryError():
            return query_mistake(error)
        case UsageError():
            return literal(str(error))
        case FeedError():
            return _feed_problem(error)
        case StoreError():
            return "My database does not answer right now, so nothing was changed. Please try again in a minute."
        case _:
            return None


def query_mistake(error: QueryError) -> str:
    """The reason, the query with the place marked below it, and what to write instead."""
    marked = mark(error).replace("```", "``\u200b`")
    hint = f"\nTry: {escape(error.hint)}" if error.hint else ""
    return f"{escape(error.reason)}\n```\n{marked}\n```{hint}"


def _feed_problem(error: FeedError) -> str:
    match error:
        case AddressRefused():
            return "I do not open that address. Give me a public http or https link."
        case ParseError():
            return f"That is not a feed I can read ({_reason(error)}). Try the site's own RSS or Atom link."
        case FetchError(status=int() as status) if status >= 400:
            return _answered_problem(status)
        case FetchError():
            return f"I could not read that address: {_reason(error)}. Check the link, or try again later."
        case _:
            return f"That did not work: {_reason(error)}."


def _answered_problem(status: int) -> str:
    if status == 401:
        return "The site asks for a login (HTTP 401). If you have one, use `/feed add` with `private`."
    if status == 403:
        return "The site does not hand out that page to bots (HTTP 403). Only its owner can change that."
    if status in {404, 410}:
        return f"There is nothing at that address (HTTP {status}). Check the link, or give me the site's front page."
    if status == 429:
        return "The site asks for fewer requests right now (HTTP 429). Please try again in a few minutes."
    if status >= 500:
        return f"The site has trouble of its own (HTTP {status}). Please try again later."
    return f"The site does not answer as a feed should (HTTP {status}). Check the link."


def _reason(error: FeedError) -> str:
    return escape_line(error.reason.rstrip("."), LINE_LIMIT)
