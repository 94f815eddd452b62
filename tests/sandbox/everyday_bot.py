"""A plain discord.py bot with a bit of everything that bots do, as the library's documentation has it.

Run by itself it is told where the sandbox is as `herald sandbox --help` says.
"""

from __future__ import annotations

import os
from datetime import timedelta
from typing import Any

import discord
import yarl
from discord import app_commands
from discord.ext import commands, tasks

Ctx = commands.Context[commands.Bot]


class Confirm(discord.ui.View):
    @discord.ui.button(label="Yes", style=discord.ButtonStyle.green)
    async def yes(self, interaction: discord.Interaction, button: discord.ui.Button[Confirm]) -> None:
        button.disabled = True
        await interaction.response.edit_message(content="confirmed", view=self)
        await interaction.followup.send("and thanks", ephemeral=True)
        self.stop()

    @discord.ui.select(cls=discord.ui.UserSelect, placeholder="Who?")
    async def who(self, interaction: discord.Interaction, select: discord.ui.UserSelect[Confirm]) -> None:
        await interaction.response.send_message(f"chose {select.values[0].name}")


class Feedback(discord.ui.Modal, title="Feedback"):
    text: discord.ui.TextInput[Feedback] = discord.ui.TextInput(label="Text", style=discord.TextStyle.paragraph)

    async def on_submit(self, interaction: discord.Interaction) -> None:
        await interaction.response.send_message(f"heard: {self.text.value}", ephemeral=True)


class Everyday(commands.Cog):
    def __init__(self, bot: commands.Bot) -> None:
        self.bot, self.ticks = bot, 0
        self.tick.start()

    async def cog_unload(self) -> None:
        self.tick.cancel()

    @tasks.loop(seconds=0.01, count=2)
    async def tick(self) -> None:
        self.ticks += 1

    @tick.before_loop
    async def ready(self) -> None:
        await self.bot.wait_until_ready()

    @commands.command()
    async def add(self, ctx: Ctx, left: int, right: int) -> None:
        await ctx.send(f"{left + right}")

    @add.error
    async def add_error(self, ctx: Ctx, error: commands.CommandError) -> None:
        await ctx.reply(f"no: {type(error).__name__}")

    @commands.hybrid_command(description="Greets")  # type: ignore[arg-type]
    async def greet(self, ctx: Ctx, member: discord.Member) -> None:
        await ctx.send(f"hello {member.display_name}", view=Confirm(), allowed_mentions=discord.AllowedMentions.none())

    @commands.command()
    @commands.has_permissions(manage_guild=True)
    async def quiz(self, ctx: Ctx) -> None:
        await ctx.send("2 + 2?")

        def right(message: discord.Message) -> bool:
            return message.author == ctx.author and message.content == "4"

        await self.bot.wait_for("message", check=right, timeout=5)
        asked = await ctx.send("sure?")
        await asked.add_reaction("👍")
        reaction, user = await self.bot.wait_for("reaction_add", check=lambda r, u: u == ctx.author, timeout=5)
        await ctx.send(f"{user.name} is {reaction.emoji}")

    @commands.Cog.listener()
    async def on_command_error(self, ctx: Ctx, error: Any) -> None:
        if isinstance(error, commands.MissingPermissions):
            await ctx.send("not for you")

    @commands.command()
    async def places(self, ctx: Ctx) -> None:
        assert ctx.guild
        assert isinstance(ctx.channel, discord.TextChannel)
        thread = await ctx.message.create_thread(name="about it")
        await thread.send("in the thread")
        forum = await ctx.guild.create_forum("ideas", available_tags=[discord.ForumTag(name="new")])
        await forum.create_thread(name="first", content="post", applied_tags=[forum.available_tags[0]])
        hook = await ctx.channel.create_webhook(name="hook")
        await hook.send("by webhook", username="Courier")
        poll = discord.Poll("Tea?", duration=timedelta(hours=1))
        await ctx.send(poll=poll.add_answer(text="yes").add_answer(text="no"))

    @app_commands.command(description="Asks for words")
    async def feedback(self, interaction: discord.Interaction) -> None:
        await interaction.response.send_modal(Feedback())


@app_commands.context_menu(name="Quote")
async def quote(interaction: discord.Interaction, message: discord.Message) -> None:
    await interaction.response.send_message(f"> {message.content}")


@app_commands.context_menu(name="Since")
async def since(interaction: discord.Interaction, member: discord.Member) -> None:
    await interaction.response.send_message(f"{member.name} since {member.joined_at:%Y}")


class EverydayBot(commands.Bot):
    async def setup_hook(self) -> None:
        await self.add_cog(Everyday(self))
        self.tree.add_command(quote)
        self.tree.add_command(since)
        await self.tree.sync()


def everyday_bot(**settings: Any) -> EverydayBot:
    intents = discord.Intents.default()
    intents.message_content = True
    return EverydayBot("!", intents=intents, **settings)


if __name__ == "__main__":
    discord.http.Route.BASE = os.environ["DISCORD_API_BASE"]
    discord.gateway.DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(os.environ["DISCORD_GATEWAY"])
    everyday_bot().run(os.environ["DISCORD_TOKEN"])
