// Discord's markdown as nodes, as far as messages of bots use it (Discord support article 210298617).

import { h, link } from "./dom.js";
import { fullTime, relativeTime, timeAs } from "./times.js";
import { channel, nameOf, role, user } from "./store.js";

const DEEPEST = 8; // marks within marks; deeper ones stay as they are written
const LONGEST = 8000; // characters; a message has 2,000 and its embeds 6,000 together

const INLINE = new RegExp(
  [
    String.raw`\\(?<escaped>[^\w\s])`,
    String.raw`(?<fence>${"`"}{1,2})(?<code>.+?)(?<!${"`"})\k<fence>(?!${"`"})`,
    String.raw`\[(?<label>(?:[^\[\]\\]|\\.)+)\]\(<?(?<target>https?:\/\/[^\s<>()]*(?:\([^\s<>()]*\)[^\s<>()]*)*)>?(?: "[^"]*")?\)`,
    String.raw`<(?<address>https?:\/\/[^\s<>]+)>`,
    String.raw`(?<bare>https?:\/\/[^\s<>]*[^\s<>.,:;!?"')\]])`,
    String.raw`<(?<sign>@!?|@&|#)(?<number>\d{1,20})>`,
    String.raw`<\/(?<slash>[^:<>\n]+):\d{1,20}>`,
    String.raw`<t:(?<time>-?\d{1,13})(?::(?<style>[tTdDfFR]))?>`,
    String.raw`<a?:(?<emoji>\w{2,32}):\d{1,20}>`,
    String.raw`(?<all>@everyone|@here)\b`,
    String.raw`\*\*(?<bold>(?:\\.|[^\\])+?)\*\*(?!\*)`,
    String.raw`__(?<underline>(?:\\.|[^\\])+?)__(?!_)`,
    String.raw`\*(?=\S)(?<italic>(?:\\.|\*\*(?:\\.|[^\\*])+\*\*|[^\\*])+?)(?<!\s)\*(?!\*)`,
    String.raw`(?<!\w)_(?<slanted>(?:\\.|[^\\_])+)_(?!\w)`,
    String.raw`~~(?<strike>(?:\\.|[^\\])+?)~~`,
    String.raw`\|\|(?<spoiler>(?:\\.|[^\\])+?)\|\|`,
  ].join("|"),
  "gs",
);
const WRAPPED = { bold: "strong", underline: "u", italic: "em", slanted: "em", strike: "s" };

/** One run of text, without blocks. `links` false: titles and the like, whose links Discord does not make. */
export function inline(text, { links = true, depth = 0 } = {}) {
  const whole = String(text).slice(0, LONGEST);
  if (depth >= DEEPEST) return [whole];
  const nodes = [];
  let at = 0;
  for (const found of whole.matchAll(INLINE)) {
    if (found.index > at) nodes.push(whole.slice(at, found.index));
    at = found.index + found[0].length;
    nodes.push(drawn(found[0], found.groups, { links, depth: depth + 1 }));
  }
  if (at < whole.length) nodes.push(whole.slice(at));
  return nodes;
}

function drawn(written, found, options) {
  for (const [kind, tag] of Object.entries(WRAPPED)) {
    if (found[kind] !== undefined) return h(tag, {}, inline(found[kind], options));
  }
  if (found.escaped !== undefined) return found.escaped;
  if (found.code !== undefined) return h("code", {}, found.code);
  if (found.label !== undefined) return options.links ? link(found.target, {}, inline(found.label, options)) : written;
  const address = found.address || found.bare;
  if (address !== undefined) return options.links ? link(address, {}, address) : written;
  if (found.number !== undefined) return mention(found.sign, found.number);
  if (found.slash !== undefined) return h("span", { class: "mention" }, `/${found.slash}`);
  if (found.time !== undefined) return time(Number(found.time), found.style || "f");
  if (found.all !== undefined) return h("span", { class: "mention" }, found.all);
  if (found.emoji !== undefined) return `:${found.emoji}:`;
  return spoiler(inline(found.spoiler, options));
}

function mention(sign, id) {
  if (sign === "#") {
    const place = channel(id);
    if (!place) return h("span", { class: "mention" }, "#unknown");
    return h("button", { type: "button", class: "mention", "data-open-channel": id }, `#${place.name}`);
  }
  const who = sign === "@&" ? role(id)?.name || "unknown-role" : user(id) ? nameOf(user(id)) : "unknown-user";
  return h("span", { class: "mention" }, `@${who}`);
}

function time(seconds, style) {
  const when = new Date(seconds * 1000);
  if (Number.isNaN(when.getTime())) return "Invalid Date"; // Discord's own words
  const words = style === "R" ? relativeTime(when) : timeAs(when, style);
  return h("time", { datetime: when.toISOString(), title: fullTime(when), class: "stamp" }, words);
}

function spoiler(children) {
  const hidden = h("span", { class: "spoiler-text", "aria-hidden": "true" }, children);
  const reveal = () => {
    cover.classList.add("shown");
    cover.removeAttribute("aria-label");
    hidden.removeAttribute("aria-hidden");
  };
  const onkeydown = (event) => ["Enter", " "].includes(event.key) && reveal();
  const cover = h("span", { class: "spoiler", role: "button", tabindex: 0, "aria-label": "Spoiler", onclick: reveal, onkeydown }, hidden);
  return cover;
}

// --- Blocks ---------------------------------------------------------------------------------------------------------

const FENCE = /```(?:[\w+#-]*\n)?([\s\S]*?)\n?```\n?/g;

/** A message's or an embed's text, block by block. */
export function markdown(text) {
  const whole = String(text).slice(0, LONGEST);
  const blocks = [];
  let at = 0;
  for (const found of whole.matchAll(FENCE)) {
    if (found.index > at) blocks.push(...lines(whole.slice(at, found.index).replace(/\n$/, "")));
    blocks.push(h("pre", {}, h("code", {}, found[1])));
    at = found.index + found[0].length;
  }
  if (at < whole.length) blocks.push(...lines(whole.slice(at)));
  return blocks;
}

/** Line by line; quotes do not nest, neither here nor in Discord. */
function lines(text, quoted = false) {
  const blocks = [];
  const all = text.split("\n");
  for (let number = 0; number < all.length; number += 1) {
    const line = all[number];
    const heading = /^(#{1,3}) +(.+)$/.exec(line);
    const item = /^( *)([-*]|\d{1,3}\.) +(.+)$/.exec(line);
    if (!quoted && line.startsWith(">>> ")) {
      blocks.push(h("blockquote", {}, lines([line.slice(4), ...all.slice(number + 1)].join("\n"), true)));
      break;
    } else if (!quoted && line.startsWith("> ")) {
      const inner = [];
      while (number < all.length && all[number].startsWith("> ")) inner.push(all[number++].slice(2));
      number -= 1;
      blocks.push(h("blockquote", {}, lines(inner.join("\n"), true)));
    } else if (line.startsWith("-# ")) {
      blocks.push(h("p", { class: "subtext" }, inline(line.slice(3))));
    } else if (heading) {
      blocks.push(h("p", { class: `heading heading-${heading[1].length}`, role: "heading", "aria-level": heading[1].length + 3 }, inline(heading[2])));
    } else if (item) {
      const mark = /\d/.test(item[2]) ? item[2] : "•";
      blocks.push(h("p", { class: `item indent-${Math.min(3, item[1].length >> 1)}` }, h("span", { class: "mark" }, mark), h("span", {}, inline(item[3]))));
    } else {
      blocks.push(h("p", {}, line ? inline(line) : "\u200b"));
    }
  }
  return blocks;
}
