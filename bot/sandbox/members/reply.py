"""What a member sees of the bot's answer, and what they can do with it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from bot.sandbox.members.options import WrongUse
from bot.sandbox.records import LOADING, Attachment, Json, Message
from bot.sandbox.rules.components import BUTTON, LINK, SELECTS, walk
from bot.sandbox.state.interactions import DEFERRED, DEFERRED_UPDATE, MODAL, Interaction

if TYPE_CHECKING:
    from bot.sandbox.members.acting import Acting
    from bot.sandbox.members.actors import User


class Modal:
    """A form that the bot has shown. `User.submit` sends it."""

    def __init__(self, interaction: Interaction) -> None:
        assert interaction.modal is not None
        self.interaction = interaction
        self.custom_id: str = interaction.modal["custom_id"]
        self.title: str = interaction.modal["title"]
        self.components: list[Json] = interaction.modal["components"]

    @property
    def fields(self) -> list[Json]:
        """The inputs and selects in it; `value` is what a text input was filled with beforehand."""
        return [each for each in walk(self.components) if "custom_id" in each]


class Reply:
    """The answer to one interaction, always as it is now: it may be edited after it was given."""

    def __init__(self, sandbox: Acting, interaction: Interaction) -> None:
        self._sandbox, self._interaction = sandbox, interaction

    def __repr__(self) -> str:
        shown = f"content={self.content!r} embeds={len(self.embeds)} ephemeral={self.ephemeral}"
        return f"<Reply failed={self.failed} {shown}>"

    @property
    def interaction_id(self) -> int:
        return self._interaction.id

    @property
    def failed(self) -> bool:
        """ "The application did not respond": no answer, or one that was deferred and never came."""
        return self._interaction.callback is None or self.thinking

    @property
    def thinking(self) -> bool:
        return bool(self.message and self.message.flags & LOADING)

    @property
    def deferred(self) -> bool:
        """The bot asked for time first."""
        return self._interaction.callback in (DEFERRED, DEFERRED_UPDATE)

    @property
    def message(self) -> Message | None:
        """The message that answers (or the one that was updated); None if there is none, or no longer."""
        return None if self._interaction.original_gone else self._interaction.original

    @property
    def ephemeral(self) -> bool:
        return bool(self.message and self.message.ephemeral)

    @property
    def content(self) -> str:
        return self.message.content if self.message else ""

    @property
    def embeds(self) -> list[Json]:
        return self.message.embeds if self.message else []

    @property
    def components(self) -> list[Json]:
        return self.message.components if self.message else []

    @property
    def attachments(self) -> list[Attachment]:
        return self.message.attachments if self.message else []

    @property
    def followups(self) -> list[Message]:
        """Messages that came after the first answer."""
        return self._interaction.followups

    @property
    def modal(self) -> Modal | None:
        return Modal(self._interaction) if self._interaction.callback == MODAL else None

    @property
    def text(self) -> str:
        """Everything readable in the answer and its follow-ups, for a search in it."""
        messages = [*([self.message] if self.message else []), *self.followups]
        return "\n".join(text for message in messages for text in readable(message))

    async def wait_for(self, condition: Callable[[Reply], object], timeout: float = 15.0) -> Reply:  # noqa: ASYNC109
        """Itself, once the condition holds; raises TimeoutError (real seconds)."""
        if not await self._sandbox.waiting.until(lambda: condition(self), timeout):
            raise TimeoutError(f"not so within {timeout} s: {self!r}")
        return self

    async def click(self, user: User, button: str, *, on: Message | None = None) -> Reply:
        """Presses the button with this label or custom_id, on the answer or another message of the bot."""
        return await self._sandbox.click(user, on or self._own_message(), button)

    async def select(self, user: User, custom_id: str, values: Sequence[object], *, on: Message | None = None) -> Reply:
        """Chooses in the select with this custom_id: values, or users, roles and channels."""
        return await self._sandbox.select(user, on or self._own_message(), custom_id, values)

    def _own_message(self) -> Message:
        if self.message is None:
            raise WrongUse("the answer has no message to click on")
        return self.message


def find_button(message: Message, wanted: str) -> Json:
    """The button of this custom_id or label; raises WrongUse if there is none or it cannot be pressed."""
    buttons = [each for each in walk(message.components) if each["type"] == BUTTON]
    chosen = next((each for each in buttons if wanted in (each.get("custom_id"), each.get("label"))), None)
    if chosen is None:
        labels = ", ".join(str(each.get("label") or each.get("custom_id")) for each in buttons)
        raise WrongUse(f"no button {wanted!r}; there are: {labels or 'none'}")
    if chosen.get("disabled"):
        raise WrongUse(f"button {wanted!r} is disabled")
    if chosen["style"] == LINK:
        raise WrongUse(f"button {wanted!r} is a link to {chosen['url']}")
    return chosen


def find_select(message: Message, custom_id: str) -> Json:
    """The select of this custom_id or placeholder; raises WrongUse."""
    selects = [each for each in walk(message.components) if each["type"] in SELECTS]
    chosen = next((each for each in selects if custom_id in (each["custom_id"], each.get("placeholder"))), None)
    if chosen is None:
        raise WrongUse(
            f"no select {custom_id!r}; there are: {', '.join(each['custom_id'] for each in selects) or 'none'}"
        )
    if chosen.get("disabled"):
        raise WrongUse(f"select {custom_id!r} is disabled")
    return chosen


def readable(message: Message) -> list[str]:
    """The texts of a message: content, embeds, text displays."""
    texts = [message.content]
    for embed in message.embeds:
        texts += [embed.get("title", ""), embed.get("description", ""), embed.get("footer", {}).get("text", "")]
        texts += [embed.get("author", {}).get("name", "")]
        texts += [text for field in embed.get("fields", ()) for text in (field["name"], field["value"])]
    texts += [each["content"] for each in walk(message.components) if "content" in each]
    return [text for text in texts if text]
