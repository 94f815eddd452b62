// A forum: its posts as cards, and a way to write one.

import { post } from "./api.js";
import { h, icon } from "./dom.js";
import { openDialog } from "./popup.js";
import { guild, me, nameOf, user } from "./store.js";

export function forumNode(forum) {
  const posts = guild().channels.filter((each) => each.parent_id === forum.id);
  return h("div", { class: "forum" },
    h("div", { class: "forum-top" }, h("h2", {}, forum.name), h("button", { type: "button", class: "button primary", onclick: () => write(forum) }, icon("plus"), "New post")),
    forum.topic ? h("p", {}, forum.topic) : null,
    posts.length ? posts.reverse().map(card) : h("p", { class: "empty" }, "There are no posts yet."));
}

function card(thread) {
  const author = nameOf(user(thread.owner_id));
  return h("button", { type: "button", class: "card", "data-open-channel": thread.id },
    h("b", {}, thread.name), h("small", {}, `${author} • ${thread.message_count} ${thread.message_count === 1 ? "message" : "messages"}`));
}

function write(forum) {
  const field = (name, label, input) => h("label", { class: "form-field" }, h("span", { class: "form-label" }, label), h(input, { name, required: true, maxlength: 2000, rows: 4 }));
  openDialog(`New post in #${forum.name}`, [field("title", "Title", "input"), field("content", "Text", "textarea")], {
    submit: "Post",
    onSubmit: (form) => post("/sandbox/threads", { user: me().id, channel: forum.id, name: form.title.value, content: form.content.value }),
  });
}
