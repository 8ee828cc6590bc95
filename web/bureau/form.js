// @ts-check
/**
 * What a form of the page states: the fields named body.KEY, in their order, are the
 * statement's body. Marks say what is no line of text: data-number a whole number,
 * data-truth true or false, data-digest a digest that may be none, data-lines the lines
 * of a text, data-record a record in its canonical form.
 *
 * @module
 */

import { parseCanonical } from "../client/canonical.js";
import { plain } from "./statement.js";

/**
 * @typedef {object} Stated
 * @property {string} kind
 * @property {Record<string, any>} body
 * @property {string} act the text of an act that is signed with it, or nothing
 * @property {string} then where to go when it is entered, or nothing
 * @property {DOMStringMap} [author] of the scrutin that it is about, where it is not the page's
 * @property {Sheet} [sheet] of a paraph
 */

/**
 * A page of the minutes, as it stands on this one.
 * @typedef {object} Sheet
 * @property {string} before the digest that it goes on from
 * @property {number} pages how many there are
 * @property {string} text the canonical text that its digest stands for
 * @property {string[]} shown what people read of it, each text by itself
 */

/** @typedef {HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement} Field */

const NONE = "0".repeat(64);

/**
 * @param {HTMLFormElement} form
 * @param {HTMLFormElement | HTMLFieldSetElement} [part] that states it
 * @returns {Stated}
 */
function stated(form, part = form) {
  /** @type {Record<string, any>} */
  const body = {};
  for (const field of /** @type {Iterable<Field>} */ (/** @type {unknown} */ (part.elements))) {
    if (field.name.startsWith("body.")) body[field.name.slice(5)] = value(field);
  }
  return { kind: form.dataset.kind ?? "", body, act: hidden(part, "act"), then: hidden(form, "then") };
}

/**
 * What a form states: one thing, or a paraph for each page of the minutes whose box is ticked.
 * @param {HTMLFormElement} form
 * @returns {Stated[]}
 */
export function all(form) {
  const apart = [...form.querySelectorAll("fieldset")].filter((set) => set.dataset.manifest);
  if (apart.length > 0) {
    const chosen = apart.filter((set) => set.querySelector("input[type=checkbox]:not(:checked)") === null);
    return chosen.map((set) => ({ ...stated(form, set), author: set.dataset }));
  }
  if (form.dataset.kind !== "page") return [stated(form)];
  const ticked = [...form.elements].filter((field) => field instanceof HTMLInputElement && field.type === "checkbox" && field.checked);
  return /** @type {HTMLInputElement[]} */ (ticked).map((box) => ({
    kind: "page",
    body: { page: Number(box.value), digest: box.dataset.digest },
    act: "",
    then: "",
    sheet: sheet(box),
  }));
}

/** @param {Node | null | undefined} node @returns {string[]} */
const texts = (node) => (node instanceof Text ? [node.data] : [...(node?.childNodes ?? [])].flatMap(texts));

/** The page at whose foot a box stands. @param {HTMLInputElement} box @returns {Sheet} */
function sheet(box) {
  const around = box.closest(".sheet");
  return {
    before: box.dataset.before ?? "",
    pages: Number(box.dataset.pages),
    text: around?.querySelector("template")?.content.textContent ?? "",
    shown: texts(around?.querySelector(".scroll")),
  };
}

/** @param {Field} field */
function value({ dataset, value, type }) {
  if ("number" in dataset) return Number(value);
  if ("truth" in dataset) return value === "true";
  if ("digest" in dataset) return value.trim() || NONE;
  if ("record" in dataset) return parseCanonical(value);
  if ("lines" in dataset) return value.trim().split("\n").map(plain);
  return type === "hidden" ? value : plain(value);
}

/**
 * @param {HTMLFormElement | HTMLFieldSetElement} part
 * @param {string} name
 */
function hidden(part, name) {
  const field = part.elements.namedItem(name);
  return field instanceof HTMLInputElement ? field.value : "";
}
