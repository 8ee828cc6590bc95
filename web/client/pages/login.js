// @ts-check
/**
 * Both codes of an elector: typed, pasted, or brought by a link, whose fragment is
 * erased before anything else happens. What is typed goes to the workers that
 * stretch it and to nobody else, and the fields are emptied after.
 *
 * @module
 */

import { alone } from "./alone.js";
import { CodeError, Lie, login, parseCode, parseIdentifier, Refusal, Unreachable } from "../index.js";
import { element, fault, input, submitted, working, writeDigest } from "./dom.js";
import { Patience } from "./patience.js";
import { say } from "./sentences.js";
import { wipe } from "../group.js";
import { ofBrowser } from "../storage.js";

/** @typedef {import("../index.js").Scrutin} Scrutin */
/** @typedef {import("../index.js").Session} Session */
/** @typedef {import("../types.js").Stretch} Stretch */
/** @typedef {import("./page.js").Page} Page */
/** @typedef {{identifier?: string, password?: string, fingerprint?: string}} Link */

/**
 * What the address brought, which it loses at once, in the history too.
 * @returns {Link}
 */
export function takeLink() {
  const given = new URLSearchParams(location.hash.slice(1));
  if (location.hash) history.replaceState(history.state, "", location.pathname + location.search);
  const one = (/** @type {string} */ name) => given.get(name)?.trim() || undefined;
  return { identifier: one("i"), password: one("p"), fingerprint: one("f")?.replace(/[\s-]/g, "").toLowerCase() };
}

export class Login {
  /**
   * @param {object} o
   * @param {Page} o.page
   * @param {Scrutin} o.scrutin
   * @param {() => string} o.urn the identifier of the urn
   * @param {Link} o.link
   * @param {(session: Session, leave: () => void) => Promise<void>} o.opened leave lets another tab log in
   */
  constructor({ page, scrutin, urn, link, opened }) {
    this.page = page;
    this.scrutin = scrutin;
    this.urn = urn;
    this.opened = opened;
    this.stretch = page.stretch();
    this.busy = false;
    /** @type {Link} */
    this.brought = {};
    this.identifier = input("identifier");
    this.password = input("password");
    this.patience = new Patience((trouble) => {
      if (trouble) this.said(say("device.say.trouble." + trouble));
    });
    this.fill(link);
    window.addEventListener("hashchange", () => this.follow(takeLink()));
    for (const other of document.querySelectorAll("a[hreflang]")) {
      other.addEventListener("click", (event) => this.translate(event, /** @type {HTMLAnchorElement} */ (other)));
    }
    writeDigest(element("fingerprint"), scrutin.f);
    input("show").addEventListener("change", () => (this.password.type = input("show").checked ? "text" : "password"));
    submitted("codes", () => void this.submit().catch((e) => page.fail(e, { scrutin })));
  }

  /**
   * Another link was opened in this tab: that of the other code.
   * @param {Link} link
   */
  follow(link) {
    if (this.busy || this.page.steps.current !== "codes") return;
    if (link.fingerprint && link.fingerprint !== this.scrutin.f) {
      this.page.stop(new Lie("manifest", "manifest-fingerprint", "another link is of another vote"), { scrutin: this.scrutin });
    } else if (link.identifier || link.password) this.fill(link);
  }

  /**
   * Goes to the page in another language, with what a link brought.
   * @param {Event} event
   * @param {HTMLAnchorElement} other
   */
  translate(event, other) {
    const { identifier, password, fingerprint } = this.brought;
    const carried = new URLSearchParams();
    if (identifier) carried.set("i", identifier);
    if (password) carried.set("p", password);
    if (fingerprint) carried.set("f", fingerprint);
    if (this.page.steps.current !== "codes" || carried.size === 0) return;
    event.preventDefault();
    location.assign(`${other.href}#${carried}`);
  }

  /**
   * Takes over what a link brought.
   * @param {Link} link
   */
  fill(link) {
    this.brought = { ...this.brought, ...Object.fromEntries(Object.entries(link).filter((e) => e[1])) };
    if (link.identifier) this.identifier.value = link.identifier;
    if (link.password) this.password.value = link.password;
    if (link.fingerprint) {
      element("fingerprint-same").hidden = false;
      element("fingerprint-compare").hidden = true;
    }
  }

