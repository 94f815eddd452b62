// A short tour: each step says what to do and goes on by itself once it is done. It can be closed and found again.

import { post } from "./api.js";
import { flattened } from "./commands.js";
import { propose } from "./composer.js";
import { announce, byId, fill, h, iconButton } from "./dom.js";
import { channel, keep, nameOf, offeredCommands, on, recall, state, tell } from "./store.js";

const WHERE = "sandbox-tour"; // a step's name, "closed" or "done"

let at = null; // the step shown; null: closed
let words = null; // what the surroundings say: {guild, channel, feed_url, feed, word, followed}

const code = (text) => h("code", {}, text);
const bot = () => nameOf(state.view.bot);
const offers = (path) => flattened(offeredCommands()).some((each) => each.path === path);

/** Types the command in where it belongs; the reader sends it. */
function typeIn(path, values) {
  if (state.channelId !== words.channel && channel(words.channel)) tell("open", { channelId: words.channel });
  if (!propose(path, values)) tell("problem", `/${path} is not offered to you here. Be the server's owner: the button at the bottom left.`);
}

const typeButton = (path, values) => button("Type it for me", () => typeIn(path, values), true);
const button = (label, onclick, primary = false) => h("button", { type: "button", class: primary ? "button primary" : "button secondary", onclick }, label);
const publish = () => post(`/desk/feeds/${words.feed}/publish`).then((entry) => entry.published === false && tell("problem", "No story waits any more; write one at the desk."));
const around = (what) => post(`/around/${what}`).catch((error) => tell("problem", error.message));

// A step is done when `done(event name, detail)` says so; one with `skip` true is left out.
const STEPS = [
  {
    name: "hello",
    title: () => "A Discord of your own",
    text: () => [`This server, its channels and the site with the news are all on your machine. ${bot()} is in it. `, `It takes two minutes to see what it does.`],
    buttons: () => [button("Begin", next, true)],
    done: () => false,
  },
  {
    name: "follow",
    title: () => "Follow a feed",
    text: () => ["A slash begins a command. Send ", code("/feed add"), " with the address of any web page: ", bot(), " finds the feed by itself. Try ", code(words.feed_url), "."],
    buttons: () => [typeButton("feed add", { url: words.feed_url })],
    done: (name, detail) => name === "did" && detail.what === "feed add" && succeeded(detail),
  },
  {
    name: "news",
    title: () => "News comes in",
    text: () => ["Publish a story in that feed. It should be here within a second or two."],
    buttons: () => [button("Publish a story", publish, true)],
    done: (name, detail) => name === "messages" && fromBot(detail.created) && detail.created.embeds.length > 0,
  },
  {
    name: "search",
    title: () => "Find it again",
    text: () => ["Everything that was ever published here can be searched: words, ", code('"phrases"'), ", ", code("OR"), ", ", code("-without"), ". Only you see the answer."],
    buttons: () => [typeButton("search", { query: words.word })],
    done: (name, detail) => name === "did" && detail.what === "search" && !detail.reply.failed,
  },
  {
    name: "keyword",
    skip: () => !offers("keyword add"),
    title: () => "Be told",
    text: () => ["The same words, looking forward: ", code("/keyword add"), " sends you a direct message as soon as a story has them."],
    buttons: () => [typeButton("keyword add", { query: words.word })],
    done: (name, detail) => name === "did" && (detail.what === "keyword add" || /keyword|alert/i.test(detail.what)) && !detail.reply.failed,
  },
  {
    name: "plug",
    skip: () => !state.around.bot_process,
    title: () => "Pull the plug",
    text: () => [`Kill ${bot()}, publish while it is dead, and start it again. Nothing is lost, nothing comes twice.`],
    buttons: () => [button("kill -9", () => around("kill-bot"), state.view.connected > 0), button("Publish a story", publish), button("Start it again", () => around("start-bot"), state.view.connected === 0)],
    done: (name, detail) => name === "messages" && killed && fromBot(detail.created),
  },
  {
    name: "end",
    title: () => "That was the tour",
    text: () => ["Be somebody else at the bottom left, break things at the desk, or try ", code("/help"), ". The flag above brings the tour back."],
    buttons: () => [button("Open the desk", () => tell("show-desk")), button("Done", () => leave("done"), true)],
    done: () => false,
  },
];

let killed = false; // the bot was gone while the step "plug" was shown

const succeeded = ({ reply }) => !reply.failed && (reply.message?.content || "").startsWith(words.followed);
const fromBot = (message) => message && message.author.id === state.view.bot.id && !(message.flags & 64);

export function startTour() {
  words = state.around.tour;
  on("tour", () => words ? (at ? leave("closed") : show(resumed())) : tell("show-desk"));
  if (!words) return;
  for (const name of ["did", "messages"]) on(name, (detail) => happened(name, detail));
  on("view", () => {
    if (at?.name === "plug" && !state.view.connected) killed = true;
    if (at) draw();
  });
  on("channel", () => at && draw());
  const before = recall(WHERE);
  if (before !== "closed" && before !== "done") show(STEPS.find((each) => each.name === before) || STEPS[0]);
}

/** Goes on once the step is done; who followed a feed before the tour began is past that step. */
function happened(name, detail) {
  const [hello, follow] = STEPS;
  if (at === hello && follow.done(name, detail)) at = follow;
  if (at?.done(name, detail)) next();
}

/** Where the tour goes on; from the beginning when it was finished. */
const resumed = () => STEPS.find((each) => each.name === recall("sandbox-tour-step") && each.name !== "end") || STEPS[0];

function show(step) {
  at = step;
  killed = false;
  keep(WHERE, step.name);
  keep("sandbox-tour-step", step.name);
  draw();
  announce(`${step.title()}`);
}

function next() {
  const left = STEPS.slice(STEPS.indexOf(at) + 1);
  show(left.find((each) => !each.skip?.()) || STEPS.at(-1));
  if (at.name !== "end") byId("text")?.focus();
}

function leave(how) {
  at = null;
  keep(WHERE, how);
  fill(byId("tour"));
  byId("text")?.focus();
}

function draw() {
  const shown = STEPS.filter((each) => !each.skip?.());
  const number = shown.indexOf(at);
  const skip = ["hello", "end"].includes(at.name) ? null : h("button", { type: "button", class: "linklike", onclick: next }, "Skip");
  const held = byId("tour").contains(document.activeElement) ? document.activeElement.textContent : null;
  fill(byId("tour"), h("section", { class: "tour", "aria-label": "Tour", "data-step": at.name },
    h("h2", {}, at.title()), h("p", {}, at.text()),
    h("div", { class: "buttons" }, at.buttons(), skip, h("span", { class: "steps" }, `${number + 1} of ${shown.length}`)),
    iconButton("Close the tour", "close", () => leave("closed"))));
  if (held) [...byId("tour").querySelectorAll("button")].find((each) => each.textContent === held)?.focus();
}
