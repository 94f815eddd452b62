"""Selects and forms of every kind, filled in by keyboard and mouse, and held to their bounds."""

from __future__ import annotations

import pytest

from bot.sandbox import Sandbox

from .conftest import Visits
from .visitor import Visitor

pytestmark = pytest.mark.asyncio(loop_scope="package")


async def _open(small: Sandbox, visit: Visits, name: str, command: str) -> Visitor:
    small.guilds[0].add_channel(name)
    visitor = await visit(small)
    await visitor.open_channel(name)
    await visitor.send(f"/{command}")
    await visitor.press("Enter")
    return visitor


async def _pick(visitor: Visitor, select: str, *labels: str) -> None:
    await visitor.one(".select", has_text=select).click()
    for label in labels:
        await visitor.page.get_by_role("option", name=label).click()


async def test_selects_of_every_kind_are_used(small: Sandbox, visit: Visits) -> None:
    guild = small.guilds[0]
    guild.add_role("pickers")
    guild.add_channel("pick-forum", "forum")
    visitor = await _open(small, visit, "picks", "picks")
    await _pick(visitor, "Words", "one")
    done = visitor.button("Done", ".popup", exact=True)
    assert await done.is_disabled(), "two at least"
    await visitor.page.get_by_role("option", name="three").click()
    await done.click()
    await visitor.see("picked one,three", ".only-you")
    await visitor.one(".select", has_text="one, three").wait_for()

    await _pick(visitor, "People")
    await done.click()
    await visitor.see("picked", ".only-you")
    await _pick(visitor, "Roles", "pickers")
    await visitor.see("picked pickers", ".only-you")
    await _pick(visitor, "Either", "olive")
    await visitor.see("picked olive", ".only-you")
    await visitor.one(".select", has_text="Forums").click()
    await visitor.page.get_by_role("option", name="pick-forum").wait_for()
    assert await visitor.page.get_by_role("option", name="#picks").count() == 0, "forums only"
    await visitor.press("Escape")


async def test_a_form_with_every_kind_of_field_is_sent(small: Sandbox, visit: Visits) -> None:
    visitor = await _open(small, visit, "form-place", "everything")
    await visitor.one("dialog", has_text="Everything").wait_for()
    await visitor.type("tea")
    # By keys: Tab to the select, Enter opens it, arrows move, Enter takes.
    await visitor.press("Tab", "Enter", "Enter", "ArrowDown", "ArrowDown", "Enter")
    await visitor.button("Done", ".popup", exact=True).click()
    await visitor.one("dialog .select", has_text="Calm, Cross").wait_for()
    # Escape closes the list, and not the form.
    await visitor.press("Enter", "Escape")
    assert await visitor.one("dialog").count() == 1
    await visitor.one("dialog .select", has_text="olive").wait_for()  # what the bot filled in
    await visitor.button("Submit", "dialog").click()
    await visitor.see("Where: choose 1", "dialog .problem")
    await visitor.press("Enter")
    await visitor.page.get_by_role("option", name="#form-place").click()
    note = {"name": "note.txt", "mimeType": "text/plain", "buffer": b"1"}
    await visitor.one('dialog input[type="file"]').set_input_files([note, note, note])  # type: ignore[arg-type]
    await visitor.button("Submit", "dialog").click()
    await visitor.see("Files: choose 0 to 2", "dialog .problem")
    await visitor.one('dialog input[type="file"]').set_input_files(note)  # type: ignore[arg-type]
    await visitor.button("Submit", "dialog").click()
    await visitor.see("tea | Calm,Cross | olive | form-place | note.txt")


async def test_boxes_and_circles_are_ticked(small: Sandbox, visit: Visits) -> None:
    visitor = await _open(small, visit, "box-place", "boxes")
    dialog = visitor.one("dialog", has_text="Boxes")
    await dialog.locator(".text em", has_text="fits").wait_for()
    await visitor.button("Submit", "dialog").click()
    await visitor.see("Size: choose 1", "dialog .problem")
    await dialog.get_by_label("Large").check()
    await dialog.get_by_label("Map").check()
    await dialog.get_by_label("Notes").check()
    assert await dialog.get_by_label("Index").is_disabled(), "two at most"
    await dialog.get_by_label("Sure").check()
    await visitor.button("Submit", "dialog").click()
    await visitor.see("Large | map,notes | True")
