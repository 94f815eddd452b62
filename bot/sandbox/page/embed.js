// Embeds as a client lays them out: bar, author, title, text, fields, pictures, footer.

import { h, link } from "./dom.js";
import { inline, markdown } from "./markdown.js";
import { picture } from "./picture.js";
import { messageTime } from "./times.js";

export function embedNode(embed) {
  const node = h(
    "article",
    { class: "embed", "aria-label": embed.title || embed.author?.name || "Embed" },
    h("div", { class: "embed-text" },
      embed.author?.name && author(embed.author),
      embed.title && h("h4", { class: "embed-title" }, titled(embed)),
      embed.description && h("div", { class: "text embed-description" }, markdown(embed.description)),
      embed.fields?.length ? fields(embed.fields) : null,
    ),
    embed.thumbnail?.url && picture(embed.thumbnail.url, "embed-thumbnail", ""),
    embed.image?.url && picture(embed.image.url, "embed-image", embed.title ? `Picture of: ${embed.title}` : "Picture"),
    footer(embed),
  );
  if (embed.color) node.style.setProperty("--bar", `#${embed.color.toString(16).padStart(6, "0")}`);
  return node;
}

function author({ name, url, icon_url: iconUrl }) {
  const small = iconUrl ? picture(iconUrl, "embed-icon", "") : null;
  return h("div", { class: "embed-author" }, small, url ? link(url, {}, name) : h("span", {}, name));
}

function titled({ title, url }) {
  const words = inline(title, { links: false });
  return url ? link(url, {}, words) : words;
}

/** Inline fields stand side by side, three in a row at most. */
function fields(list) {
  return h("dl", { class: "embed-fields" }, list.map((field) =>
    h("div", { class: field.inline ? "field inline" : "field" },
      h("dt", {}, inline(field.name, { links: false })),
      h("dd", { class: "text" }, markdown(field.value)),
    ),
  ));
}

function footer({ footer: foot, timestamp }) {
  const when = timestamp ? new Date(timestamp) : null;
  const time = when && !Number.isNaN(when.getTime()) ? h("time", { datetime: timestamp }, messageTime(when)) : null;
  if (!foot?.text && !time) return null;
  const small = foot?.icon_url ? picture(foot.icon_url, "embed-icon", "") : null;
  return h("div", { class: "embed-footer" }, small, foot?.text && h("span", {}, foot.text), foot?.text && time && " ", time && h("span", { class: "nowrap" }, foot?.text ? "• " : "", time));
}
