// Faces: a letter on a colour that stays the same for the same person; the bot has a drawing.

import { h } from "./dom.js";
import { nameOf } from "./store.js";

const COLOURS = 7;

export function avatar(who) {
  if (who.bot) return h("img", { class: "avatar bot", src: "/page/herald.svg", alt: "" });
  const letter = [...nameOf(who)][0] || "?";
  const colour = [...String(who.id)].reduce((sum, digit) => sum + Number(digit), 0) % COLOURS;
  return h("span", { class: `avatar shade-${colour}`, "aria-hidden": "true" }, letter.toUpperCase());
}
