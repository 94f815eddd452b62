"""A posting as one message: shared limits, plainer steps, who is called, and recognising it again."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.model import Delivery, Note, Payload
from bot.render import limits
from bot.render.embed import PLAINEST, WITHOUT_LINKS, identity_of, message, same_message
from bot.render.limits import embed_units, units
from tests.material import OPENAPI, needs
from tests.render.build import MEMBER, deliver, keyword, posting, stored, subscription


def entries(count: int, **facts: Any) -> list[Delivery]:
    return [
        deliver(stored(**{"title": f"Entry {n}", "url": f"https://e.example/{n}"} | facts), by=subscription())
        for n in range(count)
    ]


def titles(payload: Payload) -> list[str]:
    return [made["title"] for made in payload.embeds]


def test_entries_keep_their_order() -> None:
    assert titles(message(posting(*entries(3)))) == ["Entry 0", "Entry 1", "Entry 2"]


@pytest.mark.parametrize("count", [0, 11])
def test_more_than_fits_a_message_is_refused_and_not_dropped(count: int) -> None:
    with pytest.raises(ValueError, match="deliveries"):
        message(posting(*entries(count)))


def test_63_ten_long_entries_share_the_room_of_a_message() -> None:
    payload = message(posting(*entries(10, summary="word " * 400)))
    assert len(payload.embeds) == 10
    assert all(units(made["description"]) > 300 for made in payload.embeds)
    assert 5500 < sum(map(embed_units, payload.embeds)) <= limits.EMBEDS_TOTAL


def test_63_a_short_entry_leaves_its_room_to_the_long_ones() -> None:
    long = entries(9, summary="[x](https://e.example/" + "a" * 150 + ") " + "word " * 400)
    short = deliver(stored(title="t", summary="short"))
    last = message(posting(short, *long)).embeds
    assert last[0]["description"] == "short"
    assert units(last[9]["description"]) > 400


def test_63_ten_entries_of_the_worst_kind_all_arrive() -> None:
    worst = entries(10, title="\U0001f600" * 500, author="a" * 500, feed_title="f" * 500, summary="*" * 5000)
    payload = message(posting(*worst))
    assert len(payload.embeds) == 10
    assert sum(map(embed_units, payload.embeds)) <= limits.EMBEDS_TOTAL


def test_entries_with_one_link_do_not_collapse_into_one() -> None:
    payload = message(posting(*entries(3, url="https://e.example/same"), *entries(1, url="https://e.example/x#y")))
    assert [made.get("url") for made in payload.embeds] == [
        "https://e.example/same",
        "https://e.example/same#2",
        "https://e.example/same#3",
        "https://e.example/x#y",
    ]
    twice = message(posting(*entries(2, url="https://e.example/x#y")))
    assert [made.get("url") for made in twice.embeds] == ["https://e.example/x#y", None]


def test_each_step_is_plainer_and_keeps_every_entry() -> None:
    facts = {"image_url": "https://e.example/i.png", "summary": "text", "author": "Jane"}
    steps = [message(posting(*entries(2, **facts), degraded=step)) for step in range(4)]
    assert {"image", "author", "description"} <= steps[0].embeds[0].keys()
    assert steps[1].embeds[0].keys() == steps[0].embeds[0].keys() - {"image"}
    assert steps[2].embeds[0].keys() == {"title", "url", "footer"}
    assert steps[3].embeds == ()
    assert steps[3].content == "**Entry 0** <https://e.example/0>\n**Entry 1** <https://e.example/1>"


def test_the_plainest_step_keeps_a_strangers_title_in_its_place() -> None:
    payload = message(posting(*entries(1, title="**x** @everyone\n<@&1> ```"), degraded=3))
    assert payload.content == "**\\*\\*x\\*\\* @\u200beveryone \\<@&1> \\`\\`\\`** <https://e.example/0>"
    assert payload.allowed_role_ids == ()


def test_the_plainest_step_leaves_out_links_before_titles() -> None:
    long = entries(10, url="https://e.example/" + "a" * 1900, title="word " * 60)
    content = message(posting(*long, degraded=3)).content
    assert units(content) <= limits.CONTENT
    assert content.count("**") == 20


def test_a_role_is_called_once_and_nobody_else() -> None:
    callers = [deliver(stored(title="@everyone <@&5>"), by=subscription(mention_role_id=role)) for role in (3, 3, 4)]
    payload = message(posting(*callers))
    assert payload.content == "<@&3> <@&4>"
    assert payload.allowed_role_ids == (3, 4)


def test_a_message_without_a_role_has_no_content_and_calls_nobody() -> None:
    payload = message(posting(*entries(1)))
    assert (payload.content, payload.allowed_role_ids) == ("", ())


def test_a_keyword_alert_says_which_words_matched() -> None:
    payload = message(posting(deliver(stored(title="t"), keyword("rust"), keyword("gc")), destination=MEMBER))
    assert payload.content == "🔔 matches `rust`, `gc`"


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("Reading room", "🔔 in **Reading room**: matches `rust`"),
        ("**[x](https://evil.example)**", r"🔔 in **\*\*\[x\](https://evil.example)\*\***: matches `rust`"),
        ("<@&5>\n**a**", r"🔔 in **\<@&5> \*\*a\*\***: matches `rust`"),
        ("", "🔔 matches `rust`"),
    ],
)
@pytest.mark.parametrize("degraded", range(PLAINEST + 2))
def test_a_direct_message_says_which_server_it_comes_from_whatever_that_is_called(
    name: str, shown: str, degraded: int
) -> None:
    alert = posting(deliver(stored(title="t"), keyword("rust")), destination=MEMBER, degraded=degraded)
    named = message(replace(alert, server=name))
    assert named.content.splitlines()[0] == shown
    for other in ("", "Another name", "**x**"):
        renamed = message(replace(alert, server=other))
        assert same_message(named, renamed.embeds, renamed.content)


def test_the_rest_of_a_flood_says_it_too() -> None:
    many = [replace(deliver(stored(title=title), keyword("rust")), gist=True) for title in "ab"]
    flood = replace(posting(*many, destination=MEMBER), server="Reading room", total=2)
    for degraded in range(PLAINEST + 1):
        told, unnamed = (message(replace(flood, degraded=degraded, server=name)) for name in ("Reading room", ""))
        assert told.content.startswith("🔔 in **Reading room**")
        assert same_message(told, unnamed.embeds, unnamed.content)


def test_a_notice_that_asks_something_says_in_a_direct_message_where_the_answer_is_given() -> None:
    notice = Note(text="x" * 3000, held_feed_id=5)
    in_channel, in_dm = (
        message(replace(posting(destination=where), note=notice)) for where in (posting().destination, MEMBER)
    )
    assert in_channel.components
    assert "/feed status" not in in_channel.content
    assert not in_dm.components
    assert "below `/feed status`" in in_dm.content
    assert units(in_dm.content) <= limits.CONTENT
    assert same_message(in_dm, [], in_dm.content)


def test_an_entry_wanted_twice_is_one_message_that_names_all() -> None:
    both = deliver(
        stored(title="t"), keyword("rust", mention_role_id=4), keyword("rust"), by=subscription(mention_role_id=3)
    )
    payload = message(posting(both))
    assert payload.content == "<@&3> <@&4> 🔔 matches `rust`"
    assert payload.allowed_role_ids == (3, 4)


def test_a_direct_message_calls_no_role() -> None:
    payload = message(posting(deliver(stored(title="t"), keyword("x", mention_role_id=4)), destination=MEMBER))
    assert (payload.content, payload.allowed_role_ids) == ("🔔 matches `x`", ())


def test_many_keywords_fit_and_are_counted() -> None:
    words = [keyword(f"`@everyone` {'word' * 50} {n}") for n in range(100)]
    alert = message(posting(*[deliver(stored(title="t"), *words)] * 10))
    assert units(alert.content) <= limits.CONTENT
    unlike = [keyword(f"{n} @everyone") for n in range(400)]
    content = message(posting(deliver(stored(title="t"), *unlike))).content
    assert "@everyone" not in content
    assert content.endswith(" more")


def test_the_style_of_the_subscription_holds() -> None:
    made = message(posting(deliver(stored(title="t", summary="text"), by=subscription(style="title")))).embeds[0]
    assert "description" not in made


FOUND_AT = ["as rendered", "without pictures", "plain embeds", "as text"]


@pytest.mark.parametrize("sent", range(4), ids=FOUND_AT)
@pytest.mark.parametrize("wanted", range(4), ids=FOUND_AT)
def test_a_message_is_known_again_however_plain_it_went_out(sent: int, wanted: int) -> None:
    facts = {"title": "A *title* of some length, cut in a plainer message " * 4}
    was = message(posting(*entries(3, **facts), degraded=sent))
    now = message(posting(*entries(3, **facts), degraded=wanted))
    assert same_message(now, was.embeds, was.content)


def test_108_a_message_is_known_again_although_discord_altered_it() -> None:
    payload = message(posting(*entries(1, title="A  title… (new)", url="https://E.example/%C3%BC/")))
    altered = {"title": "A title... (new)", "url": "https://e.example/ü", "type": "rich", "color": 1}
    assert same_message(payload, [altered])


@pytest.mark.parametrize(
    "other",
    [
        [],
        [{"title": "Entry 0", "url": "https://e.example/1"}],
        [{"title": "Something else", "url": "https://e.example/0"}],
        [{"title": "Entry 0"}],
        [{"title": "Entry 0", "url": "https://e.example/0"}] * 2,
    ],
)
def test_another_message_is_not_taken_for_ours(other: list[dict[str, str]]) -> None:
    assert not same_message(message(posting(*entries(1))), other)


def test_entries_without_links_are_told_apart_by_their_titles() -> None:
    payload = message(posting(*entries(1, url=None)))
    assert same_message(payload, [{"title": "entry 0"}])
    assert not same_message(payload, [{"title": "entry 1"}])
    assert not same_message(payload, [{}])
    assert identity_of(payload) == (("", "entry0"),)


WILD = st.text(max_size=300) | st.text(alphabet="[](<>@#*`_~|\\\n \u200d\u0301\U0001f600a.:/-", max_size=900)
ENTRY = st.fixed_dictionaries(
    {}, optional=dict.fromkeys(("title", "author", "summary", "text", "feed_title", "url"), WILD)
)


@given(st.lists(st.tuples(ENTRY, st.lists(WILD, max_size=3)), min_size=1, max_size=10), st.integers(0, 3))
def test_whatever_ten_feeds_say_the_message_is_one_that_discord_takes(
    said: list[tuple[dict[str, Any], list[str]]], degraded: int
) -> None:
    deliveries = [deliver(stored(**facts), *map(keyword, words)) for facts, words in said]
    payload = message(posting(*deliveries, degraded=degraded))
    assert units(payload.content) <= limits.CONTENT
    assert sum(map(embed_units, payload.embeds)) <= limits.EMBEDS_TOTAL
    assert payload.embeds or payload.content
    assert len(payload.embeds) in (0, len(said))
    links = [made["url"] for made in payload.embeds if "url" in made]
    assert len(links) == len(set(links))
    assert "@everyone" not in str(payload)
    assert payload.allowed_role_ids == ()


@needs(OPENAPI)
def test_discords_own_description_of_a_message_fits_every_step() -> None:
    schemas = json.loads(OPENAPI.read_text(encoding="utf-8"))
    request = schemas | {"$ref": "#/components/schemas/MessageCreateRequest"}
    validator = jsonschema.Draft202012Validator(request, format_checker=jsonschema.FormatChecker())
    facts = {"image_url": "https://e.example/i.png", "summary": "text " * 300, "author": "Jane", "title": "*" * 300}
    for step in range(4):
        payload = message(posting(*entries(10, **facts), degraded=step))
        sent = json.loads(json.dumps({"content": payload.content, "embeds": payload.embeds}))
        assert [error.message for error in validator.iter_errors(sent)] == []
    too_long = {"embeds": [{"title": "x" * 257}]}
    assert not validator.is_valid(too_long)


# --- One story of several feeds --------------------------------------------------------------------------------------


@pytest.mark.parametrize("degraded", [0, 1, 2])
def test_the_other_feeds_of_a_story_are_named_below_it(degraded: int) -> None:
    told = replace(deliver(stored(title="Story", feed_title="The Post")), also=("The Courier", "Herold", "Herold"))
    [made] = message(posting(told, degraded=degraded)).embeds
    assert made["footer"]["text"] == "The Post · also in: The Courier, Herold"


def test_ten_stories_of_the_worst_kind_told_by_a_hundred_feeds_still_fit_one_message() -> None:
    worst = entries(10, title="\U0001f600" * 500, author="a" * 500, feed_title="f" * 500, url="https://e." + "x" * 200)
    also = tuple(f"{number} @everyone " + "g" * 500 for number in range(100))
    payload = message(posting(*(replace(one, also=also) for one in worst)))
    assert sum(map(embed_units, payload.embeds)) <= limits.EMBEDS_TOTAL
    assert all("also in: 0 " in made["footer"]["text"] for made in payload.embeds)


def test_what_a_server_lets_nobody_say_goes_without_a_way_to_anywhere() -> None:
    payload = message(posting(*entries(2), degraded=WITHOUT_LINKS))
    assert (payload.embeds, payload.components) == ((), ())
    assert payload.content == "**Entry 0**\n**Entry 1**"
    assert same_message(payload, [], payload.content)


@pytest.mark.parametrize("degraded", range(WITHOUT_LINKS + 1))
def test_a_silent_message_names_its_role_and_pings_nobody(degraded: int) -> None:
    loud = posting(deliver(stored(title="T"), by=subscription(mention_role_id=5)), degraded=degraded)
    silent = message(replace(loud, silent=True))
    assert (message(loud).silent, message(loud).allowed_role_ids) == (False, (5,))
    assert (silent.silent, silent.allowed_role_ids) == (True, ())
    assert replace(silent, silent=False, allowed_role_ids=(5,)) == message(loud)
