"""Can be read and reached: contrast in both themes, nothing that sticks out, and an order of focus that makes sense."""

from __future__ import annotations

import pytest

from bot.demo.stage import Stage

from .conftest import Visits
from .visitor import Visitor

pytestmark = pytest.mark.asyncio(loop_scope="package")

# Every text that is seen with less contrast than WCAG 2.2 asks for (1.4.3: 4.5, or 3 for large type); what is
# disabled is exempt. Colours are laid over one another as the browser does it.
TOO_FAINT = """() => {
    const parse = (text) => {
        const numbers = text.match(/[\\d.]+/g).map(Number);
        const scale = text.startsWith('color(') ? 255 : 1;
        return { rgb: numbers.slice(0, 3).map((each) => each * scale), alpha: numbers[3] ?? 1 };
    };
    const over = (top, below) => top.rgb.map((each, at) => each * top.alpha + below[at] * (1 - top.alpha));
    const ground = (node) => {
        if (!node) return [255, 255, 255];
        const own = parse(getComputedStyle(node).backgroundColor);
        return own.alpha === 1 ? own.rgb : over(own, ground(node.parentElement));
    };
    const light = (rgb) => {
        const [r, g, b] = rgb.map((each) => (each /= 255) <= 0.04045 ? each / 12.92 : ((each + 0.055) / 1.055) ** 2.4);
        return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const contrast = (a, b) => (Math.max(light(a), light(b)) + 0.05) / (Math.min(light(a), light(b)) + 0.05);
    const found = new Map();
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
        const node = walker.currentNode.parentElement;
        if (!walker.currentNode.data.trim() || node.closest(':disabled, [aria-disabled=true], .unseen, .spoiler')) continue;
        if (!node.checkVisibility({ opacityProperty: true, visibilityProperty: true })) continue;
        const style = getComputedStyle(node);
        const behind = ground(node);
        const ratio = contrast(over(parse(style.color), behind), behind);
        const large = parseFloat(style.fontSize) >= 24 || (parseFloat(style.fontSize) >= 18.66 && style.fontWeight >= 700);
        if (ratio < (large ? 3 : 4.5)) found.set(`${node.tagName}.${node.className}`, `${ratio.toFixed(2)}: ${walker.currentNode.data.slice(0, 40)}`);
    }
    return Object.fromEntries(found);
}"""  # noqa: E501


async def _read_everywhere(visitor: Visitor, stage: Stage) -> dict[str, str]:
    """The faint texts of the page with the tour, messages, lists, menus and a dialog open, one after another."""
    faint: dict[str, str] = {}

    async def look() -> None:
        faint.update(await visitor.page.evaluate(TOO_FAINT))

    await visitor.button("Begin").click()
    await look()
    await visitor.open_channel("chips")
    for text in ("**hello** `code` https://example.org/ <t:0:R> @Olive.", "> said", "-# small"):
        await visitor.send(text)
    await visitor.see("small")
    await visitor.send("/help")
    await visitor.press("Enter")
    await visitor.see("Only you can see this", ".only-you")
    await visitor.send("/feed status ")
    await visitor.press("Enter")
    await visitor.see("this option is required", ".composer .problem")
    await look()
    await visitor.press("Escape", "Escape")  # the list, then the command
    await visitor.type("/")
    await visitor.see("/feed add", ".suggestion")
    await look()
    await visitor.press("Backspace")
    await visitor.one(".person-button").click()
    await look()
    await visitor.press("Escape")
    await visitor.button("Write one").click()
    await visitor.one("dialog").wait_for()
    await look()
    await visitor.press("Escape")
    await visitor.open_channel("reading-list")
    await look()
    return faint


@pytest.mark.parametrize("light", [False, True], ids=["dark", "light"])
async def test_every_text_stands_out_from_its_ground(stage: Stage, visit: Visits, light: bool) -> None:
    visitor = await visit(stage.sandbox, tour=True, light=light)
    await visitor.one(".log li").first.wait_for()
    assert await _read_everywhere(visitor, stage) == {}
