// @ts-check
/**
 * The fields of the account's page: a number, a scratch code, a passphrase that is typed
 * or chosen.
 *
 * @module
 */

import { element, fault, input } from "../client/pages/dom.js";
import { say } from "../client/pages/sentences.js";
import { sixWords, strong } from "./phrase.js";
import { FieldError } from "./shown.js";

/** Takes back what was said of fields. @param {string[]} fields */
export const unfault = (...fields) => fields.forEach((f) => fault(element(f), ""));

/** A passphrase that is chosen now: FieldError where it will not do. @param {string} field */
export function chosenPhrase(field) {
  const typed = input(field).value;
  unfault(field);
  if (!strong(typed)) throw new FieldError(field, say("account.say.weak"));
  return typed;
}

/** Something that was typed: FieldError where there is nothing. @param {string} field */
export function given(field) {
  const typed = input(field).value;
  unfault(field);
  if (typed.trim() === "") throw new FieldError(field, say("account.say.empty"));
  return typed;
}

/** Has the fields' own boxes and buttons do what they say. */
export function help() {
  for (const box of document.querySelectorAll("input[data-shows]")) {
    const shown = /** @type {HTMLInputElement} */ (box), field = input(shown.dataset.shows ?? "");
    const apply = () => (field.type = shown.checked ? "text" : "password");
    shown.addEventListener("change", apply);
    shown.form?.addEventListener("reset", () => setTimeout(apply));
  }
  for (const button of document.querySelectorAll("button[data-words]")) {
    const into = /** @type {HTMLElement} */ (button).dataset.words ?? "";
    button.addEventListener("click", () => {
      const shows = /** @type {HTMLInputElement} */ (document.querySelector(`input[data-shows="${into}"]`));
      input(into).value = sixWords();
      shows.checked = true;
      shows.dispatchEvent(new Event("change"));
      unfault(into);
      input(into).focus();
    });
  }
}

/**
 * Shows what belongs to the choice made.
 * @param {string} name of the radio buttons; what belongs to one is NAME-VALUE
 */
export function choices(name) {
  const all = /** @type {HTMLInputElement[]} */ ([...document.querySelectorAll(`input[name="${name}"]`)]);
  const apply = () => {
    for (const one of all) {
      const part = document.getElementById(name + "-" + one.value);
      if (part) part.hidden = !one.checked;
    }
  };
  for (const one of all) one.addEventListener("change", apply);
  all[0]?.form?.addEventListener("reset", () => setTimeout(apply));
  apply();
}

/** The choice made. @param {string} name */
export const choice = (name) => /** @type {HTMLInputElement} */ (document.querySelector(`input[name="${name}"]:checked`)).value;
