// The desk beside the chat: publish and break feeds, kill and start the bot, let Discord fail, and see every request.

import { botSection, discordSection } from "./desk_bot.js";
import { feedsSection } from "./desk_feeds.js";
import { logSection } from "./desk_log.js";
import { announce, byId, fill, h, iconButton } from "./dom.js";
import { keep, loadAround, on, recall, state } from "./store.js";

const SHOWN = "sandbox-desk";
const LOOK_EVERY_MS = 1000;
const WIDE = "(min-width: 1101px)";

let sections = [];
let timer = 0;

export function startDesk() {
  const note = h("p", { class: "desk-note", role: "status" });
  const say = (words) => { note.textContent = words; };
  sections = [...(state.around.site ? [feedsSection(say)] : []), ...(state.around.bot_process ? [botSection(say)] : []), discordSection(say)];
  const log = logSection();
  fill(byId("desk"),
    h("header", { class: "desk-top" }, h("h2", {}, "Desk"), iconButton("Close the desk", "close", () => showDesk(false))),
    h("div", { class: "desk-body" }, note, sections.map((each) => each.node)),
    log.node);
  sections.push(log);
  on("desk", () => showDesk(byId("desk").hidden));
  on("show-desk", () => showDesk(true));
  const remembered = recall(SHOWN);
  const opensByItself = state.around.site && matchMedia(WIDE).matches;
  if (matchMedia(WIDE).matches && (remembered === null ? opensByItself : remembered === "yes")) showDesk(true, { quietly: true });
}

function showDesk(shown, { quietly = false } = {}) {
  byId("desk").hidden = !shown;
  byId("desk-button")?.setAttribute("aria-expanded", String(shown));
  if (!quietly) keep(SHOWN, shown ? "yes" : "no");
  clearTimeout(timer);
  if (shown) look();
  if (!quietly) announce(shown ? "The desk is open" : "The desk is closed");
  if (!shown) byId("desk-button")?.focus();
}

/** Looks again and again as long as the desk is open. */
async function look() {
  await loadAround().catch(() => {});
  await Promise.all(sections.map((each) => each.look().catch(() => {})));
  if (!byId("desk").hidden) timer = setTimeout(look, LOOK_EVERY_MS);
}
