// The feed desk: an editor's work, and what goes wrong with feeds in the wild.

import { get, post } from "./api.js";
import { act, section } from "./desk_parts.js";
import { fill, h } from "./dom.js";
import { openDialog } from "./popup.js";

const SLOW_S = 5;
const BREAKS = [
  // [label, kind, what is said, title]
  ["500", "500", "The feed answers 500 until it is healed.", "The site's own error"],
  ["Garbage", "garbage", "The feed is noise until it is healed.", "Bytes that are no feed"],
  ["Slow", "slow", `The feed takes ${SLOW_S} seconds to answer.`, "Seconds before the first byte"],
  ["Empty", "empty", "The feed is empty until it is healed.", "200 with nothing in it"],
  ["Renamed guids", "reissue", "Every entry has a new guid now. Nothing should be posted again.", "What a new blog engine does to a feed"],
  ["Flood", "flood", "200 new entries at once. Watch how few messages they become.", "200 entries at once"],
];

let feeds = [];
let chosen = null; // slug

export function feedsSection(say) {
  const tabs = h("div", { class: "tabs", role: "group", "aria-label": "Feed" });
  const facts = h("p", { class: "desk-facts" });
  const call = (action, body = {}) => post(`/desk/feeds/${chosen}/${action}`, body).then(async (answer) => { await look(); return answer; });
  const next = act("Publish the next story", () => publish(call), say, { class: "button primary" });
  const write = act("Write one …", () => writeEntry(call), say);
  const edit = act("Edit the newest …", () => editNewest(call), say);
  const breaks = BREAKS.map(([label, kind, words, title]) => act(label, () => call("fault", kind === "slow" ? { kind, delay: SLOW_S } : { kind }).then(() => words), say, { title }));
  const heal = act("Heal", () => call("heal").then(() => "The feed is well again."), say, { class: "button success" });

  async function look() {
    feeds = await get("/desk/feeds");
    if (!feeds.some((each) => each.slug === chosen)) chosen = feeds[0]?.slug || null;
    draw();
  }
  function draw() {
    const now = feeds.find((each) => each.slug === chosen);
    const held = document.activeElement?.dataset?.slug;
    fill(tabs, feeds.map((each) => h("button", { type: "button", class: "tab", "data-slug": each.slug, "aria-pressed": each.slug === chosen, onclick: () => { chosen = each.slug; draw(); } }, each.title)));
    if (held) tabs.querySelector(`[data-slug="${CSS.escape(held)}"]`)?.focus();
    if (!now) return;
    const broken = now.faults.map((each) => each.kind).join(", ");
    fill(facts, h("code", {}, now.url), broken ? h("b", { class: "bad" }, ` broken: ${broken}`) : null, h("span", {}, ` ${now.waiting} ${now.waiting === 1 ? "story waits" : "stories wait"}`));
    next.disabled = now.waiting === 0;
  }
  const node = section("Feeds", tabs, facts,
    h("div", { class: "buttons" }, next, write, edit),
    h("p", { class: "desk-label" }, "Break it"), h("div", { class: "buttons" }, breaks, heal));
  return { node, look };
}

async function publish(call) {
  const entry = await call("publish");
  return entry.published === false ? "No story waits any more; write one." : `Published: ${entry.title || "an entry"}`;
}

function writeEntry(call) {
  return inDialog("A story of your own", "Publish", { title: "", text: "" }, (title, text) => call("publish", { title, body_html: asHtml(text) }), "Published");
}

async function editNewest(call) {
  const { entries } = await get(`/desk/feeds/${chosen}`);
  if (!entries.length) return "There is nothing to edit in this feed.";
  const newest = entries[0];
  return inDialog("Edit the newest story", "Change", { title: newest.title || "", text: null }, (title) => call("edit", { guid: newest.guid, title }), "Changed");
}

/** Resolves with what is to be said, once the dialog is closed. */
function inDialog(heading, submit, { title, text }, send, said) {
  return new Promise((resolve) => {
    let words = "";
    const field = (name, label, input) => h("label", { class: "form-field" }, h("span", { class: "form-label" }, label), input);
    const body = [field("title", "Title", h("input", { name: "title", type: "text", required: true, value: title }))];
    if (text !== null) body.push(field("text", "Text", h("textarea", { name: "text", rows: 5 }, text)));
    openDialog(heading, body, {
      submit,
      onSubmit: async (form) => {
        await send(form.elements.title.value, form.elements.text?.value || "");
        words = `${said}: ${form.elements.title.value}`;
      },
      onClose: () => resolve(words),
    });
  });
}

/** Plain text as a feed carries it: paragraphs of escaped HTML. */
function asHtml(text) {
  const escaped = text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;");
  return escaped.split(/\n{2,}/).filter((each) => each.trim()).map((each) => `<p>${each.replace(/\n/g, "<br>")}</p>`).join("");
}
