// A select: a button that shows what is chosen and opens the list of what can be. In messages and in forms.

import { h, icon } from "./dom.js";
import { openList } from "./popup.js";
import { channels, roles, users } from "./things.js";

const SEARCHED_FROM = 9; // a list this long gets a field to search it

// What each kind offers, by Discord's component type.
const OFFERED = {
  3: (field) => field.options.map((each) => ({ value: each.value, label: each.label, description: each.description, sign: () => each.emoji?.name })),
  5: () => users(),
  6: () => roles(),
  7: () => [...users(), ...roles()],
  8: (field) => channels(field.channel_types),
};

export const isSelect = ({ type }) => type in OFFERED;

/** How few and how many values a select of a message takes. */
export const bounds = (field, most = 1) => [field.min_values ?? 1, field.max_values ?? most];

/** {node, values()}: the button, and what is chosen at the moment; `onChoose(values)` hears of each choice. */
export function picker(field, { onChoose = () => {}, range = bounds(field), props = {} } = {}) {
  const [low, high] = range;
  const offered = () => OFFERED[field.type](field);
  const placeholder = field.placeholder || "Make a selection";
  let chosen = [...(field.options || []).filter((each) => each.default).map((each) => each.value), ...(field.default_values || []).map((each) => each.id)];
  const shown = h("span", { class: "select-shown" });
  const node = h("button", { type: "button", class: "select", disabled: field.disabled, "aria-haspopup": "listbox", "aria-expanded": "false", onclick: open, ...props }, shown, icon("down"));
  draw();

  function draw() {
    const labels = offered().filter((each) => chosen.includes(each.value)).map((each) => each.label);
    shown.textContent = labels.join(", ") || placeholder;
    shown.classList.toggle("nothing", !labels.length);
  }
  function open() {
    const options = offered();
    openList(node, options, {
      name: placeholder,
      chosen,
      many: high > 1 ? [low, high] : null,
      clearable: low === 0,
      filter: options.length >= SEARCHED_FROM,
      onChoose: (values) => {
        chosen = values;
        draw();
        onChoose(values);
      },
    });
  }
  return { node, values: () => chosen };
}
