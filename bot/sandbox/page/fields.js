// A form's fields, one for each kind that Discord has: {node, value(), wrong(), focus()}.

import { h } from "./dom.js";
import { readFile } from "./options.js";
import { bounds, isSelect, picker } from "./picker.js";

const TEXT = 4, FILES = 19, RADIO = 21, BOXES = 22, BOX = 23;
const PARAGRAPH = 2;
const LONGEST = 4000;

let made = 0; // for identifiers that tie a field to its label

/** The field below its label; null for a kind that is not known. */
export function formField(label, description, field) {
  const id = `field-${(made += 1)}`;
  const build = isSelect(field) ? select : { [TEXT]: text, [FILES]: files, [RADIO]: boxes, [BOXES]: boxes, [BOX]: box }[field.type];
  if (!build) return null;
  const built = build(field, id);
  const star = field.required === false || field.type === BOX ? null : h("span", { class: "star", "aria-hidden": "true" }, " *");
  const words = [h("span", { class: "form-label", id: `${id}-label` }, label, star), description ? h("small", { id: `${id}-about` }, description) : null];
  const about = description ? `${id}-about` : undefined;
  if (about) built.holder.setAttribute("aria-describedby", about);
  const node = field.type === BOX
    ? h("label", { class: "form-field tick" }, built.holder, h("span", { class: "tick-words" }, words))
    : h(built.group ? "div" : "label", { class: "form-field" }, words, built.holder);
  return { name: field.custom_id, label, node, wrong: () => "", focus: () => built.holder.focus(), ...built };
}

/** A field that is not required may stay empty, whatever its least number. */
function range(field, most = 1) {
  const [low, high] = bounds(field, most);
  return [field.required === false ? 0 : low, high];
}

function text(field) {
  const common = { placeholder: field.placeholder, required: field.required !== false, minlength: field.min_length, maxlength: field.max_length || LONGEST };
  const holder = field.style === PARAGRAPH ? h("textarea", { ...common, rows: 4 }, field.value || "") : h("input", { ...common, type: "text", value: field.value });
  return { holder, value: () => holder.value };
}

function select(field, id) {
  const chosen = picker(field, { range: range(field), props: { id, "aria-labelledby": `${id}-label ${id}` } });
  return { holder: chosen.node, group: true, value: chosen.values, wrong: () => wrongNumber(chosen.values().length, range(field)) };
}

function files(field) {
  const [low, high] = range(field);
  const holder = h("input", { type: "file", multiple: high > 1, required: low > 0 });
  return { holder, value: () => Promise.all([...holder.files].map(readFile)), wrong: () => wrongNumber(holder.files.length, [low, high]) };
}

/** A group of which one, or several, are ticked. */
function boxes(field, id) {
  const one = field.type === RADIO;
  const within = range(field, one ? 1 : field.options.length);
  const inputs = field.options.map((each) => h("input", { type: one ? "radio" : "checkbox", name: id, value: each.value, checked: each.default }));
  const ticked = () => inputs.filter((each) => each.checked).map((each) => each.value);
  // A client lets nobody tick more than there may be.
  const limit = () => !one && inputs.forEach((each) => { each.disabled = !each.checked && ticked().length >= within[1]; });
  const rows = field.options.map((each, at) => h("label", { class: "tick" }, inputs[at], h("span", { class: "tick-words" }, h("span", {}, each.label), each.description ? h("small", {}, each.description) : null)));
  const holder = h("div", { class: "ticks", role: one ? "radiogroup" : "group", "aria-labelledby": `${id}-label`, onchange: limit }, rows);
  limit();
  return { holder, group: true, value: ticked, wrong: () => wrongNumber(ticked().length, within), focus: () => inputs[0].focus() };
}

function box(field) {
  const holder = h("input", { type: "checkbox", checked: field.default });
  return { holder, value: () => holder.checked };
}

/** In words; "" if nothing is wrong. None at all is fine where none is needed. */
function wrongNumber(count, [low, high]) {
  if (count >= low && count <= high) return "";
  return low === high ? `choose ${low}` : `choose ${low} to ${high}`;
}
