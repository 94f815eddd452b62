// The message box: plain messages, and slash commands once a slash begins the line.

import { post } from "./api.js";
import { Tray } from "./attachments.js";
import { CommandForm } from "./command_form.js";
import { fitting, flattened, takeApart } from "./commands.js";
import { mentionAt, offeredFor, withMentions } from "./completion.js";
import { byId, fill, h, icon, iconButton } from "./dom.js";
import { runCommand } from "./interactions.js";
import { readFile } from "./options.js";
import { BITS, channel, isDm, isForum, isThread, may, me, nameOf, offeredCommands, on, state, tell } from "./store.js";
import { Suggestions } from "./suggestions.js";
import { focusLast } from "./timeline.js";

const LONGEST = 2000; // Discord's, without a subscription
const NARROW = "(max-width: 760px)";
const TYPING_MS = 8000; // how long Discord shows "is typing"

let text, box, problem, status, suggestions, replyBar, tray, chooser, attach;
let form = null; // the command being filled in
let replyTo = null;
let editing = null; // the message that is being changed
let named = new Map(); // what was taken from the lists of "@" and "#": label -> mention

export function startComposer() {
  const list = h("div", { class: "suggest", hidden: true });
  suggestions = new Suggestions(list);
  text = h("textarea", { id: "text", rows: 1, maxlength: LONGEST, autocomplete: "off", role: "combobox", "aria-autocomplete": "list", "aria-controls": "suggestions", "aria-expanded": "false" });
  text.addEventListener("input", typed);
  text.addEventListener("keydown", onKey);
  text.addEventListener("blur", () => suggestions.hide());
  text.addEventListener("focus", typed);
  tray = new Tray(complain);
  chooser = h("input", { type: "file", multiple: true, hidden: true, "aria-label": "Files", onchange: () => { tray.add(chooser.files); chooser.value = ""; text.focus(); } });
  attach = iconButton("Add files", "plus", () => chooser.click(), { class: "icon-button attach" });
  box = h("div", { class: "box" });
  problem = h("p", { class: "problem", role: "alert" });
  status = h("p", { class: "status", "aria-live": "polite" });
  replyBar = h("div", { class: "reply-bar", hidden: true });
  fill(byId("composer"), h("div", { class: "composer" }, list, problem, replyBar, tray.node, box, status, chooser));
  showText("");
  takeDrops();
  on("channel", () => { replyTo = editing = null; tray.clear(); suggestions.hide(); complain(""); showText(""); drawReply(); });
  on("view", refreshPlaceholder);
  on("typing", drawStatus);
  on("sending", (what) => { status.textContent = `Sending ${what} …`; });
  on("sent", drawStatus);
  on("failed", (what) => complain(`${what}: the application did not respond`));
  on("problem", complain);
  on("reply-to", (message) => { replyTo = message; editing = null; drawReply(); text.focus(); });
  on("edit", (message) => { showText(message.content); editing = message; replyTo = null; drawReply(); text.focus(); });
}

function complain(words) {
  problem.textContent = words;
}

function showText(words) {
  form = null;
  text.value = words;
  named = new Map();
  fill(box, attach, text, iconButton("Send", "send", send, { class: "icon-button send" }));
  refreshPlaceholder();
  grow();
}

function refreshPlaceholder() {
  const place = channel();
  const speaks = place && !isForum(place) && may(isThread(place) ? BITS.SEND_IN_THREADS : BITS.SEND, place);
  text.disabled = !speaks;
  attach.hidden = !speaks || !may(BITS.ATTACH, place);
  byId("composer").hidden = isForum(place);
  const name = place ? (isDm(place) ? `@${nameOf(state.view.bot)}` : isThread(place) ? place.name : `#${place.name}`) : "";
  const hint = speaks ? `Message ${name}, or / for commands` : "You cannot write here";
  text.placeholder = matchMedia(NARROW).matches && speaks ? `Message ${name}` : hint;
  text.setAttribute("aria-label", hint);
}

/** As high as what is in it, up to a third of the window (the rest is the style sheet's). */
function grow() {
  text.style.setProperty("height", "auto");
  text.style.setProperty("height", `${text.scrollHeight}px`);
}

function drawStatus() {
  const since = state.typing.get(state.channelId);
  const types = since && Date.now() - since < TYPING_MS;
  status.textContent = types ? `${nameOf(state.view.bot)} is typing…` : "";
}

/** Above the message box: which message it answers, or changes. */
function drawReply() {
  const about = replyTo || editing;
  replyBar.hidden = !about;
  if (!about) return;
  const words = replyTo ? `Replying to ${nameOf(replyTo.author)}` : "Changing your message";
  fill(replyBar, icon("reply"), words, iconButton(replyTo ? "Do not reply" : "Do not change it", "close", letGo));
}

function letGo() {
  if (editing) showText("");
  replyTo = editing = null;
  drawReply();
  text.focus();
}

