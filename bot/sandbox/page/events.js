// What the sandbox tells, put into what the page knows.

import { compareIds, history, loadView, me, state, tell } from "./store.js";

const CHANGES_THE_VIEW = /^(CHANNEL|THREAD|GUILD)_|^SANDBOX_GATEWAY$|^SANDBOX_COMMANDS$/;
let viewIsDue = false;

/** Several changes in a row are looked at once. */
function renewView() {
  if (viewIsDue) return;
  viewIsDue = true;
  setTimeout(() => {
    viewIsDue = false;
    loadView().catch(() => {}); // the sandbox is going; when it is back, everything is loaded anew
  }, 50);
}

export function take({ name, data }) {
  if (CHANGES_THE_VIEW.test(name)) renewView();
  const kind = name.replace("SANDBOX_EPHEMERAL_", "");
  if (kind.startsWith("MESSAGE_REACTION_")) takeReaction(kind === "MESSAGE_REACTION_ADD", data);
  else if (kind.startsWith("MESSAGE_")) takeMessage(kind, data);
  else if (kind === "SANDBOX_TYPING") takeTyping(data);
  else if (kind === "INTERACTION_CREATE" || kind === "SANDBOX_INTERACTION_UPDATE") tell("interaction", { kind, data });
}

function takeMessage(kind, message) {
  if (message.sandbox_visible_to && message.sandbox_visible_to !== me().id) return;
  const known = state.histories.get(message.channel_id);
  if (kind === "MESSAGE_CREATE") noteUnread(message);
  if (known) change(known.messages, kind, message);
  tell("messages", { channelId: message.channel_id, created: kind === "MESSAGE_CREATE" ? message : null });
}

function change(messages, kind, message) {
  const at = messages.findIndex((each) => each.id === message.id);
  if (kind === "MESSAGE_DELETE") {
    if (at >= 0) messages.splice(at, 1);
  } else if (at >= 0) {
    messages[at] = { ...messages[at], ...message };
  } else if (kind === "MESSAGE_CREATE") {
    let place = messages.length;
    while (place > 0 && compareIds(messages[place - 1].id, message.id) > 0) place -= 1;
    messages.splice(place, 0, message);
  }
}

function takeReaction(added, { channel_id: channelId, message_id: id, emoji }) {
  const known = state.histories.get(channelId);
  const at = known ? known.messages.findIndex((each) => each.id === id) : -1;
  if (at < 0) return;
  const reactions = (known.messages[at].reactions || []).map((each) => ({ ...each }));
  const found = reactions.find((each) => each.emoji.name === emoji.name);
  if (found) found.count += added ? 1 : -1;
  else if (added) reactions.push({ emoji, count: 1 });
  known.messages[at] = { ...known.messages[at], reactions: reactions.filter((each) => each.count > 0) };
  tell("messages", { channelId });
}

function noteUnread(message) {
  state.typing.delete(message.channel_id);
  if (message.author.id === me().id) return;
  if (message.channel_id === state.channelId && document.visibilityState === "visible") return;
  const so_far = state.unread.get(message.channel_id) || { count: 0, pinged: false };
  const pinged = so_far.pinged || pings(message);
  state.unread.set(message.channel_id, { count: so_far.count + 1, pinged });
  tell("unread");
}

/** Whether the message makes a sound for the person. */
export function pings(message) {
  if (message.mention_everyone || message.mentions?.some((each) => each.id === me().id)) return true;
  const mine = state.view.guilds.flatMap((each) => each.members).filter((each) => each.user.id === me().id);
  return (message.mention_roles || []).some((id) => mine.some((member) => member.roles.includes(id)));
}

function takeTyping(data) {
  state.typing.set(data.channel_id, Date.now());
  tell("typing");
}

export function opened(channelId) {
  state.unread.delete(channelId);
  history(channelId);
  tell("unread");
}
