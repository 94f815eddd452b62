"""A bot as small as the examples of discord.py's documentation. It knows nothing of the sandbox."""

from __future__ import annotations

from typing import Any

import discord
from discord import app_commands
from discord.ext import commands


class Counter(discord.ui.View):
    """A button that counts its clicks."""

    def __init__(self) -> None:
        super().__init__(timeout=None)
        self.clicks = 0

    @discord.ui.button(label="Count", style=discord.ButtonStyle.primary, custom_id="counter")
    async def count(self, interaction: discord.Interaction, button: discord.ui.Button[Counter]) -> None:
        self.clicks += 1
        await interaction.response.edit_message(content=f"{self.clicks} clicks", view=self)

    @discord.ui.select(
        custom_id="colour", options=[discord.SelectOption(label="Red"), discord.SelectOption(label="Blue")]
    )
    async def colour(self, interaction: discord.Interaction, select: discord.ui.Select[Counter]) -> None:
        await interaction.response.send_message(f"{select.values[0]} it is", ephemeral=True)

    @discord.ui.button(label="Note", custom_id="note")
    async def note(self, interaction: discord.Interaction, button: discord.ui.Button[Counter]) -> None:
        await interaction.response.send_modal(Note())


class Panel(discord.ui.LayoutView):
    """A message made of components alone, whose button takes its time."""

    row: discord.ui.ActionRow[Panel] = discord.ui.ActionRow()

    def __init__(self) -> None:
        super().__init__(timeout=None)
        self.clear_items()
        self.add_item(discord.ui.Container(discord.ui.TextDisplay("A panel"), self.row, accent_colour=0x123456))

    @row.button(label="Slow", custom_id="slow")
    async def slow(self, interaction: discord.Interaction, button: discord.ui.Button[Panel]) -> None:
        await interaction.response.defer()
        button.label = "Done"
        await interaction.edit_original_response(view=self)


class Note(discord.ui.Modal, title="A note"):
    """A form of one field."""

    text: discord.ui.TextInput[Note] = discord.ui.TextInput(label="Text", max_length=50)

    async def on_submit(self, interaction: discord.Interaction) -> None:
        await interaction.response.send_message(f"Noted: {self.text.value}")


class Everything(discord.ui.Modal, title="Everything"):
    """A form with a field of every kind that Discord has; its answer names what was given."""

    words: Any = discord.ui.Label(
        text="Words", description="At least two", component=discord.ui.TextInput(min_length=2, max_length=9)
    )
    mood: Any = discord.ui.Label(
        text="Mood",
        component=discord.ui.Select(
            min_values=0, max_values=2, required=False,
            options=[discord.SelectOption(label=name) for name in ("Calm", "Merry", "Cross")],
        ),
    )  # fmt: skip
    who: Any = discord.ui.Label(text="Who", component=discord.ui.UserSelect(required=True))
    where: Any = discord.ui.Label(
        text="Where", component=discord.ui.ChannelSelect(required=True, channel_types=[discord.ChannelType.text])
    )
    files: Any = discord.ui.Label(text="Files", component=discord.ui.FileUpload(required=False, max_values=2))

    def __init__(self, user: discord.abc.Snowflake) -> None:
        super().__init__()
        self.who.component.default_values = [discord.SelectDefaultValue.from_user(user)]

    async def on_submit(self, interaction: discord.Interaction) -> None:
        parts = [self.words, self.mood, self.who, self.where, self.files]
        given = [each.component.value if each is self.words else each.component.values for each in parts]
        await interaction.response.send_message(" | ".join(_named(each) for each in given))


class Boxes(discord.ui.Modal, title="Boxes"):
    """The kinds of field that are ticked, below a text."""

    said: Any = discord.ui.TextDisplay("Tick what *fits*.")
    size: Any = discord.ui.Label(
        text="Size",
        component=discord.ui.RadioGroup(options=[discord.RadioGroupOption(label=each) for each in ("Small", "Large")]),
    )
    extras: Any = discord.ui.Label(
        text="Extras",
        component=discord.ui.CheckboxGroup(
            required=False, max_values=2,
            options=[discord.CheckboxGroupOption(label=each, value=each.lower()) for each in ("Map", "Index", "Notes")],
        ),
    )  # fmt: skip
    sure: Any = discord.ui.Label(text="Sure", component=discord.ui.Checkbox())

    async def on_submit(self, interaction: discord.Interaction) -> None:
        given = [self.size.component.value, self.extras.component.values, self.sure.component.value]
        await interaction.response.send_message(" | ".join(_named(each) for each in given))


def _named(given: object) -> str:
    if isinstance(given, list | tuple):
        return ",".join(_named(each) for each in given)
    for name in ("filename", "name"):
        if hasattr(given, name):
            return str(getattr(given, name))
    return str(given)