// --- Typing ---------------------------------------------------------------------------------------------------------

function typed() {
  grow();
  complain("");
  if (!text.value.startsWith("/") || text.value.includes("\n")) return offerMentions();
  const all = flattened(offeredCommands());
  const apart = takeApart(all, text.value);
  if (apart) return openCommand(apart.command, apart.values, apart.rest);
  const items = fitting(all, text.value.slice(1)).map((command) => ({
    label: `/${command.path}`,
    hint: command.options.map((each) => (each.required ? each.name : `${each.name}?`)).join("  "),
    description: command.description,
    command,
  }));
  const title = items.length ? "Commands" : all.length ? "No such command here" : "There are no commands here";
  return suggestions.show(title, items, (item) => openCommand(item.command));
}

/** "@" and "#" offer whom and what can be named here. */
function offerMentions() {
  const word = mentionAt(text.value, text.selectionStart);
  const items = word ? offeredFor(word) : [];
  if (!items.length) return suggestions.hide();
  const title = word.sign === "@" ? "Members and roles" : "Channels";
  return suggestions.show(title, items, (item) => {
    if (item.markup) named.set(item.label, item.markup);
    text.setRangeText(`${item.label} `, word.start, text.selectionStart, "end");
    grow();
  });
}

export function openCommand(command, values = {}, rest = "") {
  suggestions.hide();
  form = new CommandForm(command, suggestions, {
    done: sendCommand,
    cancel: () => { suggestions.hide(); complain(""); showText(""); text.focus(); },
    complain,
  });
  fill(box, form.node, iconButton("Send", "send", () => form.submit(), { class: "icon-button send" }));
  return form.prefill(values, rest);
}

/** Types a command in for the reader, who has to send it; false if it is not offered here. */
export function propose(path, values) {
  const command = flattened(offeredCommands()).find((each) => each.path === path);
  if (!command) return false;
  openCommand(command, values);
  return true;
}

function onKey(event) {
  if (suggestions.key(event)) return;
  if (event.key === "Enter" && !event.shiftKey) {
    event.preventDefault();
    send();
  } else if (event.key === "ArrowUp" && text.value === "") {
    event.preventDefault();
    focusLast();
  } else if (event.key === "Escape" && (replyTo || editing)) {
    letGo();
  }
}

// --- Sending --------------------------------------------------------------------------------------------------------

const SILENTLY = /^@silent\s+/;

let sent = Promise.resolve(); // one message after another, in the order in which they were written

function send() {
  const typed = text.value.trim();
  if (!typed && !tray.files.length) return;
  const command = flattened(offeredCommands()).find((each) => `/${each.path}` === typed);
  if (command) return void openCommand(command);
  const kept = { place: state.channelId, typed: text.value, named, files: tray.files, replyTo, editing };
  const body = { user: me().id, channel: state.channelId, content: withMentions(typed.replace(SILENTLY, ""), named), silent: SILENTLY.test(typed) };
  clear(); // at once: whoever types on writes the next message
  sent = sent.then(() => say(body, kept)).catch((error) => giveBack(kept, error));
}

async function say(body, { files, replyTo: quoted, editing: changed }) {
  if (changed) return void (await post("/sandbox/edit", { ...body, message: changed.id }));
  await post("/sandbox/say", { ...body, files: await Promise.all(files.map(readFile)), ...(quoted ? { reply_to: quoted.id } : {}) });
}

function clear() {
  showText("");
  tray.clear();
  replyTo = editing = null;
  drawReply();
  text.focus();
}

/** What could not be sent stands in the box again, unless something else does by now. */
function giveBack(kept, error) {
  complain(error.message);
  if (text.value || form || kept.place !== state.channelId) return;
  showText(kept.typed);
  named = kept.named;
  tray.add(kept.files);
  ({ replyTo, editing } = kept);
  drawReply();
}

/** Files that are pasted into the message box, or dropped anywhere on the chat. */
function takeDrops() {
  const chat = byId("composer").parentElement;
  const take = (event, files) => {
    if (!files?.length) return;
    event.preventDefault();
    if (attach.hidden) complain("You cannot put files here.");
    else tray.add(files);
  };
  const over = (event) => {
    if (!event.dataTransfer?.types.includes("Files")) return; // a text is the box's own affair
    event.preventDefault();
    chat.classList.add("dropping");
  };
  const left = () => chat.classList.remove("dropping");
  text.addEventListener("paste", (event) => take(event, event.clipboardData?.files));
  chat.addEventListener("dragover", over);
  chat.addEventListener("dragleave", (event) => chat.contains(event.relatedTarget) || left());
  chat.addEventListener("drop", (event) => { left(); take(event, event.dataTransfer?.files); });
}

async function sendCommand({ path, options }) {
  const place = state.channelId;
  showText("");
  text.focus();
  try {
    await runCommand(path, options);
  } catch (error) {
    if (place === state.channelId) tell("problem", error.message);
  }
}
