// Buttons, selects and the newer layout components below (or instead of) a message's text.

import { fileLink } from "./attachments.js";
import { h, isWeb, link } from "./dom.js";
import { chooseIn, pressButton } from "./interactions.js";
import { markdown } from "./markdown.js";
import { isSelect, picker } from "./picker.js";
import { picture } from "./picture.js";
import { tell } from "./store.js";

const BUTTON_STYLES = { 1: "primary", 2: "secondary", 3: "success", 4: "danger", 5: "link", 6: "primary" };

export function componentsNode(message) {
  return h("div", { class: "components" }, message.components.map((each) => node(each, message)));
}

function node(component, message) {
  const inner = () => (component.components || []).map((each) => node(each, message));
  if (isSelect(component)) return select(component, message);
  const text = () => h("div", { class: "text" }, markdown(component.content));
  const draw = {
    1: () => h("div", { class: "row" }, inner()),
    2: () => button(component, message),
    9: () => h("div", { class: "section" }, h("div", {}, inner()), component.accessory ? node(component.accessory, message) : null),
    10: text,
    11: () => picture(addressIn(message, component.media.url), "embed-thumbnail", component.description || ""),
    12: () => h("div", { class: "gallery" }, component.items.map((each) => picture(addressIn(message, each.media.url), "embed-image", each.description || ""))),
    13: () => file(component, message),
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
  const onChoose = (values) => chooseIn(message, component, values).catch((error) => tell("problem", error.message));
  return picker(component, { onChoose }).node;
}

/** A file of the message, shown where the layout wants it. */
function file(component, message) {
  const url = addressIn(message, component.file.url);
  return fileLink(message.attachments.find((each) => each.url === url) || { url, filename: url.split("/").at(-1) });
}

/** "attachment://name" is a file of the message itself. */
function addressIn({ attachments }, url) {
  const own = /^attachment:\/\/(.+)$/.exec(url);
  return attachments.find((each) => each.filename === own?.[1])?.url || url;
}
