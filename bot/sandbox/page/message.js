// One message, as a client shows it to the person who looks.

import { attachmentNode } from "./attachments.js";
import { avatar } from "./avatar.js";
import { componentsNode } from "./components.js";
import { h, icon, iconButton } from "./dom.js";
import { embedNode } from "./embed.js";
import { pings } from "./events.js";
import { inline, markdown } from "./markdown.js";
import { dismiss, messageMenu, react } from "./message_acts.js";
import { channel, nameOf, user } from "./store.js";
import { clock, fullTime, longDay, messageTime } from "./times.js";

const EPHEMERAL = 1 << 6;
const LOADING = 1 << 7;
const SILENT = 1 << 12;
const LAYOUT = 1 << 15; // components are the whole message
const GROUPED_MS = 7 * 60_000; // messages of one author closer than this stand below one name

const isLayout = (message) => (message.flags & LAYOUT) !== 0;

/** Whether the message goes on below the one before, without a name of its own. */
export function isGrouped(message, before) {
  if (!before || message.interaction_metadata || message.message_reference) return false;
  if (before.author.id !== message.author.id || (before.flags & EPHEMERAL) !== (message.flags & EPHEMERAL)) return false;
  if ((before.flags & SILENT) !== (message.flags & SILENT)) return false; // so that the sign is seen
  const gap = new Date(message.timestamp) - new Date(before.timestamp);
  return gap < GROUPED_MS && sameDay(message, before);
}

export function sameDay(message, before) {
  return new Date(message.timestamp).toDateString() === new Date(before.timestamp).toDateString();
}

export function messageNode(message, before) {
  const grouped = isGrouped(message, before);
  const when = new Date(message.timestamp);
  const hidden = (message.flags & EPHEMERAL) !== 0;
  const classes = ["message", grouped && "grouped", hidden && "only-you", pings(message) && "pings-you"];
  return h("li", { class: "entry", "data-id": message.id },
    before && sameDay(message, before) ? null : h("div", { class: "day", role: "separator" }, h("span", {}, longDay(when))),
    h("article", { class: classes.filter(Boolean).join(" "), tabindex: -1, "aria-label": `${nameOf(message.author)}, ${messageTime(when)}` },
      lead(message),
      grouped ? h("time", { class: "side-time", datetime: message.timestamp, title: fullTime(when) }, clock(when)) : h("div", { class: "face" }, avatar(message.author)),
      h("div", { class: "body" },
        grouped ? null : heading(message, when),
        (message.flags & LOADING) !== 0 ? thinking(message) : content(message),
        hidden ? onlyYou(message) : null,
      ),
      tools(message),
    ),
  );
}

/** What stands above a message: the command it answers, or the message it replies to. */
function lead(message) {
  const asked = message.interaction_metadata;
  if (asked?.name && message.type >= 20) {
    const who = user(asked.user.id) || asked.user;
    const sign = asked.command_type === 1 ? "/" : "";
    return h("p", { class: "lead" }, avatar(who), h("b", {}, nameOf(who)), " used ", h("span", { class: "used" }, sign + asked.name));
  }
  const quoted = message.referenced_message;
  if (quoted) return h("p", { class: "lead" }, avatar(quoted.author), h("b", {}, nameOf(quoted.author)), " ", h("span", { class: "quoted" }, inline(quoted.content.slice(0, 120) || "an embed")));
  if (message.message_reference && quoted === null) return h("p", { class: "lead" }, "The original message was deleted");
  return null;
}

function heading(message, when) {
  return h("h3", { class: "by" },
    h("span", { class: "name" }, nameOf(message.author)),
    message.author.bot ? h("span", { class: "tag" }, message.webhook_id ? "HOOK" : "APP") : null,
    h("time", { datetime: message.timestamp, title: fullTime(when) }, messageTime(when)),
    silentSign(message),
  );
}

/** A crossed-out bell, as clients show it beside the time. */
function silentSign(message) {
  if ((message.flags & SILENT) === 0) return null;
  const words = "This was sent without a notification";
  return h("span", { class: "silent", role: "img", "aria-label": words, title: words }, icon("silent"));
}

function thinking(message) {
  const name = nameOf(message.author);
  return h("p", { class: "thinking" }, h("span", { class: "dots", "aria-hidden": "true" }, h("i"), h("i"), h("i")), `${name} is thinking…`);
}

function content(message) {
  const edited = message.edited_timestamp ? h("span", { class: "edited", title: fullTime(new Date(message.edited_timestamp)) }, "(edited)") : null;
  return [
    message.content ? h("div", { class: "text" }, ending(markdown(message.content), edited)) : null,
    (message.embeds || []).map(embedNode),
    isLayout(message) ? null : (message.attachments || []).map(attachmentNode),
    message.components?.length ? componentsNode(message) : null,
    message.reactions?.length ? reactions(message) : null,
    message.thread ? threadLink(message.thread) : null,
    message.content ? null : edited,
  ];
}

/** The blocks with a note at the end of their last line, if that is one of text. */
function ending(blocks, note) {
  if (!note) return blocks;
  const last = blocks.at(-1);
  if (last.tagName !== "P") return [...blocks, note];
  last.append(" ", note);
  return blocks;
}

function reactions(message) {
  return h("div", { class: "reactions" }, message.reactions.map((each) =>
    h("button", { type: "button", class: "reaction", onclick: () => react(message, each.emoji.name), "aria-label": `${each.emoji.name}, ${each.count}` }, each.emoji.name, " ", h("b", {}, each.count)),
  ));
}

function threadLink(thread) {
  const known = channel(thread.id) || thread;
  return h("button", { type: "button", class: "thread-link", "data-open-channel": thread.id }, icon("thread"), h("b", {}, known.name), ` ${known.message_count} messages ›`);
}

function onlyYou(message) {
  return h("p", { class: "only-you-note" }, icon("eye"), "Only you can see this • ",
    h("button", { type: "button", class: "linklike", onclick: () => dismiss(message) }, "Dismiss message"));
}

function tools(message) {
  if ((message.flags & LOADING) !== 0) return null;
  return h("div", { class: "tools" },
    iconButton("More for this message", "more", (event) => messageMenu(message, event.currentTarget), { "aria-haspopup": "menu" }),
  );
}
