// What a person can do with a message: its menu, reactions, dismissing what only they see.

import { post } from "./api.js";
import { announce } from "./dom.js";
import { runMessageCommand } from "./interactions.js";
import { openMenu } from "./popup.js";
import { allowedHere } from "./commands.js";
import { BITS, history, may, me, offeredCommands, tell } from "./store.js";

const EPHEMERAL = 1 << 6;
const MESSAGE_COMMAND = 3;
const ATTEMPTS = ["👍", "👀"];

const shown = (promise) => promise.catch((error) => tell("problem", error.message));

export function messageMenu(message, anchor) {
  const hidden = (message.flags & EPHEMERAL) !== 0;
  const mine = message.author.id === me().id;
  const apps = hidden ? [] : offeredCommands().filter((each) => each.type === MESSAGE_COMMAND && allowedHere(each));
  openMenu(anchor, "Message", [
    ...apps.map((each) => ({ label: each.name, act: () => shown(runMessageCommand(each.name, message)) })),
    ...(apps.length ? [null] : []),
    ...(hidden || !may(BITS.ADD_REACTIONS) ? [] : ATTEMPTS.map((emoji) => ({ label: `React ${emoji}`, act: () => react(message, emoji) }))),
    ...(hidden ? [] : [{ label: "Reply", act: () => tell("reply-to", message) }]),
    ...(mine && !hidden ? [{ label: "Edit message", act: () => tell("edit", message) }] : []),
    { label: "Copy text", act: () => copy(message) },
    ...(hidden ? [{ label: "Dismiss message", act: () => dismiss(message) }] : []),
    ...(!hidden && (mine || may(BITS.MANAGE_MESSAGES)) ? [null, { label: "Delete message", danger: true, act: () => shown(post("/sandbox/delete", { channel: message.channel_id, message: message.id })) }] : []),
  ]);
}

export function react(message, emoji) {
  return shown(post("/sandbox/react", { user: me().id, channel: message.channel_id, message: message.id, emoji }));
}

/** Only out of one's own sight, as on Discord. */
export function dismiss(message) {
  const known = history(message.channel_id);
  known.messages = known.messages.filter((each) => each.id !== message.id);
  tell("messages", { channelId: message.channel_id });
}

async function copy(message) {
  const words = [message.content, ...(message.embeds || []).flatMap((each) => [each.title, each.description])].filter(Boolean).join("\n");
  await navigator.clipboard.writeText(words).then(() => announce("Copied"), () => tell("problem", "The browser did not let the text be copied."));
}
