// "@" and "#" in a plain message: what they offer, and what is written for Discord in their place.

import { avatar } from "./avatar.js";
import { icon } from "./dom.js";
import { BITS, channel, guild, isCategory, isDm, isForum, isThread, may, nameOf, state } from "./store.js";

const MOST_SHOWN = 10;

/** The word being written before the caret: {sign, typed, start}; null if it is no mention. */
export function mentionAt(text, caret) {
  const found = /(?:^|[\s(])([@#])([^\s@#]{0,40})$/.exec(text.slice(0, caret));
  return found ? { sign: found[1], typed: found[2], start: caret - found[2].length - 1 } : null;
}

/** What fits, the best first: [{label: "@Olive", markup: "<@1>", description?, sign?}]. */
export function offeredFor({ sign, typed }) {
  const wanted = typed.toLowerCase();
  const rank = ({ label, also = "" }) => {
    const name = label.slice(1).toLowerCase();
    if (name.startsWith(wanted)) return 0;
    return also.startsWith(wanted) ? 1 : name.includes(wanted) ? 2 : 9;
  };
  const all = mentionable().filter((each) => each.label.startsWith(sign)).map((each) => ({ ...each, rank: rank(each) }));
  return all.filter((each) => each.rank < 9).sort((a, b) => a.rank - b.rank).slice(0, MOST_SHOWN);
}

const LEFT_ALONE = /(```[\s\S]*?```|`[^`\n]*`|https?:\/\/\S+)/; // code and addresses mention nobody

/** The text as Discord's client sends it: names of members, roles and channels as mentions. `chosen` decides twins. */
export function withMentions(text, chosen = new Map()) {
  const known = new Map([...mentionable().filter((each) => each.markup).map((each) => [each.label, each.markup]), ...chosen]);
  const byLength = [...known.keys()].sort((a, b) => b.length - a.length);
  return text.split(LEFT_ALONE).map((part, at) => (at % 2 ? part : mentioned(part, known, byLength))).join("");
}

const isLetter = (character) => /[\p{L}\p{N}_]/u.test(character || "");

function mentioned(text, known, byLength) {
  let written = "";
  for (let at = 0; at < text.length; ) {
    const begins = "@#".includes(text[at]) && !isLetter(text[at - 1]);
    const label = begins && byLength.find((each) => text.startsWith(each, at) && !isLetter(text[at + each.length]));
    written += label ? known.get(label) : text[at];
    at += label ? label.length : 1;
  }
  return written;
}

/** Everything that can be named here; `also` is the account's own name. */
function mentionable() {
  const members = guild() ? guild().members.map((each) => each.user) : [state.view.me, state.view.bot];
  const people = members.map((each) => ({ label: `@${nameOf(each)}`, also: each.username.toLowerCase(), markup: `<@${each.id}>`, description: each.username, sign: () => avatar(each) }));
  return [...people, ...roles(), ...(guild() && !isDm(channel()) ? channels() : [])];
}

/** Those that ping, as Discord's list has it; the whole server for who may call it. */
function roles() {
  if (!guild()) return [];
  const mayAll = may(BITS.MENTION_EVERYONE);
  const named = guild().roles.filter((each) => each.id !== guild().id && (each.mentionable || mayAll));
  const sign = () => icon("at");
  const all = mayAll ? [{ label: "@everyone", description: "All of this server", sign }, { label: "@here", description: "All who are online", sign }] : [];
  return [...named.map((each) => ({ label: `@${each.name}`, markup: `<@&${each.id}>`, description: "Role", sign })), ...all];
}

function channels() {
  const within = (each) => guild().channels.find((one) => one.id === each.parent_id)?.name;
  const sign = (each) => icon(isThread(each) ? "thread" : isForum(each) ? "forum" : "hash");
  const open = guild().channels.filter((each) => !isCategory(each));
  return open.map((each) => ({ label: `#${each.name}`, markup: `<#${each.id}>`, description: within(each), sign: () => sign(each) }));
}
