// @ts-check
/**
 * What a page that opens an account shows: one section at a time, and what became of what was asked,
 * each refusal with what to do next.
 *
 * @module
 */

import { CodeError } from "../client/codes.js";
import { Lie, Refusal, Unreachable } from "../client/errors.js";
import { element, fault } from "../client/pages/dom.js";
import { say } from "../client/pages/sentences.js";
import { PasskeyError } from "../client/passkey.js";
import { NumberError } from "../client/register.js";

/** @type {string} */
let current = "open";

/** Shows a section, and begins at its heading. @param {string} name */
export function show(name) {
  for (const s of document.querySelectorAll("#account-page > section")) /** @type {HTMLElement} */ (s).hidden = s.id !== name;
  if (name !== "working") current = name;
  tell("");
  element(name).querySelector("h1")?.focus();
  window.scrollTo(0, 0);
}

/**
 * Says what became of something, above the section; empty takes it back.
 * @param {string} text
 * @param {"good" | "danger"} [kind]
 */
export function tell(text, kind = "good") {
  const said = element("said");
  said.className = "notice " + kind;
  said.textContent = text;
  said.hidden = text === "";
  if (text) said.focus();
}

/** A field is not filled in as it must be. */
export class FieldError extends Error {
  /** @param {string} field @param {string} text */
  constructor(field, text) {
    super(text);
    this.field = field;
  }
}

/** The sentence of what went wrong. @param {unknown} e */
function sentence(e) {
  if (e instanceof Refusal) return say("account.say.refused-" + e.reason.replace(" ", "-"));
  if (e instanceof Unreachable) return say("account.say.unreachable");
  if (e instanceof PasskeyError) return say("account.say.passkey-" + e.reason);
  if (e instanceof Lie) return say("account.say.lie");
  return say("account.say.broken");
}

let busy = false;

/**
 * Does something of which the page waits for the end, once at a time, and says what went
 * wrong. Gives whether it went well.
 * @param {() => Promise<void>} what
 * @param {{number?: string, scratch?: string, computes?: boolean, lost?: () => void}} [how] the
 *   fields of number and scratch code; lost is done where the session has ended
 */
export async function attempt(what, { number, scratch, computes = false, lost } = {}) {
  if (busy) return false;
  busy = true;
  const before = current;
  try {
    tell("");
    if (computes) show("working");
    await what();
    return true;
  } catch (e) {
    if (computes) show(before);
    if (e instanceof FieldError) fault(element(e.field), e.message);
    else if (e instanceof NumberError && number) fault(element(number), say("account.say.number"));
    else if (e instanceof CodeError && scratch) fault(element(scratch), say("account.say.scratch"));
    else {
      if (e instanceof Refusal && e.reason === "session") lost?.();
      tell(sentence(e), "danger");
    }
    return false;
  } finally {
    busy = false;
  }
}
