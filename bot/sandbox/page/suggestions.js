// The list above the message box, which follows what is typed. The input keeps the focus; keys move the choice.

import { announce, fill, h } from "./dom.js";

export class Suggestions {
  constructor(box) {
    this.box = box;
    this.items = [];
    this.at = -1;
    this.onPick = () => {};
  }

  /** `items`: [{label, description?, hint?, sign?: () => node, ...}]; `first` whether the first one is chosen without being asked for. */
  show(title, items, onPick, { first = true } = {}) {
    this.items = items;
    this.onPick = onPick;
    this.at = first && items.length ? 0 : -1;
    this.box.hidden = false;
    fill(this.box, h("div", { class: "suggest-title" }, title), h("div", { role: "listbox", id: "suggestions", "aria-label": title }, items.map((item, index) => this.#row(item, index))));
    if (items.length) announce(`${items.length} suggestions`);
    this.#mark();
  }

  hide() {
    this.box.hidden = true;
    this.items = [];
    this.at = -1;
    this.#mark();
  }

  /** Nothing is taken by Enter until it is pointed at. */
  unmark() {
    this.at = -1;
    this.#mark();
  }

  get isOpen() {
    return !this.box.hidden && this.items.length > 0;
  }

  /** Whether the key was for the list. `keys`: which ones take the marked item. */
  key(event, taking = ["Enter", "Tab"]) {
    if (!this.isOpen) return false;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") this.#move(event.key === "ArrowDown" ? 1 : -1);
    else if (taking.includes(event.key) && this.at >= 0) this.pick(this.at);
    else if (event.key === "Escape") this.hide();
    else return false;
    event.preventDefault();
    event.stopPropagation();
    return true;
  }

  pick(index) {
    const item = this.items[index];
    this.hide();
    this.onPick(item);
  }

  #row(item, index) {
    // pointerdown, since a click would take the focus from the input first.
    const take = (event) => { event.preventDefault(); this.pick(index); };
    const classes = item.sign ? "suggestion signed" : "suggestion";
    return h("div", { class: classes, role: "option", id: `suggestion-${index}`, onpointerdown: take, "aria-selected": "false" },
      item.sign ? h("span", { class: "suggestion-sign" }, item.sign()) : null,
      h("span", { class: "suggestion-label" }, item.label), item.hint ? h("span", { class: "suggestion-hint" }, item.hint) : null,
      item.description ? h("span", { class: "suggestion-about" }, item.description) : null);
  }

  #move(by) {
    this.at = (this.at + by + this.items.length) % this.items.length;
    this.#mark();
  }

  #mark() {
    this.box.querySelectorAll(".suggestion").forEach((row, index) => {
      row.setAttribute("aria-selected", String(index === this.at));
      if (index === this.at) row.scrollIntoView({ block: "nearest" });
    });
    const active = document.activeElement;
    if (!active?.closest?.(".composer") || active.getAttribute("role") !== "combobox") return;
    active.setAttribute("aria-expanded", String(this.isOpen));
    if (this.at >= 0) active.setAttribute("aria-activedescendant", `suggestion-${this.at}`);
    else active.removeAttribute("aria-activedescendant");
  }
}
