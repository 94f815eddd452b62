// Nodes. Strings only ever become text nodes: no text of a bot or a feed can be markup here.

/** h("button", {class: "x", onclick: f}, "text", node, null, [more]) */
export function h(tag, props = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (value === undefined || value === null || (value === false && !name.startsWith("aria-"))) continue;
    if (name.startsWith("aria-")) node.setAttribute(name, String(value));
    else if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else node.setAttribute(name, value === true ? "" : String(value));
  }
  node.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false));
  return node;
}

/** A link that leaves the page, or plain text if the address is not one of the web. */
export function link(url, props, ...children) {
  if (!isWeb(url)) return h("span", props, ...children);
  return h("a", { ...props, href: url, target: "_blank", rel: "noopener noreferrer nofollow", title: url }, ...children);
}

export function isWeb(url) {
  try {
    return ["http:", "https:"].includes(new URL(url).protocol);
  } catch {
    return false;
  }
}

export function byId(id) {
  return document.getElementById(id);
}

/** Puts the children in place of what is there. */
export function fill(node, ...children) {
  node.replaceChildren(...children.flat(Infinity).filter(Boolean));
  return node;
}

/** Tells those who listen rather than look. */
export function announce(text) {
  byId("said").textContent = text;
}

/** A button with a drawn sign and a name for those who do not see it. */
export function iconButton(name, sign, onclick, props = {}) {
  return h("button", { type: "button", class: "icon-button", "aria-label": name, title: name, onclick, ...props }, icon(sign));
}

const SIGNS = {
  hash: "M5 9h14M4 15h14M10 4 8 20M16 4l-2 16",
  thread: "M5 4v9a4 4 0 0 0 4 4h10m-4-4 4 4-4 4",
  forum: "M4 5h16v10H10l-4 4v-4H4z",
  megaphone: "M4 10v4h3l8 4V6l-8 4zM18 9a4 4 0 0 1 0 6",
  at: "M12 8a4 4 0 1 0 0 8 4 4 0 0 0 0-8zm4 4v1.5a2.5 2.5 0 0 0 5 0V12a9 9 0 1 0-4 7.5",
  menu: "M4 6h16M4 12h16M4 18h16",
  close: "M6 6l12 12M18 6 6 18",
  more: "M5 12h.01M12 12h.01M19 12h.01",
  sun: "M12 7a5 5 0 1 0 0 10 5 5 0 0 0 0-10zM12 2v2M12 20v2M2 12h2M20 12h2M5 5l1.4 1.4M17.6 17.6 19 19M5 19l1.4-1.4M17.6 6.4 19 5",
  desk: "M4 4h16v6H4zM4 14h7v6H4zM15 14h5v6h-5z",
  flag: "M5 21V4h12l-2 4 2 4H5",
  send: "M4 12 20 4l-5 16-3-7z",
  plus: "M12 5v14M5 12h14",
  reply: "M9 14 4 9l5-5M4 9h9a7 7 0 0 1 7 7v4",
  file: "M6 3h8l4 4v14H6zM14 3v4h4",
  lock: "M6 11h12v9H6zM9 11V8a3 3 0 0 1 6 0v3",
  eye: "M2 12s4-7 10-7 10 7 10 7-4 7-10 7S2 12 2 12zm10-3a3 3 0 1 0 0 6 3 3 0 0 0 0-6z",
  down: "M6 9l6 6 6-6",
  silent: "M4 4l16 16M7 16h9M17 14V11a5 5 0 0 0-8-4M7 10v3l-2 3M10 19h4",
  smile: "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18zM8 14s1.5 2 4 2 4-2 4-2M9 9.5h.01M15 9.5h.01",
};

export function icon(sign) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
  path.setAttribute("d", SIGNS[sign]);
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  svg.append(path);
  return svg;
}
