// The channel's messages. Only a window of them is in the document, so that a channel of thousands stays smooth.

import { announce, byId, fill, h, icon } from "./dom.js";
import { messageNode } from "./message.js";
import { channel, guild, history, isDm, isForum, isThread, loadMore, me, nameOf, on, state } from "./store.js";
import { forumNode } from "./forum.js";

const WINDOW = 120; // messages in the document at most
const STEP = 40; // how many more when the reader comes near an end
const NEAR_PX = 500;
const AT_END_PX = 60;

let list = null;
let beginning = null;
let first = 0; // the window: messages[first] up to, without, messages[last]
let last = 0;
let total = 0; // of the messages that are loaded
let atEnd = true;
let drawn = new Map(); // message id -> {node, message, before}

export function startTimeline() {
  const box = byId("timeline");
  box.addEventListener("scroll", onScroll, { passive: true });
  box.addEventListener("keydown", onKey);
  new ResizeObserver(() => atEnd && toEnd()).observe(box);
  on("messages", (what) => what.channelId === state.channelId && changed(what));
  on("channel", open);
  on("view", () => redraw());
}

/** Shows the channel that was chosen, from its end. */
export function open() {
  drawn = new Map();
  atEnd = true;
  first = last = total = 0;
  list = null;
  const place = channel();
  if (!place) return fill(byId("timeline"), h("p", { class: "empty" }, "There is no channel here that you can see."));
  if (isForum(place)) return fill(byId("timeline"), forumNode(place));
  beginning = h("div", { class: "beginning" });
  list = h("ol", { class: "entries", role: "log", "aria-live": "off" });
  fill(byId("timeline"), beginning, list, h("button", { type: "button", id: "to-end", class: "to-end", hidden: true, onclick: jumpToEnd }, icon("down"), "Newest messages"));
  new ResizeObserver(() => atEnd && toEnd()).observe(list);
  const known = history();
  if (known.messages.length < STEP && known.more) loadMore();
  else changed({});
}

function changed({ created, older }) {
  if (!list) return;
  const { messages } = history();
  const added = messages.length - total;
  total = messages.length;
  if (older && !atEnd) {
    first += added - Math.min(added, STEP); // the window moves with its messages, and shows some of the new ones
    last = Math.min(last + added, first + WINDOW);
  } else if (atEnd || last === 0) {
    last = messages.length;
    first = Math.max(0, last - WINDOW);
  } else {
    last = Math.min(Math.max(last, first + 1), messages.length);
  }
  if (created && created.author.id !== me().id) announce(`${nameOf(created.author)}: ${spoken(created)}`);
  draw();
}

const spoken = (message) => message.embeds?.map((each) => each.title).filter(Boolean).join(", ") || message.content || "a message";

/** Names, roles or rights may have changed. */
function redraw() {
  if (isForum(channel())) return open();
  if (list) draw({ anew: true });
}

function draw({ anew = false } = {}) {
  const { messages, more } = history();
  const anchor = atEnd ? null : topmost();
  const shown = messages.slice(first, last);
  const next = new Map();
  const nodes = shown.map((message, index) => {
    const before = messages[first + index - 1];
    const known = drawn.get(message.id);
    const same = !anew && known && known.message === message && known.before === before;
    const node = same ? known.node : messageNode(message, before);
    if (known && !same && known.node.contains(document.activeElement)) queueMicrotask(() => refocus(node, known.node));
    next.set(message.id, { node, message, before });
    return node;
  });
  drawn = next;
  place(nodes);
  fill(beginning, first === 0 && !more ? welcome() : null);
  byId("to-end").hidden = atEnd && last === messages.length;
  if (atEnd) toEnd();
  else if (anchor) keepInPlace(anchor);
}

/** A redrawn message takes the focus over from the one it replaces. */
function refocus(node, old) {
  if (document.activeElement === document.body) (node.querySelector(".components button") || node.querySelector("article"))?.focus();
  old.remove();
}

/** Puts the nodes in order while leaving in place what stands right already. */
function place(nodes) {
  const wanted = new Set(nodes);
  for (const child of [...list.children]) if (!wanted.has(child)) child.remove();
  nodes.forEach((node, index) => {
    if (list.children[index] !== node) list.insertBefore(node, list.children[index] || null);
  });
}

function welcome() {
  const place = channel();
  const name = isDm(place) ? nameOf(state.view.bot) : isThread(place) ? place.name : `#${place.name}`;
  const words = isDm(place) ? `Direct messages between you and ${name}.` : place.topic || `This is the beginning of ${name} in ${guild().name}.`;
  return h("div", { class: "welcome" }, h("h2", {}, name), h("p", {}, words));
}

// --- Scrolling ------------------------------------------------------------------------------------------------------

let endTop = 0; // where the end was when it was last gone to

function toEnd() {
  const box = byId("timeline");
  box.scrollTop = box.scrollHeight;
  endTop = box.scrollTop;
}

function jumpToEnd() {
  atEnd = true;
  changed({});
  byId("text")?.focus();
}

function onScroll() {
  if (!list) return;
  const box = byId("timeline");
  const { messages, more } = history();
  const below = box.scrollHeight - box.scrollTop - box.clientHeight;
  // What grows below (a picture, a message drawn for the first time) is no reader who scrolled up.
  const stayed = atEnd && box.scrollTop >= endTop - 1;
  atEnd = last === messages.length && (below < AT_END_PX || stayed);
  if (stayed && below > 1) return toEnd();
  if (box.scrollTop < NEAR_PX && first > 0) return moveWindow(-STEP);
  if (box.scrollTop < NEAR_PX && more) return void loadMore();
  if (below < NEAR_PX && last < messages.length) return moveWindow(STEP);
  byId("to-end").hidden = atEnd;
}

function moveWindow(by) {
  const { messages } = history();
  if (by < 0) {
    first = Math.max(0, first + by);
    last = Math.min(last, first + WINDOW);
  } else {
    last = Math.min(messages.length, last + by);
    first = Math.max(first, last - WINDOW);
  }
  draw();
}

function topmost() {
  const top = byId("timeline").getBoundingClientRect().top;
  for (const [id, { node }] of drawn) {
    const box = node.getBoundingClientRect();
    if (box.bottom > top) return { id, offset: box.top - top };
  }
  return null;
}

function keepInPlace({ id, offset }) {
  const node = drawn.get(id)?.node;
  const box = byId("timeline");
  if (node) box.scrollTop += node.getBoundingClientRect().top - box.getBoundingClientRect().top - offset;
}

// --- Keys -----------------------------------------------------------------------------------------------------------

/** Up and down go from message to message; Escape back to the message box. */
function onKey(event) {
  const articles = [...byId("timeline").querySelectorAll(".message")];
  const at = articles.indexOf(document.activeElement?.closest(".message"));
  if (event.key === "Escape") byId("text")?.focus();
  else if (event.key === "ArrowUp" && at > 0) focusOn(articles[at - 1], event);
  else if (event.key === "ArrowDown" && at >= 0 && at + 1 < articles.length) focusOn(articles[at + 1], event);
  else if (event.key === "ArrowDown" && at === articles.length - 1 && at >= 0) byId("text")?.focus();
}

function focusOn(article, event) {
  event.preventDefault();
  article.focus({ preventScroll: true });
  article.scrollIntoView({ block: "nearest" });
}

export function focusLast() {
  [...byId("timeline").querySelectorAll(".message")].at(-1)?.focus();
}