  /**
   * Says something above the fields.
   * @param {string} text
   * @param {boolean} [wrong] something is to be put right
   */
  said(text, wrong = false) {
    const at = element("codes-said");
    at.classList.toggle("danger", wrong);
    at.textContent = text;
    at.hidden = text === "";
  }

  wipe() {
    this.brought = {};
    this.identifier.value = "";
    this.password.value = "";
    input("show").checked = false;
    this.password.type = "password";
  }

  /** Logs in, once at a time. */
  async submit() {
    if (this.busy) return;
    this.busy = true;
    working(element("codes-go"), true);
    try {
      await this.enter();
    } finally {
      this.busy = false;
      working(element("codes-go"), false);
    }
  }

  /** Logs in with what the fields hold now; what is typed meanwhile is for the next time. */
  async enter() {
    await this.renumber();
    const urn = this.scrutin.urn(this.urn());
    const read = this.read(urn);
    if (!read) return;
    const leave = await alone(`isoloir/${this.scrutin.f}/${urn.name}/${read.elector}`, ofBrowser());
    if (!leave) return this.page.problem("codes.say.elsewhere", {}, () => this.page.steps.show("codes"));
    this.said(say("codes.say.stretching"));
    try {
      const session = await this.patience.until(() => this.begin(urn, read));
      this.wipe();
      this.said("");
      await this.opened(session, leave);
    } catch (e) {
      leave();
      this.said("");
      if (!(e instanceof Refusal)) throw e;
      this.said(say(e.reason === "login" ? "codes.say.login" : "codes.say.session", { Urn: urn.label }), true);
      this.page.steps.show("codes");
      this.password.focus();
    } finally {
      wipe(...read.codes);
    }
  }

  /** Looks for amendments of the roll where the number typed is none that is known: it may have been given since. */
  async renumber() {
    const typed = attempt(() => parseIdentifier(this.scrutin.manifest.codes, this.identifier.value));
    if (!typed || typed.elector < this.scrutin.urn(this.urn()).electors) return;
    await this.page.place.amend(this.scrutin).catch((e) => {
      if (!(e instanceof Unreachable)) throw e;
    });
  }

  /**
   * Logs in with what was read; once more where the roll has had the answer to its
   * challenge already, since what it said then was lost.
   * @param {import("../scrutin.js").Urn} urn
   * @param {{elector: number, codes: Uint8Array[]}} read
   */
  async begin(urn, { elector, codes }) {
    const attempt = () =>
      login({ scrutin: this.scrutin, urn: this.scrutin.urn(urn.name, elector), elector, codes: codes.map((c) => c.slice()), stretch: this.stretch, roll: this.page.place.roll });
    try {
      return await attempt();
    } catch (e) {
      if (e instanceof Refusal && e.reason === "session") return attempt();
      throw e;
    }
  }

  /**
   * Reads both fields, or says beside one what is wrong with it.
   * @param {import("../scrutin.js").Urn} urn
   */
  read(urn) {
    const { codes: rules, issuers } = this.scrutin.manifest;
    fault(this.identifier, "");
    fault(this.password, "");
    const missing = [this.identifier, this.password].find((field) => field.value.trim() === "");
    if (missing) {
      const by = say("codes.say.by." + issuers[missing === this.identifier ? 0 : 1].channel);
      fault(missing, say("codes.say.missing." + missing.id, { Channel: by }));
      return undefined;
    }
    const first = attempt(() => parseIdentifier(rules, this.identifier.value));
    const second = attempt(() => parseCode(rules, this.password.value));
    if (!first && attempt(() => parseIdentifier(rules, this.password.value)) && attempt(() => parseCode(rules, this.identifier.value))) {
      [this.identifier.value, this.password.value] = [this.password.value, this.identifier.value];
      this.said(say("codes.say.swapped"));
      return undefined;
    }
    if (!first) fault(this.identifier, say("codes.say.identifier", { Length: rules.length }));
    else if (first.elector >= urn.electors) fault(this.identifier, say("codes.say.elector", { Urn: urn.label }));
    else if (!second) fault(this.password, say("codes.say.password", { Length: rules.length }));
    else return { elector: first.elector, codes: [first.code, second] };
    return undefined;
  }
}

/**
 * What f gives, or nothing where it finds no code.
 * @template T
 * @param {() => T} f
 */
function attempt(f) {
  try {
    return f();
  } catch (e) {
    if (e instanceof CodeError) return undefined;
    throw e;
  }
}
