// Files: those that hang on a message, and the tray of those that are to be sent with the next one.

import { fill, h, icon, iconButton } from "./dom.js";
import { picture } from "./picture.js";

const MOST = 10; // files on a message (Discord's reference: Create Message)
const LARGEST_BYTES = 10 * 1024 * 1024; // Discord's, without a subscription

export function attachmentNode(file) {
  if (file.content_type?.startsWith("image/")) return picture(file.url, "attached-image", file.description || file.filename);
  return fileLink(file);
}

/** A link that downloads it, if it is one of the sandbox's own. */
export function fileLink({ url, filename, size }) {
  const words = [icon("file"), h("span", {}, filename), size === undefined ? null : h("small", {}, sizeWords(size))];
  const path = URL.canParse(url) ? new URL(url).pathname : "";
  if (!path.startsWith("/attachments/")) return h("span", { class: "attached-file" }, words);
  return h("a", { class: "attached-file", href: path, download: filename }, words);
}

function sizeWords(bytes) {
  if (bytes < 1024) return `${bytes} bytes`;
  return bytes < 1024 * 1024 ? `${Math.round(bytes / 1024)} KB` : `${(bytes / 1024 / 1024).toFixed(1)} MB`;
}

/** The files that wait above the message box. */
export class Tray {
  constructor(complain) {
    this.complain = complain;
    this.files = []; // of the browser
    this.node = h("ul", { class: "tray", "aria-label": "Files to send", hidden: true });
  }

  /** Takes as many as Discord would; says why it took no more. */
  add(files) {
    const fitting = [...files].filter((each) => each.size <= LARGEST_BYTES);
    const room = MOST - this.files.length;
    if (fitting.length < files.length) this.complain(`A file may have ${LARGEST_BYTES >> 20} MB at most.`);
    else if (fitting.length > room) this.complain(`A message takes ${MOST} files at most.`);
    this.files.push(...fitting.slice(0, room));
    this.#draw();
  }

  clear() {
    this.files = [];
    this.#draw();
  }

  #draw() {
    this.node.hidden = !this.files.length;
    fill(this.node, this.files.map((each, at) => this.#row(each, at)));
  }

  #row(file, at) {
    const drop = () => { this.files.splice(at, 1); this.#draw(); (this.node.querySelectorAll("button")[at] || document.getElementById("text"))?.focus(); };
    return h("li", { class: "tray-file" }, icon("file"), h("span", { class: "tray-name" }, file.name), h("small", {}, sizeWords(file.size)), iconButton(`Do not send ${file.name}`, "close", drop));
  }
}
