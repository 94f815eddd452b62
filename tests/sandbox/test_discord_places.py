"""Webhooks, threads, forums, announcements, pins, polls and reactions, as discord.py uses them."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import aiohttp
import discord
import pytest

from bot.sandbox import Channel, Guild, Sandbox
from bot.sandbox.rules.problems import ApiError
from bot.sandbox.state.permissions import ALL

from .discord_bot import SmallBot
from .discord_rest import HandClock, Rest


@pytest.fixture
def guild(sandbox: Sandbox) -> Guild:
    return sandbox.add_guild("Reading room", bot_permissions=ALL)


async def channel_of(bot: SmallBot, channel: Channel) -> Any:
    await bot.wait_until_ready()
    return await bot.fetch_channel(channel.id)


async def test_a_webhook_writes_edits_and_deletes_under_its_own_name(
    bot: SmallBot, guild: Guild, monkeypatch: pytest.MonkeyPatch
) -> None:
    channel = guild.add_channel("news")
    hook = await (await channel_of(bot, channel)).create_webhook(name="Courier")
    async with aiohttp.ClientSession() as session:
        by_address = discord.Webhook.partial(hook.id, hook.token, session=session)
        sent = await by_address.send("one", username="Postman", wait=True)
        assert (sent.author.name, sent.content) == ("Postman", "one")
        await by_address.edit_message(sent.id, content="changed")
        assert (await by_address.fetch_message(sent.id)).content == "changed"
        await by_address.send("two")
        await by_address.delete_message(sent.id)
        assert [message.content for message in channel.messages] == ["two"]
        assert (await by_address.fetch()).name == "Courier"
        renamed = await by_address.edit(name="Carrier", prefer_auth=False)
        assert renamed.name == "Carrier"
        assert [each.name for each in await (await bot.fetch_guild(guild.id)).webhooks()] == ["Carrier"]
        await by_address.delete(prefer_auth=False)
        with pytest.raises(discord.NotFound) as gone:
            await by_address.send("three")
    assert gone.value.code == 10015
    # What it wrote keeps its name.
    [left] = [message async for message in (await channel_of(bot, channel)).history()]
    assert left.author.name == "Courier"


async def test_a_webhook_needs_its_own_token_and_no_forbidden_name(rest: Rest, guild: Guild) -> None:
    channel = guild.add_channel("news")
    made = (await rest("POST", f"/channels/{channel.id}/webhooks", {"name": "Courier"})).json
    answer = await rest("POST", f"/webhooks/{made['id']}/wrong", {"content": "x"})
    assert (answer.status, answer.code) == (401, 50027)
    answer = await rest("PATCH", f"/webhooks/{made['id']}", {"name": "Discord news"})
    assert answer.json["errors"]["name"]["_errors"][0]["code"] == "USERNAME_INVALID_CONTAINS"


async def test_a_forum_asks_for_its_tags(bot: SmallBot, guild: Guild) -> None:
    await bot.wait_until_ready()
    home = await bot.fetch_guild(guild.id)
    tags = [discord.ForumTag(name="News"), discord.ForumTag(name="Staff", moderated=True)]
    forum = await home.create_forum("ideas", available_tags=tags, topic="One each")
    assert [(tag.name, tag.moderated) for tag in forum.available_tags] == [("News", False), ("Staff", True)]
    await forum.edit(require_tag=True)
    with pytest.raises(discord.HTTPException) as refused:
        await forum.create_thread(name="no tag", content="x")
    assert refused.value.code == 40067
    post = await forum.create_thread(name="tagged", content="x", applied_tags=[forum.available_tags[0]])
    assert post.message.id == post.thread.id
    assert [tag.id for tag in (await channel_by_id(bot, post.thread.id)).applied_tags] == [forum.available_tags[0].id]
    changed = await post.thread.edit(applied_tags=[forum.available_tags[1]])
    assert [tag.id for tag in changed.applied_tags] == [forum.available_tags[1].id]
    hook = await forum.create_webhook(name="Courier")
    by_hook = await hook.send(
        "from outside",
        thread=discord.utils.MISSING,
        thread_name="by hook",
        applied_tags=[forum.available_tags[0]],
        wait=True,
    )
    assert by_hook.channel.id == by_hook.id
    with pytest.raises(discord.HTTPException) as nowhere:
        await hook.send("where to?")
    assert nowhere.value.code == 220001


async def channel_by_id(bot: SmallBot, channel_id: int) -> Any:
    return await bot.fetch_channel(channel_id)


async def test_a_moderated_tag_is_for_moderators(rest: Rest, guild: Guild) -> None:
    forum = guild.add_channel("ideas", "forum")
    changed = await rest("PATCH", f"/channels/{forum.id}", {"available_tags": [{"name": "Staff", "moderated": True}]})
    tag = changed.json["available_tags"][0]["id"]
    guild.bot_role.set("VIEW_CHANNEL", "SEND_MESSAGES", "SEND_MESSAGES_IN_THREADS")
    body = {"name": "x", "message": {"content": "x"}, "applied_tags": [tag]}
    answer = await rest("POST", f"/channels/{forum.id}/threads", body)
    assert (answer.status, answer.code) == (403, 50013)
    assert forum.threads() == []


async def test_threads_are_joined_left_archived_and_found_again(bot: SmallBot, guild: Guild, clock: HandClock) -> None:
    channel, ada = guild.add_channel("news"), guild.add_member("ada")
    news = await channel_of(bot, channel)
    thread = await news.create_thread(name="open", type=discord.ChannelType.public_thread, auto_archive_duration=60)
    hidden = await news.create_thread(name="hidden", type=discord.ChannelType.private_thread, invitable=False)
    await thread.add_user(discord.Object(ada.id))
    assert {member.id for member in await thread.fetch_members()} == {ada.id, bot.application_id}
    await thread.remove_user(discord.Object(ada.id))
    await thread.leave()
    assert await thread.fetch_members() == []
    await thread.join()
    assert (await thread.fetch_member(bot.application_id)).id == bot.application_id
    for each in (thread, hidden):
        clock.move(minutes=1)
        await each.edit(archived=True)
    assert [each.name async for each in news.archived_threads()] == ["open"]
    assert [each.name async for each in news.archived_threads(private=True)] == ["hidden"]
    assert [each.name async for each in news.archived_threads(private=True, joined=True)] == ["hidden"]
    assert [each async for each in news.archived_threads(before=clock.now() - timedelta(minutes=5))] == []
    with pytest.raises(discord.HTTPException) as refused:
        await thread.edit(name="renamed")
    assert refused.value.code == 50083
    await thread.send("awake")
    assert not thread.archived or not (await channel_by_id(bot, thread.id)).archived


async def test_what_is_published_comes_to_whoever_follows(bot: SmallBot, guild: Guild) -> None:
    source, target = guild.add_channel("press", "announcement"), guild.add_channel("wire")
    press = await channel_of(bot, source)
    hook = await press.follow(destination=await channel_of(bot, target))
    sent = await press.send("hear ye", embed=discord.Embed(title="News"))
    await sent.publish()
    [copy] = target.messages
    assert (copy.content, copy.webhook_id, copy.embeds[0]["title"]) == ("hear ye", hook.id, "News")
    [seen] = [message async for message in (await channel_of(bot, target)).history()]
    assert seen.flags.is_crossposted
    assert seen.reference
    assert (seen.reference.message_id, seen.author.name) == (sent.id, "Reading room #press")
    with pytest.raises(discord.HTTPException) as refused:
        await sent.publish()
    assert refused.value.code == 40033


async def test_pins_need_their_own_permission_and_tell_when(rest: Rest, guild: Guild, clock: HandClock) -> None:
    channel = guild.add_channel("news")
    one, two = (channel.say(guild.owner, text) for text in "ab")
    path = f"/channels/{channel.id}/messages/pins"
    for message in (two, one):
        clock.move(minutes=1)
        assert (await rest("PUT", f"{path}/{message.id}")).status == 204
    listed = (await rest("GET", path)).json
    assert [item["message"]["id"] for item in listed["items"]] == [str(one.id), str(two.id)]
    assert listed["items"][0]["pinned_at"] == clock.now().isoformat(timespec="milliseconds")
    guild.bot_role.set("VIEW_CHANNEL", "MANAGE_MESSAGES", "READ_MESSAGE_HISTORY")
    assert (await rest("DELETE", f"{path}/{one.id}")).code == 50013


async def test_a_poll_is_voted_in_and_ended(bot: SmallBot, guild: Guild, clock: HandClock) -> None:
    channel, ada, bert = guild.add_channel("news"), guild.add_member("ada"), guild.add_member("bert")
    poll = discord.Poll("Tea or coffee?", timedelta(hours=1))
    poll.add_answer(text="Tea", emoji="🍵").add_answer(text="Coffee")
    sent = await (await channel_of(bot, channel)).send(poll=poll)
    heard = asyncio.ensure_future(bot.wait_for("raw_poll_vote_add", timeout=5))
    await asyncio.sleep(0)
    [asked] = channel.messages
    channel.vote(ada, asked, 1)
    assert ((await heard).user_id, (await heard).answer_id) == (ada.id, 1)
    channel.vote(bert, asked, 2)
    channel.vote(bert, asked, 1)
    with pytest.raises(ApiError, match="50035"):
        channel.vote(ada, asked, 1, 2)
    fetched = await sent.fetch()
    assert fetched.poll
    assert [(answer.text, answer.vote_count) for answer in fetched.poll.answers] == [("Tea", 2), ("Coffee", 0)]
    assert {user.name async for user in fetched.poll.answers[0].voters()} == {"ada", "bert"}
    with pytest.raises(discord.HTTPException) as fixed:
        await sent.edit(content="another question")
    assert fixed.value.code == 520003
    await sent.end_poll()
    fetched = await sent.fetch()
    assert fetched.poll
    assert fetched.poll.is_finalised()
    result = channel.messages[-1]
    facts = {field["name"]: field["value"] for field in result.embeds[0]["fields"]}
    assert (facts["victor_answer_text"], facts["total_votes"]) == ("Tea", "2")
    with pytest.raises(ApiError, match="520001"):
        channel.vote(ada, asked, 2)


async def test_a_poll_ends_by_itself(rest: Rest, guild: Guild, clock: HandClock) -> None:
    channel = guild.add_channel("news")
    question = {"question": {"text": "Tea?"}, "answers": [{"poll_media": {"text": "Yes"}}], "duration": 1}
    made = (await rest.post_to(channel, poll=question)).json
    clock.move(hours=1)
    now = (await rest("GET", f"/channels/{channel.id}/messages/{made['id']}")).json
    assert (made["poll"]["results"]["is_finalized"], now["poll"]["results"]["is_finalized"]) == (False, True)
    with pytest.raises(ApiError, match="520001"):
        channel.vote(guild.owner, channel.messages[0], 1)


@pytest.mark.parametrize(
    ("poll", "place"),
    [
        ({"question": {"text": "x" * 301}}, ["question", "text"]),
        ({"question": {}}, ["question", "text"]),
        ({"answers": []}, ["answers"]),
        ({"answers": [{"poll_media": {"text": "x"}}] * 11}, ["answers"]),
        ({"answers": [{"poll_media": {"text": "x" * 56}}]}, ["answers", "0", "poll_media", "text"]),
        ({"answers": [{"poll_media": {}}]}, ["answers", "0", "poll_media", "text"]),
        ({"duration": 769}, ["duration"]),
        ({"duration": "long"}, ["duration"]),
    ],
)
async def test_a_poll_beyond_the_limits_is_refused_at_its_place(
    rest: Rest, guild: Guild, poll: dict[str, Any], place: list[str]
) -> None:
    fine = {"question": {"text": "Tea?"}, "answers": [{"poll_media": {"text": "Yes"}}]}
    answer = await rest.post_to(guild.add_channel("news"), poll=fine | poll)
    assert (answer.status, answer.code) == (400, 50035)
    node = answer.json["errors"]["poll"]
    for step in place:
        node = node[step]
    assert node["_errors"]


async def test_a_moderator_takes_reactions_off(bot: SmallBot, guild: Guild) -> None:
    channel, ada = guild.add_channel("news"), guild.add_member("ada")
    message = channel.say(ada, "hello")
    for who, emoji in ((ada, "👋"), (ada, "🍵"), (guild.owner, "🍵"), (guild.owner, "⭐")):
        channel.react(who, message, emoji)
    seen = await (await channel_of(bot, channel)).fetch_message(message.id)
    await seen.remove_reaction("🍵", discord.Object(ada.id))
    assert [user.name async for user in seen.reactions[1].users()] == [guild.owner.name]
    await seen.clear_reaction("⭐")
    assert list(message.reactions) == ["👋", "🍵"]
    await seen.clear_reactions()
    assert message.reactions == {}
    with pytest.raises(discord.NotFound) as refused:
        await seen.add_reaction("none")
    assert refused.value.code == 10014


async def test_no_more_than_twenty_kinds_of_reaction(rest: Rest, guild: Guild) -> None:
    channel = guild.add_channel("news")
    message = channel.say(guild.owner, "hello")
    path = f"/channels/{channel.id}/messages/{message.id}/reactions"
    codes = [(await rest("PUT", f"{path}/{chr(0x1F400 + number)}/@me")).status for number in range(21)]
    assert codes == [204] * 20 + [400]


async def test_what_a_guild_has_none_of_is_an_empty_list(bot: SmallBot, guild: Guild) -> None:
    await bot.wait_until_ready()
    home = await bot.fetch_guild(guild.id)
    for fetch in (home.fetch_emojis, home.fetch_stickers, home.fetch_automod_rules):
        assert list(await fetch()) == []
    assert [each async for each in bot.entitlements()] == []
    assert await bot.fetch_skus() == []
    assert await home.fetch_scheduled_events() == []
    assert await home.integrations() == []
    with pytest.raises(discord.HTTPException) as missing:
        await home.create_custom_emoji(name="logo", image=b"\x89PNG\r\n\x1a\n")
    assert missing.value.status == 501
