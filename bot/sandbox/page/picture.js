// Pictures come through the sandbox's own origin or not at all: the page reaches no other host.

import { h } from "./dom.js";

export function picture(url, className, alt) {
  const image = h("img", { class: className, src: sourceOf(url), alt, loading: "lazy", decoding: "async" });
  image.addEventListener("error", () => image.replaceWith(missing(url, className)), { once: true });
  return image;
}

function sourceOf(url) {
  try {
    const parsed = new URL(url);
    if (parsed.origin === location.origin && parsed.pathname.startsWith("/attachments/")) return parsed.pathname;
  } catch {
    // Whatever it is, it is no address; the sandbox will say that it has no such picture.
  }
  return `/page/picture?url=${encodeURIComponent(url)}`;
}

function missing(url, className) {
  let host = "elsewhere";
  try {
    host = new URL(url).host || host;
  } catch {
    // Left as it is: there is nothing to name.
  }
  const words = `A picture from ${host}. The sandbox shows none from outside.`;
  return h("span", { class: `${className} no-picture`, role: "img", "aria-label": words, title: words }, className === "embed-image" ? words : "");
}
