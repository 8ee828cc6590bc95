// @ts-check
/**
 * What the three pages begin with: a browser that can do the work, the records of
 * the vote, verified, and the roles that they ask.
 *
 * What it promises. No page goes on without what it needs: there is no weaker way.
 * Nothing that the document says of the vote is believed: the records are those of
 * the fingerprint, and what the bureau and all witnesses signed. A false answer of a
 * server ends the page, which then offers the evidence and nothing else.
 *
 * @module
 */

import { Lie, Refusal, stretchIn, Unreachable } from "../index.js";
import { clicked, download, element } from "./dom.js";
import { Place } from "./place.js";
import { say } from "./sentences.js";
import { Steps } from "./steps.js";

/** @typedef {import("../index.js").Scrutin} Scrutin */
/** @typedef {import("./place.js").Origins} Origins */

const WORKER = "/client/worker.js";

/**
 * What a Lie of a check, else of a step, is in plain words: the ends of device.say.stop.
 * @type {Record<string, string>}
 */
const STOPS = {
  "manifest-fingerprint": "fingerprint", "receipt-broken": "broken",
  manifest: "records", opening: "records", amendment: "records", hello: "login", login: "login", send: "login", prove: "login", open: "login",
  companions: "login", extend: "login", leave: "login", account: "account", chain: "account", snapshot: "records", reserve: "reserve", append: "append", mark: "mark",
  receipt: "receipt", list: "receipt", counted: "counted",
};

export class Page {
  /**
   * @param {object} how
   * @param {(n: number, total: number) => string} [how.stage]
   * @param {(step: string) => boolean} [how.admits] says whether the history may lead to a step now
   */
  constructor({ stage = () => "", admits = () => false } = {}) {
    const root = element("device");
    const { origins = "", companions = "[]", urn = "", phase = "", opens = "", closes = "" } = root.dataset;
    this.root = root;
    /** What the document says of the vote. */
    this.says = { phase, opens, closes };
    this.place = new Place({ ...JSON.parse(origins), portal: location.origin }, urn);
    /** Where the companions are served, as far as the document says it. @type {Origins[]} */
    this.companions = JSON.parse(companions);
    this.steps = new Steps(root, { stage, admits });
    /** What the button of a problem does. @type {(() => void) | null} */
    this.retry = null;
    clicked("problem-again", () => this.retry?.());
    element("waiting").hidden = true;
    root.hidden = false;
    window.addEventListener("unhandledrejection", () => this.problem("device.say.broken"));
    window.addEventListener("pageshow", (event) => event.persisted && location.reload());
  }

  /** Says whether this browser can do the work; if not, the page says so and ends. */
  able() {
    const w = /** @type {any} */ (window);
    const missing = ["crypto", "Worker", "BigInt", "fetch", "TextDecoder", "AbortController"].filter((name) => !w[name]);
    if (!missing.includes("crypto") && !w.crypto.getRandomValues) missing.push("crypto.getRandomValues");
    if (missing.length === 0) return true;
    this.problem("device.say.crypto", { Missing: missing.join(", ") }, null);
    return false;
  }

  /** The server's time, in seconds since 1970. */
  now() {
    return Date.now() / 1000 + this.place.ahead;
  }

  /** The phase of the vote now; as the document has it, where the portal does not say. */
  phase() {
    return this.place.phase(this.says.phase);
  }

  /**
   * Where a companion of the vote is served; nowhere, if the document does not say.
   * @param {string} fingerprint
   */
  companion(fingerprint) {
    return new Place(this.companions.find((c) => c.fingerprint === fingerprint) ?? { fingerprint, portal: "", roll: "", urns: "", issuers: [] });
  }

  /**
   * Brings the records of the vote and verifies them. Gives nothing where the page
   * has ended.
   * @param {string} [fingerprint] of the voter's letter; else what the document says
   * @returns {Promise<Scrutin | undefined>}
   */
  async records(fingerprint) {
    try {
      return await this.place.records(fingerprint);
    } catch (e) {
      this.fail(e);
      return undefined;
    }
  }

  /** Argon2id in a worker, of the only script that this page may start by an address. */
  stretch() {
    const types = /** @type {any} */ (window).trustedTypes;
    return stretchIn(types ? types.createPolicy("isoloir", { createScriptURL: () => WORKER }).createScriptURL("") : WORKER);
  }

  /**
   * Says what is in the way: the sentence of a key, under that of key.title.
   * @param {string} key
   * @param {Record<string, string>} [values]
   * @param {(() => void) | null} [retry] what trying again means, if not to open the page
   *   again; null where it is of no use
   */
  problem(key, values = {}, retry = () => location.reload()) {
    this.root.dataset.problem = key.split(".").pop() ?? "";
    element("problem-title").textContent = say(key + ".title", values);
    element("problem-text").textContent = say(key, values);
    this.retry = retry;
    element("problem-again").hidden = retry === null;
    this.steps.show("problem");
  }

  /**
   * Ends the page on an error that nothing above it knows how to treat.
   * @param {unknown} e
   * @param {object} [where]
   * @param {Place} [where.place]
   * @param {Scrutin} [where.scrutin] as far as it is known
   * @param {() => void} [retry] what trying again means, if not to open the page again
   */
  fail(e, where, retry) {
    if (e instanceof Lie) this.stop(e, where);
    else if (e instanceof Unreachable || e instanceof Refusal) this.problem("device.say.offline", {}, retry);
    else {
      console.error(e instanceof Error ? e.name : "error");
      this.problem("device.say.broken");
    }
  }

  /**
   * Ends the page on a false answer.
   * @param {Lie} lie
   * @param {object} [where] as fail
   * @param {Place} [where.place]
   * @param {Scrutin} [where.scrutin]
   */
  stop(lie, { place = this.place, scrutin } = {}) {
    const records = lie.step === "manifest" || lie.step === "opening";
    const plain = place !== this.place && records ? "companion" : STOPS[lie.check] ?? STOPS[lie.step] ?? "records";
    const known = { f: scrutin?.f ?? place.fingerprint, o: scrutin?.o };
    const file = lie.evidence(known, place.urn, new Date(this.now() * 1000));
    this.root.dataset.check = lie.check;
    element("stop-text").textContent = say("device.say.stop." + plain);
    element("stop-check").textContent = lie.check;
    element("stop-download").onclick = () => download("preuve-isoloir.json", "application/json", file);
    this.steps.show("stop");
  }
}
