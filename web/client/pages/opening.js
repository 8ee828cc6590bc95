// @ts-check
/**
 * The form by which a citizen opens his anonymous account on the page where he votes. What
 * is typed is computed here, and the fields are emptied after.
 *
 * @module
 */

import { openAccount } from "../citizen.js";
import { CodeError, Refusal, Unreachable } from "../index.js";
import { knowsPasskeys, PasskeyError, usePasskey } from "../passkey.js";
import { NumberError, parseNumber, Register } from "../register.js";
import { asking, reading } from "../transport.js";
import { fromPassphrase, fromPasskey, fromScratch } from "../ways.js";
import { clicked, element, fault, input, submitted, working } from "./dom.js";
import { onKiosk } from "./kiosk.js";
import { say } from "./sentences.js";

/** @typedef {import("../citizen.js").Account} Account */
/** @typedef {import("../ways.js").Way} Way */
/** @typedef {import("./page.js").Page} Page */

/**
 * The domain of two hosts, for which their passkeys are made: what their names end with
 * both; empty where that is no more than one label of several.
 * @param {string} a
 * @param {string} b
 */
export function commonEnd(a, b) {
  if (a === b) return a;
  /** @type {string[]} */
  const end = [];
  const left = a.split("."), right = b.split(".");
  while (left.length > 0 && left[left.length - 1] === right.pop()) end.unshift(left.pop() ?? "");
  return end.length > 1 ? end.join(".") : "";
}

export class Opening {
  /**
   * @param {Page} page
   * @param {string} rho of the register, as the manifest names it
   * @param {(account: Account) => Promise<void>} opened
   */
  constructor(page, rho, opened) {
    this.page = page;
    this.rho = rho;
    this.opened = opened;
    const { register = "" } = page.root.dataset;
    this.origin = register;
    this.ask = asking("register", register);
    this.busy = false;
    /** @type {Register | undefined} */
    this.known = undefined;
    this.rp = register && commonEnd(location.hostname, new URL(register).hostname);
    const passkeys = knowsPasskeys() && this.rp !== "" && !onKiosk();
    element("open-passkey").hidden = !passkeys;
    this.stretch = page.stretch();
    submitted("open-form", () => void this.attempt(() => this.typed()));
    clicked("use-passkey", () => void this.attempt(() => this.passkey()));
    for (const by of document.querySelectorAll('input[name="by"]')) by.addEventListener("change", () => this.choose());
    input("show").addEventListener("change", () => (input("passphrase").type = input("show").checked ? "text" : "password"));
  }

  choose() {
    const scratch = input("by-scratch").checked;
    element("field-scratch").hidden = !scratch;
    element("field-passphrase").hidden = scratch;
  }

  /** The register, whose descriptor is the one of the manifest. */
  async register() {
    return (this.known ??= new Register((await reading(this.origin + "/register.json")).bytes, this.rho));
  }

  async typed() {
    for (const id of ["number", "passphrase", "scratch"]) fault(input(id), "");
    const field = input("by-scratch").checked ? "scratch" : "passphrase";
    for (const id of ["number", field]) if (input(id).value.trim() === "") return fault(input(id), say("account.say.empty"));
    const register = await this.register();
    const number = parseNumber(input("number").value), secret = input(field).value;
    await this.enter(register, number, await (field === "scratch" ? fromScratch : fromPassphrase)(register, number, secret, this.stretch));
  }

  async passkey() {
    const register = await this.register();
    const { number, prf } = await usePasskey(register, this.rp);
    await this.enter(register, number, fromPasskey(register, number, prf));
  }

  /** @param {Register} register @param {number} number @param {Way} way */
  async enter(register, number, way) {
    const account = await openAccount({ register, number, way, ask: this.ask });
    way.wipe();
    this.forget();
    await this.opened(account);
  }

  /** Empties the fields. */
  forget() {
    /** @type {HTMLFormElement} */ (element("open-form")).reset();
    input("passphrase").type = "password";
    this.choose();
  }

  /** @param {() => Promise<void>} what */
  async attempt(what) {
    if (this.busy) return;
    this.busy = true;
    this.say("");
    working(element("open-go"), true);
    element("open-working").hidden = false;
    try {
      await what();
    } catch (e) {
      if (e instanceof NumberError) fault(input("number"), say("account.say.number"));
      else if (e instanceof CodeError) fault(input("scratch"), say("account.say.scratch"));
      else if (e instanceof PasskeyError) this.say(say("account.say.passkey-" + e.reason));
      else if (e instanceof Refusal && e.service === "register") this.say(say("account.say.refused-" + e.reason.replace(" ", "-")));
      else if (e instanceof Unreachable) this.say(say("account.say.unreachable"));
      else this.page.fail(e);
    } finally {
      this.busy = false;
      working(element("open-go"), false);
      element("open-working").hidden = true;
    }
  }

  /** @param {string} text */
  say(text) {
    const said = element("open-said");
    said.hidden = text === "";
    said.textContent = text;
    if (text) said.focus();
  }
}
