// A form that the bot shows: text fields and selects, sent back as a whole.

import { h } from "./dom.js";
import { interact } from "./interactions.js";
import { markdown } from "./markdown.js";
import { openDialog } from "./popup.js";
import { tell } from "./store.js";
import { channels, roles, users } from "./things.js";

const PARAGRAPH = 2;

export function openModal(reply) {
  const { modal, interaction } = reply;
  openDialog(modal.title, modal.components.map(part), {
    onSubmit: async (form) => {
      const sent = await interact("/sandbox/submit", { interaction, values: valuesOf(form) }, modal.title);
      tell("did", { what: `form ${modal.title}`, reply: sent });
    },
  });
}

function part(component) {
  if (component.type === 1) return component.components.map((each) => labelled(each.label, null, each));
  if (component.type === 18) return labelled(component.label, component.description, component.component);
  if (component.type === 10) return h("div", { class: "text" }, markdown(component.content));
  return h("p", { class: "subtext" }, `(a part of type ${component.type}, which this page does not draw)`);
}

function labelled(label, description, field) {
  const star = field.required === false ? null : h("span", { class: "star", "aria-hidden": "true" }, " *");
  return h("label", { class: "form-field" }, h("span", { class: "form-label" }, label, star), description ? h("small", {}, description) : null, input(field));
}

function input(field) {
  const common = { name: field.custom_id, "data-kind": field.type, placeholder: field.placeholder, required: field.required !== false };
  if (field.type !== 4) return choices(field, common);
  const bounds = { minlength: field.min_length, maxlength: field.max_length || 4000 };
  if (field.style === PARAGRAPH) return h("textarea", { ...common, ...bounds, rows: 4 }, field.value || "");
  return h("input", { ...common, ...bounds, type: "text", value: field.value });
}

function choices(field, common) {
  const offered = {
    3: () => field.options,
    5: users,
    6: roles,
    7: () => [...users(), ...roles()],
    8: () => channels(field.channel_types),
  }[field.type];
  if (!offered) return h("small", {}, `(a field of type ${field.type}, which this page does not draw)`);
  const many = (field.max_values || 1) > 1;
  const none = many ? null : h("option", { value: "" }, field.placeholder || "Make a selection");
  const options = offered().map((each) => h("option", { value: each.value, selected: each.default }, each.label));
  return h("select", { ...common, multiple: many }, none, options);
}

function valuesOf(form) {
  const values = {};
  for (const field of form.querySelectorAll("[name]")) {
    const chosen = () => [...field.selectedOptions].map((each) => each.value).filter(Boolean);
    values[field.name] = field.dataset.kind === "4" ? field.value : chosen();
  }
  return values;
}
