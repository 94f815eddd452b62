// The page's beginning: loads what there is, joins the parts, listens.

import { listen } from "./api.js";
import { startComposer } from "./composer.js";
import { startDesk } from "./desk.js";
import { byId, fill, h, icon, iconButton } from "./dom.js";
import { opened, take } from "./events.js";
import { startSidebar } from "./sidebar.js";
import { channel, forgetHistories, isDm, isForum, isThread, keep, loadAround, loadView, nameOf, on, recall, state, tell } from "./store.js";
import { startTimeline } from "./timeline.js";
import { startTour } from "./tour.js";

const THEME = "sandbox-theme";

function openPlace({ guildId, channelId }) {
  const target = channel(channelId);
  if (guildId !== undefined) state.guildId = guildId;
  else if (target) state.guildId = target.guild_id || null;
  state.channelId = channelId;
  document.body.classList.remove("places-shown");
  if (channelId) opened(channelId);
  tell("channel");
  byId("text")?.focus({ preventScroll: true });
}

async function choosePerson(id) {
  forgetHistories();
  state.unread.clear();
  await loadView(id);
  tell("channel");
}

// --- The bar above the messages -------------------------------------------------------------------------------------

function drawTop() {
  const place = channel();
  const sign = isDm(place) ? "at" : isThread(place) ? "thread" : isForum(place) ? "forum" : "hash";
  const name = !place ? "" : isDm(place) ? nameOf(state.view.bot) : place.name;
  const parent = isThread(place) ? channel(place.parent_id) : null;
  document.title = name ? `${name} • ${state.view.guilds.find((each) => each.id === state.guildId)?.name || "Sandbox"}` : "Sandbox";
  const bot = state.view.connected ? "online" : "offline";
  fill(byId("top"),
    iconButton("Servers and channels", "menu", () => document.body.classList.toggle("places-shown"), { class: "icon-button only-narrow" }),
    h("h1", { class: "top-name" }, icon(sign), parent ? [h("button", { type: "button", class: "parent", "data-open-channel": parent.id }, parent.name), " › "] : null, name),
    h("p", { class: "topic" }, place?.topic || ""),
    h("p", { class: `presence ${bot}`, role: "status" }, `${nameOf(state.view.bot)} is ${bot}`),
    iconButton("Tour", "flag", () => tell("tour")),
    iconButton("Desk", "desk", () => tell("desk"), { "aria-controls": "desk", id: "desk-button" }));
}

// --- Light and dark -------------------------------------------------------------------------------------------------

function setTheme(theme) {
  if (theme) document.documentElement.dataset.theme = theme;
}

function changeTheme() {
  const now = document.documentElement.dataset.theme || (matchMedia("(prefers-color-scheme: light)").matches ? "light" : "dark");
  const next = now === "light" ? "dark" : "light";
  setTheme(next);
  keep(THEME, next);
}

// --- Beginning ------------------------------------------------------------------------------------------------------

async function begin() {
  setTheme(recall(THEME));
  await Promise.all([loadView(), loadAround()]);
  startSidebar({ choosePerson });
  startTimeline();
  startComposer();
  startDesk();
  startTour();
  on("theme", changeTheme);
  on("open", openPlace);
  on("view", drawTop);
  on("channel", drawTop);
  document.addEventListener("click", (event) => {
    const id = event.target.closest?.("[data-open-channel]")?.dataset.openChannel;
    if (id && channel(id)) openPlace({ channelId: id });
    if (!event.target.closest?.("#places, #top, #layer")) document.body.classList.remove("places-shown");
  });
  document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && state.channelId && opened(state.channelId));
  if (state.channelId) opened(state.channelId);
  tell("view");
  tell("channel");
  byId("text").focus();
  listen(take, wentOnline);
}

/** What was missed while the socket was gone is loaded anew. */
async function wentOnline(online) {
  const back = online && !state.online && state.wasOnline;
  state.online = online;
  state.wasOnline ||= online;
  document.body.classList.toggle("offline", !online);
  if (online) await loadView();
  if (back) {
    forgetHistories();
    tell("channel");
  }
  document.body.dataset.ready = String(online);
}

begin().catch((error) => fill(byId("timeline"), h("p", { class: "empty", role: "alert" }, `The page could not begin: ${error.message}`)));
