// Things that open above the page: a list to choose from, a menu, a dialog.

import { byId, fill, h } from "./dom.js";

let close = null;

/** Closes what is open, if anything. */
export function closePopup() {
  close?.();
}

/**
 * A list beside `anchor` to choose from, by mouse or keys. `options`: [{value, label, description?, sign?: () => node}].
 * `many` gives [min, max] for several, which are done when Done is pressed; of one alone, `clearable` lets go of it again.
 * `onChoose(values)` gets them when the list closes with a choice.
 */
export function openList(anchor, options, { name, many = null, clearable = false, chosen = [], filter = false, onChoose }) {
  closePopup();
  const values = new Set(chosen);
  const box = h("div", { class: "popup list-popup", role: "dialog", "aria-label": name });
  const list = h("div", { class: "choices", role: "listbox", "aria-label": name, "aria-multiselectable": many ? "true" : "false", tabindex: -1 });
  const search = filter ? h("input", { type: "text", placeholder: "Search", "aria-label": `Search in ${name}`, oninput: draw }) : null;
  const done = many ? h("button", { type: "button", class: "button primary", disabled: values.size < many[0], onclick: finish }, "Done") : null;
  box.append(...[search, list, done].filter(Boolean));

  function draw() {
    const wanted = (search?.value || "").toLowerCase();
    fill(list, options.filter((each) => each.label.toLowerCase().includes(wanted)).map(optionNode));
  }
  function optionNode(option) {
    const isChosen = values.has(option.value);
    const isFull = many && !isChosen && values.size >= many[1];
    return h("button", { type: "button", class: "choice", role: "option", "aria-selected": isChosen, "aria-disabled": isFull ? "true" : undefined, onclick: () => pick(option) },
      many ? h("span", { class: isChosen ? "check on" : "check", "aria-hidden": "true" }) : null,
      option.sign?.() || null,
      h("span", { class: "choice-words" }, h("span", {}, option.label), option.description ? h("small", {}, option.description) : null));
  }
  function pick(option) {
    if (!many) {
      const again = clearable && values.has(option.value);
      values.clear();
      if (!again) values.add(option.value);
      return finish();
    }
    if (values.has(option.value)) values.delete(option.value);
    else if (values.size < many[1]) values.add(option.value);
    const at = [...list.children].indexOf(document.activeElement);
    draw();
    list.children[at]?.focus();
    done.disabled = values.size < many[0];
  }
  function finish() {
    closePopup();
    anchor.focus();
    onChoose([...values]);
  }
  draw();
  show(box, anchor, () => search || list.querySelector('[aria-selected="true"]') || list.firstElementChild);
}

/** A menu beside `anchor`; `items`: [{label, act, danger?}], null for a line. */
export function openMenu(anchor, name, items) {
  closePopup();
  const box = h("div", { class: "popup menu", role: "menu", "aria-label": name }, items.map((item) =>
    item === null
      ? h("hr")
      : h("button", { type: "button", role: "menuitem", class: item.danger ? "choice danger" : "choice", onclick: () => { closePopup(); anchor.focus(); item.act(); } }, item.label)));
  show(box, anchor, () => box.querySelector("button"));
}

function show(box, anchor, firstFocus) {
  // An open dialog covers everything outside of it.
  (anchor.closest("dialog") || byId("layer")).append(box);
  beside(box, anchor);
  const opener = anchor;
  opener.setAttribute("aria-expanded", "true");
  const outside = (event) => box.contains(event.target) || closePopup();
  close = () => {
    box.remove();
    opener.setAttribute("aria-expanded", "false");
    document.removeEventListener("pointerdown", outside, true);
    close = null;
  };
  document.addEventListener("pointerdown", outside, true);
  box.addEventListener("keydown", (event) => keys(event, box, opener));
  firstFocus()?.focus({ preventScroll: true });
}

function keys(event, box, opener) {
  const items = [...box.querySelectorAll("[role=option], [role=menuitem]")];
  const at = items.indexOf(document.activeElement);
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (event.key === "Escape" || event.key === "Tab") {
    event.preventDefault();
    closePopup();
    opener.focus();
  } else if (step && items.length) {
    event.preventDefault();
    items[(at + step + items.length) % items.length].focus();
  }
  event.stopPropagation();
}

const GAP_PX = 6;

/** Below the anchor if there is room, else above; never beyond the window's edge. */
function beside(box, anchor) {
  const from = anchor.getBoundingClientRect();
  const { offsetWidth: width, offsetHeight: height } = box;
  const below = from.bottom + GAP_PX + height < window.innerHeight;
  const top = below ? from.bottom + GAP_PX : Math.max(GAP_PX, from.top - GAP_PX - height);
  const left = Math.max(GAP_PX, Math.min(from.left, window.innerWidth - width - GAP_PX));
  box.style.setProperty("top", `${top}px`);
  box.style.setProperty("left", `${left}px`);
}

/**
 * A dialog with a form. `onSubmit(form)` may be async; an error it throws is shown and the dialog stays open.
 * Returns the dialog.
 */
export function openDialog(title, body, { submit = "Submit", cancel = "Cancel", onSubmit, onClose = () => {} }) {
  const problem = h("p", { class: "problem", role: "alert" });
  const form = h("form", { method: "dialog", class: "dialog-form" },
    h("h2", { id: "dialog-title" }, title), h("div", { class: "dialog-body" }, body), problem,
    h("div", { class: "dialog-buttons" },
      h("button", { type: "button", class: "button", onclick: () => dialog.close() }, cancel),
      h("button", { type: "submit", class: "button primary" }, submit)));
  const dialog = h("dialog", { class: "dialog", "aria-labelledby": "dialog-title" }, form);
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    problem.textContent = "";
    try {
      await onSubmit(form);
      dialog.close();
    } catch (error) {
      problem.textContent = error.message;
    }
  });
  dialog.addEventListener("close", () => { dialog.remove(); onClose(); });
  byId("layer").append(dialog);
  dialog.showModal();
  form.querySelector("input, textarea, .select")?.focus();
  return dialog;
}
