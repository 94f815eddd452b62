// What a person does to the bot, from the press to its answer: "thinking", no answer, a form that opens.

import { post } from "./api.js";
import { announce } from "./dom.js";
import { openModal } from "./modal.js";
import { me, on, state, tell } from "./store.js";

const PATIENCE_MS = 3000; // Discord's: interactions/receiving-and-responding

let waiting = null; // {id, answered} of the one that waits for the bot's first word

on("interaction", ({ kind, data }) => {
  if (!waiting) return;
  const mine = (data.member?.user || data.user)?.id === me().id;
  if (kind === "INTERACTION_CREATE" && data.type !== 4 && mine && !waiting.id) waiting.id = data.id;
  else if (kind !== "INTERACTION_CREATE" && data.id === waiting.id) waiting.answered = true;
});

/**
 * Sends what was done to `path` of the control interface and resolves with the reply, once it is there.
 * `what` names it for the reader ("/search"). Throws an Error that can be shown.
 */
export async function interact(path, body, what) {
  const mine = (waiting = { id: null, answered: false });
  tell("sending", what);
  const impatient = setTimeout(() => !mine.answered && tell("failed", what), PATIENCE_MS);
  try {
    const reply = await post(path, { user: me().id, ...body });
    if (reply.failed) noAnswer(what);
    if (reply.modal) openModal(reply);
    return reply;
  } finally {
    clearTimeout(impatient);
    tell("sent", what);
  }
}

function noAnswer(what) {
  tell("failed", what);
  announce(`${what}: the application did not respond`);
}

/** A slash command; afterwards "did" tells what was done. */
export async function runCommand(path, options) {
  const reply = await interact("/sandbox/command", { channel: state.channelId, path, options }, `/${path}`);
  tell("did", { what: path, options, reply });
  return reply;
}

export async function pressButton(message, button) {
  const body = { channel: message.channel_id, message: message.id, button: button.custom_id };
  const reply = await interact("/sandbox/click", body, button.label || "the button");
  tell("did", { what: `button ${button.label}`, reply });
}

export async function chooseIn(message, select, values) {
  const body = { channel: message.channel_id, message: message.id, select: select.custom_id, values };
  await interact("/sandbox/select", body, select.placeholder || "the menu");
}

export async function runMessageCommand(name, message) {
  const body = { channel: message.channel_id, message: message.id, name };
  const reply = await interact("/sandbox/menu", body, name);
  tell("did", { what: `menu ${name}`, reply });
}
