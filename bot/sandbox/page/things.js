// Users, roles and channels as choices of a list: what a select or a command's option offers.

import { avatar } from "./avatar.js";
import { guild, nameOf, state } from "./store.js";

export function users() {
  const members = guild() ? guild().members.map((each) => each.user) : [state.view.me, state.view.bot];
  return members.map((each) => ({ value: each.id, label: nameOf(each), description: `@${each.username}`, sign: () => avatar(each) }));
}

export function roles() {
  const all = guild() ? guild().roles : [];
  return all.map((each) => ({ value: each.id, label: each.name.replace(/^(?!@)/, "@") }));
}

const SENDABLE = [0, 2, 4, 5, 10, 11, 12, 13, 15, 16];

/** Those the person can see; `kinds` limits them to some of Discord's channel types. */
export function channels(kinds) {
  const all = guild() ? guild().channels : [];
  return all
    .filter((each) => (kinds?.length ? kinds : SENDABLE).includes(each.type))
    .map((each) => ({ value: each.id, label: `#${each.name}` }));
}
