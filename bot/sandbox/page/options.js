// One option of a command: what it offers, and whether what was given will do.

import { post } from "./api.js";
import { state } from "./store.js";
import { channels, roles, users } from "./things.js";

export const STRING = 3, INTEGER = 4, BOOLEAN = 5, USER = 6, CHANNEL = 7, ROLE = 8, MENTIONABLE = 9, NUMBER = 10, ATTACHMENT = 11;
const MOST_SHOWN = 25; // Discord's limit on choices

/** What kind of value it takes, in a word. */
export const KIND_WORDS = { [STRING]: "text", [INTEGER]: "whole number", [BOOLEAN]: "true or false", [USER]: "member", [CHANNEL]: "channel", [ROLE]: "role", [MENTIONABLE]: "member or role", [NUMBER]: "number", [ATTACHMENT]: "file" };

/** The choices for what is typed so far: [{value, label, description?}]; null if any text will do. */
export async function offered(option, typed, context) {
  if (option.autocomplete) return autocompleted(option, typed, context);
  const all = listed(option);
  if (!all) return null;
  const wanted = typed.toLowerCase().replace(/^[@#]/, "");
  return all.filter((each) => each.label.toLowerCase().includes(wanted)).slice(0, MOST_SHOWN);
}

/** Whether only a choice of the list will do. */
export const mustChoose = (option) => Boolean(listed(option));

function listed(option) {
  if (option.choices) return option.choices.map((each) => ({ value: each.value, label: each.name }));
  const lists = {
    [BOOLEAN]: () => [{ value: true, label: "True" }, { value: false, label: "False" }],
    [USER]: users,
    [CHANNEL]: () => channels(option.channel_types),
    [ROLE]: roles,
    [MENTIONABLE]: () => [...users(), ...roles()],
  };
  return lists[option.type]?.() || null;
}

async function autocompleted(option, typed, { path, options }) {
  const body = { user: state.view.me.id, channel: state.channelId, path, option: option.name, typed, options };
  const { choices } = await post("/sandbox/autocomplete", body).catch(() => ({ choices: [] }));
  return choices.map((each) => ({ value: each.value, label: each.name }));
}

/** What is wrong with the text given for the option, in words; "" if nothing. */
export function wrongWith(option, text) {
  const name = option.name;
  if (!text) return option.required ? `${name}: this option is required` : "";
  if ([INTEGER, NUMBER].includes(option.type) && !option.choices) return wrongNumber(option, text);
  if (option.type === STRING) {
    if (option.min_length && text.length < option.min_length) return `${name}: at least ${option.min_length} characters`;
    if (option.max_length && text.length > option.max_length) return `${name}: at most ${option.max_length} characters`;
  }
  return "";
}

function wrongNumber(option, text) {
  const value = Number(text);
  if (!Number.isFinite(value) || (option.type === INTEGER && !Number.isInteger(value))) return `${option.name}: takes a ${KIND_WORDS[option.type]}`;
  if (option.min_value !== undefined && value < option.min_value) return `${option.name}: at least ${option.min_value}`;
  if (option.max_value !== undefined && value > option.max_value) return `${option.name}: at most ${option.max_value}`;
  return "";
}

/** The text as the option's own type. */
export function valued(option, text) {
  return [INTEGER, NUMBER].includes(option.type) ? Number(text) : text;
}

export function readFile(file) {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve({ filename: file.name, base64: reader.result.slice(reader.result.indexOf(",") + 1) });
    reader.onerror = () => reject(reader.error);
    reader.readAsDataURL(file);
  });
}
