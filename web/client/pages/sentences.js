// @ts-check
/**
 * What a page says, taken from the page itself: <template id="sentences"> holds one
 * element for each sentence, data-key its key in the catalogue, in the language of
 * the page. {{.Name}} in a sentence stands for a value.
 *
 * @module
 */

import { element } from "./dom.js";

/**
 * The sentence of a key.
 * @param {string} key
 * @param {Record<string, string | number>} [values]
 */
export function say(key, values = {}) {
  const template = element("sentences");
  const found = template instanceof HTMLTemplateElement && template.content.querySelector(`[data-key="${CSS.escape(key)}"]`);
  if (!found) throw new Error("the page does not know how to say " + key);
  return (found.textContent ?? "").replace(/\{\{\.([A-Z][A-Za-z]*)\}\}/g, (whole, name) => String(values[name] ?? whole));
}

const language = () => document.documentElement.lang || "fr";

/** English as in Europe: a day before its month, and hours to 24. */
const locale = () => (language() === "en" ? "en-GB" : language());

/**
 * The hour and minute of an instant in the vote's legal time.
 * @param {number} seconds since 1970
 * @param {string} zone
 */
export const hour = (seconds, zone) =>
  new Intl.DateTimeFormat(locale(), { timeStyle: "short", timeZone: zone })
    .format(seconds * 1000)
    .replace(/^(\d\d):(\d\d)$/, language() === "fr" ? "$1\u00a0h\u00a0$2" : "$1:$2");

/**
 * An instant in the vote's legal time.
 * @param {number} seconds since 1970
 * @param {string} zone
 */
export function instant(seconds, zone) {
  const day = new Intl.DateTimeFormat(locale(), { dateStyle: "full", timeZone: zone }).format(seconds * 1000);
  const parts = new Intl.DateTimeFormat(locale(), { timeZoneName: "short", timeZone: zone }).formatToParts(seconds * 1000);
  return say("scrutins.say.instant", {
    Day: day.replace(",", "").replace(/ 1 /, language() === "fr" ? " 1er " : " 1 "),
    Hour: hour(seconds, zone),
    Zone: parts.find((p) => p.type === "timeZoneName")?.value ?? zone,
  });
}

/**
 * A duration, in minutes and seconds.
 * @param {number} seconds
 */
export function lasting(seconds) {
  const unit = (/** @type {number} */ n, /** @type {string} */ name) =>
    new Intl.NumberFormat(language(), { style: "unit", unit: name, unitDisplay: "long" }).format(n);
  const whole = Math.max(0, Math.floor(seconds));
  return [Math.floor(whole / 60), whole % 60]
    .map((n, i) => (n || (i && whole < 60) ? unit(n, i ? "second" : "minute") : ""))
    .filter(Boolean)
    .join(" ");
}

/** @param {number} n */
export const number = (n) => new Intl.NumberFormat(language()).format(n);
