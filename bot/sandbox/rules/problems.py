"""Discord's refusals: an HTTP status, Discord's own code and text, and for a bad form where in it the mistake is.

Codes and texts: Discord's documentation, Opcodes and Status Codes, "JSON Error Codes".
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

Json = dict[str, Any]
Place = tuple[str | int, ...]  # ("embeds", 0, "title")
Mistake = tuple[Place, str, str]  # where, Discord's code ("BASE_TYPE_MAX_LENGTH"), text


class ApiError(Exception):
    """An answer that is no success."""

    def __init__(
        self, status: int, code: int, message: str, errors: Json | None = None, *, retry_after_s: float | None = None
    ) -> None:
        super().__init__(f"{status} ({code}): {message}")
        self.status, self.code, self.message, self.errors = status, code, message, errors
        self.retry_after_s = retry_after_s

    def body(self) -> Json:
        """The answer's JSON."""
        body: Json = {"message": self.message, "code": self.code}
        if self.retry_after_s is not None:
            body["retry_after"] = self.retry_after_s
        return body if self.errors is None else {**body, "errors": self.errors}


def unknown(what: str) -> ApiError:
    """404 for something that is not there, or that the bot shall not know is there."""
    return ApiError(404, UNKNOWN[what], f"Unknown {what}")


UNKNOWN = {
    "Channel": 10003,
    "Guild": 10004,
    "Integration": 10005,
    "Invite": 10006,
    "Member": 10007,
    "Message": 10008,
    "Overwrite": 10009,
    "Role": 10011,
    "User": 10013,
    "Emoji": 10014,
    "Webhook": 10015,
    "Ban": 10026,
    "SKU": 10027,
    "Entitlement": 10029,
    "guild template": 10057,
    "sticker": 10060,
    "sticker pack": 10061,
    "interaction": 10062,
    "application command": 10063,
    "application command permissions": 10066,
    "Stage Instance": 10067,
    "guild scheduled event": 10070,
    "sound": 10097,
}


def unauthorized() -> ApiError:
    return ApiError(401, 0, "401: Unauthorized")


def missing_access() -> ApiError:
    return ApiError(403, 50001, "Missing Access")


def missing_permissions() -> ApiError:
    return ApiError(403, 50013, "Missing Permissions")


def cannot_message_user() -> ApiError:
    return ApiError(403, 50007, "Cannot send messages to this user")


def not_yours() -> ApiError:
    return ApiError(403, 50005, "Cannot edit a message authored by another user")


def empty_message() -> ApiError:
    return ApiError(400, 50006, "Cannot send an empty message")


def too_large() -> ApiError:
    return ApiError(413, 40005, "Request entity too large")


def slowed_down(left_s: float) -> ApiError:
    text = "This action cannot be performed due to slowmode rate limit."
    return ApiError(429, 20016, text, retry_after_s=round(left_s, 3))


def not_implemented(what: str) -> ApiError:
    """501: Discord has it and the sandbox has not."""
    return ApiError(501, 0, f"sandbox: not implemented: {what}")


def invalid_token() -> ApiError:
    return ApiError(401, 50027, "Invalid Webhook Token")


def already_acknowledged() -> ApiError:
    return ApiError(400, 40060, "Interaction has already been acknowledged.")


def archived_thread() -> ApiError:
    return ApiError(400, 50083, "Thread is archived")


def invalid_form(mistakes: Sequence[Mistake]) -> ApiError:
    """400 / 50035 with every mistake at its place, nested as Discord does."""
    errors: Json = {}
    for place, code, text in mistakes:
        node = errors
        for step in place:
            node = node.setdefault(str(step), {})
        node.setdefault("_errors", []).append({"code": code, "message": text})
    return ApiError(400, 50035, "Invalid Form Body", errors)
