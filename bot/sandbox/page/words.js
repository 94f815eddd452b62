// Requests in plain words: pure.

const DOES = [
  // [method, route of Discord's API, what the bot does by it]
  ["POST", /^\/channels\/\{channel_id\}\/messages$/, "posts in {place}"],
  ["PATCH", /^\/channels\/\{channel_id\}\/messages\/\{message_id\}$/, "edits a message in {place}"],
  ["DELETE", /^\/channels\/\{channel_id\}\/messages/, "deletes a message in {place}"],
  ["GET", /^\/channels\/\{channel_id\}\/messages/, "looks at what stands in {place}"],
  ["GET", /^\/channels\/\{channel_id\}$/, "looks at {place}"],
  ["POST", /^\/channels\/\{channel_id\}\/typing$/, "is typing in {place}"],
  ["POST", /^\/interactions\//, "answers a member"],
  ["POST", /^\/webhooks\//, "adds to its answer"],
  ["PATCH", /^\/webhooks\//, "fills in its answer"],
  ["GET", /^\/webhooks\//, "looks at its answer"],
  ["DELETE", /^\/webhooks\//, "takes back its answer"],
  ["PUT", /^\/applications\/.*commands$/, "registers its commands"],
  ["GET", /^\/applications\/.*commands$/, "looks at its commands"],
  ["GET", /^\/gateway/, "asks for the gateway"],
  ["GET", /^\/users\/@me$|^\/oauth2\/|^\/applications\/@me$/, "asks who it is"],
  ["POST", /^\/users\/@me\/channels$/, "opens a direct message"],
];

/** What a request to Discord was for. `placeOf(id)` names a channel. */
export function whatItDoes({ method, route, path }, placeOf) {
  const found = DOES.find(([verb, pattern]) => verb === method && pattern.test(route));
  if (!found) return `${method} ${path.split("?")[0].replace(/\/[\w-]{40,}/, "/…")}`;
  const id = /^\/channels\/(\d+)/.exec(path)?.[1];
  return found[2].replace("{place}", placeOf(id));
}

/** How Discord answered, in words; "" if all is well. */
export function howItWent({ status, waits_s: waits }) {
  if (status === 0) return "no answer: the connection broke";
  if (status === 429) return waits === null ? "429: told to wait" : `429: waits ${Number(waits).toFixed(1)} s`;
  if (status >= 500) return `${status}: Discord fails`;
  if (status === 401) return "401: the token is wrong";
  if (status === 403) return "403: it may not";
  if (status === 404) return "404: that is gone";
  if (status >= 400) return `${status}: refused`;
  return "";
}

/** How a feed's site answered the bot. */
export function feedWords({ status }, title) {
  if (status === 304) return `asks “${title}”: nothing new`;
  if (status === 200) return `reads “${title}”`;
  if (status === null) return `asks “${title}” and waits …`;
  if (status >= 300 && status < 400) return `asks “${title}” and is sent elsewhere (${status})`;
  return `asks “${title}”: ${status}`;
}

/** Whether the line tells of trouble. */
export const isTrouble = ({ status }) => status === 0 || status >= 400;
