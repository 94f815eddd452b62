// The bot's process and its rights, and a Discord that fails: what an operator fears, at the press of a button.

import { get, post, remove } from "./api.js";
import { act, section } from "./desk_parts.js";
import { fill, h } from "./dom.js";
import { channel, isDm, loadAround, nameOf, on, state } from "./store.js";

export function botSection(say) {
  const name = nameOf(state.view.bot);
  const facts = h("p", { class: "desk-facts" });
  const log = h("pre", { class: "bot-log", tabindex: 0, "aria-label": `Log of ${name}` });
  const kill = act("Kill it (kill -9)", () => process("kill-bot", `${name} is dead. What is published now waits in the feeds.`), say, { class: "button danger" });
  const start = act("Start it", () => process("start-bot", `${name} is back.`), say, { class: "button success" });
  const node = section(name, facts, h("div", { class: "buttons" }, kill, start), rights(say), h("details", { class: "inner" }, h("summary", {}, "Its log"), log));

  async function process(what, words) {
    await post(`/around/${what}`);
    await loadAround();
    draw();
    return words;
  }
  function draw() {
    const { running, log: lines } = state.around.bot_process;
    fill(facts, running ? "Running" : h("b", { class: "bad" }, "Not running"), state.view.connected ? ", connected." : ", not connected.");
    kill.disabled = !running;
    start.disabled = running;
    const atEnd = log.scrollHeight - log.scrollTop - log.clientHeight < 20;
    log.textContent = lines.join("\n");
    if (atEnd) log.scrollTop = log.scrollHeight;
  }
  on("view", draw);
  return { node, look: async () => draw() };
}

const RIGHTS = [["VIEW_CHANNEL", "see it"], ["SEND_MESSAGES", "write"], ["EMBED_LINKS", "embed links"]];

/** Takes from the bot what it may in the channel that is open. */
function rights(say) {
  const title = h("p", { class: "desk-label" });
  const buttons = h("div", { class: "buttons" });
  const overwrite = (body) => post("/sandbox/overwrite", { channel: state.channelId, target: state.view.bot.id, ...body });
  function draw() {
    const place = channel();
    const name = place && !isDm(place) ? `#${place.name}` : null;
    title.textContent = name ? `In ${name}, it may no longer` : "Rights are a matter of a server's channels";
    if (!name) return fill(buttons);
    const taken = RIGHTS.map(([right, words]) => act(words, () => overwrite({ deny: [right] }).then(() => `${nameOf(state.view.bot)} may no longer ${words} in ${name}.`), say));
    const back = act("Give back", () => overwrite({ reset: true }).then(() => `In ${name} all is as before.`), say, { class: "button success" });
    return fill(buttons, taken, back);
  }
  on("channel", draw);
  draw();
  return [title, buttons];
}

const FAILS = [
  // [label, fault, what is said]
  ["Three 500s", { kind: "status", status: 500, times: 3 }, "The next three requests get a 500."],
  ["429, wait 5 s", { kind: "ratelimit", times: 1, retry_after: 5, path: "/channels/*/messages" }, "The next message is told to wait 5 seconds."],
  ["Answers get lost", { kind: "close", when: "after", times: 1, method: "POST", path: "/channels/*/messages" }, "The next message is posted, but the bot never hears so. It must not post it twice."],
  ["Connection resets", { kind: "reset", times: 2 }, "The next two connections break."],
];

export function discordSection(say) {
  const facts = h("p", { class: "desk-facts" });
  const fails = FAILS.map(([label, fault, words]) => act(label, () => post("/sandbox/faults", fault).then(() => words), say));
  const drop = act("Drop the gateway", () => post("/sandbox/gateway", { do: "drop" }).then(() => "The gateway's connection is closed; the bot should come back."), say);
  const well = act("All is well", () => remove("/sandbox/faults").then(() => "Discord works again."), say, { class: "button success" });
  async function look() {
    const { faults } = await get("/sandbox/faults");
    const acting = faults.filter((each) => each.times !== 0).map((each) => (each.kind === "status" ? each.status : each.kind));
    fill(facts, acting.length ? h("b", { class: "bad" }, `Waiting to happen: ${acting.join(", ")}`) : "Works.");
  }
  return { node: section("Discord", facts, h("div", { class: "buttons" }, fails, drop, well)), look };
}
