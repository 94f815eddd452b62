// What the desk is made of.

import { h } from "./dom.js";

export function section(title, ...children) {
  return h("details", { class: "desk-section", open: true }, h("summary", {}, h("h3", {}, title)), children);
}

/** A button that does something elsewhere; its mistake is said, not thrown. */
export function act(label, work, say, props = {}) {
  const onclick = async (event) => {
    const button = event.currentTarget;
    button.disabled = true;
    try {
      say((await work()) || "");
    } catch (error) {
      say(error.message);
    }
    button.disabled = false;
    if (document.activeElement === document.body) button.focus();
  };
  return h("button", { type: "button", class: "button secondary", onclick, ...props }, label);
}
