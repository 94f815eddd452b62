// Every request of the bot, to Discord and to the feeds, as a line in plain words. Repetitions are counted.

import { get } from "./api.js";
import { section } from "./desk_parts.js";
import { h } from "./dom.js";
import { channel, isDm, nameOf, state } from "./store.js";
import { clockWithSeconds } from "./times.js";
import { feedWords, howItWent, isTrouble, whatItDoes } from "./words.js";

const KEPT_LINES = 200;

export function logSection() {
  const list = h("ol", { class: "log", tabindex: 0, "aria-label": "Requests, newest first" });
  let after = 0;
  const seenOf = new Map(); // feed slug -> time of its last request that is shown
  const node = section("What the bot asks for", list);
  node.classList.add("desk-foot"); // always in sight: what is done above shows its effect here

  async function look() {
    const fromDiscord = await get(`/sandbox/log?after=${after}`);
    const lines = fromDiscord.requests.map((each) => ({ at: each.at, words: whatItDoes(each, placeOf), went: howItWent(each), bad: isTrouble(each) }));
    after = fromDiscord.next;
    if (state.around.site) lines.push(...(await feedLines(seenOf)));
    lines.sort((a, b) => new Date(a.at) - new Date(b.at)).forEach((each) => add(list, each));
    while (list.children.length > KEPT_LINES) list.lastElementChild.remove();
  }
  return { node, look };
}

async function feedLines(seenOf) {
  const feeds = await get("/desk/feeds");
  const states = await Promise.all(feeds.filter((each) => each.requests).map((each) => get(`/desk/feeds/${each.slug}`)));
  return states.flatMap((feed) => {
    const fresh = feed.log.filter((each) => each.status !== null && (!seenOf.has(feed.slug) || each.at > seenOf.get(feed.slug)));
    if (fresh.length) seenOf.set(feed.slug, fresh.at(-1).at);
    return fresh.map((each) => ({ at: each.at, words: feedWords(each, feed.title), went: "", bad: isTrouble(each) }));
  });
}

function placeOf(id) {
  const place = channel(id);
  if (place) return isDm(place) ? "a direct message" : `#${place.name}`;
  return "a channel that you do not see";
}

/** On top; a line that says the same as one of the three last ones comes up again and counts. */
function add(list, { at, words, went, bad }) {
  const same = [...list.children].slice(0, 3).find((each) => each.dataset.words === words + went);
  if (same) {
    same.dataset.times = Number(same.dataset.times) + 1;
    same.querySelector(".times").textContent = ` ×${same.dataset.times}`;
    same.querySelector("time").textContent = clockWithSeconds(new Date(at));
    if (same !== list.firstElementChild) list.prepend(same);
    return;
  }
  list.prepend(h("li", { class: bad ? "bad" : "", "data-words": words + went, "data-times": 1 },
    h("time", {}, clockWithSeconds(new Date(at))), h("span", {}, `${nameOf(state.view.bot)} ${words}`, h("span", { class: "times" }), went ? h("b", {}, ` ${went}`) : null)));
}
