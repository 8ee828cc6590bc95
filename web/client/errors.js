// @ts-check
/**
 * What can go wrong between the device and a service, as three kinds that a page
 * treats differently: the service lied (stop, keep the evidence), it refused (say
 * why), it could not be reached, or the clocks differ (send the same again).
 *
 * @module
 */

import { hex } from "./bytes.js";

/** @typedef {import("./types.js").Evidence} Evidence */

/**
 * An answer, or a record, is not what it must be. check is a stable name, listed in
 * docs/online.md; the message is for experts.
 */
export class Lie extends Error {
  /**
   * @param {string} step
   * @param {string} check
   * @param {string} detail
   * @param {Uint8Array} [request]
   * @param {Uint8Array} [answer]
   */
  constructor(step, check, detail, request = new Uint8Array(), answer = new Uint8Array()) {
    super(`${step}: ${check}: ${detail}`);
    this.name = "Lie";
    this.step = step;
    this.check = check;
    this.request = request;
    this.answer = answer;
  }

  /**
   * The evidence file, as text.
   * @param {{f?: string, o?: string}} scrutin as far as it is known
   * @param {string} urn
   * @param {Date} now
   * @returns {string}
   */
  evidence(scrutin, urn, now) {
    /** @type {Evidence} */
    const file = {
      record: "isoloir/v1/evidence",
      time: now.toISOString().replace(/\.\d+Z$/, "Z"),
      manifest: scrutin.f ?? "",
      opening: scrutin.o ?? "",
      urn,
      step: this.step,
      check: this.check,
      request: hex(this.request),
      answer: hex(this.answer),
    };
    return JSON.stringify(file, null, 2) + "\n";
  }
}

/** A service refused. reason is one of the names of wire.js. */
export class Refusal extends Error {
  /**
   * @param {"roll" | "urn" | "issuer" | "register"} service
   * @param {string} reason
   * @param {number} [after] seconds that the service asks to be left alone
   */
  constructor(service, reason, after = 0) {
    super(`the ${service} refuses: ${reason}`);
    this.name = "Refusal";
    this.service = service;
    this.reason = reason;
    this.after = after;
  }
}

/** A service did not answer: nobody knows whether it got the request. */
export class Unreachable extends Error {
  /**
   * @param {string} detail
   * @param {number} [after] seconds that the service asks to be left alone
   * @param {number} [status] of HTTP, 0 where there was no answer at all
   */
  constructor(detail, after = 0, status = 0) {
    super(detail);
    this.name = "Unreachable";
    this.after = after;
    this.status = status;
  }
}

/**
 * What roll or urn said is signed as it must be, by a deputy of other days than these:
 * the clocks of device, portal and service differ, and nobody has lied. The same is
 * sent again.
 */
export class ClocksDiffer extends Unreachable {
  /** @param {string} what was said */
  constructor(what) {
    super(`${what}: the clocks differ`);
    this.name = "ClocksDiffer";
  }
}
