// Buttons, selects and the newer layout components below (or instead of) a message's text.

import { h, icon, isWeb, link } from "./dom.js";
import { chooseIn, pressButton } from "./interactions.js";
import { markdown } from "./markdown.js";
import { picture } from "./picture.js";
import { openList } from "./popup.js";
import { tell } from "./store.js";
import { channels, roles, users } from "./things.js";

const BUTTON_STYLES = { 1: "primary", 2: "secondary", 3: "success", 4: "danger", 5: "link", 6: "primary" };
const SELECTS = { 3: "string", 5: "user", 6: "role", 7: "mentionable", 8: "channel" };

export function componentsNode(message) {
  return h("div", { class: "components" }, message.components.map((each) => node(each, message)));
}

function node(component, message) {
  const inner = () => (component.components || []).map((each) => node(each, message));
  if (component.type in SELECTS) return select(component, message);
  const text = () => h("div", { class: "text" }, markdown(component.content));
  const draw = {
    1: () => h("div", { class: "row" }, inner()),
    2: () => button(component, message),
    9: () => h("div", { class: "section" }, h("div", {}, inner()), component.accessory ? node(component.accessory, message) : null),
    10: text,
    11: () => picture(component.media.url, "embed-thumbnail", component.description || ""),
    12: () => h("div", { class: "gallery" }, component.items.map((each) => picture(each.media.url, "embed-image", each.description || ""))),
    14: () => h("hr", { class: component.divider === false ? "gap" : "" }),
    17: () => container(component, inner()),
  }[component.type];
  return draw ? draw() : h("p", { class: "subtext" }, `(a component of type ${component.type}, which this page does not draw)`);
}

function container(component, inner) {
  const box = h("div", { class: "container" }, inner);
  if (component.accent_color) box.style.setProperty("--bar", `#${component.accent_color.toString(16).padStart(6, "0")}`);
  return box;
}

function words(component) {
  return [component.emoji?.name ? h("span", { class: "emoji" }, component.emoji.id ? `:${component.emoji.name}:` : component.emoji.name) : null, component.label];
}

function button(component, message) {
  const className = `button ${BUTTON_STYLES[component.style]}`;
  if (component.style === 5) return isWeb(component.url) ? link(component.url, { class: className }, words(component), " ↗") : h("span", { class: className }, words(component));
  const press = async (event) => {
    const pressed = event.currentTarget;
    pressed.setAttribute("aria-busy", "true");
    await pressButton(message, component).catch((error) => tell("problem", error.message));
    pressed.removeAttribute("aria-busy");
  };
  return h("button", { type: "button", class: className, disabled: component.disabled, onclick: press }, words(component));
}

function select(component, message) {
  const options = {
    3: () => component.options.map((each) => ({ value: each.value, label: each.label, description: each.description, sign: each.emoji?.name })),
    5: users,
    6: roles,
    7: () => [...users(), ...roles()],
    8: () => channels(component.channel_types),
  }[component.type];
  const chosen = (component.options || []).filter((each) => each.default).map((each) => each.value);
  const name = component.placeholder || "Make a selection";
  const shown = (component.options || []).filter((each) => each.default).map((each) => each.label).join(", ") || name;
  const open = (event) =>
    openList(event.currentTarget, options(), {
      name,
      chosen,
      many: component.max_values > 1 ? [component.min_values, component.max_values] : null,
      filter: options().length > 8,
      onChoose: (values) => chooseIn(message, component, values).catch((error) => tell("problem", error.message)),
    });
  return h("button", { type: "button", class: "select", disabled: component.disabled, "aria-haspopup": "listbox", "aria-expanded": "false", onclick: open }, h("span", {}, shown), icon("down"));
}
