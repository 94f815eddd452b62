// Slash commands as a list to choose from, and what is typed in them: pure, but for who is looking.

import { BITS, channel, isDm, may } from "./store.js";

const SLASH = 1;
const SUBCOMMAND = 1;
const GROUP = 2;

/** Whether a client offers the command to the person in this channel. */
export function allowedHere(command) {
  if (isDm(channel())) return true;
  const wanted = command.default_member_permissions;
  if (!may(BITS.USE_COMMANDS)) return false;
  if (wanted === null || may(BITS.ADMINISTRATOR)) return true;
  const bits = BigInt(wanted);
  return bits !== 0n && (BigInt(channel().permissions) & bits) === bits;
}

/** Every slash command with its subcommands told apart: [{path: "feed add", description, options}]. */
export function flattened(commands) {
  return commands.filter((each) => each.type === SLASH && allowedHere(each)).flatMap((each) => leaves(each.name, each));
}

function leaves(path, command) {
  const inner = (command.options || []).filter((each) => [SUBCOMMAND, GROUP].includes(each.type));
  if (inner.length) return inner.flatMap((each) => leaves(`${path} ${each.name}`, each));
  return [{ path, description: command.description, options: command.options || [] }];
}

/** Those that fit what is typed after the slash, the best first. */
export function fitting(all, typed) {
  const words = typed.toLowerCase().trim();
  const score = ({ path }) => {
    const name = path.toLowerCase();
    if (name.startsWith(words)) return 0;
    if (name.split(" ").some((part) => part.startsWith(words))) return 1;
    return name.includes(words) ? 2 : 9;
  };
  return all.map((each, order) => ({ each, order, rank: score(each) })).filter(({ rank }) => rank < 9)
    .sort((a, b) => a.rank - b.rank || a.order - b.order).map(({ each }) => each);
}

/**
 * "/search chips since:7d" taken apart: {command, values, rest}; null if no command is typed in full yet. `values` has
 * what stands after "name:"; `rest` what stands before the first of them.
 */
export function takeApart(all, text) {
  const typed = text.slice(1);
  const byLength = [...all].sort((a, b) => b.path.length - a.path.length);
  const command = byLength.find(({ path }) => typed.startsWith(`${path} `) || typed === path);
  if (!command || typed === command.path) return null;
  const after = typed.slice(command.path.length + 1);
  const names = command.options.map((each) => each.name).join("|");
  const marks = names ? [...after.matchAll(new RegExp(`(?:^|\\s)(${names}):`, "g"))] : [];
  const values = {};
  marks.forEach((mark, index) => {
    values[mark[1]] = after.slice(mark.index + mark[0].length, marks[index + 1]?.index ?? after.length).trim();
  });
  return { command, values, rest: after.slice(0, marks[0]?.index ?? after.length).trim() };
}