class Picks(discord.ui.View):
    """A select of every kind; what is picked is said."""

    def __init__(self) -> None:
        super().__init__(timeout=None)

    async def _say(self, interaction: discord.Interaction, select: discord.ui.Select[Picks]) -> None:
        await interaction.response.send_message(f"picked {_named(select.values)}", ephemeral=True)

    @discord.ui.select(
        custom_id="words", placeholder="Words", min_values=2, max_values=3,
        options=[discord.SelectOption(label=name, description=f"The word {name}") for name in ("one", "two", "three")],
    )  # fmt: skip
    async def words(self, interaction: discord.Interaction, select: discord.ui.Select[Picks]) -> None:
        await self._say(interaction, select)

    @discord.ui.select(cls=discord.ui.UserSelect, custom_id="people", placeholder="People", min_values=0, max_values=2)
    async def people(self, interaction: discord.Interaction, select: discord.ui.UserSelect[Picks]) -> None:
        await self._say(interaction, select)  # type: ignore[arg-type]

    @discord.ui.select(cls=discord.ui.RoleSelect, custom_id="roles", placeholder="Roles")
    async def roles(self, interaction: discord.Interaction, select: discord.ui.RoleSelect[Picks]) -> None:
        await self._say(interaction, select)  # type: ignore[arg-type]

    @discord.ui.select(cls=discord.ui.MentionableSelect, custom_id="either", placeholder="Either")
    async def either(self, interaction: discord.Interaction, select: discord.ui.MentionableSelect[Picks]) -> None:
        await self._say(interaction, select)  # type: ignore[arg-type]

    @discord.ui.select(
        cls=discord.ui.ChannelSelect,
        custom_id="forums",
        placeholder="Forums",
        channel_types=[discord.ChannelType.forum],
    )
    async def forums(self, interaction: discord.Interaction, select: discord.ui.ChannelSelect[Picks]) -> None:
        await self._say(interaction, select)  # type: ignore[arg-type]


class Places(app_commands.Group):
    """Commands in a group, with options of many types."""

    @app_commands.command(description="Says what it was given")
    async def show(
        self,
        interaction: discord.Interaction,
        channel: discord.TextChannel,
        role: discord.Role | None = None,
        user: discord.Member | None = None,
        file: discord.Attachment | None = None,
        count: app_commands.Range[int, 1, 5] = 1,
    ) -> None:
        await interaction.response.defer(ephemeral=True)
        size = len(await file.read()) if file else 0
        text = f"{channel.name} {role and role.name} {user and user.name} {size} {count}"
        await interaction.edit_original_response(content=text)

    @app_commands.command(description="Finds a place")
    async def find(self, interaction: discord.Interaction, place: str) -> None:
        await interaction.response.send_message(place)

    @find.autocomplete("place")
    async def places(self, interaction: discord.Interaction, typed: str) -> list[app_commands.Choice[str]]:
        known = ("Berlin", "Bern", "Paris")
        return [app_commands.Choice(name=each, value=each.lower()) for each in known if typed.lower() in each.lower()]


class SmallBot(commands.AutoShardedBot):
    """Slash commands, a view, a prefix command and a reaction. Auto-sharded, it asks REST for the gateway."""

    async def setup_hook(self) -> None:
        self.tree.add_command(Places(name="places", description="Places"))

        @self.tree.command(description="Answers")
        async def ping(interaction: discord.Interaction, name: str = "you") -> None:
            await interaction.response.send_message(f"pong, {name}", embed=discord.Embed(title="Pong"))

        @self.tree.command(description="Shows a button")
        async def counter(interaction: discord.Interaction) -> None:
            await interaction.response.send_message("0 clicks", view=Counter())

        @self.tree.command(description="Shows a panel")
        async def panel(interaction: discord.Interaction) -> None:
            await interaction.response.send_message(view=Panel())

        @self.tree.command(description="Shows a select of every kind")
        async def picks(interaction: discord.Interaction) -> None:
            await interaction.response.send_message("pick", view=Picks())

        @self.tree.command(description="Shows a form with every kind of field")
        async def everything(interaction: discord.Interaction) -> None:
            await interaction.response.send_modal(Everything(interaction.user))

        @self.tree.command(description="Shows a form with boxes")
        async def boxes(interaction: discord.Interaction) -> None:
            await interaction.response.send_modal(Boxes())

        @self.tree.command(description="For moderators")
        @app_commands.default_permissions(manage_guild=True)
        async def secret(interaction: discord.Interaction) -> None:
            await interaction.response.send_message("the secret", ephemeral=True)

        @self.tree.context_menu(name="Length")
        async def length(interaction: discord.Interaction, message: discord.Message) -> None:
            await interaction.response.send_message(f"{len(message.content)} characters", ephemeral=True)

        @self.command()
        async def hello(ctx: commands.Context[SmallBot]) -> None:
            await ctx.message.add_reaction("👋")
            await ctx.reply("hello")

        await self.tree.sync()


def small_bot() -> SmallBot:
    intents = discord.Intents.default()
    intents.message_content = True
    # discord.py takes every guild of the first 2 seconds for one it was in before; the sandbox introduces them at once.
    return SmallBot(command_prefix="!", intents=intents, guild_ready_timeout=0.0)
