// A form that the bot shows: fields of every kind, sent back as a whole.

import { h } from "./dom.js";
import { formField } from "./fields.js";
import { interact } from "./interactions.js";
import { markdown } from "./markdown.js";
import { openDialog } from "./popup.js";
import { tell } from "./store.js";

export function openModal({ modal, interaction }) {
  const fields = [];
  openDialog(modal.title, modal.components.map((each) => part(each, fields)), {
    onSubmit: async () => {
      check(fields);
      const values = Object.fromEntries(await Promise.all(fields.map(async (each) => [each.name, await each.value()])));
      const sent = await interact("/sandbox/submit", { interaction, values }, modal.title);
      tell("did", { what: `form ${modal.title}`, reply: sent });
    },
  });
}

/** Throws an Error that can be shown, and points at the first field that is wrong. */
function check(fields) {
  const wrong = fields.find((each) => each.wrong());
  if (!wrong) return;
  wrong.focus();
  throw new Error(`${wrong.label}: ${wrong.wrong()}`);
}

function part(component, fields) {
  if (component.type === 1) return component.components.map((each) => labelled(each.label, null, each, fields));
  if (component.type === 18) return labelled(component.label, component.description, component.component, fields);
  if (component.type === 10) return h("div", { class: "text" }, markdown(component.content));
  return unknown(component);
}

function labelled(label, description, component, fields) {
  const field = formField(label, description, component);
  if (!field) return unknown(component);
  fields.push(field);
  return field.node;
}

const unknown = ({ type }) => h("p", { class: "subtext" }, `(a part of type ${type}, which this page does not draw)`);
