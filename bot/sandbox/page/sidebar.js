// Servers, channels and who one is: the left side of the page.

import { avatar } from "./avatar.js";
import { byId, fill, h, icon, iconButton } from "./dom.js";
import { openList } from "./popup.js";
import { guild, isThread, me, nameOf, on, readable, state, tell } from "./store.js";

const CATEGORY = 4;
const SIGNS = { 0: "hash", 5: "megaphone", 10: "thread", 11: "thread", 12: "lock", 15: "forum", 16: "forum" };

export function startSidebar({ choosePerson }) {
  on("view", () => draw(choosePerson));
  on("unread", () => draw(choosePerson));
  on("channel", () => draw(choosePerson));
  on("online", () => draw(choosePerson));
}

function draw(choosePerson) {
  if (!state.view) return;
  const held = document.activeElement?.dataset?.key; // what is redrawn keeps the focus
  drawGuilds();
  drawChannels(choosePerson);
  if (held) document.querySelector(`[data-key="${CSS.escape(held)}"]`)?.focus();
}

// --- Servers --------------------------------------------------------------------------------------------------------

function drawGuilds() {
  const dms = h("button", { type: "button", class: "guild", "data-key": "dms", "aria-current": state.guildId === null, "aria-label": "Direct messages", title: "Direct messages", onclick: () => openGuild(null) }, icon("at"), badge(state.view.dms));
  fill(byId("guilds"), dms, h("hr"), state.view.guilds.map((each) =>
    h("button", { type: "button", class: "guild", "data-key": each.id, "aria-current": each.id === state.guildId, "aria-label": each.name, title: each.name, onclick: () => openGuild(each) }, initials(each.name), badge(each.channels))));
}

const initials = (name) => name.split(/\s+/).map((word) => [...word][0]).join("").slice(0, 3);

function badge(channels) {
  const waiting = channels.map((each) => state.unread.get(each.id)).filter(Boolean);
  const pings = waiting.filter((each) => each.pinged).length;
  if (pings) return h("span", { class: "badge" }, pings);
  return waiting.length ? h("span", { class: "dot", "aria-label": "unread" }) : null;
}

function openGuild(place) {
  const list = place ? readable(place) : state.view.dms;
  tell("open", { guildId: place?.id || null, channelId: list[0]?.id || null });
}

// --- Channels -------------------------------------------------------------------------------------------------------

function drawChannels(choosePerson) {
  const place = guild();
  const title = place ? place.name : "Direct messages";
  const list = place ? listed(place) : state.view.dms.map((each) => row(each, nameOf(state.view.bot), avatar(state.view.bot)));
  fill(byId("channels"),
    h("h1", { class: "place-name" }, title),
    h("div", { class: "channel-list" }, list.length ? list : h("p", { class: "empty" }, "Nothing here.")),
    person(choosePerson));
}

/** Categories with what is in them; threads below their channel. */
function listed(place) {
  const byPosition = (a, b) => a.position - b.position;
  const outer = place.channels.filter((each) => !isThread(each) && each.type !== CATEGORY).sort(byPosition);
  const within = (parentId) => outer.filter((each) => (each.parent_id || null) === parentId).flatMap((each) => withThreads(place, each));
  const categories = place.channels.filter((each) => each.type === CATEGORY).sort(byPosition);
  return [...within(null), ...categories.flatMap((each) => [h("h2", { class: "category" }, each.name), ...within(each.id)])];
}

function withThreads(place, channel) {
  const threads = place.channels.filter((each) => isThread(each) && each.parent_id === channel.id && !each.thread_metadata.archived);
  return [row(channel, channel.name), ...threads.map((each) => row(each, each.name))];
}

function row(channel, name, face) {
  const waiting = state.unread.get(channel.id);
  const closed = !(channel.type in SIGNS) && channel.type !== 1;
  const classes = ["channel", isThread(channel) && "thread", waiting && "unread"].filter(Boolean).join(" ");
  const props = { type: "button", class: classes, "data-key": channel.id, "aria-current": channel.id === state.channelId, disabled: closed, onclick: () => tell("open", { channelId: channel.id }) };
  const hidden = hiddenFromEveryone(channel) ? icon("lock") : null;
  return h("button", props, face || icon(SIGNS[channel.type] || "hash"), h("span", { class: "channel-name" }, name), hidden, waiting ? count(waiting) : null);
}

const VIEW_CHANNEL = 1n << 10n;

function hiddenFromEveryone(channel) {
  const everyone = channel.permission_overwrites?.find((each) => each.id === channel.guild_id);
  return Boolean(everyone && BigInt(everyone.deny) & VIEW_CHANNEL);
}

function count({ count: number, pinged }) {
  return h("span", { class: pinged ? "badge" : "count", "aria-label": `${number} unread` }, number);
}

// --- Who one is -----------------------------------------------------------------------------------------------------

function person(choosePerson) {
  const mine = state.view.people.find((each) => each.id === me().id);
  const open = (event) =>
    openList(event.currentTarget, state.view.people.map((each) => ({ value: each.id, label: nameOf(each), description: each.standing })), {
      name: "Who you are",
      chosen: [me().id],
      onChoose: ([id]) => choosePerson(id),
    });
  return h("div", { class: "person" },
    h("button", { type: "button", class: "person-button", "data-key": "person", "aria-haspopup": "listbox", "aria-expanded": "false", title: "Be somebody else", onclick: open },
      avatar(me()), h("span", { class: "person-words" }, h("b", {}, nameOf(me())), h("small", {}, mine ? `${mine.standing} • switch` : "switch"))),
    iconButton("Dark or light", "sun", () => tell("theme")));
}
