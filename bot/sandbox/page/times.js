// Points in time in the reader's own zone and language.

const DAY_MS = 86_400_000;

const format = (options) => new Intl.DateTimeFormat(undefined, options);
// The styles of <t:...:x> (Discord's reference: Message Formatting).
const STYLES = {
  t: format({ timeStyle: "short" }),
  T: format({ timeStyle: "medium" }),
  d: format({ dateStyle: "short" }),
  D: format({ dateStyle: "long" }),
  f: format({ dateStyle: "long", timeStyle: "short" }),
  F: format({ dateStyle: "full", timeStyle: "short" }),
};

export const timeAs = (when, style) => STYLES[style].format(when);
export const fullTime = (when) => STYLES.F.format(when);
export const clock = (when) => STYLES.t.format(when);
export const clockWithSeconds = (when) => STYLES.T.format(when);
export const longDay = (when) => STYLES.D.format(when);

/** "Today at 15:33", as beside a message's author. */
export function messageTime(when, now = new Date()) {
  const days = daysBetween(when, now);
  if (days === 0) return `Today at ${clock(when)}`;
  if (days === 1) return `Yesterday at ${clock(when)}`;
  return `${STYLES.d.format(when)} ${clock(when)}`;
}

export function daysBetween(when, now) {
  const midnight = (day) => new Date(day.getFullYear(), day.getMonth(), day.getDate()).getTime();
  return Math.round((midnight(now) - midnight(when)) / DAY_MS);
}

const RELATIVE = new Intl.RelativeTimeFormat(undefined, { numeric: "auto" });
const STEPS = [["year", 31_536_000], ["month", 2_592_000], ["day", 86_400], ["hour", 3600], ["minute", 60], ["second", 1]];

export function relativeTime(when, now = new Date()) {
  const seconds = Math.round((when - now) / 1000);
  const [unit, size] = STEPS.find(([, each]) => Math.abs(seconds) >= each) || STEPS.at(-1);
  return RELATIVE.format(Math.trunc(seconds / size), unit);
}
