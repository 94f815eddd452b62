"""What a program can do as the sandbox's members: each act takes JSON and gives JSON; its docstring shows both."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from bot.sandbox.box import Box
from bot.sandbox.control import views
from bot.sandbox.control.things import NotThere, Things, upload
from bot.sandbox.members.options import WrongUse
from bot.sandbox.members.reply import Modal, Reply
from bot.sandbox.records import Json
from bot.sandbox.rules.uploads import FILES
from bot.sandbox.state import wire

Act = Callable[[Json], Awaitable[Any]]


class Acts:
    """The acts by name."""

    def __init__(self, sandbox: Box, things: Things) -> None:
        self._sandbox, self._world, self._things = sandbox, sandbox.world, things
        self.by_name: dict[str, Act] = {
            "guilds": self._add_guild,
            "members": self._add_member,
            "channels": self._add_channel,
            "overwrite": self._overwrite,
            "threads": self._add_thread,
            "say": self._say,
            "edit": self._edit,
            "react": self._react,
            "vote": self._vote,
            "typing": self._typing,
            "allow-command": self._allow_command,
            "delete": self._delete,
            "command": self._command,
            "autocomplete": self._autocomplete,
            "menu": self._menu,
            "click": self._click,
            "select": self._select,
            "submit": self._submit,
            "faults": self._add_fault,
            "gateway": self._gateway,
            "bot": self._bot,
        }

    async def _add_guild(self, body: Json) -> Json:
        """{name} -> a guild with its owner and the bot"""
        return views.guild(self._world, self._sandbox.add_guild(body["name"]).record)

    async def _add_member(self, body: Json) -> Json:
        """{guild, name, permissions?: [NAME]} -> a new person"""
        made = self._things.guild(body["guild"]).add_member(body["name"], permissions=body.get("permissions") or ())
        return wire.user_json(made.record)

    async def _add_channel(self, body: Json) -> Json:
        """{guild, name, kind?} -> a channel"""
        made = self._things.guild(body["guild"]).add_channel(body["name"], body.get("kind") or "text")
        return wire.channel_json(self._world, made.record)

    async def _overwrite(self, body: Json) -> Json:
        """{channel, target: role or user, reset?, allow?: [NAME], deny?: [NAME]} -> the channel"""
        channel, target = self._things.channel(body["channel"]), self._things.someone(body["target"])
        if body.get("reset"):
            channel.reset(target)
        channel.allow(target, *body.get("allow") or ())
        channel.deny(target, *body.get("deny") or ())
        return wire.channel_json(self._world, channel.record)

    async def _add_thread(self, body: Json) -> Json:
        """{user, channel, name, content}: a person starts a thread, or a forum's post -> the thread"""
        channel, user = self._things.channel(body["channel"]), self._things.user(body["user"])
        thread = channel.start_thread(user, body["name"], body["content"])
        return wire.channel_json(self._world, thread.record)

    async def _say(self, body: Json) -> Json:
        """{user, channel, content, reply_to?: message, files?: [{filename, base64}], silent?} -> the message"""
        channel = self._things.channel(body["channel"])
        quoted = self._things.message(channel, body["reply_to"]) if body.get("reply_to") else None
        files = [upload(each) for each in body.get("files") or ()]
        if len(files) > FILES:
            raise WrongUse(f"a message takes {FILES} files at most")
        silent = bool(body.get("silent"))
        said = channel.say(
            self._things.user(body["user"]), body["content"], files=files, reply_to=quoted, silent=silent
        )
        return wire.message_json(self._world, said)

    async def _edit(self, body: Json) -> Json:
        """{user, channel, message, content}: a person changes what they wrote -> the message"""
        channel = self._things.channel(body["channel"])
        message = self._things.message(channel, body["message"])
        edited = channel.edit(self._things.user(body["user"]), message, body["content"])
        return wire.message_json(self._world, edited)

    async def _react(self, body: Json) -> Json:
        """{user, channel, message, emoji, add?: true}"""
        channel = self._things.channel(body["channel"])
        message = self._things.message(channel, body["message"])
        channel.react(self._things.user(body["user"]), message, body["emoji"], add=body.get("add", True))
        return wire.message_json(self._world, message)

    async def _vote(self, body: Json) -> Json:
        """{user, channel, message, answers: [number from 1]}: in the message's poll -> the message"""
        channel = self._things.channel(body["channel"])
        message = self._things.message(channel, body["message"])
        channel.vote(self._things.user(body["user"]), message, *(int(each) for each in body["answers"]))
        return wire.message_json(self._world, message)

    async def _typing(self, body: Json) -> Json:
        """{user, channel}: a person has begun to write"""
        self._things.channel(body["channel"]).types(self._things.user(body["user"]))
        return {}

    async def _allow_command(self, body: Json) -> Json:
        """{guild, name, allowed: {user, role or channel: true or false}}: who may use a slash command, and where"""
        allowed = {self._things.anything(each): bool(may) for each, may in body["allowed"].items()}
        self._things.guild(body["guild"]).allow_command(body["name"], allowed)
        return {}

    async def _delete(self, body: Json) -> Json:
        """{channel, message?}: deletes the message, or the channel"""
        channel = self._things.channel(body["channel"])
        if body.get("message"):
            channel.remove(self._things.message(channel, body["message"]))
        else:
            channel.delete()
        return {}

    async def _command(self, body: Json) -> Json:
        """{user, channel, path, options?: {name: value}, force?}: things by id, a file {filename, base64} -> a reply"""
        user, channel = self._things.user(body["user"]), self._things.channel(body["channel"])
        options = self._things.options(channel, body["path"], body.get("options") or {})
        reply = await self._sandbox.command(user, channel, body["path"], options, force=bool(body.get("force")))
        return self._reply(reply)

    async def _autocomplete(self, body: Json) -> Json:
        """{user, channel, path, option, typed, options?} -> {choices}"""
        user, channel = self._things.user(body["user"]), self._things.channel(body["channel"])
        options = self._things.options(channel, body["path"], body.get("options") or {})
        choices = await self._sandbox.autocomplete(
            user, channel, body["path"], options, focused=body["option"], typed=body.get("typed", "")
        )
        return {"choices": choices}

    async def _menu(self, body: Json) -> Json:
        """{user, channel, name, message | target: user, force?} -> a reply"""
        user, channel = self._things.user(body["user"]), self._things.channel(body["channel"])
        target = (
            self._things.message(channel, body["message"]) if "message" in body else self._things.user(body["target"])
        )
        force = bool(body.get("force"))
        return self._reply(await self._sandbox.context_command(user, channel, body["name"], target, force=force))

    async def _click(self, body: Json) -> Json:
        """{user, channel, message, button: label or custom_id} -> a reply"""
        message = self._things.message(self._things.channel(body["channel"]), body["message"])
        return self._reply(await self._sandbox.click(self._things.user(body["user"]), message, body["button"]))

    async def _select(self, body: Json) -> Json:
        """{user, channel, message, select: custom_id, values: [value or id]} -> a reply"""
        message = self._things.message(self._things.channel(body["channel"]), body["message"])
        values = [self._things.thing(value) or value for value in body["values"]]
        return self._reply(await self._sandbox.select(self._things.user(body["user"]), message, body["select"], values))

    async def _submit(self, body: Json) -> Json:
        """{user, interaction: that showed the modal, values: {custom_id or label: value}} -> a reply

        Of selects, boxes and files a list: [value or id, or {filename, base64}].
        """
        shown = self._sandbox.backend.interactions.by_id.get(int(body["interaction"]))
        if shown is None or shown.modal is None:
            raise NotThere("no such modal")
        form = Modal(shown)
        values = self._things.fields(form, body.get("values") or {})
        return self._reply(await self._sandbox.submit(self._things.user(body["user"]), form, values))

    async def _add_fault(self, body: Json) -> Json:
        """{kind, method?, path?, when?, times?, status?, body?, seconds?, scope?, retry_after?, via?}"""
        self._sandbox.faults.add(**body)
        return views.faults(self._sandbox)

    async def _gateway(self, body: Json) -> Json:
        """{do: "drop" | "reconnect" | "invalidate", code?, resumable?}"""
        gateway = self._sandbox.server.gateway
        if body["do"] == "drop":
            gateway.drop(body.get("code", 4000))
        elif body["do"] == "reconnect":
            gateway.ask_to_reconnect()
        elif body["do"] == "invalidate":
            gateway.invalidate(resumable=bool(body.get("resumable")))
        else:
            raise ValueError("do: drop, reconnect or invalidate")
        return {"connected": len(gateway.live)}

    async def _bot(self, body: Json) -> Json:
        """{guild, do: "kick" | "invite"}"""
        guild = self._things.guild(body["guild"])
        if body["do"] not in ("kick", "invite"):
            raise ValueError("do: kick or invite")
        guild.kick_bot() if body["do"] == "kick" else guild.invite_bot()
        return views.guild(self._world, guild.record)

    def _reply(self, reply: Reply) -> Json:
        return views.reply(self._world, reply)
