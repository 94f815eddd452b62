// What the page knows: the sandbox as the chosen person sees it, and the messages of the channels they have opened.

import { get } from "./api.js";

export const state = {
  view: null, // GET /sandbox/view
  around: { site: false, bot_process: null, tour: null }, // GET /around/
  guildId: null, // null: direct messages
  channelId: null,
  histories: new Map(), // channel id -> {messages, more, loading}
  unread: new Map(), // channel id -> {count, pinged}
  typing: new Map(), // channel id -> time in ms
  online: false,
};

const bus = new EventTarget();

/** Subscribes: "view", "channel", "messages", "unread", "typing", "online", "around", "did" (a command was answered). */
export function on(name, listener) {
  bus.addEventListener(name, (event) => listener(event.detail));
}

export function tell(name, detail) {
  bus.dispatchEvent(new CustomEvent(name, { detail }));
}

// --- Looking up -----------------------------------------------------------------------------------------------------

export const me = () => state.view.me;
export const guild = () => state.view.guilds.find((each) => each.id === state.guildId) || null;

export function channel(id = state.channelId) {
  for (const each of state.view.guilds) {
    const found = each.channels.find((one) => one.id === id);
    if (found) return found;
  }
  return state.view.dms.find((one) => one.id === id) || null;
}

export function user(id) {
  if (state.view.bot.id === id) return state.view.bot;
  for (const each of state.view.guilds) {
    const member = each.members.find((one) => one.user.id === id);
    if (member) return member.user;
  }
  return state.view.people.find((one) => one.id === id) || null;
}

export function role(id) {
  return state.view.guilds.flatMap((each) => each.roles).find((each) => each.id === id) || null;
}

export const nameOf = (who) => (who ? who.global_name || who.username : "somebody");
export const isDm = (one) => one?.type === 1;
export const isThread = (one) => [10, 11, 12].includes(one?.type);
export const isCategory = (one) => one?.type === 4;
export const isForum = (one) => [15, 16].includes(one?.type);

/** The commands a member is offered here. */
export function offeredCommands() {
  return guild() ? guild().commands : state.view.dm_commands;
}

// Discord's permission bits (topics: Permissions).
export const BITS = { ADMINISTRATOR: 1n << 3n, ADD_REACTIONS: 1n << 6n, SEND: 1n << 11n, MANAGE_MESSAGES: 1n << 13n, ATTACH: 1n << 15n, MENTION_EVERYONE: 1n << 17n, USE_COMMANDS: 1n << 31n, SEND_IN_THREADS: 1n << 38n };

export function may(bit, one = channel()) {
  return (BigInt(one?.permissions || 0) & bit) !== 0n;
}

/** Snowflakes as numbers would: they are too long for JavaScript's own. */
export function compareIds(a, b) {
  return a.length - b.length || (a < b ? -1 : a > b ? 1 : 0);
}

// --- Loading --------------------------------------------------------------------------------------------------------

const remembered = "sandbox-person";

export async function loadView(userId = state.view?.me.id || recall(remembered)) {
  let view;
  try {
    view = await get(`/sandbox/view${userId ? `?user=${userId}` : ""}`);
  } catch {
    view = await get("/sandbox/view"); // the remembered person was of another sandbox
  }
  state.view = view;
  keep(remembered, view.me.id);
  const stillThere = channel(state.channelId);
  if (!stillThere) pickFirstChannel();
  tell("view");
}

function pickFirstChannel() {
  const place = guild() || state.view.guilds[0];
  state.guildId = place ? place.id : null;
  const list = place ? readable(place) : state.view.dms;
  state.channelId = list[0]?.id || null;
}

/** Channels one can read, in the order of the list. */
export function readable(place) {
  return place.channels.filter((one) => [0, 5].includes(one.type)).sort((a, b) => a.position - b.position);
}

export async function loadAround() {
  state.around = await get("/around/");
  tell("around");
}

const PAGE = 100;

export function history(id = state.channelId) {
  if (!state.histories.has(id)) state.histories.set(id, { messages: [], more: true, loading: null });
  return state.histories.get(id);
}

/** Loads the newest messages, or those before the oldest known. */
export function loadMore(id = state.channelId) {
  const known = history(id);
  if (!known.more || known.loading) return known.loading;
  const before = known.messages[0] ? `&before=${known.messages[0].id}` : "";
  const path = `/sandbox/messages?channel=${id}&user=${me().id}&limit=${PAGE}${before}`;
  known.loading = get(path)
    .then((page) => {
      const have = new Set(known.messages.map((each) => each.id));
      known.messages = [...page.messages.filter((each) => !have.has(each.id)), ...known.messages];
      known.more = page.more;
    })
    .catch(() => { known.more = false; }) // the channel has gone
    .finally(() => {
      known.loading = null;
      tell("messages", { channelId: id, older: Boolean(before) });
    });
  return known.loading;
}

export function forgetHistories() {
  state.histories.clear();
}

export function keep(key, value) {
  try {
    localStorage.setItem(key, value);
  } catch {
    // A browser may refuse to remember; nothing here depends on it.
  }
}

export function recall(key) {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}
