"""Every limit of Discord that Herald meets, with its page under https://discord.com/developers/docs.

Discord does not say whether it counts code points or UTF-16 units. Herald counts UTF-16 units: never fewer than
code points, so what fits here fits there.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

# resources/message#embed-object-embed-limits
EMBED_TITLE = 256
EMBED_DESCRIPTION = 4096
EMBED_FIELD_VALUE = 1024
EMBED_AUTHOR = 256
EMBEDS_TOTAL = 6000  # title, description, field names and values, footer and author of all embeds of a message

# resources/message#create-message-jsonform-params
EMBEDS = 10
CONTENT = 2000
NONCE = 25

# Not on a page: RichEmbed in Discord's own OpenAPI description (github.com/discord/discord-api-spec).
URL = 2048

# interactions/message-components (Button, String Select, Text Input; "Custom ID")
CUSTOM_ID = 100
ACTION_ROWS = 5
BUTTONS_IN_ROW = 5
BUTTON_LABEL = 80
SELECT_OPTIONS = 25
SELECT_OPTION_TEXT = 100  # label, value and description alike

# interactions/application-commands#application-command-object-application-command-option-choice-structure
CHOICES = 25
CHOICE_NAME = 100

# resources/channel#start-thread-in-forum-or-media-channel
THREAD_NAME = 100


def units(text: str) -> int:
    """The length of a text in UTF-16 units."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


def embed_units(embed: Mapping[str, Any]) -> int:
    """What one embed counts towards EMBEDS_TOTAL."""
    fields = [part for field in embed.get("fields", ()) for part in (field["name"], field["value"])]
    parts = (
        embed.get("title", ""),
        embed.get("description", ""),
        embed.get("footer", {}).get("text", ""),
        embed.get("author", {}).get("name", ""),
        *fields,
    )
    return sum(units(part) for part in parts)
