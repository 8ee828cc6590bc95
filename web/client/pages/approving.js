// @ts-check
/**
 * A question of approval on the page: one checks the answers that one approves of, up to so
 * many, or blank. What is checked is one option of the manifest, the set of these answers.
 *
 * @module
 */

import { BLANK } from "../index.js";

/** @typedef {import("../types.js").Question} Question */
/** @typedef {import("../types.js").Option} Option */

/**
 * The answers of a question of approval, which stand first among its options, and of how many
 * one may approve; undefined where one takes an option.
 * @param {Question} q
 * @returns {{answers: Option[], most: number} | undefined}
 */
export function approval(q) {
  if (q.seats > 0 || !q.options.some((o) => o.candidates.length > 0)) return undefined;
  return { answers: q.options.filter((o) => o.candidates.length === 1), most: Math.max(...q.options.map((o) => o.candidates.length)) };
}

/**
 * The option that is the set of these answers, by their identifiers; blank for blank alone;
 * undefined for none or too many.
 * @param {Question} q
 * @param {string[]} checked in the order of the answers
 * @returns {string | undefined}
 */
export function setOf(q, checked) {
  if (checked.includes(BLANK)) return checked.length === 1 ? BLANK : undefined;
  const names = checked.map((id) => q.options.find((o) => o.id === id)?.candidates[0]);
  return q.options.find((o) => o.candidates.length === names.length && names.length > 0 && o.candidates.every((name, i) => name === names[i]))?.id;
}

/**
 * The answers of a set, by their identifiers.
 * @param {Question} q
 * @param {string | undefined} chosen
 * @returns {string[]}
 */
export function answersOf(q, chosen) {
  if (chosen === BLANK) return [BLANK];
  const names = q.options.find((o) => o.id === chosen)?.candidates ?? [];
  return (approval(q)?.answers ?? []).filter((o) => names.includes(o.candidates[0])).map((o) => o.id);
}

/**
 * Keeps blank alone: whoever checks it unchecks the answers, and the reverse.
 * @param {HTMLElement} form of the question
 * @param {EventTarget | null} changed
 */
export function keepBlankAlone(form, changed) {
  if (!(changed instanceof HTMLInputElement) || changed.type !== "checkbox" || !changed.checked) return;
  for (const box of form.querySelectorAll("input"))
    if ((box.value === BLANK) !== (changed.value === BLANK)) box.checked = false;
}
