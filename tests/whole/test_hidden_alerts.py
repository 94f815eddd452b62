"""A direct message tells nothing of a channel that the member cannot see, whatever their keyword finds there."""

from __future__ import annotations

from bot.sandbox import Channel, Message, User
from bot.sandbox.state.threads import joined
from tests.whole.test_alerts import announced, arrived
from tests.whole.world import SOON, World, titles_of


class House:
    """#mods, which only who has the role sees, with a feed of its own; #news, for everybody, with another."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.role = world.guild.add_role("mods")
        self.mods = world.guild.add_channel("mods")
        self.mods.deny(world.guild.everyone, "VIEW_CHANNEL")
        self.mods.allow(self.role, "VIEW_CHANNEL")
        self.mods.allow(world.sandbox.bot, "VIEW_CHANNEL", "SEND_MESSAGES", "EMBED_LINKS")
        self.news, self.log = world.site.add_feed("news", title="News"), world.site.add_feed("log", title="Mod log")

    async def follow(self) -> None:
        await self.world.add(self.news.url)
        await self.world.add(self.log.url, channel=self.mods)

    async def watcher(self, name: str = "mara") -> User:
        """A member with a keyword that finds all that is published here."""
        user = self.world.guild.add_member(name)
        await self.world.guild.command(user, self.world.news, "keyword add", query="raccoon")
        return user

    def give(self, user: User) -> None:
        self.world.guild.record.members[user.id].role_ids.append(self.role.id)

    def take(self, user: User) -> None:
        self.world.guild.record.members[user.id].role_ids.remove(self.role.id)

    async def publish_hidden(self, title: str) -> None:
        """Returns when it is posted where it belongs."""
        before = titles_of(self.mods)
        self.log.publish(title=title)
        await self.world.posted(*before, title, channel=self.mods)


async def house_of(world: World) -> House:
    house = House(world)
    await house.follow()
    return house


def told(messages: list[Message]) -> list[str]:
    return [str(embed["title"]) for message in messages for embed in message.embeds]


async def test_a_role_that_is_given_shows_what_comes_from_then_on_and_taken_hides_it_again(world: World) -> None:
    house = await house_of(world)
    mara = await house.watcher()
    await house.publish_hidden("Raccoon banned")
    house.news.publish(title="Raccoon in the park")
    assert told(await arrived(mara.dm)) == ["Raccoon in the park"]
    house.give(mara)
    await house.publish_hidden("Raccoon pardoned")
    assert told(await arrived(mara.dm, 2)) == ["Raccoon in the park", "Raccoon pardoned"]
    house.take(mara)
    await house.publish_hidden("Raccoon banned again")
    house.news.publish(title="Raccoon at the lake")
    assert told(await arrived(mara.dm, 3)) == ["Raccoon in the park", "Raccoon pardoned", "Raccoon at the lake"]
    await world.restart()
    house.give(mara)
    house.news.publish(title="Raccoon at home")
    assert told(await arrived(mara.dm, 4))[3:] == ["Raccoon at home"], "the old does not come when it opens"


async def test_who_manages_the_server_is_told_of_all_that_it_follows(world: World) -> None:
    house = await house_of(world)
    manager = world.guild.add_member("milo", permissions=["MANAGE_GUILD"])
    await world.guild.command(manager, world.news, "keyword add", query="raccoon")
    await house.publish_hidden("Raccoon banned")
    assert told(await arrived(manager.dm)) == ["Raccoon banned"]


async def test_a_channel_that_is_open_to_all_costs_no_look_at_anybodys_roles(world: World) -> None:
    house = await house_of(world)
    mara = await house.watcher()
    for count, title in enumerate(("Raccoon one", "Raccoon two"), 1):
        house.news.publish(title=title)
        await arrived(mara.dm, count)
    assert sum(f"/members/{mara.id}" in entry.path for entry in world.sandbox.log) == 1, "only whether they are there"


async def test_while_the_server_is_not_known_nothing_is_sent_and_nothing_lost(world: World) -> None:
    house = await house_of(world)
    mara = await house.watcher()
    house.give(mara)
    world.guild.set_available(False)
    house.log.publish(title="Raccoon banned")
    await world.ended("put_off", 1)
    assert announced(mara.dm) == []
    world.guild.set_available(True)
    assert told(await arrived(mara.dm)) == ["Raccoon banned"]


async def test_what_roles_discord_does_not_tell_is_asked_again(world: World) -> None:
    house = await house_of(world)
    mara = await house.watcher()
    house.give(mara)
    world.sandbox.faults.add(method="GET", path="/guilds/*/members/*", kind="status", status=503, times=2)
    house.log.publish(title="Raccoon banned")
    assert told(await arrived(mara.dm)) == ["Raccoon banned"]


async def test_a_private_thread_is_for_those_inside(world: World) -> None:
    house = await house_of(world)
    inside, outside = await house.watcher("mara"), await house.watcher("oona")
    made = world.sandbox.world.add_thread(world.news.record, "plans", inside.id, kind="private_thread")
    joined(world.sandbox.world, made, world.sandbox.bot.id)
    thread = Channel(world.sandbox, made)
    feed = world.site.add_feed("plans", title="Plans")
    await world.add(feed.url, channel=thread)
    feed.publish(title="Raccoon house")
    house.news.publish(title="Raccoon in the park")
    await inside.dm.wait_for(lambda _: len(titles_of(inside.dm)) == 2, SOON)
    assert sorted(titles_of(inside.dm)) == ["Raccoon house", "Raccoon in the park"]
    assert told(await arrived(outside.dm)) == ["Raccoon in the park"]
