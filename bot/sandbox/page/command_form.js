// A slash command being filled in: a field for each option, as many as are wanted, sent when Enter is pressed.

import { fill, h, icon } from "./dom.js";
import { ATTACHMENT, KIND_WORDS, mustChoose, offered, readFile, valued, wrongWith } from "./options.js";

const TYPING_PAUSE_MS = 120;

export class CommandForm {
  /** `done({path, options})` sends; `cancel()` goes back to the message box; `complain(text)` shows a mistake. */
  constructor(command, suggestions, { done, cancel, complain }) {
    Object.assign(this, { command, suggestions, done, cancel, complain });
    this.fields = new Map(); // option name -> {option, input, node, chosen: {value, label} | null}
    this.timer = 0;
    this.tail = h("input", { class: "tail", "aria-label": `More options of /${command.path}`, autocomplete: "off", spellcheck: "false", role: "combobox", "aria-controls": "suggestions", "aria-expanded": "false" });
    this.tail.addEventListener("input", () => this.#offerOptions());
    this.tail.addEventListener("focus", () => this.#offerOptions());
    this.tail.addEventListener("keydown", (event) => this.#tailKey(event));
    this.tail.addEventListener("blur", () => this.suggestions.hide());
    this.holder = h("span", { class: "fields" });
    this.node = h("div", { class: "command", role: "group", "aria-label": `/${command.path}: ${command.description}` }, h("span", { class: "command-name" }, `/${command.path}`), this.holder, this.tail);
    command.options.filter((each) => each.required).forEach((each) => this.#add(each));
  }

  /** Fills in what was typed or is proposed: {name: text}; `rest` goes into the first field. */
  async prefill(values, rest = "") {
    const first = this.command.options[0];
    const wanted = rest && first && !(first.name in values) ? { [first.name]: rest, ...values } : values;
    for (const [name, text] of Object.entries(wanted)) {
      const field = this.fields.get(name) || this.#add(this.command.options.find((each) => each.name === name));
      field.input.value = text;
      if (mustChoose(field.option)) field.chosen = (await offered(field.option, text, this.#context()))?.[0] || null;
      if (field.chosen) field.input.value = field.chosen.label;
      this.#fit(field.input);
    }
    this.focus();
  }

  /** The first field that is still empty, or the end; the field last filled in if `typing` goes on there. */
  focus() {
    const empty = [...this.fields.values()].find((each) => each.option.required && !this.#given(each));
    const only = this.fields.size === 1 && [...this.fields.values()][0];
    (empty?.input || (only && only.input.type !== "file" ? only.input : this.tail)).focus();
  }

  #add(option) {
    const input = option.type === ATTACHMENT ? this.#fileInput() : this.#textInput(option);
    const node = h("label", { class: "field-pill" }, h("span", { class: "field-name" }, option.name), input);
    const field = { option, input, node, chosen: null };
    this.fields.set(option.name, field);
    this.holder.append(node);
    input.addEventListener("input", () => { field.chosen = null; this.complain(""); this.#fit(input); this.#typed(field); });
    input.addEventListener("focus", () => this.#suggest(field));
    input.addEventListener("blur", () => { clearTimeout(this.timer); this.suggestions.hide(); });
    input.addEventListener("keydown", (event) => this.#fieldKey(event, field));
    this.#fit(input);
    return field;
  }

  #textInput(option) {
    const about = `${option.name}, ${KIND_WORDS[option.type]}${option.required ? ", required" : ""}: ${option.description}`;
    return h("input", { type: "text", "aria-label": about, autocomplete: "off", spellcheck: "false", role: "combobox", "aria-controls": "suggestions", "aria-expanded": "false", "data-option": option.name });
  }

  #fileInput() {
    return h("input", { type: "file", "aria-label": "file" });
  }

  #fit(input) {
    if (input.type !== "file") input.style.setProperty("width", `${Math.min(48, Math.max(4, input.value.length + 2))}ch`);
  }

  // --- Suggestions --------------------------------------------------------------------------------------------------

  #typed(field) {
    const switched = this.#namedAtTheEnd(field);
    if (switched) return this.#jumpTo(switched);
    clearTimeout(this.timer);
    if (!field.option.autocomplete) return this.#suggest(field);
    this.suggestions.unmark(); // what is listed still belongs to what was typed before
    this.timer = setTimeout(() => this.#suggest(field), TYPING_PAUSE_MS);
  }

  /** "chips since:" moves on to the option `since`, as in Discord. */
  #namedAtTheEnd(field) {
    const found = /(?:^|\s)([\w-]+):$/.exec(field.input.value);
    const option = found && this.command.options.find((each) => each.name === found[1]);
    if (!option || this.fields.has(option.name)) return null;
    field.input.value = field.input.value.slice(0, found.index);
    this.#fit(field.input);
    return option;
  }

  #jumpTo(option) {
    this.#add(option).input.focus();
  }

  async #suggest(field) {
    const { option, input } = field;
    const title = `${option.name} — ${option.description}`;
    const typed = field.chosen ? "" : input.value;
    if (option.type === ATTACHMENT) return this.suggestions.show(title, [], () => {});
    const choices = await offered(option, typed, this.#context(option.name));
    if (document.activeElement !== input || (field.chosen ? "" : input.value) !== typed) return;
    const pick = (choice) => {
      field.chosen = choice;
      input.value = choice.label;
      this.#fit(input);
      this.#moveOn();
    };
    const first = choices !== null && (mustChoose(option) || (option.autocomplete && typed !== ""));
    this.suggestions.show(choices && !choices.length ? `${title} — nothing fits` : title, choices || [], pick, { first: first && !field.chosen });
  }

  #offerOptions() {
    const typed = this.tail.value.trim().toLowerCase();
    const named = this.command.options.find((each) => `${each.name}:` === typed && !this.fields.has(each.name));
    const pick = (item) => { this.tail.value = ""; this.#jumpTo(item.option); };
    if (named) return pick({ option: named });
    const left = this.command.options.filter((each) => !this.fields.has(each.name) && each.name.startsWith(typed));
    const items = left.map((each) => ({ label: each.name, hint: KIND_WORDS[each.type], description: each.description, option: each }));
    this.suggestions.show(items.length ? "More options — or Enter to send" : "Enter to send", items, pick, { first: typed !== "" });
  }

  #moveOn() {
    const empty = [...this.fields.values()].find((each) => each.option.required && !this.#given(each));
    (empty?.input || this.tail).focus();
  }

  // --- Keys ---------------------------------------------------------------------------------------------------------

  #fieldKey(event, field) {
    if (this.suggestions.key(event)) return;
    const { input } = field;
    if (event.key === "Enter") {
      event.preventDefault();
      this.submit();
    } else if (event.key === "Escape") {
      event.preventDefault();
      this.cancel();
    } else if (event.key === "Backspace" && input.value === "") {
      event.preventDefault();
      this.#takeBack(field);
    }
  }

  #tailKey(event) {
    if (this.suggestions.key(event, this.suggestions.at >= 0 ? ["Enter", "Tab"] : ["Tab"])) return;
    if (event.key === "Enter") {
      event.preventDefault();
      this.submit();
    } else if (event.key === "Escape") {
      event.preventDefault();
      this.cancel();
    } else if (event.key === "Backspace" && this.tail.value === "") {
      event.preventDefault();
      const last = [...this.fields.values()].at(-1);
      if (last) last.input.focus();
      else this.cancel();
    }
  }

  #takeBack(field) {
    const all = [...this.fields.values()];
    const at = all.indexOf(field);
    if (field.option.required) return at === 0 ? this.cancel() : all[at - 1].input.focus();
    this.fields.delete(field.option.name);
    field.node.remove();
    return (all[at - 1]?.input || this.tail).focus();
  }

  // --- Sending ------------------------------------------------------------------------------------------------------

  #given(field) {
    return field.option.type === ATTACHMENT ? field.input.files.length > 0 : field.input.value !== "";
  }

  /** What is filled in so far, for autocompletion. */
  #context(without) {
    const options = {};
    for (const [name, field] of this.fields) {
      if (name === without || field.option.type === ATTACHMENT || !this.#given(field) || this.#wrong(field)) continue;
      options[name] = field.chosen ? field.chosen.value : valued(field.option, field.input.value);
    }
    return { path: this.command.path, options };
  }

  #wrong(field) {
    const text = field.option.type === ATTACHMENT ? field.input.files[0]?.name || "" : field.input.value;
    if (text && mustChoose(field.option) && !field.chosen) return `${field.option.name}: choose one of the list`;
    return field.chosen ? "" : wrongWith(field.option, text);
  }

  async submit() {
    for (const field of this.fields.values()) {
      const problem = this.#wrong(field);
      field.node.classList.toggle("wrong", Boolean(problem));
      if (problem) {
        this.complain(problem);
        return field.input.focus();
      }
    }
    const { options } = this.#context();
    for (const [name, { option, input }] of this.fields) {
      if (option.type === ATTACHMENT && input.files[0]) options[name] = await readFile(input.files[0]);
    }
    this.suggestions.hide();
    return this.done({ path: this.command.path, options });
  }
}

/** A note beside the box of what the command does. */
export function commandNote(command) {
  return fill(h("span", { class: "command-note" }), icon("flag"), command.description);
}
