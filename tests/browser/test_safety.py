"""A stranger's text stays text, and the page reaches nobody but the sandbox."""

from __future__ import annotations

import pytest

from bot.demo.stage import Stage
from bot.sandbox import Sandbox
from bot.sandbox.state.messages import Draft, post

from .conftest import Visits

pytestmark = pytest.mark.asyncio(loop_scope="package")

HOSTILE = [
    "<script>window.hit = 1</script>",
    "<img src=x onerror=\"window.hit = 1\">",
    "<style>body{display:none}</style></div></main><h1>mine</h1>",
    "[press](javascript:window.hit=1) <javascript:window.hit=1>",
    "[a](https://example.org\" onmouseover=\"window.hit=1)",
    "`` <b>not bold</b> `` ```html\n<iframe src='https://example.org'></iframe>```",
    "**" * 400 + "_*" * 400,
    "[" * 900 + "](" * 100,
    "||" * 300 + "~~" * 300,
    "\u202egnirts\u202c \u0000 \ufeff zero\u200bwidth",
    "data:text/html,<script>window.hit=1</script>",
]  # fmt: skip


async def test_nothing_in_a_text_is_markup(small: Sandbox, visit: Visits) -> None:
    channel = small.guilds[0].add_channel("hostile")
    for text in HOSTILE:
        embed = {
            "title": text[:256], "description": text, "author": {"name": text[:256], "icon_url": "https://x.example/i.png"},
            "fields": [{"name": text[:256], "value": text[:1024]}], "footer": {"text": text[:2048]},
        }  # fmt: skip
        draft = Draft({"content": text[:2000], "embeds": [embed]})
        post(small.world, small.backend.nonces, channel.record, small.bot.id, draft)
    visitor = await visit(small)
    await visitor.open_channel("hostile")
    await visitor.see("data:text/html")
    assert await visitor.messages.count() == len(HOSTILE)
    assert await visitor.page.evaluate("window.hit") is None
    strangers = "#timeline :is(script, style, iframe, object, form, [onerror], [onmouseover], [style*=display])"
    assert await visitor.one(strangers).count() == 0
    links = await visitor.one("#timeline a").evaluate_all("all => all.map((a) => [a.href, a.rel, a.target])")
    assert links, "a link among them is an honest one"
    for href, rel, target in links:
        assert href.startswith(("https://example.org", "http://"))
        assert "noopener" in rel
        assert target == "_blank"
    written = await visitor.messages.first.locator(".text").first.text_content()
    assert written == HOSTILE[0]


async def test_a_text_that_turns_around_or_piles_up_stays_in_its_place(small: Sandbox, visit: Visits) -> None:
    guild = small.guilds[0]
    channel = guild.add_channel("places")
    turner = guild.add_member("turner")
    turner.record.display_name = "\u202etxet"
    channel.say(turner, "\u202eturned around")
    channel.say(guild.owner, "above")
    embed = {
        "title": "Z" + "\u0335\u0336\u0300\u0317" * 60,
        "footer": {"text": "\u202eturned"},
        "timestamp": "2026-05-13T10:57:52Z",
    }
    post(small.world, small.backend.nonces, channel.record, small.bot.id, Draft({"embeds": [embed]}))
    visitor = await visit(small)
    await visitor.open_channel("places")
    await visitor.one(".embed-footer time").wait_for()
    for name, time in ((".name", ".by time"), (".embed-footer span", ".embed-footer time")):
        before = await visitor.one(name).first.bounding_box()
        after = await visitor.one(time).first.bounding_box()
        assert before
        assert after
        assert before["x"] < after["x"], "the time stays behind the name"
    # Marks that pile up are cut off where their message ends: nothing is painted over the one above.
    kept = await visitor.one(".entry").evaluate_all(
        "all => all.map((each) => getComputedStyle(each).contentVisibility)"
    )
    assert set(kept) == {"auto"}


async def test_five_thousand_characters_of_marks_are_drawn_at_once(small: Sandbox, visit: Visits) -> None:
    channel = small.guilds[0].add_channel("long-marks")
    for mark in ("*", "_", "[a](", "**a", "`", "||a", "> ", "<t:", "~~x", "\\"):
        text = (mark * 4100)[:4096]
        post(
            small.world, small.backend.nonces, channel.record, small.bot.id, Draft({"embeds": [{"description": text}]})
        )
    visitor = await visit(small)
    await visitor.page.evaluate("window.began = performance.now()")
    await visitor.open_channel("long-marks")
    await visitor.until("document.querySelectorAll('.embed').length === 10")
    took_ms = await visitor.page.evaluate("performance.now() - window.began")
    assert took_ms < 10_000, "some pattern goes back and forth"


async def test_the_policy_holds_against_script_style_and_other_hosts(small: Sandbox, visit: Visits) -> None:
    visitor = await visit(small)
    answer = await visitor.page.request.get(small.page.url)
    assert "unsafe" not in answer.headers["content-security-policy"]
    outcome = await visitor.page.evaluate(
        """async () => {
            const broken = [];
            const noticed = new Promise((resolve) => document.addEventListener('securitypolicyviolation', (event) => {
                broken.push(event.effectiveDirective);
                if (event.effectiveDirective === 'connect-src') resolve();
            }));
            const script = document.createElement('script');
            try { script.textContent = 'hit = 1'; document.body.append(script); } catch { broken.push('trusted'); }
            try { document.body.innerHTML += '<b>x</b>'; } catch { broken.push('trusted'); }
            const image = new Image();
            image.src = 'https://example.org/x.png';
            await fetch('https://example.org/').catch(() => broken.push('fetch'));
            await noticed;
            return { broken, hit: window.hit };
        }"""
    )
    visitor.mistakes.clear()  # what was stopped here was stopped on purpose
    assert outcome["hit"] is None or outcome["hit"] == ""
    assert outcome["broken"].count("trusted") == 2
    assert "fetch" in outcome["broken"]
    assert "connect-src" in outcome["broken"]


async def test_the_page_asks_nobody_but_the_sandbox(stage: Stage, visit: Visits) -> None:
    visitor = await visit(stage.sandbox)
    stage.feeds[0].publish(title="Seen through one origin", image="one-origin")
    await visitor.open_channel("chips")
    await visitor.see("Seen through one origin")
    picture = visitor.one(".embed-image").last
    await picture.scroll_into_view_if_needed()
    await visitor.until("[...document.querySelectorAll('img.embed-image')].some((each) => each.naturalWidth > 0)")
    home = stage.sandbox.page.url
    assert {url for url in visitor.requested if not url.startswith(home)} == set()
